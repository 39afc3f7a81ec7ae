"""Pickles and NumPy files of others, read without executing anything in them.

A pickle is a program for a stack machine. Here that machine can only build plain values, dates,
paths (as text), NumPy arrays and scalars, and SciPy's compressed sparse matrices. What builds them
is ours, checks sizes before it allocates, and runs nothing that the file names.
"""

import datetime as dt
import io
import math
import pickle
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from scipy import sparse

from sightline.errors import InputError
from sightline.formats.candidates.sparse_columns import checked_columns
from sightline.formats.unreadable import damage_reported

_PLAIN_DTYPE: Final = re.compile(r"[<>|=]?(\?|b1|[iu][1248]|f[248]|c8|c16|[SU]\d{1,6}|O[48]?)")
_EXPECTED: Final = "a whole file as NumPy saves it, of plain values and arrays"
_LONGEST_PATH: Final = 32_768
_ROOM_PER_BYTE: Final = 8  # of the file: a reference takes one byte there and eight in memory


def load_pickled(path: Path) -> Any:
    """Read an object array (``.npy``) or a pickle (any other ending).

    Returns
    -------
    Any
        Plain values, containers and NumPy arrays; `PickledSparse` where it held a sparse matrix. An
        array without axes, as NumPy makes of a dictionary, is given as what it holds.

    Raises
    ------
    InputError
        If the file is not there or damaged, or building its content would run code.
    """
    with damage_reported(path, _EXPECTED):
        content = path.read_bytes()
    return parse_npy(content, path) if path.suffix.lower() == ".npy" else _unpickle(content, path)


def parse_npy(content: bytes, where: str | Path) -> Any:
    """Read the bytes of a ``.npy`` file, pickled or not; see `load_pickled`."""
    stream = io.BytesIO(content)
    with damage_reported(where, _EXPECTED):
        shape, fortran, dtype = _header(stream)
        if not dtype.hasobject:
            order = "F" if fortran else "C"
            return _numbers(content[stream.tell() :], dtype).reshape(shape, order=order)
    values = _unpickle(content[stream.tell() :], where)
    return values.item() if isinstance(values, np.ndarray) and values.ndim == 0 else values


def parse_pickle(content: bytes, where: str | Path) -> Any:
    """Build the plain values of a pickle inside another file; see `load_pickled`."""
    return _unpickle(content, where)


def load_numbers(path: Path) -> NDArray[Any]:
    """Open a ``.npy`` file of numbers as a read-only memory map.

    Raises
    ------
    InputError
        If the file is not there, damaged or cut short, or does not hold numbers.
    """
    with damage_reported(path, "a whole .npy file of numbers"):
        values = np.load(path, mmap_mode="r", allow_pickle=False)
        if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiub":
            raise ValueError("it holds no numbers")
        return values


def _header(stream: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    return readers[npy.read_magic(stream)](stream)


def _unpickle(content: bytes, where: str | Path) -> Any:
    with damage_reported(where, _EXPECTED):
        return _Builder(content, where).load()


class PickledSparse:
    """A compressed sparse matrix out of a pickle; ``matrix`` is there once it was checked."""

    matrix: sparse.csc_array | sparse.csr_array
    _by_columns = True

    def __setstate__(self, state: dict[str, Any]) -> None:
        rows, columns = (int(length) for length in state.get("_shape", state.get("shape", ())))
        parts = state["data"], state["indices"], state["indptr"]
        self.matrix = (
            checked_columns(*parts, (rows, columns))
            if self._by_columns
            else checked_columns(*parts, (columns, rows)).T
        )

    @property
    def nbytes(self) -> int:
        """Bytes in memory, about."""
        return 3 * self.matrix.data.nbytes


class _PickledSparseRows(PickledSparse):
    _by_columns = False


class _Dtype:
    """Stands for a NumPy data type that is being built; only plain ones can be."""

    nbytes = 0

    def __init__(self, name: str, align: bool = False, copy: bool = False) -> None:
        del align, copy
        if not _PLAIN_DTYPE.fullmatch(name):
            raise ValueError(f"an array of type {name[:40]!r}")
        self.plain = np.dtype("O" if name.startswith("O") else name)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] in {"<", ">", "="}:
            self.plain = self.plain.newbyteorder(state[1])


class _Array(np.ndarray[Any, Any]):
    """A NumPy array that is being built; NumPy's own state is set only after ours was checked."""

    def __setstate__(self, state: tuple[Any, ...], /) -> None:
        shape, dtype, fortran, data = state[-4:]
        plain, data = dtype.plain, data if isinstance(data, list) else _as_bytes(data)
        held = len(data) if plain.hasobject else len(data) / max(plain.itemsize, 1)
        sizes_fit = all(type(length) is int and length >= 0 for length in shape)
        if isinstance(data, list) != plain.hasobject or not sizes_fit or held != math.prod(shape):
            raise ValueError(f"{held:g} elements where an array of {shape} is promised")
        checked: Any = (1, shape, plain, bool(fortran), data)
        super().__setstate__(checked)


