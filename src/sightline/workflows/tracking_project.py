"""Make the project in which a video's tracking is kept, or take up the one that is there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sightline.compute.jobs import Progress
from sightline.data.keypoints import KeypointSet
from sightline.data.recording import Recording
from sightline.data.volumes import volume_shape
from sightline.errors import InputError, ProjectError
from sightline.project.project import SUFFIX, Project
from sightline.project.source import remember_sources
from sightline.project.tracking import (
    Tracking,
    read_thumbnails_of,
    read_tracking,
    store_thumbnails,
    store_tracking,
)
from sightline.review.said_keypoints import decisions_of, record_annotations
from sightline.track.track_settings import TrackSettings
from sightline.workflows.read_thumbnails import read_thumbnails

_STATED: Final = ("st_size", "st_mtime_ns")


def project_beside(annotations: str | Path) -> Path:
    """Where the project of annotations is by default: beside them."""
    path = Path(annotations)
    return path.with_name(f"{path.name.split('.', maxsplit=1)[0]}{SUFFIX}")


def tracking_project(
    place: Path,
    video: Path,
    recording: Recording,
    keypoints: KeypointSet,
    settings: TrackSettings,
    read_as: Mapping[str, Any],
    progress: Progress,
) -> Project:
    """Make a project of a video and its annotations, or bring the one that is there up to them.

    Positions that people gave become decisions; those already in the journal are not said again,
    and none is taken back because the annotations no longer have it.

    Parameters
    ----------
    place
        The project folder.
    video, recording
        Path, and what is open there.
    keypoints
        Annotations of it.
    settings
        How to track; they replace those of an existing project.
    read_as
        What the video's file does not say.
    progress
        Of reading the video for its thumbnails, which is done once.

    Raises
    ------
    InputError
        If the project is of another video or other keypoints.
    ProjectError
        If it cannot be read or written.
    """
    said = {name: value for name, value in read_as.items() if value not in (None, "")}
    shape = (recording.info.frames, *volume_shape(recording.info))
    tracking = Tracking(recording.info.name, shape, keypoints, settings.to_dict(), said)
    if place.exists():
        project = Project.open(place)
        _check_same(project, tracking)
    else:
        project = Project.create(place, "track")
    store_tracking(project, tracking)
    remember_sources(project, {tracking.recording: video})
    follow = settings.follow
    paper = follow.paper if follow.method == "paper" else None
    stamp = [*_stamp(video), "ours" if paper is None else f"paper {paper.channel}"]
    if not _has_thumbnails(project, stamp):
        store_thumbnails(project, read_thumbnails(recording, progress, paper), stamp)
    with project.journal() as journal:
        record_annotations(journal, decisions_of(tracking.recording, keypoints))
    return project


def _check_same(project: Project, tracking: Tracking) -> None:
    if not (project.arrays / "tracking.zarr.zip").exists():
        return  # it was stopped while it was made
    before = read_tracking(project)
    for what, had, now in (
        ("keypoints", before.keypoints.names, tracking.keypoints.names),
        ("frames, channels, planes and pixels", before.video_shape, tracking.video_shape),
        ("a video", before.recording, tracking.recording),
    ):
        if had != now:
            raise InputError(
                project.path, f"it has {what} {had}", f"{now}, as video and annotations have",
                "Choose another --project.",
            )  # fmt: skip


def _stamp(video: Path) -> list[int | str]:
    """Size and time of a file, by which a changed one is known; of a folder nothing."""
    if not video.is_file():
        return []
    stated = video.stat()
    return [getattr(stated, name) for name in _STATED]


def _has_thumbnails(project: Project, stamp: list[int | str]) -> bool:
    try:
        return read_thumbnails_of(project).stamp == stamp
    except ProjectError:
        return False
