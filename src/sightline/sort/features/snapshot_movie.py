"""The snapshots of one candidate as a short movie, beside the trace at its frames."""

from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.evidence import CandidateEvidence

_WINDOWS: Final = 5
_LEAKED: Final = 5
_QUIET: Final = 0.2


@dataclass(frozen=True)
class SnapshotMovie:
    """Frames of all snapshots, one window after the other.

    Parameters
    ----------
    frames : (frame, pixel) float64
        Of the crop, row by row.
    trace : (frame,) float64
    window : (frame,) int
        Which snapshot each frame is of.
    """

    frames: NDArray[np.float64]
    trace: NDArray[np.float64]
    window: NDArray[np.intp]


def present_windows(evidence: CandidateEvidence) -> SnapshotMovie | None:
    """The snapshots there are, movie and trace each measured from the candidate's quiet level.

    The quiet level is the mean over the fifth of the frames (rounded up) in which the trace is
    lowest, pixel by pixel: an offset or a background of a raw movie does not matter. Frames that
    are not finite are left out.

    Returns
    -------
    SnapshotMovie or None
        None where there is no movie, no event, or nothing changes.
    """
    movie = _joined(evidence)
    if movie is None:
        return None
    good = np.isfinite(movie.trace) & np.isfinite(movie.frames).all(1)
    frames, trace = movie.frames[good], movie.trace[good]
    if len(frames) == 0 or (frames == frames[0]).all():
        return None
    quiet = np.argsort(trace, kind="stable")[: ceil(_QUIET * len(trace))]
    return SnapshotMovie(
        frames - frames[quiet].mean(0), trace - trace[quiet].mean(), movie.window[good]
    )


def five_windows(evidence: CandidateEvidence) -> SnapshotMovie | None:
    """As the reference sees it: values as they are, and always five windows.

    Absent events are windows of zeros whose trace values are the first five frames of the trace,
    at the window's end: where they would be in a window around the frame before the first.

    Returns
    -------
    SnapshotMovie or None
        None where there is no movie or a value is not finite.
    """
    movie = _joined(evidence)
    if movie is None or not (np.isfinite(movie.trace).all() and np.isfinite(movie.frames).all()):
        return None
    present, length = evidence.snapshot_traces.shape
    absent = max(0, _WINDOWS - present)
    empty = np.zeros(length)
    leaked = evidence.trace[: min(_LEAKED, length)]
    empty[length - len(leaked) :] = leaked
    return SnapshotMovie(
        np.pad(movie.frames, ((0, absent * length), (0, 0))),
        np.concatenate([movie.trace, np.tile(empty, absent)]),
        np.repeat(np.arange(present + absent), length),
    )


def _joined(evidence: CandidateEvidence) -> SnapshotMovie | None:
    if evidence.snapshots is None:
        return None
    events, length = evidence.snapshots.shape[:2]
    pixels = evidence.footprint.size
    frames = evidence.snapshots.astype(np.float64).reshape(events * length, pixels)
    trace = evidence.snapshot_traces.astype(np.float64).ravel()
    return SnapshotMovie(frames, trace, np.repeat(np.arange(events), length))
