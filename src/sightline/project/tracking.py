"""What a tracking project is about: keypoints as they came, the video, how it is tracked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.errors import InputError, ProjectError
from sightline.project.arrays import RESTORE, read_arrays, write_arrays
from sightline.project.project import Project
from sightline.project.track_store import TrackStore

_NAME: Final = "tracking"
_THUMBNAILS: Final = "thumbnails"
_TRACKS: Final = "tracks"
_ROWS: Final = ("frame", "keypoint", "position", "score", "hidden", "author")
_TEXTS: Final = ("source", "format", "video")
_LISTS: Final = ("names", "numbers", "colours", "frame_names", "notes")
_PAIRS: Final = ("edges", "symmetries", "parents")


@dataclass(frozen=True)
class Tracking:
    """What a tracking project is about.

    Parameters
    ----------
    recording
        Name of the video in decisions.
    video_shape
        (frame, channel, z, y, x).
    keypoints
        As they came; what people said of them is in the journal too, and stands there.
    settings
        How they are followed, as JSON values.
    read_as
        What the video's file does not say, as for `open_recording`.
    """

    recording: str
    video_shape: tuple[int, ...]
    keypoints: KeypointSet
    settings: Mapping[str, Any]
    read_as: Mapping[str, Any]

    @property
    def frames(self) -> int:
        """Of the video."""
        return self.video_shape[0]


@dataclass(frozen=True)
class Thumbnails:
    """Thumbnails of a video.

    Parameters
    ----------
    frames : (frame, pixel) float16
    stamp
        Size and time of the file that they are of, and of what kind they are.
    """

    frames: NDArray[np.float16] = field(repr=False)
    stamp: list[int | str]

    @property
    def digest(self) -> str:
        """The same for the same thumbnails: frames that change make tracks stale."""
        return blake2b(np.ascontiguousarray(self.frames).tobytes(), digest_size=16).hexdigest()


def store_tracking(project: Project, tracking: Tracking) -> None:
    """Store what a project is about.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    points = tracking.keypoints
    numbers = {
        name: column for name, column in points.columns.items() if column.dtype.kind in "iuf"
    }
    texts = {
        name: column.tolist() for name, column in points.columns.items() if name not in numbers
    }
    about = {
        "recording": tracking.recording,
        "video_shape": list(tracking.video_shape),
        "settings": dict(tracking.settings),
        "read_as": dict(tracking.read_as),
        "authors": [[author.annotator, author.tool] for author in points.authors],
        "image_shape": points.image_shape,
        "columns": texts,
        **{name: getattr(points, name) for name in _TEXTS},
        **{name: list(getattr(points, name)) for name in _LISTS},
        **{name: [list(pair) for pair in getattr(points, name)] for name in _PAIRS},
    }
    arrays = {name: getattr(points, name) for name in _ROWS}
    arrays |= {f"column {name}": column for name, column in numbers.items()}
    write_arrays(project.arrays, _NAME, arrays, about)


def read_tracking(project: Project) -> Tracking:
    """Read what a project is about.

    Raises
    ------
    ProjectError
        If the project is none of tracking, or damaged.
    """
    if project.kind != "track":
        raise ProjectError(
            f"{project.path}: a project of kind {project.kind!r}; expected one of tracking. "
            "Open it with the verbs of its own kind."
        )
    arrays, about = read_arrays(project.arrays, _NAME)
    try:
        return Tracking(
            about["recording"],
            tuple(about["video_shape"]),
            _keypoints(arrays, about),
            about["settings"],
            {name: _frozen(value) for name, value in about["read_as"].items()},
        )
    except (KeyError, TypeError, ValueError, InputError) as damage:
        path = project.arrays / f"{_NAME}.zarr.zip"
        raise ProjectError(f"{path}: damaged ({damage}). {RESTORE}") from None


def store_thumbnails(
    project: Project, thumbnails: NDArray[np.float16], stamp: Sequence[int | str]
) -> None:
    """Store the thumbnails (frame, pixel) of the video, and what they are of.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    write_arrays(project.arrays, _THUMBNAILS, {"thumbnails": thumbnails}, {"stamp": list(stamp)})


def read_thumbnails_of(project: Project) -> Thumbnails:
    """Read the thumbnails of the video.

    Raises
    ------
    ProjectError
        If they are missing or damaged.
    """
    arrays, about = read_arrays(project.arrays, _THUMBNAILS)
    return Thumbnails(arrays["thumbnails"], list(about.get("stamp", [])))


def open_tracks(project: Project, tracking: Tracking) -> TrackStore:
    """Open the tracks of a project, to be read and written.

    Raises
    ------
    ProjectError
        If they cannot be.
    """
    keypoints = len(tracking.keypoints.names)
    return TrackStore.on_disk(project.path / _TRACKS, tracking.frames, keypoints)


def _keypoints(arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> KeypointSet:
    prefix = "column "
    columns = {name: np.array(texts) for name, texts in about["columns"].items()}
    columns |= {
        name.removeprefix(prefix): values
        for name, values in arrays.items()
        if name.startswith(prefix)
    }
    parts: dict[str, Any] = {name: arrays[name] for name in _ROWS}
    parts |= {name: about[name] for name in _TEXTS}
    parts |= {name: tuple(about[name]) for name in _LISTS}
    parts |= {name: tuple((one, other) for one, other in about[name]) for name in _PAIRS}
    shape = about["image_shape"]
    return check_keypoints(
        KeypointSet(
            **parts,
            authors=tuple(Author(*author) for author in about["authors"]),
            columns=columns,
            image_shape=None if shape is None else tuple(shape),
        )
    )


def _frozen(value: Any) -> Any:
    """JSON knows no tuples."""
    return tuple(value) if isinstance(value, list) else value
