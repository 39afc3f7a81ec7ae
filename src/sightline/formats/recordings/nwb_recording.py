"""Movies in NWB files: ``TwoPhotonSeries`` and ``OnePhotonSeries``, inside or in files beside.

The specification has (frame, x, y[, z]) since version 2.1 and had (frame, y, x) before; files that
do otherwise cannot be told apart, so what was done is noted and ``axes`` overrules it. Masks in the
same file are turned alike.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import Recording, Units
from sightline.errors import InputError
from sightline.formats.nwb_file import groups_of_type, named, text_of
from sightline.formats.recordings.array_recording import ArrayRecording
from sightline.formats.recordings.hdf5_recording import Hdf5Array, cache_bytes_for, open_hdf5_file
from sightline.formats.recordings.joined_recording import JoinedRecording, check_alike
from sightline.formats.recordings.recording_info import FileMetadata, check_dtype
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.unreadable import damage_reported

OpenPart = Callable[[Path, RecordingOptions], Recording]

_TYPES: Final = ("TwoPhotonSeries", "OnePhotonSeries")
_MICROMETRES: Final = {"meters": 1e6, "meter": 1e6, "m": 1e6, "millimeters": 1e3, "mm": 1e3,
                       "micrometers": 1.0, "micrometer": 1.0, "microns": 1.0, "um": 1.0,
                       "µm": 1.0, "nanometers": 1e-3, "nm": 1e-3}  # fmt: skip
_RATIOS: Final = ("df/f", "dff", "dfof", "df_over_f", "deltaf/f", "δf/f")


def is_nwb(path: Path) -> bool:
    """Whether an HDF5 file says that it is NWB."""
    with damage_reported(path, "an HDF5 file"), open_hdf5_file(path) as file:
        return "nwb_version" in file.attrs


def open_nwb(path: Path, options: RecordingOptions, open_part: OpenPart) -> Recording:
    """Open a photon series.

    Parameters
    ----------
    path, options
        The file, and what the user says; ``dataset`` names the series if there are several.
    open_part
        Opens a TIFF or video file that the series points to.

    Raises
    ------
    InputError
        If the file is damaged, has no series, or several and none is named, or the files that it
        points to are not in its folder.
    """
    with damage_reported(path, "an NWB file"):
        with open_hdf5_file(path) as file:
            series = _choose(path, file, options.dataset)
            outside = _outside_files(path, series)
            found = _read_metadata(file, series, bool(outside))
            inside = None if outside else _inside(path, series)
        array = None if inside is None else Hdf5Array(path, *inside)
    if array is None:
        return _open_outside(path, outside, found, options, open_part)
    return ArrayRecording(path, array, found, options)


def _inside(path: Path, series: h5py.Group) -> tuple[str, int]:
    """Name of the dataset that holds the frames, and the cache it wants."""
    data = series.get("data")
    if not isinstance(data, h5py.Dataset):
        raise InputError(path, "the series holds no data", "frames", "Export it again.")
    check_dtype(path, data.dtype)
    return str(data.name), cache_bytes_for(data)


def _choose(path: Path, file: h5py.File, wanted: str) -> h5py.Group:
    every = groups_of_type(file, *_TYPES)
    chosen = named(every, wanted) if wanted else every
    if len(chosen) == 1:
        return next(iter(chosen.values()))
    listed = "; ".join(f"{name} {_shape(group)}" for name, group in every.items())
    raise InputError(
        path,
        f"it holds {len(every)} photon series" + (f" ({listed})" if every else ""),
        f"one called {wanted!r}" if wanted else "one TwoPhotonSeries or OnePhotonSeries",
        "Name one with `--dataset NAME`." if every else "Give the file of the movie.",
    )


def _shape(group: h5py.Group) -> tuple[int, ...]:
    data = group.get("data")
    return data.shape if isinstance(data, h5py.Dataset) else ()


def _read_metadata(file: h5py.File, series: h5py.Group, outside: bool) -> FileMetadata:
    notes: list[str] = []
    plane = series.get("imaging_plane")
    rate, times = _times(series, plane)
    sizes = _pixel_sizes(plane) if isinstance(plane, h5py.Group) else {}
    axes = None if outside else _axes(file, series, notes)
    return FileMetadata(axes, rate, times, sizes, _units(series, notes), tuple(notes))


def _axes(file: h5py.File, series: h5py.Group, notes: list[str]) -> tuple[str, ...] | None:
    version = text_of(file.attrs.get("nwb_version")).upper().removeprefix("NWB-")
    order = ("time", "y", "x") if version.startswith("2.0") else ("time", "x", "y", "z")
    shape = _shape(series)
    if len(shape) not in (3, 4) or len(shape) > len(order):
        return None
    order = order[: len(shape)]
    notes.append(
        f"NWB {version or 'of unknown version'} stores {shape} as ({', '.join(order)}); if the "
        "image is turned on its side, say `--axes tyx`."
        if len(order) == 3
        else f"NWB stores {shape} as ({', '.join(order)}); say `--axes` if it is otherwise."
    )
    return order


def _times(series: h5py.Group, plane: object) -> tuple[float | None, NDArray[np.float64] | None]:
    """Rate, or the times of frames; the imaging plane's rate where the series has neither."""
    times = series.get("timestamps")
    if isinstance(times, h5py.Dataset) and times.ndim == 1 and times.dtype.kind in "fiu":
        return None, times[()].astype(np.float64)
    start = series.get("starting_time")
    if isinstance(start, h5py.Dataset) and "rate" in start.attrs:
        return float(np.asarray(start.attrs["rate"]).ravel()[0]), None
    rate = plane.get("imaging_rate") if isinstance(plane, h5py.Group) else None
    return (float(rate[()]) if isinstance(rate, h5py.Dataset) else None), None


