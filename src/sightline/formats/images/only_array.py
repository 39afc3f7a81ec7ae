"""Axes and arrays that readers of movies leave open, where a still image leaves no doubt."""

from pathlib import Path
from typing import Final

import h5py
import numpy as np

from sightline.formats.recordings.hdf5_recording import open_hdf5_file
from sightline.formats.unreadable import damage_reported

_FEW: Final = 4  # channels that are taken for colours where they come last
_MANY: Final = 16


def said_axes(path: Path, said: str) -> str:
    """Give what the user says, else ``yxc`` for a NumPy file whose last axis is 3 or 4 long."""
    if said or path.suffix.lower() != ".npy":
        return said
    with damage_reported(path, "a whole .npy file of numbers"):
        shape = np.load(path, mmap_mode="r", allow_pickle=False).shape
    colours = len(shape) == 3 and shape[2] in (3, _FEW) and min(shape[:2]) >= _MANY
    return "yxc" if colours else ""


def only_array(path: Path) -> str:
    """Name the one array of an HDF5 file that can be an image; empty where that is not so."""
    if not path.is_file() or not h5py.is_hdf5(path):
        return ""
    found: list[str] = []

    def look(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "biuf" and len(item.shape) >= 2:
            found.append(name)

    with damage_reported(path, "an HDF5 file"), open_hdf5_file(path) as file:
        file.visititems(look)
    return found[0] if len(found) == 1 else ""
