"""The registered movie that suite2p leaves in its folders, ``data.bin``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from sightline.errors import InputError
from sightline.formats.recordings.array_recording import ArrayRecording
from sightline.formats.recordings.flat_file import FlatFile
from sightline.formats.recordings.recording_info import FileMetadata
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.safe_pickle import load_pickled

_DTYPE: Final = np.dtype("<i2")
_OUTPUTS: Final = ("ops.npy", "db.npy", "settings.npy", "reg_outputs.npy")  # four since version 1


def has_sizes_beside(path: Path) -> bool:
    """Whether suite2p's own files lie beside a raw binary."""
    return any(path.with_name(name).is_file() for name in _OUTPUTS)


def open_suite2p_binary(path: Path, options: RecordingOptions) -> ArrayRecording:
    """Open ``data.bin``: (time, y, x) int16, its size and frame rate in the files beside it.

    Values are half of the scanner's where those did not fit into int16, as suite2p makes them.

    Raises
    ------
    InputError
        If no file beside it tells the image's size, or the file does not fit it.
    """
    outputs = _read_outputs(path)
    height, width = (_size(outputs, name, path) for name in ("Ly", "Lx"))
    size, frame_bytes = path.stat().st_size, height * width * _DTYPE.itemsize
    declared = _number(outputs, "nframes")
    there, rest = divmod(size, frame_bytes)
    if rest or there == 0 or (declared and there < declared):
        raise InputError(
            path,
            f"it is truncated or of another size: {size:,} bytes are {there} frames of "
            f"{height} x {width} and {rest:,} bytes",
            f"{int(declared) if declared else 'whole'} frames",
            "Check that ops.npy is of the same run, or run suite2p's registration again.",
        )
    found = FileMetadata(
        ("time", "y", "x"), frame_rate_hz=_number(outputs, "fs"), name=path.resolve().parent.name
    )
    array = FlatFile(path, 0, (there, height, width), _DTYPE)
    return ArrayRecording(path, array, found, options)


def _read_outputs(path: Path) -> dict[str, Any]:
    outputs: dict[str, Any] = {}
    for name in _OUTPUTS:
        beside = path.with_name(name)
        saved = load_pickled(beside) if beside.is_file() else {}
        outputs |= saved if isinstance(saved, dict) else {}
    return outputs


def _size(outputs: Mapping[str, Any], name: str, path: Path) -> int:
    number = _number(outputs, name)
    if number is None or number < 1 or number != int(number):
        raise InputError(
            path,
            f"`{name}` in suite2p's files beside it is {number}",
            "the image's size in pixels",
            "Copy the whole folder of the run, with ops.npy or db.npy.",
        )
    return int(number)


def _number(outputs: Mapping[str, Any], name: str) -> float | None:
    value = outputs.get(name)
    return float(value) if isinstance(value, int | float | np.number) else None
