"""Small MATLAB v7.3 files as MATLAB lays them out, with sparse matrices, cells and objects."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from scipy import sparse

_CLASSES = {"float64": "double", "float32": "single"}


@dataclass
class NdSparse:
    """An object of the class ndSparse, in which EXTRACT keeps its footprints."""

    full: np.ndarray


def write_v73(path: Path, variables: dict[str, Any]) -> Path:
    """Write arrays, scipy matrices, text, lists (cells), dictionaries (structs) and NdSparse."""
    with h5py.File(path, "w", userblock_size=512) as file:
        writer = _Writer(file)
        for name, value in variables.items():
            writer.put(file, name, value)
        writer.finish()
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file".ljust(116) + bytes(8) + b"\0\2IM")
    return path


def footprints_and_traces(
    height: int = 6, width: int = 5, cells: int = 4, frames: int = 30
) -> tuple[np.ndarray, np.ndarray]:
    """Footprints (height, width, cell), each of three pixels, and traces (cell, frame)."""
    rng = np.random.default_rng(5)
    images = np.zeros((height, width, cells))
    for cell in range(cells):
        y, x = rng.integers(0, height - 1), rng.integers(0, width - 1)
        images[y, x, cell], images[y + 1, x, cell], images[y, x + 1, cell] = 1, 0.5, 0.25
    return images, rng.normal(size=(cells, frames)).astype(np.float32)


class _Writer:
    def __init__(self, file: h5py.File) -> None:
        self.file = file
        self.references = file.create_group("#refs#")
        self.numbers = itertools.count()
        self.objects: list[NdSparse] = []
        self.contents: list[h5py.Reference] = []

    def put(self, group: h5py.Group, name: str, value: Any) -> None:
        if isinstance(value, dict) and not value:
            stored = group.create_dataset(name, data=np.array([1, 0], np.uint64))
            stored.attrs["MATLAB_class"] = np.bytes_("struct")
            stored.attrs["MATLAB_empty"] = np.uint8(1)
        elif isinstance(value, dict):
            inner = group.create_group(name)
            inner.attrs["MATLAB_class"] = np.bytes_("struct")
            for own, held in value.items():
                self.put(inner, own, held)
        elif sparse.issparse(value):
            self._sparse(group, name, sparse.csc_array(value))
        elif isinstance(value, NdSparse):
            self.objects.append(value)
            mark = [0xDD000000, 2, 1, 1, len(self.objects), 1]
            stored = group.create_dataset(name, data=np.array([mark], np.uint32))
            stored.attrs["MATLAB_class"] = np.bytes_("ndSparse")
            stored.attrs["MATLAB_object_decode"] = np.int32(3)
        elif isinstance(value, list):
            kept = np.array([[self._reference(one) for one in value]], h5py.ref_dtype)
            group.create_dataset(name, data=kept).attrs["MATLAB_class"] = np.bytes_("cell")
        elif isinstance(value, str):
            codes = np.array([[ord(letter)] for letter in value], np.uint16)
            group.create_dataset(name, data=codes).attrs["MATLAB_class"] = np.bytes_("char")
        else:
            self._array(group, name, np.atleast_2d(np.asarray(value)))

    def _array(self, group: h5py.Group, name: str, value: np.ndarray) -> None:
        whole = value.T if value.size else np.array(value.shape, np.uint64)
        stored = group.create_dataset(name, data=whole)
        stored.attrs["MATLAB_class"] = np.bytes_(_CLASSES.get(value.dtype.name, value.dtype.name))
        if not value.size:
            stored.attrs["MATLAB_empty"] = np.uint8(1)

    def _sparse(self, group: h5py.Group, name: str, value: sparse.csc_array) -> None:
        inner = group.create_group(name)
        inner.attrs["MATLAB_class"] = np.bytes_("double")
        inner.attrs["MATLAB_sparse"] = np.uint64(value.shape[0])
        inner["jc"] = value.indptr.astype(np.uint64)
        if value.nnz:
            inner["data"] = value.data
            inner["ir"] = value.indices.astype(np.uint64)

    def _reference(self, value: Any) -> h5py.Reference:
        name = f"r{next(self.numbers)}"
        self.put(self.references, name, value)
        return self.references[name].ref

    def finish(self) -> None:
        """Write the objects' table: names 1 data, 2 ndShape, 3 the class."""
        if not self.objects:
            return
        for one in self.objects:
            folded = one.full.reshape(-1, one.full.shape[-1], order="F")
            self.contents.append(self._reference(sparse.csc_array(folded)))
            self.contents.append(self._reference(np.array([one.full.shape], float)))
        names = b"data\0ndShape\0ndSparse\0"
        names += b"\0" * (-len(names) % 8)
        count = len(self.objects)
        classes = [0, 0, 0, 0, 0, 3, 0, 0]
        objects = [0] * 6 + [word for k in range(count) for word in (1, 0, 0, 0, k + 1, k + 1)]
        own = [0, 0] + [word for k in range(count) for word in (2, 1, 1, 2 * k, 2, 1, 2 * k + 1, 0)]
        regions = [classes, [], objects, own, [0, 0] * (count + 1), [], [0, 0]]
        starts = np.cumsum([40 + len(names), *(4 * len(region) for region in regions)])
        header = np.array([4, 3, *starts[:8]], "<u4").tobytes()
        table = header + names + b"".join(np.array(one, "<u4").tobytes() for one in regions)
        defaults = [{}, {}]  # of no class, and of ndSparse
        before = [np.frombuffer(table, np.uint8)[:, None], np.zeros((0, 0))]
        behind = [defaults, np.zeros((2, 1), np.int32), defaults]
        kept = [*map(self._reference, before), *self.contents, *map(self._reference, behind)]
        stored = self.file.create_dataset("#subsystem#/MCOS", data=np.array([kept], h5py.ref_dtype))
        stored.attrs["MATLAB_class"] = np.bytes_("FileWrapper__")
        stored.attrs["MATLAB_object_decode"] = np.int32(3)
