"""Movies in HDF5 files, MATLAB's v7.3 among them, whatever their dataset is called."""

import math
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.nwb_file import text_of
from sightline.formats.recordings.array_recording import ArrayRecording
from sightline.formats.recordings.recording_info import FileMetadata, check_dtype
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.stored_axes import axis_name
from sightline.formats.unreadable import damage_reported

_LARGEST_CACHE_BYTES: Final = 2**28
_RATES: Final = ("frame_rate_hz", "frame_rate", "framerate", "fps", "fr", "fs")
_MOST_LISTED: Final = 12


def open_hdf5(path: Path, options: RecordingOptions) -> ArrayRecording:
    """Open the movie of an HDF5 file: its only dataset of numbers with three axes or more.

    Axes come from an attribute ``axes`` (letters), from dimension labels, or from MATLAB, which
    stores (y, x, frame) as (frame, x, y); else they are (time, y, x). Programs that write as MATLAB
    does without saying so give images with rows and columns swapped: ``axes="txy"`` rights them.

    Raises
    ------
    InputError
        If the file is damaged, or holds no movie, or several and none is named.
    """
    with damage_reported(path, "an HDF5 file"):
        with open_hdf5_file(path) as file:
            dataset = _choose(path, file, options.dataset)
            check_dtype(path, dataset.dtype)
            found = _read_metadata(file, dataset)
            name, cache_bytes = str(dataset.name), cache_bytes_for(dataset)
        array = Hdf5Array(path, name, cache_bytes)
    return ArrayRecording(path, array, found, options)


def open_hdf5_file(path: Path, cache_bytes: int = 2**20) -> h5py.File:
    """Open for reading, also where the disk knows no locks."""
    return h5py.File(
        path, "r", locking="best-effort", rdcc_nbytes=cache_bytes, rdcc_nslots=10_007, rdcc_w0=1.0
    )


def cache_bytes_for(dataset: h5py.Dataset) -> int:
    """Room for all chunks of some frames: without it, each is unpacked anew for every frame."""
    if dataset.chunks is None:
        return 2**20
    counts = [-(-n // c) for n, c in zip(dataset.shape, dataset.chunks, strict=True)]
    row = math.prod(counts[1:]) * math.prod(dataset.chunks) * dataset.dtype.itemsize
    return min(max(row, 2**20), _LARGEST_CACHE_BYTES)


class Hdf5Array:
    """A dataset in a file of its own opening, for a cache is chosen when a file is opened.

    Parameters
    ----------
    path, name
        File, and the dataset in it.
    cache_bytes
        Room for unpacked chunks, as `cache_bytes_for` says.
    """

    def __init__(self, path: Path, name: str, cache_bytes: int) -> None:
        self._file = open_hdf5_file(path, cache_bytes)
        dataset = self._file[name]
        if not isinstance(dataset, h5py.Dataset):
            self._file.close()
            raise TypeError(f"{name} is no dataset")
        self.shape: tuple[int, ...] = dataset.shape
        self.dtype: np.dtype[Any] = dataset.dtype
        self.chunks: tuple[int, ...] | None = dataset.chunks
        self._dataset = dataset

    def read_into(self, where: tuple[slice | int, ...], out: NDArray[Any]) -> None:
        """Read a block, converted to the buffer's byte order."""
        self._dataset.read_direct(out, where)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _choose(path: Path, file: h5py.File, wanted: str) -> h5py.Dataset:
    if wanted:
        item = file.get(wanted)
        if isinstance(item, h5py.Dataset):
            return item
        raise InputError(
            path,
            f"it has no dataset {wanted!r}",
            f"one of {list_datasets(_numeric(file))}",
            "Name one of these with `--dataset NAME`.",
        )
    everything = _numeric(file)
    movies = {name: item for name, item in everything.items() if item.ndim >= 3}
    if len(movies) == 1:
        return next(iter(movies.values()))
    raise InputError(
        path,
        f"it holds {list_datasets(movies or everything)}",
        "one movie: a dataset of numbers with three axes or more",
        "Name the movie with `--dataset NAME`." if movies else "Give the file of the movie.",
    )


def _numeric(file: h5py.File) -> dict[str, h5py.Dataset]:
    found: dict[str, h5py.Dataset] = {}

    def look(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "biufc" and item.shape:
            found[name] = item

    file.visititems(look)
    return found


def list_datasets(datasets: dict[str, h5py.Dataset]) -> str:
    """Spell out names and shapes, the first dozen."""
    listed = [f"{name} {item.shape}" for name, item in list(datasets.items())[:_MOST_LISTED]]
    more = len(datasets) - len(listed)
    return "; ".join(listed) + (f"; and {more} more" if more else "") or "no dataset of numbers"


def _read_metadata(file: h5py.File, dataset: h5py.Dataset) -> FileMetadata:
    notes: list[str] = []
    axes = _axes(dataset, notes)
    rate = next((n for key in _RATES if (n := _number(dataset.attrs.get(key))) is not None), None)
    sizes = np.atleast_1d(dataset.attrs.get("pixel_size_um", []))
    spatial = [axis for axis in axes or () if axis in ("z", "y", "x")]
    known = dict(zip(spatial, map(float, sizes), strict=True)) if len(sizes) == len(spatial) else {}
    units = text_of(dataset.attrs.get("units"))
    times = file.get("frame_times_s")
    if not (isinstance(times, h5py.Dataset) and times.ndim == 1 and times.dtype.kind in "fiu"):
        times = None
    return FileMetadata(
        axes,
        rate,
        times[()].astype(np.float64)
        if isinstance(times, h5py.Dataset) and times.ndim == 1
        else None,
        known,
        "raw" if units == "raw" else "dF/F" if units == "dF/F" else None,
        tuple(notes),
    )


def _axes(dataset: h5py.Dataset, notes: list[str]) -> tuple[str, ...] | None:
    """What an attribute, dimension labels or MATLAB's habit say of the axes."""
    letters = text_of(dataset.attrs.get("axes"))
    if len(letters) == dataset.ndim:
        return tuple(map(axis_name, letters))
    labels = [dimension.label or "" for dimension in dataset.dims]
    if all(labels):
        return tuple(map(axis_name, labels))
    if "MATLAB_class" in dataset.attrs and dataset.ndim == 3:
        notes.append("MATLAB wrote it, which reverses axes: (frame, x, y) is read as (time, y, x).")
        return ("time", "x", "y")
    return None


def _number(value: object) -> float | None:
    values = np.asarray(value if value is not None else [])
    return float(values.ravel()[0]) if values.size == 1 and values.dtype.kind in "iuf" else None
