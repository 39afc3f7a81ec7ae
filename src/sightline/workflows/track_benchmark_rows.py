"""One row of the benchmark of tracking: track a video from the truth of a few frames, compare."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.data.keypoints import Author, KeypointSet
from sightline.data.recording import Recording, RecordingInfo
from sightline.data.some_keypoints import only_named
from sightline.data.volumes import voxel_size_um
from sightline.errors import InputError, SettingError
from sightline.track.order import Order
from sightline.workflows.follow_settings_of import follow_settings_of
from sightline.workflows.spent import Spent
from sightline.workflows.track_scores import score_tracks
from sightline.workflows.track_video import track_video

Summary = dict[str, Any]
Phase = Callable[[str], Progress]

_STEPS = 200  # of the distribution of errors


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
        Keypoints in the frames that are scored, of `as_truth`.
    tolerance_px
        Farthest from the truth that counts as right.
    preset, radius, order
        As for `run`.
    seed
        Of the random keypoints.
    """

    recording: Recording
    thumbnails: NDArray[np.float16]
    truth: KeypointSet
    tolerance_px: float
    preset: str
    radius: float | None
    order: Order
    seed: int


@dataclass(frozen=True)
class Run:
    """What tracking gave once.

    Parameters
    ----------
    row
        The measures, as the benchmark reports them.
    errors : (step,) float64
        Rising errors in pixels at even shares of the scored points, from the least to the largest;
        infinite where points are missing.
        None where things are linked, not placed.
    """

    row: Summary
    errors: NDArray[np.float64] | None = None


def as_truth(keypoints: KeypointSet) -> KeypointSet:
    """The same keypoints, all said by a person, so that no tracker moves those it is given."""
    rows = np.zeros(len(keypoints), np.int64)
    return replace(keypoints, author=rows, authors=(Author("truth"),))


def frames_to_annotate(truth: KeypointSet, number: int) -> NDArray[np.int64]:
    """Frames that a person would annotate: those with the most keypoints, so many at least.

    Raises
    ------
    InputError
        If not so many frames have half of what the fullest has.
    """
    there, counts = np.unique(truth.frame, return_counts=True)
    half = np.sort(counts[2 * counts >= counts.max(initial=0)])[::-1]
    if len(half) < number:
        raise InputError(
            truth.source,
            f"{len(half)} of the frames have at least half of the keypoints that the fullest has",
            f"at least {number}, as many as references are asked for",
            "Give fewer --references.",
        )
    return there[counts >= half[number - 1]]


def measure_row(
    task: Task, references: NDArray[np.int64], partial: int, phase: Phase
) -> tuple[Run, NDArray[np.floating]]:
    """Give the truth at the references, and of some random keypoints everywhere; track; compare.

    Returns
    -------
    run
    positions : (frame, keypoint, 3)
        z, y, x in pixels; NaN where missing.

    Raises
    ------
    InputError, SettingError
        If frames are damaged, or there are not so many keypoints.
    """
    truth, recording = task.truth, task.recording
    names = len(truth.names)
    if not 0 <= partial < names:
        raise SettingError(f"--partial is {partial}; it must be from 0 to {names - 1} keypoints.")
    pins = np.random.default_rng(task.seed).permutation(names)[:partial]
    given = truth.chosen(np.isin(truth.frame, references) | np.isin(truth.keypoint, pins))
    spent = Spent()
    positions = _track(task, given, references, phase("tracking"))
    cost = _cost(spent, len(positions) - len(references))
    wanted = truth.dense(np.arange(recording.info.frames))
    wanted[references] = np.nan
    wanted[:, pins] = np.nan
    size = size_px(recording.info)
    measures = score_tracks(positions, wanted, size, task.tolerance_px)
    voxel = voxel_size_um(recording.info)
    mean = measures["mean_error_px"]
    row = {
        "references": len(references),
        "partial": partial,
        "preset": task.preset,
        "reference_frames": references.tolist(),
        "frames": int(np.isfinite(wanted).any(axis=(1, 2)).sum()),
        **measures,
        "mean_error_um": mean * voxel[-1] if voxel and mean is not None else None,
        **cost,
    }
    return Run(row, _distribution((positions - wanted) * size, wanted)), positions


def _track(
    task: Task, given: KeypointSet, references: NDArray[np.int64], progress: Progress
) -> NDArray[np.float64]:
    """(frame, keypoint, 3) of all keypoints; NaN for those that are given nowhere."""
    recording = task.recording
    frame, counts = np.unique(given.frame[np.isin(given.frame, references)], return_counts=True)
    fullest = given.chosen(given.frame == frame[counts.argmax()])
    settings = follow_settings_of(recording, _named(fullest), task.radius, task.preset)
    tracks = track_video(
        recording, task.thumbnails, _named(given), settings,
        references=references.tolist(), order=task.order, progress=progress,
    )  # fmt: skip
    positions = np.full((len(tracks.positions), len(given.names), 3), np.nan)
    positions[:, np.unique(given.keypoint)] = tracks.positions
    return positions


def _named(given: KeypointSet) -> KeypointSet:
    """The keypoints that have a position somewhere: a user names no others."""
    if len(np.unique(given.keypoint)) == len(given.names):
        return given
    return only_named(given, [given.names[place] for place in np.unique(given.keypoint)])


def size_px(info: RecordingInfo) -> NDArray[np.float64]:
    """(3,) size of a voxel along z, y and x in pixels of the image plane, as far as it is known."""
    voxel = np.array(voxel_size_um(info) or (1.0, 1.0, 1.0))
    return voxel / voxel[-1]


def _cost(spent: Spent, frames: int) -> Summary:
    return {
        "cpu_seconds_per_frame": spent.cpu_seconds() / max(frames, 1),
        "wall_seconds_per_frame": spent.wall_seconds() / max(frames, 1),
        "peak_memory_mb": spent.peak_memory_mb(),
    }


def _distribution(away: NDArray[np.floating], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    error = np.linalg.norm(away, axis=2)[np.isfinite(truth).all(axis=2)]
    if not error.size:
        return np.empty(0)
    rising = np.sort(np.where(np.isfinite(error), error, np.inf))
    return rising[np.linspace(0, len(rising) - 1, _STEPS + 1).round().astype(int)]
