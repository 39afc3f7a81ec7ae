"""Named groups of arrays: one Zarr v3 group a file, either whole or not there.

A group is kept in one zip file, because that is renamed into place in one step, an open reader
keeps what it opened, and a part lost in copying is an error rather than zeros.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import zarr
import zarr.errors
from numpy.typing import NDArray
from zarr.storage import ZipStore

from sightline.errors import InputError, ProjectError
from sightline.project.durable import written_aside
from sightline.project.faults import reported

RESTORE: Final = (
    "Copy it from a backup, or prepare the same inputs again under another name and copy it from "
    "there."
)
"""What to do about a file that is lost or damaged and can be computed again."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SUFFIX = ".zarr.zip"
_NAMES = "array names"  # kept among the attributes, so that a lost array is noticed


@contextmanager
def new_arrays(
    folder: Path, name: str, attributes: Mapping[str, Any] | None = None
) -> Iterator[zarr.Group]:
    """Give an empty group to fill, in chunks if it is large; on leaving it takes its place.

    A group of that name is replaced as a whole. Left by an exception, it stays as it was.

    Parameters
    ----------
    folder
        The project's folder of arrays.
    name
        Lowercase letters, digits, ``-`` and ``_``.
    attributes
        Notes kept with the arrays, as JSON values.

    Raises
    ------
    InputError
        If the name is not as above.
    ProjectError
        If the folder cannot be written.
    """
    path = _path(folder, name)
    with (
        reported(path),
        written_aside(path) as aside,
        ZipStore(aside, mode="w") as store,
        # A chunk of zeros is stored too, so that on reading a missing one is damage.
        zarr.config.set({"array.write_empty_chunks": True}),
    ):
        yield zarr.create_group(store, attributes=dict(attributes or {}))


def write_arrays(
    folder: Path,
    name: str,
    arrays: Mapping[str, NDArray[Any]],
    attributes: Mapping[str, Any] | None = None,
) -> None:
    """Store arrays of numbers under a name; see `new_arrays`.

    Raises
    ------
    InputError
        If an array does not hold numbers.
    """
    for key, array in arrays.items():
        if np.asarray(array).dtype.kind not in "biufc":
            raise InputError(
                f"array {key!r} of {name!r}", str(array.dtype), "numbers", "Put text in attributes."
            )
    notes = {**(attributes or {}), _NAMES: sorted(arrays)}
    with new_arrays(folder, name, notes) as group:
        for key, array in arrays.items():
            group.create_array(key, data=np.asarray(array))


@contextmanager
def open_arrays(folder: Path, name: str) -> Iterator[zarr.Group]:
    """Give the stored group, whose arrays are read when they are sliced.

    Raises
    ------
    ProjectError
        If there is none of that name, or it is damaged.
    """
    path = _path(folder, name)
    if not path.is_file():
        raise ProjectError(f"{path}: missing. {RESTORE}")
    try:
        with reported(path):
            # a ZipStore that cannot open its file fails a second time when it is closed
            with zipfile.ZipFile(path) as file:
                there = set(file.namelist())
            with ZipStore(path, mode="r") as store:
                group = zarr.open_group(store, mode="r", zarr_format=3)
                if not all(_is_whole(key, array, there) for key, array in group.arrays()):
                    raise _damaged(path)
                yield group
    except (zipfile.BadZipFile, zarr.errors.GroupNotFoundError, NotImplementedError) as error:
        raise _damaged(path) from error


def read_arrays(folder: Path, name: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Give all arrays of a group in memory, by name, and its attributes; see `open_arrays`."""
    try:
        with open_arrays(folder, name) as group:
            stored, notes = dict(group.arrays()), dict(group.attrs)
            if notes.pop(_NAMES, sorted(stored)) != sorted(stored):
                raise _damaged(_path(folder, name))
            return {key: np.asarray(array[...]) for key, array in stored.items()}, notes
    except (EOFError, RuntimeError, ValueError) as error:
        raise _damaged(_path(folder, name)) from error


def _is_whole(key: str, array: zarr.Array, there: set[str]) -> bool:
    """Whether all parts that hold an array's numbers are there."""
    if array.nchunks > len(there):
        return False
    places = np.ndindex(array.cdata_shape)
    return {"/".join([key, "c", *map(str, place)]) for place in places} <= there


def _damaged(path: Path) -> ProjectError:
    return ProjectError(f"{path}: damaged. {RESTORE}")


def _path(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise InputError("name of arrays", repr(name), "lowercase a-z, 0-9, - and _", "Rename it.")
    return folder / (name + _SUFFIX)
