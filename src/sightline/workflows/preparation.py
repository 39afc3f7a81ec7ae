"""One recording on its way to a project, and how the jobs on it are done."""

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sightline.compute.jobs import Progress, each_finished
from sightline.data.candidate_set import CandidateSet
from sightline.data.feature_set import FeatureSet
from sightline.data.recording import RecordingInfo
from sightline.sort.evidence.motion import sampled_frames
from sightline.sort.evidence.settings import EvidenceSettings
from sightline.workflows.describe_candidates import UserFeature
from sightline.workflows.held_movie import OpenMovie, let_go
from sightline.workflows.scan_movie import Stretch, plan_stretches

_MOTION_SAMPLES: Final = 300
_DONE: Final = "done.jsonl"


@dataclass(frozen=True)
class Preparation:
    """One recording on its way to a project.

    Parameters
    ----------
    folder
        Where unfinished work is kept.
    candidates
        As read.
    movie, info
        Opens the movie, and what is known of it; None without one.
    settings
        With the window in movie frames.
    movie_downsampled
        Frames of a trace in one frame of the movie.
    feature_set
        Which features; None for none.
    functions
        Features of the user's own.
    workers, on
        As in `each_finished`.
    """

    folder: Path
    candidates: CandidateSet
    movie: OpenMovie | None
    info: RecordingInfo | None
    settings: EvidenceSettings
    movie_downsampled: int
    feature_set: FeatureSet | None
    functions: tuple[UserFeature, ...] = ()
    workers: int | None = None
    on: str = ""

    def with_movie(self) -> tuple[OpenMovie, RecordingInfo]:
        """Return the movie, where it is known that there is one."""
        if self.movie is None or self.info is None:
            raise ValueError("no movie")
        return self.movie, self.info

    def stretches(self) -> list[Stretch]:
        """Return the parts of the movie that are read as one job each."""
        movie, info = self.with_movie()
        samples = sampled_frames(info.frames - 2, _MOTION_SAMPLES)
        return plan_stretches(movie, self.folder, info, samples)


def do_jobs(
    work: Preparation,
    function: Callable[[Any], Any],
    jobs: Sequence[Any],
    progress: Progress,
    *,
    worth: int,
    each: Callable[[Any], None] = lambda _result: None,
) -> None:
    """Do the jobs that are not done yet.

    Parameters
    ----------
    work
        What they are part of.
    function, progress
        As in `each_finished`.
    jobs
        In a division that is the same whenever work goes on.
    worth
        Processes that the work pays for, as starting one takes seconds; no more are used, unless it
        is done on a cluster.
    each
        Called with each result, also those of jobs that had been done before.
    """
    named = {f"{function.__name__} {number}": job for number, job in enumerate(jobs)}
    workers = work.workers if work.on else min(work.workers or os.cpu_count() or 1, max(1, worth))
    finished = each_finished(
        function, named, kept=work.folder / _DONE, workers=workers, on=work.on, progress=progress
    )
    try:
        with closing(finished):
            for _, result in finished:
                each(result)
    finally:
        let_go()
