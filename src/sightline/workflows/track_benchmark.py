"""How well tracking does where the truth is known: `sightline track benchmark`."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.data.keypoints import KeypointSet
from sightline.data.recording import Recording
from sightline.data.tracks import Tracks
from sightline.errors import InputError, SettingError
from sightline.formats.recordings.open_recording import open_recording
from sightline.track.order import Order
from sightline.track.reference_frames import recommend_frames
from sightline.workflows.track_run import follow_settings
from sightline.workflows.track_video import read_keypoints, reference_frames, track_video
from sightline.workflows.video_frames import FirstFrames, read_thumbnails, voxel_size_um

Summary = dict[str, Any]
Phase = Callable[[str], Progress]

REFERENCES: Final = (1, 3, 5, 10, 20)


@dataclass(frozen=True)
class Task:
    """A video whose truth is known, and how it is to be followed.

    Parameters
    ----------
    recording
        The video.
    thumbnails : (frame, pixel) float16
        Of its frames.
    truth
        Keypoints in the frames that are scored.
    tolerance_px
        Farthest from the truth that counts as right.
    partial
        Random keypoints whose truth is given in every frame; they are not scored.
    radius, order
        As for `run`.
    seed
        Of the random keypoints.
    """

    recording: Recording
    thumbnails: NDArray[np.float16]
    truth: KeypointSet
    tolerance_px: float
    partial: int
    radius: float | None
    order: Order
    seed: int


def benchmark(  # noqa: PLR0913 -- one argument for each thing a user may say
    video: str | Path,
    truth: str | Path,
    references: Sequence[int] = REFERENCES,
    *,
    partial: Sequence[int] = (0,),
    tolerance_px: float = 5.0,
    frames: int | None = None,
    radius: float | None = None,
    order: Order = "similarity",
    seed: int = 0,
    phase: Phase = lambda _name: lambda _done, _total: None,
    **read_as: Any,
) -> Summary:
    """Recommend reference frames, take the truth at these, track the rest and compare.

    Parameters
    ----------
    video, truth
        Recording, and keypoints of all or many of its frames. Frames that have all keypoints,
        or where none has all, the most, can be references.
    references
        Numbers of reference frames to try.
    partial
        Numbers of random keypoints whose truth is given in all frames too.
    tolerance_px
        Farthest from the truth, in pixels of the image plane, that counts as right.
    frames
        The first so many frames only.
    radius, order, phase, **read_as
        As for `run`.
    seed
        Of the random keypoints.

    Returns
    -------
    dict
        ``rows``, one for each number of references and of given keypoints; see `score_tracks` for
        the measures, besides times and memory.

    Raises
    ------
    InputError, SettingError
        If a file cannot be used, or there are not so many frames.
    """
    if not tolerance_px > 0:
        raise SettingError(f"--tolerance is {tolerance_px}; it must be a number of pixels above 0.")
    rows: list[Summary] = []
    with open_recording(video, **read_as) as opened:
        recording = opened if frames is None else FirstFrames(opened, frames)
        known = read_keypoints(truth, opened)
        known = known.chosen(known.frame < recording.info.frames)
        thumbnails = read_thumbnails(recording, phase("looking at frames"))
        whole = reference_frames(known)
        skip = np.setdiff1d(np.arange(len(thumbnails)), whole)
        for number in references:
            if number > len(whole):
                raise InputError(
                    truth,
                    f"{len(whole)} of the frames have all or most keypoints",
                    f"at least {number}, as many as references are asked for",
                    "Give fewer --references.",
                )
            chosen = recommend_frames(thumbnails, number, skip=tuple(skip.tolist())).frames
            for given in partial:
                task = Task(recording, thumbnails, known, tolerance_px, given, radius, order, seed)
                rows.append(_row(task, chosen, phase))
    return {"rows": rows}


def score_tracks(
    tracks: Tracks,
    truth: NDArray[np.float64],
    size_px: NDArray[np.float64],
    tolerance_px: float,
) -> Summary:
    """Compare tracks with the truth.

    Parameters
    ----------
    tracks
        Of all frames.
    truth : (frame, keypoint, 3) float64
        z, y, x in pixels; NaN where it is not known or not to be scored.
    size_px : (3,) float64
        Size of a voxel along each axis, in pixels of the image plane.
    tolerance_px
        Farthest from the truth that counts as right.

    Returns
    -------
    dict
        ``accuracy`` and ``accuracy_half``: share of true points that were found within the
        tolerance, and within half of it. ``mean_error_px`` and ``median_error_px`` of those that
        have a position; ``missing`` have none. ``identity_switches``: nearer than the tolerance to
        another keypoint's truth and not to its own. ``mota``: 1 - (points not found + positions
        that are wrong + switches) / points; ``motp``: mean error of those found (pixels).
    """
    scored = np.asarray(np.isfinite(truth).all(axis=2))
    error = np.linalg.norm((tracks.positions - truth) * size_px, axis=2)
    points = int(scored.sum())
    there = scored & np.isfinite(error)
    right = there & (error <= tolerance_px)
    switches = sum(
        _switches(tracks.positions[frame] * size_px, truth[frame] * size_px, tolerance_px)
        for frame in np.flatnonzero(scored.any(axis=1))
    )
    wrong = int((there & ~right).sum())
    missed = points - int(right.sum())
    return {
        "accuracy": float(right.sum() / points) if points else np.nan,
        "accuracy_half": float((right & (error <= tolerance_px / 2)).sum() / max(points, 1)),
        "mean_error_px": float(error[there].mean()) if there.any() else np.nan,
        "median_error_px": float(np.median(error[there])) if there.any() else np.nan,
        "identity_switches": switches,
        "missing": points - int(there.sum()),
        "mota": 1 - (missed + wrong + switches) / points if points else np.nan,
        "motp": float(error[right].mean()) if right.any() else np.nan,
    }


def _switches(found: NDArray[np.float64], truth: NDArray[np.float64], tolerance: float) -> int:
    """How many positions of a frame are at another keypoint's truth instead of their own."""
    apart = np.linalg.norm(found[:, None] - truth[None], axis=2)
    near = apart <= tolerance  # false where either is not known
    own = np.diag(near)
    return int((near.any(axis=1) & ~own & np.isfinite(np.diag(apart))).sum())


