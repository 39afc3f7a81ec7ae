"""MATLAB files of both kinds, v5 to v7 and v7.3 (HDF5), as one tree of structs.

A struct is a dictionary, a cell array `Cells`, a sparse matrix `Sparse`, text a string; what can
hold no candidates is None. Arrays have MATLAB's axes in reverse, as HDF5 stores them: what MATLAB
calls height x width x cells has the shape (cells, width, height). Those of v7.3 stay on disk.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
import scipy.io
from numpy.typing import NDArray
from scipy import sparse
from scipy.io.matlab import MatlabFunction, MatlabOpaque

from sightline.formats.candidates.matlab_objects import MatlabObjects, object_number
from sightline.formats.candidates.sparse_columns import checked_columns
from sightline.formats.hdf5_arrays import held, numbers_in
from sightline.formats.unreadable import damage_reported

Array = NDArray[Any] | h5py.Dataset
Struct = dict[str, Any]
_EXPECTED: Final = "a whole MATLAB file"
_MOST_STRUCTS: Final = 100_000
_LONGEST_TEXT: Final = 10_000


@dataclass(frozen=True)
class Sparse:
    """A sparse matrix, read when asked for."""

    rows: int
    columns: int
    read: Callable[[], sparse.csc_array]


@dataclass(frozen=True)
class Cells(Sequence[Any]):
    """A cell array in MATLAB's order, down its columns; each cell is read when asked for."""

    items: Sequence[Any] | NDArray[Any]
    convert: Callable[[Any], Any]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: Any) -> Any:
        return self.convert(self.items[index])


@contextmanager
def open_matlab(path: Path) -> Iterator[Struct]:
    """Open a file and give its variables; arrays of v7.3 can be read until it is closed.

    Raises
    ------
    InputError
        If the file is damaged or something else, also when its arrays are read.
    """
    with damage_reported(path, _EXPECTED):
        if h5py.is_hdf5(path):
            with h5py.File(path, "r", locking="best-effort") as file:
                yield _Hdf5Tree(file).struct(file)
        else:
            variables = scipy.io.loadmat(path, squeeze_me=False)
            yield {name: _from_v5(value) for name, value in variables.items() if name[:2] != "__"}


def matlab_shape(node: Any) -> tuple[int, ...]:
    """Shape of an array, sparse matrix or cell array as MATLAB shows it; empty for the rest."""
    if isinstance(node, Sparse):
        return node.rows, node.columns
    if isinstance(node, Cells):
        return (len(node),)
    shape = getattr(node, "shape", None)
    return tuple(reversed(shape)) if shape else ()


def find_all(struct: Struct, name: str, place: str = "") -> list[tuple[str, Any]]:
    """All things of a name in nested structs, with their places such as ``output.traces``.

    A name with dots is a place itself.
    """
    found = []
    for own, node in struct.items():
        here = f"{place}{own}"
        if (here if "." in name else own) == name and node is not None:
            found.append((here, node))
        if isinstance(node, dict):
            found += find_all(node, name, f"{here}.")
    return found


def list_arrays(struct: Struct, place: str = "") -> list[str]:
    """Each array of more than one number, with its place and MATLAB's shape."""
    listed = []
    for name, node in struct.items():
        if isinstance(node, dict):
            listed += list_arrays(node, f"{place}{name}.")
        shape = matlab_shape(node)
        if max(shape, default=0) > 1:
            listed.append(f"{place}{name} ({' x '.join(map(str, shape))})")
    return listed


def _from_v5(value: Any) -> Any:
    """What SciPy gives, as a node of the tree."""
    if sparse.issparse(value):
        matrix = sparse.csc_array(value)
        rows, columns = np.shape(value)
        return Sparse(rows, columns, lambda: matrix)
    if isinstance(value, (MatlabOpaque, MatlabFunction)) or not isinstance(value, np.ndarray):
        return None
    if value.dtype.names is not None:
        rows = value.T.ravel()
        return _record(rows[0]) if len(rows) == 1 else Cells(rows, _record)
    if value.dtype.kind == "O":
        return Cells(value.T.ravel(), _from_v5)
    if value.dtype.kind == "U":
        return str(value.ravel()[0]) if value.size else ""
    return value.T if value.dtype.kind in "fiub" else None


def _record(row: Any) -> Struct:
    return {name: _from_v5(row[name]) for name in row.dtype.names}


class _Hdf5Tree:
    """The nodes of one v7.3 file."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._objects = MatlabObjects(file)
        self._structs_left = _MOST_STRUCTS

    def struct(self, items: Mapping[Any, Any]) -> Struct:
        """A struct of all that is in a group, or that an object holds."""
        self._structs_left -= 1
        if self._structs_left < 0:
            raise ValueError("its structs hold each other")
        return {name: self.node(items[name]) for name in items if name[:1] != "#"}

    def node(self, item: Any) -> Any:
        """What is stored, as a node of the tree."""
        if isinstance(item, h5py.Group):
            return _sparse(item) if "MATLAB_sparse" in item.attrs else self.struct(item)
        if not isinstance(item, h5py.Dataset) or "MATLAB_empty" in item.attrs:
            return None
        if h5py.check_ref_dtype(item.dtype) is h5py.Reference:
            return Cells(held(item)[()].ravel(), lambda reference: self.node(self._file[reference]))
        if _class_of(item) == "char":
            return _text(item)
        number = object_number(item)
        return numbers_in(item) if number is None else self.struct(self._objects.properties(number))


def _text(item: Any) -> str:
    return "".join(map(chr, item[()].ravel())) if item.size <= _LONGEST_TEXT else ""


def _class_of(item: h5py.Dataset) -> str:
    name = item.attrs.get("MATLAB_class", b"")
    return name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)


def _sparse(group: Any) -> Sparse:
    """A group of values, the row of each, and where the columns start."""
    rows = int(group.attrs["MATLAB_sparse"])
    columns = int(group["jc"].shape[0]) - 1

    def read() -> sparse.csc_array:
        stored = [numbers_in(group.get(name)) for name in ("data", "ir", "jc")]
        values, places, starts = (
            np.empty(0) if part is None else np.asarray(part) for part in stored
        )
        return checked_columns(values, places, starts, (rows, columns))

    return Sparse(rows, columns, read)
