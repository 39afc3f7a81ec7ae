"""What is shown of a video's frames: brightest projections as grey values, a few of them kept."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.closing import Closing
from sightline.data.recording import Recording
from sightline.data.volumes import read_volumes

KEPT: Final = 24

_DARK, _BRIGHT = 0.005, 0.9995  # quantiles of a projection that become black and white
_LOOKED_AT: Final = 5  # frames from which these are taken
_WHITE: Final = 255


@dataclass(frozen=True)
class FramePicture:
    """A frame as it is shown.

    Parameters
    ----------
    limits : (channel, 2) float32
        Values that are black and white, the same in all frames.
    along_z : (channel, y, x) uint8
        Brightest value along z.
    plane : (y, x) uint16
        Where that is, of all channels together.
    along_y : (channel, z, x) uint8 or None
        Brightest value along y; None where there are no planes.
    line : (z, x) uint16 or None
        Where that is.
    """

    limits: NDArray[np.float32]
    along_z: NDArray[np.uint8] = field(repr=False)
    plane: NDArray[np.uint16] = field(repr=False)
    along_y: NDArray[np.uint8] | None = field(default=None, repr=False)
    line: NDArray[np.uint16] | None = field(default=None, repr=False)


class FramePictures(Closing):
    """Pictures of a video, read when they are asked for; any thread may ask.

    Parameters
    ----------
    opened
        Opens the video; called once, by the first question.
    kept
        Pictures kept, so that stepping to and fro reads nothing.
    """

    def __init__(self, opened: Callable[[], Recording], kept: int = KEPT) -> None:
        self._open, self._kept = opened, kept
        self._lock = Lock()
        self._recording: Recording | None = None
        self._limits: NDArray[np.float32] | None = None
        self._pictures: OrderedDict[int, FramePicture] = OrderedDict()

    def picture(self, frame: int) -> FramePicture:
        """A frame's picture.

        Raises
        ------
        InputError, ProjectError
            If the video cannot be read.
        """
        with self._lock:
            if frame not in self._pictures:
                self._pictures[frame] = self._made(frame)
            self._pictures.move_to_end(frame)
            while len(self._pictures) > self._kept:
                self._pictures.popitem(last=False)
            return self._pictures[frame]

    def close(self) -> None:
        """Close the video."""
        with self._lock:
            if self._recording is not None:
                self._recording.close()
                self._recording = None

    def _made(self, frame: int) -> FramePicture:
        if self._recording is None:
            self._recording = self._open()
        if self._limits is None:
            self._limits = grey_limits(self._recording)
        return frame_picture(read_volumes(self._recording, frame, frame + 1)[0], self._limits)


def grey_limits(recording: Recording) -> NDArray[np.float32]:
    """(channel, 2) values that are to be black and white, from a few frames."""
    frames = recording.info.frames
    last = min(frames, _LOOKED_AT) if recording.info.sequential else frames  # none is far to decode
    some = np.unique(np.linspace(0, last - 1, min(frames, _LOOKED_AT)).astype(int))
    looks = np.stack(
        [
            np.quantile(read_volumes(recording, one, one + 1)[0].max(axis=1), at, axis=(1, 2))
            for one in map(int, some)
            for at in (_DARK, _BRIGHT)
        ]
    )
    return np.stack([looks[0::2].min(axis=0), looks[1::2].max(axis=0)], axis=1).astype(np.float32)


def frame_picture(volume: NDArray[np.float32], limits: NDArray[np.float32]) -> FramePicture:
    """Project a frame along z, and along y where it has planes.

    Parameters
    ----------
    volume : (channel, z, y, x)
        The frame.
    limits : (channel, 2)
        Values that become black and white.
    """
    low, high = limits[:, 0], limits[:, 1]
    step = np.where(high > low, high - low, 1)
    together = ((volume - low[:, None, None, None]) / step[:, None, None, None]).sum(axis=0)
    plane = together.argmax(axis=0).astype(np.uint16)
    if volume.shape[1] == 1:
        return FramePicture(limits, _grey(volume.max(axis=1), low, step), plane)
    return FramePicture(
        limits,
        _grey(volume.max(axis=1), low, step),
        plane,
        _grey(volume.max(axis=2), low, step),
        together.argmax(axis=1).astype(np.uint16),
    )


def _grey(
    projection: NDArray[np.float32], low: NDArray[np.float32], step: NDArray[np.float32]
) -> NDArray[np.uint8]:
    share = (projection - low[:, None, None]) / step[:, None, None]
    return np.clip(np.round(share * _WHITE), 0, _WHITE).astype(np.uint8)
