"""What a simulated recording knows of its keypoints, and the same as annotations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import Author, KeypointSet, Pair, check_keypoints
from sightline.data.recording import RecordingInfo


@dataclass(frozen=True)
class FrameTruth:
    """Where the keypoints of a frame really are.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        (z, y, x) pixels, pixel centres at whole numbers; also where nothing is seen. NaN where a
        keypoint does not exist: before its birth, after its division.
    in_view : (keypoint,) bool
        Whether the centre lies inside the recording.
    seen : (keypoint,) bool
        Whether it is in view, is not covered and was not left out of the frame.
    """

    positions: NDArray[np.float64]
    in_view: NDArray[np.bool_]
    seen: NDArray[np.bool_]


class WithTruth(Protocol):
    """A simulated recording of named keypoints."""

    @property
    def info(self) -> RecordingInfo:
        """Size and units."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Of the keypoints."""
        ...

    @property
    def edges(self) -> tuple[Pair, ...]:
        """Skeleton."""
        ...

    @property
    def symmetries(self) -> tuple[Pair, ...]:
        """Pairs that mirror each other."""
        ...

    @property
    def parents(self) -> tuple[Pair, ...]:
        """(daughter, mother) of each division."""
        ...

    def truth(self, frame: int) -> FrameTruth:
        """Where the keypoints of a frame really are."""
        ...


def true_keypoints(
    recording: WithTruth, frames: Iterable[int], annotator: str = "truth"
) -> KeypointSet:
    """Give the truth of some frames as a person would annotate it.

    What is in view has a position, and is hidden where it cannot be seen; all else has none.
    """
    frames = list(frames)
    truths = [recording.truth(frame) for frame in frames]
    there = np.array([truth.in_view for truth in truths]).reshape(len(frames), -1)
    row, keypoint = np.nonzero(there)
    places = [truth.positions[truth.in_view] for truth in truths]
    seen = [truth.seen[truth.in_view] for truth in truths]
    lengths = dict(zip(recording.info.axes, recording.info.shape, strict=True))
    return check_keypoints(
        KeypointSet(
            names=recording.names,
            source=recording.info.source,
            format="csv",
            frame=np.array(frames, np.int64)[row],
            keypoint=keypoint,
            position=np.concatenate([np.empty((0, 3)), *places]),
            score=np.full(len(row), np.nan),
            hidden=~np.concatenate([np.empty(0, bool), *seen]),
            author=np.zeros(len(row), np.int64),
            authors=(Author(annotator),),
            edges=recording.edges,
            symmetries=recording.symmetries,
            parents=recording.parents,
            image_shape=(lengths.get("z", 1), lengths["y"], lengths["x"]),
        )
    )