def _pixel_sizes(plane: h5py.Group) -> dict[str, float]:
    """``grid_spacing`` (x, y[, z]) in micrometres."""
    spacing = plane.get("grid_spacing")
    if not isinstance(spacing, h5py.Dataset):
        return {}
    factor = _MICROMETRES.get(text_of(spacing.attrs.get("unit", "meters")).lower())
    values = np.ravel(spacing[()])
    if factor is None or len(values) not in (2, 3):
        return {}
    return {axis: float(value) * factor for axis, value in zip("xyz", values, strict=False)}


def _units(series: h5py.Group, notes: list[str]) -> Units | None:
    data = series.get("data")
    if not isinstance(data, h5py.Dataset):
        return None
    factor = np.ravel(data.attrs.get("conversion", 1.0))[0]
    if factor not in (1, 0):
        notes.append(f"Values are as stored, not multiplied by the file's conversion {factor:g}.")
    unit = text_of(data.attrs.get("unit")).lower().replace(" ", "")
    return "dF/F" if unit in _RATIOS else None


def _outside_files(path: Path, series: h5py.Group) -> list[Path]:
    """Files that hold the frames, if the series points to any; only those in the file's folder."""
    names = series.get("external_file")
    if not isinstance(names, h5py.Dataset) or names.size == 0 or 0 not in (*_shape(series), 0):
        return []
    folder = path.resolve().parent
    files = []
    for value in np.ravel(names[()]):
        name = text_of(value).replace("\\", "/")
        beside = (folder / name).resolve()
        if not (beside.is_file() and beside.is_relative_to(folder)):
            beside = folder / name.rpartition("/")[2]
        if not beside.is_file():
            raise InputError(
                path,
                f"its frames are in {name}, which is not beside it",
                "the files that it points to in its own folder",
                "Copy them there.",
            )
        files.append(beside)
    return files


def _open_outside(
    path: Path,
    files: list[Path],
    found: FileMetadata,
    options: RecordingOptions,
    open_part: OpenPart,
) -> Recording:
    """Join the files; what NWB says of rate and pixel size stands in for what the user does not."""
    told = replace(
        options,
        dataset="",
        frame_rate_hz=options.frame_rate_hz or found.frame_rate_hz,
        pixel_size_um=options.pixel_size_um or _spacing(found),
    )
    infos = []
    for file in files:
        with open_part(file, told) as part:
            infos.append(part.info)
            check_alike(part.info, infos[0])
    frames = [info.frames for info in infos]
    times = found.frame_times_s
    whole = replace(
        infos[0],
        name=path.stem,
        source=str(path),
        shape=(sum(frames), *infos[0].shape[1:]),
        frame_times_s=times if times is not None and len(times) == sum(frames) else None,
        notes=(*found.notes, *infos[0].notes, f"Frames are in {len(files)} files beside it."),
    )
    return JoinedRecording(whole, [partial(open_part, file, told) for file in files], frames)


def _spacing(found: FileMetadata) -> Any:
    """One pixel size for y and x, where the file has it and it is the same."""
    sizes = {found.pixel_size_um.get("y"), found.pixel_size_um.get("x")}
    size = sizes.pop()
    return size if not sizes and size else None
