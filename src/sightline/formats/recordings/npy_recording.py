"""A NumPy array on disk (``.npy``); it names no axes: (time, y, x) unless told otherwise."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from sightline.formats.recordings.array_recording import ArrayRecording, StoredArray
from sightline.formats.recordings.flat_file import FlatFile
from sightline.formats.recordings.recording_info import FileMetadata, check_dtype
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.unreadable import damage_reported


def open_npy(path: Path, options: RecordingOptions) -> ArrayRecording:
    """Open a movie in a ``.npy`` file, in C or Fortran order.

    Raises
    ------
    InputError
        If the file is damaged, too short, or holds objects rather than numbers.
    """
    with damage_reported(path, "a NumPy file, .npy"), path.open("rb") as file:
        shape, fortran, dtype = _read_header(file)
        first_byte = file.tell()
    check_dtype(path, dtype)
    array: StoredArray
    if fortran:
        array = _Reversed(FlatFile(path, first_byte, shape[::-1], dtype))
    else:
        array = FlatFile(path, first_byte, shape, dtype)
    return ArrayRecording(path, array, FileMetadata(), options)


@dataclass(frozen=True)
class _Reversed:
    """A stored array with its axes in reverse order: Fortran order, seen from C order."""

    array: FlatFile

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape[::-1]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype

    @property
    def chunks(self) -> tuple[int, ...]:
        return self.array.chunks[::-1]

    def read_into(self, where: tuple[slice | int, ...], out: NDArray[Any]) -> None:
        block = np.empty(out.shape[::-1], out.dtype)
        self.array.read_into(where[::-1], block)
        out[...] = block.T

    def close(self) -> None:
        self.array.close()


def _read_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    if version == (1, 0):
        return npy.read_array_header_1_0(file)
    return npy.read_array_header_2_0(file)
