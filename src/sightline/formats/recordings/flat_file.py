"""An array that lies in a file byte after byte: npy, raw binaries, uncompressed TIFF."""

import math
from io import FileIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.formats.recordings.file_recording import check_size

_PAGE_BYTES: Final = 4096


class FlatFile:
    """Values of a file from a given byte on, in C order.

    Frames are read straight into the caller's buffer rather than mapped: twice as fast, and the
    file's pages do not count as memory of the process.

    Parameters
    ----------
    path, first_byte, shape, dtype
        Where the array lies and what it is.

    Raises
    ------
    InputError
        If the file is too short.
    """

    def __init__(
        self, path: Path, first_byte: int, shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self._first_byte = first_byte
        needed = first_byte + math.prod(shape) * dtype.itemsize
        check_size(path, needed, shape[0] if shape else 1, first_byte)
        self._file = path.open("rb", buffering=0)

    @property
    def chunks(self) -> tuple[int, ...]:
        """Memory pages along the last axis: where time is last, one frame costs as many others."""
        return (*(1 for _ in self.shape[1:]), max(1, _PAGE_BYTES // self.dtype.itemsize))

    def read_into(self, where: tuple[slice | int, ...], out: NDArray[Any]) -> None:
        """Read a block, in as few pieces as lie together in the file."""
        bounds = [(i, i + 1) if isinstance(i, int) else (i.start, i.stop) for i in where]
        whole = len(bounds)
        while whole > 0 and bounds[whole - 1] == (0, self.shape[whole - 1]):
            whole -= 1
        # axes from `whole` on are read whole; the one before is a range; those before are looped
        runs = bounds[: max(whole - 1, 0)]
        start, stop = bounds[whole - 1] if whole else (0, 1)
        strides = _strides(self.shape)
        unit = strides[whole - 1] if whole else math.prod(self.shape)
        pieces = out.reshape(math.prod(b - a for a, b in runs), -1)
        if (stop - start) * unit * self.dtype.itemsize < _PAGE_BYTES < out.nbytes:
            self._read_mapped(where, out)
            return
        for piece, index in zip(pieces, np.ndindex(*(b - a for a, b in runs)), strict=True):
            first = sum((a + i) * s for (a, _), i, s in zip(runs, index, strides, strict=False))
            self._read_run(first + start * unit, piece)
        self._to_native(out)

    def _read_run(self, first: int, out: NDArray[Any]) -> None:
        self._file.seek(self._first_byte + first * self.dtype.itemsize)
        fill(self._file, out)

    def _read_mapped(self, where: tuple[slice | int, ...], out: NDArray[Any]) -> None:
        """Read scattered values through a map, which lives for this call only."""
        mapped = np.memmap(self._file, self.dtype, "r", offset=self._first_byte, shape=self.shape)
        out[...] = mapped[where]

    def _to_native(self, out: NDArray[Any]) -> None:
        if not self.dtype.isnative:
            out.byteswap(inplace=True)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def fill(file: FileIO, out: NDArray[Any]) -> None:
    """Read bytes from where an unbuffered file stands until a C-contiguous buffer is full."""
    left = out.reshape(-1).view(np.uint8).data
    while left.nbytes:  # the system may read less than it is asked for
        count = file.readinto(left)
        if not count:
            raise EOFError("the file ended")
        left = left[count:]


def _strides(shape: tuple[int, ...]) -> list[int]:
    """Values from one index of an axis to the next."""
    return [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
