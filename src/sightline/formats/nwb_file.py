"""NWB files as HDF5 holds them: opening one, and finding what it holds by its neurodata type."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.formats.hdf5_arrays import held
from sightline.formats.unreadable import damage_reported

_Item = TypeVar("_Item")


@contextmanager
def opened_nwb(path: Path) -> Iterator[h5py.File]:
    """Open an NWB file for reading; whatever fails while it is open is an error about the file.

    Raises
    ------
    InputError
        If it is no HDF5 file, damaged, or not as NWB has it.
    """
    expected = "an NWB file (HDF5) with a PlaneSegmentation"
    with damage_reported(path, expected), h5py.File(path, "r", locking="best-effort") as file:
        yield file


def text_of(value: Any) -> str:
    """A text attribute or dataset; empty for anything else."""
    if isinstance(value, h5py.Dataset):
        value = value[()] if value.shape == () else b""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def type_of(item: h5py.Group | h5py.Dataset) -> str:
    """The neurodata type, such as ``"PlaneSegmentation"``; empty where there is none."""
    return text_of(item.attrs.get("neurodata_type"))


def groups_of_type(file: h5py.File, *endings: str) -> dict[str, h5py.Group]:
    """Groups whose neurodata type ends so, as those of extensions do, by their path in the file."""
    found: dict[str, h5py.Group] = {}

    def look(path: str, item: object) -> None:
        if isinstance(item, h5py.Group) and type_of(item).endswith(endings):
            found[path] = item

    file.visititems(look)
    return found


def named(groups: dict[str, _Item], name: str) -> dict[str, _Item]:
    """Those whose path is, or ends in, the name that a user gave."""
    wanted = name.strip("/")
    return {path: item for path, item in groups.items() if f"/{path}".endswith(f"/{wanted}")}


def dataset(group: h5py.Group, name: str) -> h5py.Dataset:
    """A dataset that must be there; `opened_nwb` makes the error one about the file."""
    item = group.get(name)
    if not isinstance(item, h5py.Dataset):
        raise TypeError(f"{group.name} has no dataset {name!r}")
    return item


def whole(item: h5py.Dataset) -> NDArray[Any]:
    """All values of a dataset, if the file can hold as many as it promises."""
    return np.asarray(held(item)[()])


def number_attribute(item: h5py.Dataset, name: str, default: float) -> float:
    """An attribute that is one number; the default where there is none."""
    return float(np.asarray(item.attrs.get(name, default)).reshape(()))


def column_names(table: h5py.Group) -> list[str]:
    """Names of a DynamicTable's columns, without the row identities."""
    return [text_of(name) for name in np.atleast_1d(table.attrs.get("colnames", []))]


def row_count(table: h5py.Group) -> int:
    """Number of a DynamicTable's rows."""
    return len(dataset(table, "id"))


def row_identities(table: h5py.Group) -> list[str]:
    """The name of each row: its ``roi_name``, as NeuroConv writes it, else its id, else its number.

    What is not different in all rows is no name.
    """
    numbers = whole(dataset(table, "id"))
    names = table.get("roi_name")
    if isinstance(names, h5py.Dataset) and h5py.check_string_dtype(names.dtype):
        texts = [text_of(text) for text in whole(names)]
        if len(set(texts)) == len(numbers) and all(texts):
            return texts
    different = len(np.unique(numbers)) == len(numbers)
    return [str(number) for number in (numbers if different else range(len(numbers)))]
