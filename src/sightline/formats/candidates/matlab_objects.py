"""Objects of MATLAB classes in v7.3 files, such as EXTRACT's sparse footprints.

Where an object stands, the file has six numbers: a mark, the dimensions 2, 1, 1, the object's
number and its class's. What it holds is in ``/#subsystem#/MCOS``: references to a table and to
the values of all properties. The table is a header (version, number of names, where its regions
start), the names, and regions of numbers; its layout is not published by MathWorks but has been
worked out by others (documentation of the Python package mat-io).
"""

from functools import cached_property
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.formats.hdf5_arrays import held

_MARK: Final = 0xDD000000
_NAMES_START: Final = 40
_OBJECTS, _OWN_PROPERTIES, _SAVED_PROPERTIES = 2, 3, 1  # places in the list of regions
_WORDS_AN_OBJECT: Final = 6
_FIRST_VALUE: Final = 2
_STORED: Final = 1


def object_number(item: h5py.Dataset) -> int | None:
    """Number of the object that stands for this dataset, if one does."""
    if item.dtype != np.uint32 or item.size != _WORDS_AN_OBJECT:
        return None
    mark, axes, rows, columns, number, _ = map(int, item[()].ravel())
    return number if (mark, axes, rows, columns) == (_MARK, 2, 1, 1) else None


class MatlabObjects:
    """The objects of one file; the table is read when the first is asked for."""

    def __init__(self, file: Any) -> None:
        self._file = file

    @cached_property
    def _references(self) -> NDArray[Any]:
        return held(self._file["#subsystem#/MCOS"])[()].ravel()

    @cached_property
    def _table(self) -> bytes:
        stored = held(self._file[self._references[0]])
        return stored[()].ravel().astype(np.uint8).tobytes()

    @cached_property
    def _words(self) -> NDArray[np.uint32]:
        return np.frombuffer(self._table[: len(self._table) // 4 * 4], "<u4")

    @cached_property
    def _names(self) -> list[str]:
        count = int(self._words[1])
        return [name.decode() for name in self._table[_NAMES_START:].split(b"\0", count)[:count]]

    def properties(self, number: int) -> dict[str, Any]:
        """Items of the file that hold an object's properties; those at their defaults are absent.

        Raises
        ------
        ValueError, IndexError, KeyError
            If the table is damaged.
        """
        words, regions = self._words, [int(start) // 4 for start in self._words[2:10]]
        entry = regions[_OBJECTS] + _WORDS_AN_OBJECT * number
        saved, own = int(words[entry + 3]), int(words[entry + 4])
        region = regions[_SAVED_PROPERTIES] if saved else regions[_OWN_PROPERTIES]
        return {
            self._names[int(name) - 1]: self._file[self._references[int(value) + _FIRST_VALUE]]
            for name, kind, value in _block(words, region, saved or own)
            if kind == _STORED
        }


def _block(words: NDArray[np.uint32], start: int, number: int) -> NDArray[np.uint32]:
    """(property, 3) name, kind and value; blocks follow each other, each on eight bytes."""
    for _ in range(number):
        start += _length(int(words[start]))
    entries = int(words[start])
    if start + 1 + 3 * entries > len(words):
        raise ValueError("a table of objects that ends early")
    return words[start + 1 : start + 1 + 3 * entries].reshape(entries, 3)


def _length(entries: int) -> int:
    return (1 + 3 * entries + 1) // 2 * 2
