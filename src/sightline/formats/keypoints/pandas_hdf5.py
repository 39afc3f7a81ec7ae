"""Tables that pandas keeps in HDF5, of either of its layouts, read and written by h5py alone.

The ``fixed`` layout keeps names as arrays of text. The ``table`` layout keeps them as Python
objects: only plain texts are rebuilt, anything else in there is an error (`safe_pickle`).
"""

from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.formats.hdf5_arrays import held
from sightline.formats.nwb_file import text_of
from sightline.formats.safe_pickle import parse_pickle

Columns = list[tuple[str, ...]]
Index = list[str] | NDArray[np.int64]
_NONE: Final = np.bytes_(b"N.")  # how pandas writes that an index has no name
_MOST_PARTS: Final = 10_000
_EMPTY: Final = h5py.Empty("S1")


def frame_groups(file: h5py.File) -> dict[str, h5py.Group]:
    """The tables of a file, by name."""
    return {
        name: item
        for name, item in file.items()
        if isinstance(item, h5py.Group) and text_of(item.attrs.get("pandas_type"))
    }


def read_frame(group: h5py.Group, where: Path) -> tuple[Columns, Index, NDArray[np.float64]]:
    """Read a table: its columns' names, its index and its numbers (row, column).

    Raises
    ------
    ValueError, KeyError, InputError
        If it is damaged or no table of numbers; the caller says of which file.
    """
    if text_of(group.attrs["pandas_type"]) == "frame_table":
        return _read_table_layout(group, where)
    columns = _names(group, "axis0")
    index = _index(group, "axis1")
    values = np.full((len(index), len(columns)), np.nan)
    place = {name: number for number, name in enumerate(columns)}
    for block in range(_count(group, "nblocks")):
        places = [place[name] for name in _names(group, f"block{block}_items")]
        values[:, places] = _array(group, f"block{block}_values")
    return columns, index, values


def write_frame(
    group: h5py.Group,
    columns: Columns,
    level_names: tuple[str, ...],
    index: Index,
    values: NDArray[np.float64],
) -> None:
    """Fill an empty group with a table in pandas' fixed layout."""
    _say(
        group,
        {
            "CLASS": "GROUP",
            "VERSION": "1.0",
            "TITLE": _EMPTY,
            "pandas_type": "frame",
            "pandas_version": "0.15.2",
            "encoding": "UTF-8",
            "errors": "strict",
            "ndim": np.int64(2),
            "nblocks": np.int64(1),
            "axis1_variety": "regular",
        },
    )
    for axis in ("axis0", "block0_items"):
        levels = np.int64(len(level_names))
        _say(group, {f"{axis}_variety": "multi", f"{axis}_nlevels": levels})
        for level, name in enumerate(level_names):
            words = [column[level] for column in columns]
            known = sorted(set(words))
            labels = np.array([known.index(word) for word in words], np.int32)
            _add(group, f"{axis}_label{level}", labels)
            texts = _add(group, f"{axis}_level{level}", _as_bytes(known), "string", name)
            _say(texts, {f"{axis}_name{name}": name})
    if isinstance(index, np.ndarray):
        _add(group, "axis1", index, "integer")
    else:
        _add(group, "axis1", _as_bytes(index), "string")
    _add(group, "block0_values", values)


def _add(
    group: h5py.Group, name: str, values: NDArray[Any], kind: str = "", index_name: str = ""
) -> h5py.Dataset:
    item = group.create_dataset(name, data=values)
    _say(item, {"CLASS": "ARRAY", "VERSION": "2.4", "FLAVOR": "numpy", "TITLE": _EMPTY})
    _say(item, {"transposed": np.uint8(1)})
    if kind:
        _say(item, {"kind": kind, "name": index_name or _NONE})
    return item


