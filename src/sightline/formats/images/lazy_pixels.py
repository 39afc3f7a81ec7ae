"""Pixels of a large image that stay in its file and are read when they are sliced."""

from dataclasses import dataclass, replace
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from sightline.formats.recordings.array_recording import ArrayRecording
from sightline.formats.recordings.open_recording import open_recording

Part = SupportsIndex | slice


@dataclass(frozen=True)
class LazyPixels:
    """One frame of a stored array, (channel, y, x), sliced as an array is.

    The file is opened for each slice, so that many images can be held, and sent to a process.

    Parameters
    ----------
    path
        File or folder.
    shape, dtype
        Of the image, the alpha channel left out.
    frame, plane
        Which of a stack.
    axes, dataset
        As `open_recording` takes them.
    first_channel
        Of the file; those before it are left out.
    """

    path: str
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    frame: int = 0
    plane: int | None = None
    axes: str = ""
    dataset: str = ""
    first_channel: int = 0

    @property
    def ndim(self) -> int:
        """Always 3."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of all pixels in memory."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    def __getitem__(self, where: Any) -> NDArray[Any]:
        """Read what slices with step 1 and whole numbers say; other indices apply to that."""
        parts = _three(where)
        channels, rows, columns = (
            _bounds(part, length) for part, length in zip(parts, self.shape, strict=True)
        )
        block = self._read(channels, rows, columns)
        left = tuple(
            0 if not isinstance(part, slice) else slice(None, None, part.step) for part in parts
        )
        return block[left]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """All pixels, read into memory."""
        return np.asarray(self[:], dtype)

    def one_channel(self, number: int) -> "LazyPixels":
        """The same image, of one channel alone."""
        return replace(self, shape=(1, *self.shape[1:]), first_channel=self.first_channel + number)

    def _read(self, channels: slice, rows: slice, columns: slice) -> NDArray[Any]:
        with open_recording(self.path, axes=self.axes, dataset=self.dataset,
                            plane=self.plane) as recording:  # fmt: skip
            if not isinstance(recording, ArrayRecording):
                raise TypeError(f"{self.path} is no stored array")
            named = "channel" in recording.info.axes
            within = {"y": rows, "x": columns}
            if named:
                first = self.first_channel
                within["channel"] = slice(channels.start + first, channels.stop + first)
            block = recording.read_window(self.frame, within)
        shape = (channels.stop - channels.start, *block.shape[-2:])
        return block.reshape(shape) if named else block.reshape(1, *block.shape[-2:])[channels]


def _three(where: Any) -> tuple[Part, Part, Part]:
    parts = where if isinstance(where, tuple) else (where,)
    if Ellipsis in parts:
        place = parts.index(Ellipsis)
        rest = 3 - (len(parts) - 1)
        parts = (*parts[:place], *(slice(None),) * rest, *parts[place + 1 :])
    parts = (*parts, *(slice(None),) * (3 - len(parts)))
    if len(parts) != 3:
        raise IndexError("an image has three axes: channel, y and x")
    return parts


def _bounds(part: Part, length: int) -> slice:
    """The range that has to be read, forwards."""
    if isinstance(part, slice):
        start, stop, step = part.indices(length)
        if step < 1:
            raise IndexError("pixels on disk are sliced forwards only")
        return slice(start, max(start, stop))
    number = part.__index__()
    number += length if number < 0 else 0
    if not 0 <= number < length:
        raise IndexError(f"{part} of {length}")
    return slice(number, number + 1)