def _row(task: Task, chosen: NDArray[np.int64], phase: Phase) -> Summary:
    truth, recording = task.truth, task.recording
    rng = np.random.default_rng(task.seed)
    names = len(truth.names)
    if not 0 <= task.partial < names:
        raise SettingError(f"--partial is {task.partial}; there are {names} keypoints.")
    pins = rng.permutation(names)[: task.partial]
    given = truth.chosen(np.isin(truth.frame, chosen) | np.isin(truth.keypoint, pins))
    settings = follow_settings(recording, given, task.radius)
    cpu, wall = time.process_time(), time.perf_counter()
    progress = phase("tracking")
    tracks = track_video(
        recording, task.thumbnails, given, settings, order=task.order, progress=progress
    )
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    scored = truth.dense(np.arange(recording.info.frames))
    scored[chosen] = np.nan
    scored[:, pins] = np.nan
    voxel = voxel_size_um(recording.info)
    size = np.array(voxel or (1.0, 1.0, 1.0)) / (voxel[-1] if voxel else 1.0)
    measures = score_tracks(tracks, scored, size, task.tolerance_px)
    tracked = max(len(tracks.positions) - len(chosen), 1)
    return {
        "references": len(chosen),
        "reference_frames": chosen.tolist(),
        "partial": task.partial,
        "frames": int(np.isfinite(scored).any(axis=(1, 2)).sum()),
        **measures,
        "mean_error_um": measures["mean_error_px"] * voxel[-1] if voxel else None,
        "cpu_seconds_per_frame": cpu / tracked,
        "wall_seconds_per_frame": wall / tracked,
        "peak_memory_mb": _peak_memory_mb(),
    }


def _peak_memory_mb() -> float | None:
    """Of this process so far; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415  absent on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
