"""Recordings that are one stored array: HDF5, NWB, Zarr, npy, TIFF and raw files."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sightline.formats.recordings.file_recording import FileRecording
from sightline.formats.recordings.recording_info import FileMetadata, make_info
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.stored_axes import plan_axes


class StoredArray(Protocol):
    """An array in a file, read in blocks."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each stored axis."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the values, in any byte order."""
        ...

    @property
    def chunks(self) -> tuple[int, ...] | None:
        """Shape of the blocks that are stored together, or None."""
        ...

    def read_into(self, where: tuple[slice | int, ...], out: NDArray[Any]) -> None:
        """Read a block (slices of step 1, or an index, one an axis) into a C-contiguous buffer."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


class ArrayRecording(FileRecording):
    """A stored array as a recording: axes in order, channel and plane picked while reading.

    Parameters
    ----------
    path
        File or folder, named in errors.
    array
        Closed with the recording, and at once if it makes none.
    found
        What the file says of it.
    options
        What the user says.

    Raises
    ------
    InputError
        If axes, values or sizes make no recording.
    """

    def __init__(
        self, path: Path, array: StoredArray, found: FileMetadata, options: RecordingOptions
    ) -> None:
        self._array = array
        try:
            self._plan, notes = plan_axes(path, array.shape, found.axes, options)
            together = self._plan.together(array.chunks)
            super().__init__(
                make_info(
                    path,
                    self._plan,
                    array.dtype,
                    found,
                    options,
                    notes=notes,
                    frames_at_once=together,
                )
            )
        except BaseException:
            array.close()
            raise

    def _fill(self, start: int, stop: int, out: NDArray[Any]) -> None:
        where = self._plan.where(start, stop)
        stored = self._plan.in_stored_order(out)
        if stored.flags.c_contiguous:
            self._array.read_into(where, stored)
            return
        block = np.empty(stored.shape, out.dtype)
        self._array.read_into(where, block)
        stored[...] = block

    def _release(self) -> None:
        self._array.close()