def _say(item: h5py.Group | h5py.Dataset, attributes: dict[str, Any]) -> None:
    """Attributes with texts of fixed length in UTF-8, the only ones that pandas takes for texts."""
    for name, value in attributes.items():
        if isinstance(value, str):
            item.attrs.create(name, value, dtype=h5py.string_dtype("utf-8", len(value.encode())))
        else:
            item.attrs[name] = value


def describe_file(file: h5py.File) -> None:
    """Say of a new file what pandas looks for."""
    _say(file, {"CLASS": "GROUP", "VERSION": "1.0", "TITLE": _EMPTY})
    _say(file, {"PYTABLES_FORMAT_VERSION": "2.1"})


def _as_bytes(words: list[str]) -> NDArray[np.bytes_]:
    encoded = [word.encode() for word in words]
    return np.array(encoded, f"S{max(map(len, encoded), default=1) or 1}")


def _read_table_layout(
    group: h5py.Group, where: Path
) -> tuple[Columns, Index, NDArray[np.float64]]:
    ((_, listed),) = _plain(group, "non_index_axes", where)
    columns = [_as_name(name) for name in listed]
    item = group["table"]
    if not isinstance(item, h5py.Dataset):
        raise TypeError("its table is no dataset")
    stored = held(item)[()]
    values = np.full((len(stored), len(columns)), np.nan)
    place = {name: number for number, name in enumerate(columns)}
    for number, kept in enumerate(_plain(group, "values_cols", where)):
        names = parse_pickle(_content(item, f"{kept}_kind"), where)
        block = np.asarray(stored[f"values_block_{number}"], np.float64)
        values[:, [place[_as_name(name)] for name in names]] = block.reshape(len(stored), -1)
    index = stored["index"]
    return columns, _as_index(index), values


def _plain(group: h5py.Group, name: str, where: Path) -> Any:
    return parse_pickle(_content(group, name), where)


def _content(item: h5py.Group | h5py.Dataset, name: str) -> bytes:
    value = item.attrs[name]
    if not isinstance(value, bytes):
        raise TypeError(f"{name} is no text")
    return value


def _count(group: h5py.Group, name: str) -> int:
    count = int(np.asarray(group.attrs[name]).item())
    if not 0 <= count <= _MOST_PARTS:
        raise ValueError(f"{name} is {count}")
    return count


def _as_name(name: Any) -> tuple[str, ...]:
    return tuple(str(level) for level in name) if isinstance(name, tuple) else (str(name),)


def _names(group: h5py.Group, axis: str) -> Columns:
    """The names of an axis, all levels of each."""
    if text_of(group.attrs.get(f"{axis}_variety")) != "multi":
        return [(str(word),) for word in _as_index(_array(group, axis))]
    levels = []
    for level in range(_count(group, f"{axis}_nlevels")):
        words = _as_index(_array(group, f"{axis}_level{level}"))
        labels = _array(group, f"{axis}_label{level}")
        if len(labels) and labels.min() < 0:
            raise ValueError(f"{axis} has rows without a name")
        levels.append([str(words[label]) for label in labels.tolist()])
    return list(zip(*levels, strict=True))


def _index(group: h5py.Group, axis: str) -> Index:
    """Texts or numbers; of several levels, such as a path's, the texts joined by slashes."""
    if text_of(group.attrs.get(f"{axis}_variety")) == "multi":
        return ["/".join(name) for name in _names(group, axis)]
    return _as_index(_array(group, axis))


def _as_index(stored: NDArray[Any]) -> Index:
    if stored.dtype.kind in "ui":
        return stored.astype(np.int64)
    if stored.dtype.kind != "S":
        raise TypeError(f"names of type {stored.dtype}")
    return [text.decode("utf-8") for text in stored.tolist()]


def _array(group: h5py.Group, name: str) -> NDArray[Any]:
    item = group[name]
    if not isinstance(item, h5py.Dataset) or item.dtype.kind not in "fiubS":
        raise TypeError(f"{name} is no array of numbers or texts")
    return np.asarray(held(item)[()])
