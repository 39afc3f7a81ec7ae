"""Frames of a recording with all their axes, whatever axes it is stored in."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.data.closing import Closing
from sightline.data.recording import AXES, Recording, RecordingInfo


@dataclass(frozen=True)
class FirstFrames(Closing):
    """A `Recording` of which only the first frames are looked at.

    Parameters
    ----------
    whole
        Closing this one closes it.
    frames
        So many; all where there are fewer.
    """

    whole: Recording
    frames: int

    @property
    def info(self) -> RecordingInfo:
        """As of the whole, but for the number of frames."""
        info = self.whole.info
        return replace(
            info,
            shape=(min(self.frames, info.frames), *info.shape[1:]),
            frame_names=info.frame_names[: self.frames],
        )

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Read frames; see `Recording.read`."""
        return self.whole.read(start, stop, out)

    def close(self) -> None:
        """Close the whole."""
        self.whole.close()


@dataclass(frozen=True)
class Borrowed(Closing):
    """A `Recording` that somebody else closes."""

    whole: Recording

    @property
    def info(self) -> RecordingInfo:
        """As of the whole."""
        return self.whole.info

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Read frames; see `Recording.read`."""
        return self.whole.read(start, stop, out)

    def close(self) -> None:
        """Leave it open."""


def read_volumes(recording: Recording, start: int, stop: int) -> NDArray[np.float32]:
    """Read frames with all their axes.

    Returns
    -------
    (frame, channel, z, y, x) float32
        Axes that the recording lacks have length 1. Values that are no finite numbers are given as
        the frame's least one that is, 0 if none is.

    Raises
    ------
    InputError
        If the frames are not there or damaged.
    """
    read = recording.read(start, stop)
    volumes = read.reshape(len(read), *volume_shape(recording.info)).astype(np.float32)
    if read.dtype.kind == "f":
        for volume in volumes:
            _make_finite(volume)
    return volumes


def volume_shape(info: RecordingInfo) -> tuple[int, ...]:
    """(channel, z, y, x) of a recording; axes that it lacks have length 1."""
    lengths = dict(zip(info.axes, info.shape, strict=True))
    return tuple(lengths.get(axis, 1) for axis in AXES[1:])


def voxel_size_um(info: RecordingInfo) -> tuple[float, ...] | None:
    """(z, y, x) of a voxel in um; z is 1 where there are no planes. None where nobody said."""
    if info.pixel_size_um is None:
        return None
    spatial = [axis for axis in info.axes if axis in ("z", "y", "x")]
    sizes = dict(zip(spatial, info.pixel_size_um, strict=True))
    return tuple(sizes.get(axis, 1.0) for axis in ("z", "y", "x"))


def _make_finite(volume: NDArray[np.float32]) -> None:
    finite = np.isfinite(volume)
    if not finite.all():
        volume[~finite] = volume[finite].min(initial=np.inf) if finite.any() else 0.0
