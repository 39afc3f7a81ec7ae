"""How well tracking does where the truth is known: `sightline track benchmark`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from sightline.data.volumes import FirstFrames
from sightline.errors import SettingError
from sightline.formats.point_clouds import is_points_file
from sightline.formats.recordings.open_recording import open_recording
from sightline.track.order import Order
from sightline.track.paper.settings import PaperSettings
from sightline.track.reference_frames import recommend_frames
from sightline.workflows.read_thumbnails import read_thumbnails
from sightline.workflows.track_benchmark_figures import draw_tracking
from sightline.workflows.track_benchmark_links import link_rows, read_truth
from sightline.workflows.track_benchmark_rows import (
    Phase,
    Run,
    Summary,
    Task,
    as_truth,
    frames_to_annotate,
    measure_row,
)
from sightline.workflows.track_overlay import write_overlay
from sightline.workflows.track_video import read_keypoints

REFERENCES: Final = (1, 3, 5, 10, 20)


def benchmark(  # noqa: PLR0913 -- one argument for each thing a user may say
    video: str | Path,
    truth: str | Path | None = None,
    references: Sequence[int] = REFERENCES,
    *,
    partial: Sequence[int] = (0,),
    tolerance_px: float = 5.0,
    frames: int | None = None,
    preset: str = "default",
    radius: float | None = None,
    order: Order = "similarity",
    seed: int = 0,
    figures: str | Path | None = None,
    phase: Phase = lambda _name: lambda _done, _total: None,
    **read_as: Any,
) -> Summary:
    """Recommend reference frames, take the truth at these, track the rest and compare.

    Parameters
    ----------
    video, truth
        Recording, and keypoints of all or many of its frames; those with the most keypoints can be
        references. Or a points file, for linking alone, whose own labels are the truth.
    references
        Numbers of reference frames to try.
    partial
        Numbers of random keypoints whose truth is given in all frames too; they are not scored.
    tolerance_px
        Farthest from the truth, in pixels of the image plane, that counts as right.
    frames
        Of a video, the first so many frames only; of a points file, so many random volumes are
        scored.
    preset, radius, order, phase, **read_as
        As for `run`.
    seed
        Of the random keypoints and volumes.
    figures
        Folder for curves, and a movie of what was found beside the truth; none if not given.

    Returns
    -------
    dict
        ``rows``, one for each number of references and of given keypoints: ``references``,
        ``partial``, ``preset``, ``reference_frames``, ``frames`` scored, the measures of
        `score_tracks` (of a points file, `score_links`), ``mean_error_um``, None without a voxel
        size, and ``cpu_seconds_per_frame``, ``wall_seconds_per_frame`` and ``peak_memory_mb``.
        With a folder, ``figures``: the files drawn.

    Raises
    ------
    InputError, SettingError
        If a file cannot be used, or there are not so many frames or keypoints.
    """
    _check(references, partial, tolerance_px, frames)
    folder = None if figures is None else Path(figures)
    if is_points_file(video):
        clouds = read_truth(video, truth)
        rows = link_rows(clouds, references, partial, frames, preset, seed, phase("linking"))
        return _told([Run(row) for row in rows], tolerance_px, folder, [])
    if truth is None:
        raise SettingError("--truth is missing: keypoints of all or many frames of the video.")
    with open_recording(video, **read_as) as opened:
        recording = opened if frames is None else FirstFrames(opened, frames)
        known = as_truth(read_keypoints(truth, opened))
        known = known.chosen(known.frame < recording.info.frames)
        free = frames_to_annotate(known, max(references))
        paper = PaperSettings() if preset == "zephir" else None
        thumbnails = read_thumbnails(recording, phase("looking at frames"), paper)
        skip = np.setdiff1d(np.arange(len(thumbnails)), free).tolist()
        task = Task(recording, thumbnails, known, tolerance_px, preset, radius, order, seed)
        runs: list[Run] = []
        movie: list[Path] = []
        for number in references:
            chosen = recommend_frames(thumbnails, number, skip=tuple(skip)).frames
            for given in partial:
                run, positions = measure_row(task, chosen, given, phase)
                runs.append(run)
                if folder is not None and (number, given) == (max(references), min(partial)):
                    movie = [write_overlay(task, chosen, positions, folder, phase("movie"))]
    return _told(runs, tolerance_px, folder, movie)


def _check(
    references: Sequence[int], partial: Sequence[int], tolerance_px: float, frames: int | None
) -> None:
    if not 0 < tolerance_px < np.inf:
        raise SettingError(f"--tolerance is {tolerance_px}; it must be a number of pixels above 0.")
    if not references or min(references) < 1:
        raise SettingError("--references must be whole numbers from 1, such as 1,3,5.")
    if not partial or min(partial) < 0:
        raise SettingError("--partial must be whole numbers from 0, such as 0,10.")
    if frames is not None and frames < 1:
        raise SettingError(f"--frames is {frames}; it must be a whole number from 1.")


def _told(runs: list[Run], tolerance_px: float, folder: Path | None, movie: list[Path]) -> Summary:
    told: Summary = {"rows": [run.row for run in runs]}
    if folder is None:
        return told
    drawn = [*draw_tracking(runs, tolerance_px, folder), *movie]
    return told | {"figures": [str(path) for path in drawn]}
