"""Where a simulated recording paints the frames that it is asked for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import RecordingInfo
from sightline.errors import InputError


def room_for_frames(
    info: RecordingInfo, start: int, stop: int, out: NDArray[Any] | None
) -> NDArray[Any]:
    """Give ``out`` if it fits frames ``start`` to ``stop``, exclusive; a new array if it is None.

    Raises
    ------
    InputError
        If there are no such frames, or ``out`` does not fit them.
    """
    if not 0 <= start < stop <= info.frames:
        raise InputError(
            info.source,
            f"frames {start} to {stop} were asked for",
            f"frames between 0 and {info.frames}, at least one",
            "Ask for frames that are there.",
        )
    shape = (stop - start, *info.shape[1:])
    if out is None:
        return np.empty(shape, info.dtype)
    if out.shape != shape or out.dtype != info.dtype:
        raise InputError(
            info.source,
            f"the buffer is {out.dtype} of shape {out.shape}",
            f"{info.dtype} of shape {shape}",
            "Give a buffer that fits the frames.",
        )
    return out
