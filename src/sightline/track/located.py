"""What every way of following gives: where it puts the points of a frame, and how sure it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Located:
    """Points of one frame.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        (z, y, x) pixels, beyond the frame too; NaN where there is nothing to go by.
    score : (keypoint,) float64
        How sure; 0 to 1.
    found : (keypoint,) bool
        Whether the frame shows it there, rather than its neighbours putting it there.
    """

    positions: NDArray[np.float64]
    score: NDArray[np.float64]
    found: NDArray[np.bool_]


def known(positions: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(keypoint,) whether there is a position."""
    return np.asarray(np.isfinite(positions).all(axis=-1))