def _as_bytes(data: str | bytes) -> bytes:
    """Python 2 wrote bytes as text."""
    return data.encode("latin1") if isinstance(data, str) else bytes(data)


def _numbers(data: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    """All elements of a buffer; NumPy refuses one that does not divide, and objects."""
    if data and dtype.itemsize:
        return np.frombuffer(data, dtype)
    return np.zeros(0 if dtype.itemsize else 1, dtype)


def _new_array(*_: object) -> _Array:
    return _Array((0,), np.uint8)


def _array_of_buffer(
    data: bytes, dtype: _Dtype, shape: tuple[int, ...], order: str
) -> NDArray[Any]:
    return _numbers(data, dtype.plain).reshape(shape, order="F" if order == "F" else "C")


def _scalar(dtype: _Dtype, data: str | bytes = b"") -> Any:
    (value,) = _numbers(_as_bytes(data), dtype.plain)
    return value


def _bytes_of_text(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise ValueError(f"bytes as text in {encoding[:40]!r}")
    return text.encode("latin1")


def _path_text(*parts: str) -> str:
    if sum(map(len, parts)) > _LONGEST_PATH:
        raise ValueError("a path too long to be one")
    return "/".join(part.rstrip("/\\") for part in parts)


def _no_bytes() -> bytes:
    return b""


def _new_dict() -> dict[Any, Any]:
    return {}


def _admitted() -> dict[tuple[str, str], Any]:
    """What each name that a pickle may hold stands for here."""
    names: dict[tuple[str, str], Any] = {
        ("numpy", "dtype"): _Dtype,
        ("_codecs", "encode"): _bytes_of_text,
        ("builtins", "bytes"): _no_bytes,
        ("__builtin__", "bytes"): _no_bytes,
        ("collections", "OrderedDict"): _new_dict,
    }
    names |= {("numpy", name): name for name in ("ndarray", "memmap")}
    for kind in (dt.date, dt.datetime, dt.time, dt.timedelta, dt.timezone):
        names["datetime", kind.__name__] = kind
    for core in ("numpy.core", "numpy._core"):
        names[f"{core}.multiarray", "_reconstruct"] = _new_array
        names[f"{core}.multiarray", "scalar"] = _scalar
        names[f"{core}.numeric", "_frombuffer"] = _array_of_buffer
    for module in ("pathlib", "pathlib._local"):
        for kind in ("", "Pure", "Posix", "PurePosix", "Windows", "PureWindows"):
            names[module, f"{kind}Path"] = _path_text
    for form, built in (("csc", PickledSparse), ("csr", _PickledSparseRows)):
        for module in (f"scipy.sparse.{form}", f"scipy.sparse._{form}"):
            names[module, f"{form}_matrix"] = names[module, f"{form}_array"] = built
    return names


_ADMITTED: Final = _admitted()
_REFUSED_STEPS: Final = (
    pickle.EXT1, pickle.EXT2, pickle.EXT4, pickle.INST, pickle.OBJ, pickle.NEWOBJ_EX,
    pickle.PERSID, pickle.BINPERSID, pickle.NEXT_BUFFER, pickle.READONLY_BUFFER,
)  # fmt: skip


class _Builder(pickle._Unpickler):
    """The stack machine in Python, because the one in C reserves memory that a file only claims."""

    stack: list[Any]
    read: Callable[[int], bytes]
    append: Callable[[Any], None]

    def __init__(self, content: bytes, where: str | Path) -> None:
        super().__init__(io.BytesIO(content), encoding="latin1")
        self.where = where
        self.room = _ROOM_PER_BYTE * len(content)

    def find_class(self, module: str, name: str) -> Any:
        """Give what stands for a name; refuse all that is not known to be harmless."""
        if (module, name) in _ADMITTED:
            return _ADMITTED[module, name]
        raise InputError(
            self.where,
            f"it names {module}.{name}, which reading it as a pickle would run",
            "plain values and NumPy arrays",
            "Nothing was run. If you trust where it comes from, save it again as plain arrays.",
        )

    def load_build(self) -> None:
        """Set an object's state: ours only, and together no larger than the file can hold."""
        state, built = self.stack.pop(), self.stack[-1]
        if not isinstance(built, (_Dtype, _Array, PickledSparse)):
            raise pickle.UnpicklingError(f"a state for {type(built).__name__}")
        built.__setstate__(state)
        self.room -= built.nbytes
        if self.room < 0:
            raise pickle.UnpicklingError("it builds more than it holds")

    def load_bytearray8(self) -> None:
        """Read bytes that are there, where the original reserves what is claimed."""
        (length,) = struct.unpack("<Q", self.read(8))
        self.append(self.read(length))

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = {
        **{
            step: load
            for step, load in pickle._Unpickler.dispatch.items()
            if bytes([step]) not in _REFUSED_STEPS
        },
        pickle.BUILD[0]: load_build,
        pickle.BYTEARRAY8[0]: load_bytearray8,
    }
