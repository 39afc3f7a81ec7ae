"""ZephIR's ``metadata.json``: the shape of a recording, checked against the ``data.h5`` beside it.

Nothing else of such a folder is needed: its ``getters.py`` is a program and ``args.json`` and
``checkpoint.pt`` are evaluated or unpickled by their own tool, so they are never opened here.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py

from sightline.errors import InputError
from sightline.formats.unreadable import damage_reported

METADATA: Final = "metadata.json"
DATA: Final = "data.h5"
_SHAPE: Final = ("shape_t", "shape_c", "shape_z", "shape_y", "shape_x")
_MOST_BYTES: Final = 1 << 24
_LONGEST: Final = 1 << 40


@dataclass(frozen=True)
class ZephirMetadata:
    """What ``metadata.json`` says.

    Parameters
    ----------
    shape
        (time, channel, z, y, x); the number of frames may be smaller than the data's, which limits
        the recording to the first ones.
    references
        Frames that were chosen as references (``t_ref``), from 0.
    """

    shape: tuple[int, int, int, int, int]
    references: tuple[int, ...] = ()


def read_zephir_metadata(path: Path) -> ZephirMetadata:
    """Read a ``metadata.json``.

    Raises
    ------
    InputError
        If it is no such file, or its shape is not of whole numbers from 1.
    """
    with damage_reported(path, "ZephIR's metadata.json"):
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is too large")
        content = json.loads(path.read_bytes())
    found = content if isinstance(content, dict) else {}
    shape: Any = tuple(found.get(name) for name in _SHAPE)
    if not all(_is_length(length) for length in shape):
        told = {name: found.get(name) for name in _SHAPE}
        raise InputError(
            path, f"it says {told}"[:300], "whole numbers from 1 for each of these", "Correct it."
        )
    return ZephirMetadata(shape, _references(found.get("t_ref")))


def zephir_image_shape(folder: Path) -> tuple[int, int, int] | None:
    """(z, y, x) of the recording in a folder, from its metadata or data; None if it has neither.

    Raises
    ------
    InputError
        If they are damaged, or disagree.
    """
    metadata, data = folder / METADATA, folder / DATA
    told = read_zephir_metadata(metadata) if metadata.is_file() else None
    if data.is_file():
        expected = "a dataset 'data' of (time, channel, z, y, x)"
        with damage_reported(data, expected), h5py.File(data, "r", locking="best-effort") as file:
            stored = file["data"]
            if not isinstance(stored, h5py.Dataset) or stored.ndim != 5:
                raise TypeError("its dataset 'data' has other axes")
            shape = stored.shape
        if told is not None:
            check_told_shape(metadata, told, shape)
        return shape[2:]
    return None if told is None else told.shape[2:]


def check_told_shape(path: Path, told: ZephirMetadata, stored: tuple[int, ...]) -> None:
    """Raise if metadata tell of more frames, or of other frames, than the data hold.

    Raises
    ------
    InputError
        If so.
    """
    if told.shape[1:] != stored[1:] or told.shape[0] > stored[0]:
        raise InputError(
            path,
            f"it says that the data are {' x '.join(map(str, told.shape))}",
            f"{' x '.join(map(str, stored))} (time, channel, z, y, x), as {DATA} beside it holds",
            f"Correct it, or move it away: {DATA} needs no {METADATA}.",
        )


def _is_length(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < _LONGEST


def _references(value: Any) -> tuple[int, ...]:
    listed = value if isinstance(value, list) else []
    return tuple(number for number in listed if type(number) is int and number >= 0)
