"""Several annotators' positions of the same point."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def consensus_position(positions: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Where annotators put a point together: the middle one along each axis, of two their mean.

    Parameters
    ----------
    positions : (annotator, axis)
        At least one.

    Returns
    -------
    (axis,) float64
    """
    return np.median(np.asarray(positions, np.float64), axis=0)
