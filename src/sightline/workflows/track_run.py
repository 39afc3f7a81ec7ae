"""Follow annotated keypoints through a video: `sightline track run`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sightline.compute.jobs import Progress
from sightline.data.some_keypoints import only_by, only_named
from sightline.formats.recordings.open_recording import open_recording
from sightline.review.said_keypoints import trusted
from sightline.review.track_session import TrackSession
from sightline.track.order import Order
from sightline.track.track_settings import TrackSettings
from sightline.workflows.follow_settings_of import follow_settings_of
from sightline.workflows.track_export import new_output, write_tracks
from sightline.workflows.track_video import read_keypoints
from sightline.workflows.tracking_project import project_beside, tracking_project

Summary = dict[str, Any]


def run(  # noqa: PLR0913 -- one argument for each thing a user may say
    video: str | Path,
    annotations: str | Path,
    output: str | Path | None = None,
    *,
    project: str | Path | None = None,
    to: str = "",
    preset: str = "default",
    changes: Mapping[str, Any] | None = None,
    radius: float | None = None,
    order: Order = "similarity",
    skip: Sequence[int] = (),
    only: Sequence[str] = (),
    trust: Sequence[str] = (),
    workers: int | None = None,
    on: str = "",
    phase: Callable[[str], Progress] = lambda _name: lambda _done, _total: None,
    **read_as: Any,
) -> Summary:
    """Follow keypoints from the frames in which all are annotated into all others.

    What is tracked is kept in a project: stopped work goes on where it was, and after a correction
    only what depends on it is tracked again.

    Parameters
    ----------
    video
        File or folder, flat or with planes.
    annotations
        Keypoints of some frames, in any known format; what a person said stays as it is.
    output
        New file or folder; beside the annotations if not given.
    project
        Project folder, made if it is not there; beside the annotations if not given.
    to
        Format of the output; the annotations' own if not given.
    preset
        ``"default"``, or ``"zephir"`` for the paper's method.
    changes
        Other values of the preset's settings, by name; see `follow_settings_of`.
    radius
        Size of what is followed, in um where the video tells its pixels' size, else in pixels:
        standard deviation of a nucleus's brightness, or of the patch around a part of an animal.
        Found from the annotations if not given.
    order
        From which frame each is tracked: similarity, linear, depth or direct.
    skip
        Frames that are not tracked.
    only
        Names of the keypoints, or animals, to follow; all if not given.
    trust
        Annotators whose positions count; everybody's if not given.
    workers
        Processes; one a core if not given.
    on
        Address of a Dask scheduler to track on; this machine if empty.
    phase
        Takes the name of the next step, and returns what is called with its progress.
    **read_as
        What the video's file does not say, as for `open_recording`.

    Returns
    -------
    dict
        ``output`` and ``project``; how many frames were ``tracked`` now; the ``references``; how
        many positions are ``annotated``, ``seen``, ``hidden``, ``left_the_view`` and
        ``not_tracked``; the median ``score`` of the machine's; ``radius``, and ``notes``.

    Raises
    ------
    InputError, SettingError, ProjectError
        If a file cannot be used or written, or no frame is annotated whole.
    """
    with open_recording(video, **read_as) as recording:
        keypoints = read_keypoints(annotations, recording)
        keypoints = only_named(keypoints, only) if only else keypoints
        keypoints = only_by(keypoints, trust) if trust else keypoints
        target = new_output(keypoints, output, to)
        given = keypoints.chosen(trusted(keypoints))
        follow = follow_settings_of(recording, given, radius, preset, changes)
        settings = TrackSettings(follow, order, tuple(skip))
        place = project_beside(annotations) if project is None else Path(project)
        made = tracking_project(
            place, Path(video), recording, keypoints, settings, read_as, phase("looking at frames")
        )
    with TrackSession(made.path, "") as session:
        tracked = session.refit(workers=workers, on=on, progress=phase("tracking"))
        progress = session.progress()
        _, notes = write_tracks(session, target, to)
    return {
        "output": str(target),
        "project": str(made.path),
        "frames": progress.frames,
        "tracked": len(tracked),
        "references": list(progress.references),
        "annotated": progress.annotated,
        "seen": progress.seen,
        "hidden": progress.hidden,
        "left_the_view": progress.left_the_view,
        "not_tracked": progress.not_tracked,
        "score": None if np.isnan(progress.score) else progress.score,
        "radius": follow.radius,
        "notes": [*keypoints.notes, *notes],
    }
