"""Whether a position that somebody gave lies in its frame."""

from collections.abc import Sequence

import numpy as np

from sightline.errors import InputError


def inside_frame(
    item: str, position: Sequence[float], shape: tuple[int, ...]
) -> tuple[float, float, float]:
    """Return a position as z, y, x pixels if it lies in the frame.

    Parameters
    ----------
    item
        Named in the error.
    position
        (z, y, x) pixels, or (y, x) in a flat frame.
    shape
        Of the frame, (z, y, x).

    Raises
    ------
    InputError
        If it does not, or has another number of axes.
    """
    whole = (0.0, *(float(one) for one in position)) if shape[0] == 1 else tuple(position)
    place = np.array(whole[-3:], np.float64)
    fits = len(position) == 3 or (len(position) == 2 and shape[0] == 1)
    if not (fits and (place >= -0.5).all() and (place <= np.array(shape) - 0.5).all()):
        raise InputError(
            item,
            f"the position is {tuple(position)}",
            f"z, y, x in pixels inside of {shape}",
            "Correct it.",
        )
    along_z, along_y, along_x = place.tolist()
    return along_z, along_y, along_x
