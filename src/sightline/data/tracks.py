"""Where followed keypoints are, how sure that is, and what became of each."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Visibility(IntEnum):
    """What became of a point in a frame."""

    SEEN = 0
    HIDDEN = 1
    LEFT_THE_VIEW = 2
    NOT_TRACKED = 3


@dataclass(frozen=True)
class Tracks:
    """Where every keypoint is in every frame.

    Parameters
    ----------
    positions : (frame, keypoint, 3) float
        z, y, x in pixels; NaN where a keypoint left the view or was not tracked. Of a hidden
        keypoint, where its neighbours put it.
    score : (frame, keypoint) float
        0 to 1; 1 where a person put it, NaN where it has no position.
    visibility : (frame, keypoint) int8
        See `Visibility`.
    """

    positions: NDArray[np.floating]
    score: NDArray[np.floating]
    visibility: NDArray[np.int8]
