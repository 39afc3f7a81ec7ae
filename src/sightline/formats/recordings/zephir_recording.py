"""ZephIR's recordings: ``data.h5`` with ``data`` (time, channel, z, y, x), and ``metadata.json``.

The metadata name the axes and may limit the recording to the first frames. The programs that such
folders also hold (``getters.py``) are never run: a recording that needs one is converted first.
"""

from pathlib import Path
from typing import Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import AXES
from sightline.errors import InputError
from sightline.formats.recordings.array_recording import ArrayRecording
from sightline.formats.recordings.hdf5_recording import (
    Hdf5Array,
    cache_bytes_for,
    open_hdf5_file,
)
from sightline.formats.recordings.recording_info import FileMetadata, check_dtype
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.unreadable import damage_reported
from sightline.formats.zephir_metadata import (
    DATA,
    METADATA,
    check_told_shape,
    read_zephir_metadata,
)

_DATASET: Final = "data"
_EXPECTED: Final = "an HDF5 file with a dataset 'data' of (time, channel, z, y, x)"


def is_zephir(path: Path) -> bool:
    """Whether an HDF5 file is called ``data.h5`` and has ZephIR's metadata beside it."""
    return path.name == DATA and (path.parent / METADATA).is_file()


def open_zephir(path: Path, options: RecordingOptions) -> ArrayRecording:
    """Open ``data.h5``; frames beyond the metadata's number are left out, and a note tells so.

    Raises
    ------
    InputError
        If the files are damaged, or the metadata tell of another shape than the data have.
    """
    metadata = path.parent / METADATA
    told = read_zephir_metadata(metadata)
    name = options.dataset or _DATASET
    with damage_reported(path, _EXPECTED):
        with open_hdf5_file(path) as file:
            dataset = file.get(name)
            if not isinstance(dataset, h5py.Dataset) or dataset.ndim != len(AXES):
                raise InputError(
                    path,
                    f"it has no dataset {name!r} of five axes",
                    _EXPECTED,
                    f"Convert it, or move {METADATA} away to have it read as any HDF5 file.",
                )
            check_told_shape(metadata, told, dataset.shape)
            check_dtype(path, dataset.dtype)
            times, cache_bytes = _times(file, told.shape[0]), cache_bytes_for(dataset)
            stored = dataset.shape[0]
        array = Hdf5Array(path, name, cache_bytes)
    array.shape = told.shape
    notes = [f"Axes are as {METADATA} tells."]
    if told.shape[0] < stored:
        notes.append(f"{METADATA} limits it to the first {told.shape[0]} of {stored} frames.")
    found = FileMetadata(
        axes=AXES, frame_times_s=times, notes=tuple(notes), name=path.absolute().parent.name
    )
    return ArrayRecording(path, array, found, options)


def _times(file: h5py.File, frames: int) -> NDArray[np.float64] | None:
    times = file.get("times")
    if not isinstance(times, h5py.Dataset) or times.ndim != 1 or times.dtype.kind not in "fiu":
        return None
    return times[:frames].astype(np.float64)
