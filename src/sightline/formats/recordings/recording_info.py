"""What a file says of a recording, brought together with what the user says."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import RecordingInfo, Units
from sightline.errors import InputError
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.stored_axes import AxisPlan

_SPATIAL: Final = ("z", "y", "x")
_LARGEST_FRAME_BYTES: Final = 2**36


@dataclass(frozen=True)
class FileMetadata:
    """What a file says of its recording; nonsense is sorted out later.

    Parameters
    ----------
    axes
        Name of each stored axis, or None.
    frame_rate_hz, frame_times_s, units
        As in `RecordingInfo`, or None.
    pixel_size_um
        Of the spatial axes that the file knows.
    notes
        What was found, in words.
    name
        Of the recording, where the file's own name says less.
    """

    axes: tuple[str, ...] | None = None
    frame_rate_hz: float | None = None
    frame_times_s: NDArray[np.float64] | None = None
    pixel_size_um: Mapping[str, float] = field(default_factory=dict)
    units: Units | None = None
    notes: tuple[str, ...] = ()
    name: str = ""


def make_info(
    path: Path,
    plan: AxisPlan,
    dtype: np.dtype[Any],
    found: FileMetadata,
    options: RecordingOptions,
    *,
    notes: tuple[str, ...] = (),
    frames_at_once: int = 1,
    sequential: bool = False,
) -> RecordingInfo:
    """Describe a recording; the user's word outranks the file's, and a contradiction is noted.

    Raises
    ------
    InputError
        If values are no real numbers, or a frame is larger than any memory.
    """
    dtype = check_dtype(path, dtype)
    said = [*notes, *found.notes]
    times = _sound_times(found.frame_times_s, plan.shape[0], said)
    rate = _sound_number(found.frame_rate_hz, "frame rate", said)
    if rate is None and times is not None and len(times) > 1:
        rate = 1 / float(np.median(np.diff(times)))
    rate = _overrule(rate, options.frame_rate_hz, "Hz", said)
    units = options.units or found.units or ("unknown" if dtype.kind == "f" else "raw")
    info = RecordingInfo(
        name=found.name or path.stem.removesuffix(".ome"),
        source=str(path),
        axes=plan.axes,
        shape=plan.shape,
        dtype=dtype,
        frame_rate_hz=rate,
        frame_times_s=times,
        pixel_size_um=_pixel_sizes(path, plan.axes, found, options, said),
        units=units,
        frames_at_once=frames_at_once,
        sequential=sequential,
        notes=tuple(said),
    )
    if info.frame_bytes > _LARGEST_FRAME_BYTES:
        raise InputError(
            path,
            f"it declares frames of shape {info.shape[1:]}, {info.frame_bytes / 1e9:,.0f} GB each",
            "frames that fit into memory",
            "Check the axes (`--axes`), or that the file is not damaged.",
        )
    return info


def check_dtype(path: Path, dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Give the type in native byte order if it is real numbers."""
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise InputError(
            path,
            f"its values are of type {dtype}",
            "real numbers: integers or floats of at most 64 bits",
            "Convert it; of complex values take the magnitude.",
        )
    return dtype.newbyteorder("=")


def _sound_number(value: float | None, name: str, notes: list[str]) -> float | None:
    if value is None or (math.isfinite(value) and value > 0):
        return value
    notes.append(f"The file's {name} is {value}: ignored.")
    return None


def _sound_times(
    times: NDArray[np.float64] | None, frames: int, notes: list[str]
) -> NDArray[np.float64] | None:
    if times is None:
        return None
    if times.shape != (frames,):
        notes.append(f"The file has {times.size} frame times for {frames} frames: ignored.")
        return None
    if not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        notes.append("The file's frame times do not rise from frame to frame: ignored.")
        return None
    return times


def _overrule(found: float | None, told: float | None, unit: str, notes: list[str]) -> float | None:
    if told is None:
        return found
    if found is not None and not math.isclose(found, told, rel_tol=0.01):
        notes.append(f"The file says {found:g} {unit}; taken as {told:g} {unit}, as told.")
    return told


def _pixel_sizes(
    path: Path,
    axes: tuple[str, ...],
    found: FileMetadata,
    options: RecordingOptions,
    notes: list[str],
) -> tuple[float, ...] | None:
    """Size along each spatial axis; not a number along z where nobody said."""
    spatial = [axis for axis in axes if axis in _SPATIAL]
    told = options.pixel_size_um
    if isinstance(told, tuple) and len(told) not in (1, len(spatial)):
        raise InputError(
            path,
            f"it has the spatial axes {', '.join(spatial)}",
            f"{len(told)}, as `--pixel-size` says",
            "Give one size, or one for each of these axes.",
        )
    if isinstance(told, tuple) and len(told) == 1:
        told = told[0]
    if isinstance(told, tuple):
        user = dict(zip(spatial, told, strict=True))
    else:
        user = {} if told is None else {"y": told, "x": told}
    sizes: dict[str, float | None] = {}
    for axis in spatial:
        size = _sound_number(found.pixel_size_um.get(axis), f"pixel size along {axis}", notes)
        sizes[axis] = _overrule(size, user.get(axis), f"um along {axis}", notes)
    if sizes["y"] is None or sizes["x"] is None:
        return None
    return tuple(math.nan if size is None else size for size in sizes.values())
