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


@dataclass(frozen=True)
class TrackProgress:
    """How far the tracking of a video has come.

    Parameters
    ----------
    frames, keypoints
        Numbers of all.
    references
        Frames annotated whole.
    annotated
        Positions that people gave.
    stale
        Frames to be tracked again, because something they depend on has changed.
    seen, hidden, left_the_view, not_tracked
        What became of all other positions.
    score
        Median of the machine's; NaN where there is none.
    unsure, skipped
        Answers of the annotator that steer nothing.
    seconds
        Time spent on the answers whose time was measured.
    probes
        Positions that were drawn at random and answered.
    right, right_low, right_high
        Share of these in which the machine had been within ``tolerance_px`` of the answer, with
        bounds of 95 %: how far the result can be trusted. NaN without probes.
    tolerance_px
        Of that comparison, pixels of the image plane.
    """

    frames: int
    keypoints: int
    references: tuple[int, ...]
    annotated: int
    stale: int
    seen: int
    hidden: int
    left_the_view: int
    not_tracked: int
    score: float
    unsure: int
    skipped: int
    seconds: float
    probes: int
    right: float
    right_low: float
    right_high: float
    tolerance_px: float
