"""Follow annotated keypoints through a video: `sightline track run`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from sightline.compute.jobs import Progress
from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.data.recording import Recording
from sightline.data.tracks import Tracks, Visibility
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.write_keypoints import path_beside, write_keypoints
from sightline.formats.recordings.open_recording import open_recording
from sightline.track.follow_settings import FollowSettings
from sightline.track.order import Order
from sightline.track.radius import typical_radius
from sightline.workflows.track_video import read_keypoints, reference_frames, track_video
from sightline.workflows.video_frames import (
    read_thumbnails,
    read_volumes,
    volume_shape,
    voxel_size_um,
)

Summary = dict[str, Any]

TOOL: Final = "Sightline"
_PIXELS: Final = (1.0, 1.0, 1.0)


def run(
    video: str | Path,
    annotations: str | Path,
    output: str | Path | None = None,
    *,
    to: str = "",
    radius: float | None = None,
    order: Order = "similarity",
    skip: Sequence[int] = (),
    phase: Callable[[str], Progress] = lambda _name: lambda _done, _total: None,
    **read_as: Any,
) -> Summary:
    """Follow keypoints from the frames in which all are annotated into all others.

    Parameters
    ----------
    video
        File or folder, flat or with planes.
    annotations
        Keypoints of some frames, in any known format; what a person said stays as it is.
    output
        New file or folder; beside the annotations if not given.
    to
        Format of the output; the annotations' own if not given.
    radius
        Size of what is followed, in um where the video tells its pixels' size, else in pixels:
        standard deviation of a nucleus's brightness, or of the patch around a part of an animal.
        Found from the annotations if not given.
    order
        From which frame each is tracked: similarity, linear, depth or direct.
    skip
        Frames that are not tracked.
    phase
        Takes the name of the next step, and returns what is called with its progress.
    **read_as
        What the video's file does not say, as for `open_recording`.

    Returns
    -------
    dict
        ``output``; ``frames`` and ``references``; how many positions are ``annotated``, ``seen``,
        ``hidden``, ``left_the_view`` and ``not_tracked``; the median ``score`` of the tracked
        ones; ``radius``, and ``notes``.

    Raises
    ------
    InputError, SettingError
        If a file cannot be used or written, or no frame is annotated whole.
    """
    with open_recording(video, **read_as) as recording:
        keypoints = read_keypoints(annotations, recording)
        target = Path(output) if output is not None else path_beside(keypoints, to)
        if target.exists():
            raise InputError(target, "it is there already", "a new name", "Choose another name.")
        settings = follow_settings(recording, keypoints, radius)
        thumbnails = read_thumbnails(recording, phase("looking at frames"))
        tracks = track_video(
            recording, thumbnails, keypoints, settings, order=order, skip=skip,
            progress=phase("tracking"),
        )  # fmt: skip
    found = with_tracks(keypoints, tracks)
    notes = write_keypoints(target, found, to)
    return {
        "output": str(target),
        "frames": len(tracks.positions),
        "references": list(reference_frames(keypoints)),
        "annotated": len(keypoints),
        **_counts(keypoints, tracks),
        "radius": settings.radius,
        "notes": [*keypoints.notes, *notes],
    }


def follow_settings(
    recording: Recording, keypoints: KeypointSet, radius: float | None
) -> FollowSettings:
    """How to follow: what the recording and its first reference say, unless the user does.

    Raises
    ------
    InputError, SettingError
        If there is no reference frame, or the radius is not above 0.
    """
    info = recording.info
    size = voxel_size_um(info) or _PIXELS
    flat = volume_shape(info)[1] == 1
    if radius is not None and not 0 < radius < np.inf:
        raise SettingError(f"--radius is {radius}; it must be a number above 0.")
    first = reference_frames(keypoints)[0]
    if radius is None:
        frame, places = read_volumes(recording, first, first + 1)[0], keypoints.dense([first])[0]
        radius = typical_radius(frame, places, (size[0], size[1], size[2]))
    return FollowSettings((size[0], size[1], size[2]), radius, "templates" if flat else "points")


def with_tracks(keypoints: KeypointSet, tracks: Tracks) -> KeypointSet:
    """The annotations, and rows of the machine wherever nobody annotated."""
    there = np.asarray(np.isfinite(tracks.positions).all(axis=2))
    there[keypoints.frame, keypoints.keypoint] = False
    frame, keypoint = np.nonzero(there)
    rows = len(frame)
    authors = (*keypoints.authors, Author(tool=TOOL))
    hidden = tracks.visibility[frame, keypoint] == Visibility.HIDDEN
    columns = {
        name: np.concatenate([values, np.zeros(rows, values.dtype)])
        for name, values in keypoints.columns.items()
    }
    return check_keypoints(
        replace(
            keypoints,
            frame=np.concatenate([keypoints.frame, frame]),
            keypoint=np.concatenate([keypoints.keypoint, keypoint]),
            position=np.concatenate([keypoints.position, tracks.positions[frame, keypoint]]),
            score=np.concatenate([keypoints.score, tracks.score[frame, keypoint]]),
            hidden=np.concatenate([keypoints.hidden, hidden]),
            author=np.concatenate([keypoints.author, np.full(rows, len(authors) - 1)]),
            authors=authors,
            columns=columns,
        )
    )


def _counts(keypoints: KeypointSet, tracks: Tracks) -> dict[str, Any]:
    """What became of all positions that nobody annotated."""
    machine = np.ones(tracks.visibility.shape, bool)
    machine[keypoints.frame, keypoints.keypoint] = False
    said = tracks.visibility[machine]
    score = tracks.score[machine]
    known = score[np.isfinite(score)]
    return {
        **{each.name.lower(): int((said == each).sum()) for each in Visibility},
        "score": float(np.median(known)) if known.size else None,
    }
