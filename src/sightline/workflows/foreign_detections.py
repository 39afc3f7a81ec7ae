"""Detections that another program made of a video, read from its files frame by frame."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import Recording, RecordingInfo
from sightline.data.volumes import volume_shape
from sightline.errors import InputError, SettingError
from sightline.formats.recordings.open_recording import open_recording
from sightline.track.detect import Detections
from sightline.track.given_detections import (
    DetectFunction,
    detections_by_function,
    detections_of_labels,
    detections_of_map,
    detections_of_points,
)
from sightline.workflows.track_video import read_keypoints

Source = Callable[[int, NDArray[np.float32]], Detections]


@dataclass(frozen=True)
class ForeignFiles:
    """Where the detections are; each may be None.

    Parameters
    ----------
    points
        Keypoints in any known format; their names do not matter, their scores do.
    labels
        Label images: a recording of as many frames as the video, or of one.
    probability
        Probability maps, likewise, with values from 0 to 1.
    function
        Takes a frame, (channel, z, y, x) float32; gives (detection, 3) positions or `Detections`.
    """

    points: str | Path | None = None
    labels: str | Path | None = None
    probability: str | Path | None = None
    function: DetectFunction | None = None

    @property
    def any(self) -> bool:
        """Whether there are some."""
        return any(
            one is not None for one in (self.points, self.labels, self.probability, self.function)
        )


@contextmanager
def open_sources(
    files: ForeignFiles,
    recording: Recording,
    voxel_size: tuple[float, float, float],
    radius: float | None,
    least_probability: float,
) -> Iterator[list[Source]]:
    """Give a function for each source: of a frame's number and content, its detections.

    Parameters
    ----------
    files
        What there is.
    recording
        The video.
    voxel_size
        Along (z, y, x).
    radius
        Of what is detected, in that unit; needed for maps alone.
    least_probability
        That a map or a score must reach.

    Raises
    ------
    InputError, SettingError
        If a file cannot be read or does not fit the video.
    """
    sources: list[Source] = []
    shape = volume_shape(recording.info)[1:]
    with ExitStack() as opened:
        if files.points is not None:
            sources.append(_points(files.points, recording, least_probability))
        if files.labels is not None:
            labels = opened.enter_context(_beside(files.labels, recording.info))
            sources.append(
                lambda frame, _: _said_of(
                    labels, lambda: detections_of_labels(_image(labels, frame, shape), voxel_size)
                )
            )
        if files.probability is not None and radius is not None:
            maps = opened.enter_context(_beside(files.probability, recording.info))
            sources.append(
                lambda frame, _: _said_of(
                    maps,
                    lambda: detections_of_map(
                        _image(maps, frame, shape), voxel_size, radius, least_probability
                    ),
                )
            )
        if files.function is not None:
            function = files.function
            sources.append(lambda _, content: detections_by_function(function, content))
        yield sources


def _points(path: str | Path, recording: Recording, least_probability: float) -> Source:
    keypoints = read_keypoints(path, recording)

    def source(frame: int, _content: NDArray[np.float32]) -> Detections:
        rows = keypoints.frame == frame
        found = detections_of_points(keypoints.position[rows], keypoints.score[rows])
        kept = np.ones(0) if found.probability is None else found.probability
        kept = kept >= least_probability
        return Detections(
            found.positions[kept],
            found.strength[kept],
            found.radius[kept],
            None if found.probability is None else found.probability[kept],
        )

    return source


def _beside(path: str | Path, info: RecordingInfo) -> Recording:
    """Open images that are as large as the video's, of as many frames or of one.

    Label images often say nothing of their axes, or what is wrong: then the video's are tried.
    """
    first = _opened_if(path, "", info)
    if isinstance(first, InputError):
        for axes in ("tzyx", "tyx"):
            again = _opened_if(path, axes, info)
            if not isinstance(again, InputError):
                return again
        raise first
    return first


def _opened_if(path: str | Path, axes: str, info: RecordingInfo) -> Recording | InputError:
    """Open images if they fit the video; else what is wrong."""
    try:
        opened = open_recording(path, axes=axes)
    except InputError as wrong:
        return wrong
    _, *size = volume_shape(info)
    own = opened.info
    each = own.frames == info.frames and _long(own.shape[1:]) == _long(size)
    if each or _of_one(own, size):
        return opened
    opened.close()
    found = " x ".join(str(length) for length in own.shape)
    return InputError(
        path,
        f"it is {found} ({', '.join(own.axes)})",
        f"{info.frames} frames, or one, of {size[0]} x {size[1]} x {size[2]} (z, y, x) in one "
        "channel, as the video has",
        "Export it in the video's size.",
    )


def _of_one(own: RecordingInfo, size: Sequence[int]) -> bool:
    """Whether all is one volume; its planes may have been taken for frames."""
    return _long(own.shape) == _long(size)


def _long(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(length for length in shape if length > 1)


def _image(recording: Recording, frame: int, size: Sequence[int]) -> NDArray[Any]:
    """(z, y, x) of a frame, in the type that is stored."""
    info = recording.info
    once = _of_one(info, size)
    start, stop = (0, info.frames) if once else (frame, frame + 1)
    return recording.read(start, stop).reshape(size)


def _said_of(recording: Recording, found: Callable[[], Detections]) -> Detections:
    """What is wrong with an image is said of its file."""
    try:
        return found()
    except SettingError as wrong:
        raise SettingError(f"{recording.info.source}: {wrong}") from None
