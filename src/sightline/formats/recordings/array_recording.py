"""Recordings that are one stored array: HDF5, NWB, Zarr, npy, TIFF and raw files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sightline.formats.recordings.file_recording import FileRecording
from sightline.formats.recordings.recording_info import FileMetadata, make_info
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.stored_axes import plan_axes
from sightline.formats.recordings.tiff_pages import PagedArray
from sightline.formats.unreadable import damage_reported


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

    @property
    def reads_parts(self) -> bool:
        """Whether a part of a frame costs less than the frame; not so for pages of a TIFF."""
        return not isinstance(self._array, PagedArray)

    def read_window(self, frame: int, within: Mapping[str, slice]) -> NDArray[Any]:
        """Read a part of one frame.

        Parameters
        ----------
        frame
            From 0.
        within
            Range, of step 1, along some of the axes other than time.

        Returns
        -------
        array of ``info.dtype``
            Axes as in ``info.axes``, without time.

        Raises
        ------
        InputError
            If the frame is damaged.
        """
        lengths = zip(self.info.axes[1:], self.info.shape[1:], strict=True)
        parts = {name: within.get(name, slice(0, length)) for name, length in lengths}
        shape = [part.stop - part.start for part in parts.values()]
        out = np.empty((1, *shape), self.info.dtype)
        with damage_reported(self.info.source, f"frame {frame} whole"):
            self._read(self._plan.where(frame, frame + 1, parts), out)
        return out[0]

    def _fill(self, start: int, stop: int, out: NDArray[Any]) -> None:
        self._read(self._plan.where(start, stop), out)

    def _read(self, where: tuple[slice | int, ...], out: NDArray[Any]) -> None:
        stored = self._plan.in_stored_order(out)
        if stored.flags.c_contiguous:
            self._array.read_into(where, stored)
            return
        block = np.empty(stored.shape, out.dtype)
        self._array.read_into(where, block)
        stored[...] = block

    def _release(self) -> None:
        self._array.close()
