"""Write a recording to a new file, in stretches: OME-TIFF, HDF5 or npy."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
import tifffile
from numpy.lib import format as npy
from numpy.typing import NDArray

from sightline.data.recording import Recording, RecordingInfo
from sightline.errors import InputError
from sightline.formats.new_file import new_file
from sightline.formats.recordings.recording_options import AXIS_LETTERS

Progress = Callable[[int, int], None]

_BLOCK_BYTES: Final = 32 * 2**20
_LETTERS: Final = {name: letter for letter, name in AXIS_LETTERS.items()}


def write_recording(
    recording: Recording,
    path: Path,
    *,
    progress: Progress = lambda _done, _total: None,
) -> None:
    """Write all frames to a file that is not there yet; it appears when it is whole.

    Parameters
    ----------
    recording
        Read once, in order.
    path
        ``.tif`` or ``.tiff`` (OME-TIFF, BigTIFF if need be), ``.h5`` or ``.hdf5`` (dataset
        ``mov``), or ``.npy`` (values alone).
    progress
        Called with the number of frames written and of all.

    Raises
    ------
    InputError
        If the file is there already, cannot be written, or its ending is another.
    """
    writers = {
        ".tif": _write_tiff,
        ".tiff": _write_tiff,
        ".h5": _write_hdf5,
        ".hdf5": _write_hdf5,
        ".npy": _write_npy,
    }
    write = writers.get(path.suffix.lower())
    if write is None:
        raise InputError(
            path,
            "no movie is written under that ending",
            ", ".join(writers),
            "Choose one of these.",
        )
    with new_file(path) as aside:
        write(recording.info, _blocks(recording, progress), aside)


def _blocks(recording: Recording, progress: Progress) -> Iterator[NDArray[Any]]:
    """All frames, some at a time, in one buffer that is used again."""
    info = recording.info
    step = max(1, _BLOCK_BYTES // max(info.frame_bytes, 1))
    step = -(-step // info.frames_at_once) * info.frames_at_once
    buffer = np.empty((min(step, info.frames), *info.shape[1:]), info.dtype)
    progress(0, info.frames)
    for start in range(0, info.frames, step):
        stop = min(start + step, info.frames)
        yield recording.read(start, stop, buffer[: stop - start])
        progress(stop, info.frames)


def _write_tiff(info: RecordingInfo, blocks: Iterator[NDArray[Any]], path: Path) -> None:
    if info.dtype.kind in "iu" and info.dtype.itemsize == 8:
        raise InputError(
            path.name, f"OME-TIFF has no {info.dtype}", "at most 32 bits", "Write .h5 or .npy."
        )
    dtype = np.dtype(np.uint8) if info.dtype.kind == "b" else info.dtype
    dtype = np.dtype(np.float32) if dtype == np.float16 else dtype
    pages = (
        page.astype(dtype, copy=False)
        for block in blocks
        for page in block.reshape(-1, *info.shape[-2:])
    )
    tifffile.imwrite(
        path,
        pages,
        shape=info.shape,
        dtype=dtype,
        ome=True,
        bigtiff=info.frames * info.frame_bytes > 2**32 - 2**25,
        photometric="minisblack",
        metadata=_ome_metadata(info),
    )


def _ome_metadata(info: RecordingInfo) -> dict[str, Any]:
    metadata: dict[str, Any] = {"axes": "".join(_LETTERS[axis] for axis in info.axes).upper()}
    if info.frame_rate_hz is not None:
        metadata |= {"TimeIncrement": 1 / info.frame_rate_hz, "TimeIncrementUnit": "s"}
    for axis, size in _pixel_sizes(info):
        if np.isfinite(size):
            name = f"PhysicalSize{axis.upper()}"
            metadata |= {name: size, f"{name}Unit": "µm"}
    if info.frame_times_s is not None and len(info.axes) == 3:
        times = info.frame_times_s.tolist()
        metadata["Plane"] = {"DeltaT": times, "DeltaTUnit": ["s"] * len(times)}
    return metadata


def _write_hdf5(info: RecordingInfo, blocks: Iterator[NDArray[Any]], path: Path) -> None:
    with h5py.File(path, "x") as file:
        movie = file.create_dataset("mov", info.shape, info.dtype)
        movie.attrs["axes"] = "".join(_LETTERS[axis] for axis in info.axes)
        movie.attrs["units"] = info.units
        if info.frame_rate_hz is not None:
            movie.attrs["frame_rate_hz"] = info.frame_rate_hz
        if info.pixel_size_um is not None:
            movie.attrs["pixel_size_um"] = info.pixel_size_um
        if info.frame_times_s is not None:
            file["frame_times_s"] = info.frame_times_s
        start = 0
        for block in blocks:
            movie.write_direct(block, dest_sel=np.s_[start : start + len(block)])
            start += len(block)


def _write_npy(info: RecordingInfo, blocks: Iterator[NDArray[Any]], path: Path) -> None:
    header = {
        "descr": npy.dtype_to_descr(info.dtype),
        "fortran_order": False,
        "shape": info.shape,
    }
    with path.open("xb") as file:
        npy.write_array_header_1_0(file, header)
        for block in blocks:
            file.write(block.data)


def _pixel_sizes(info: RecordingInfo) -> Iterator[tuple[str, float]]:
    spatial = (axis for axis in info.axes if axis in ("z", "y", "x"))
    return zip(spatial, info.pixel_size_um or (), strict=False)
