"""A folder beside a project in the making, from which stopped work goes on."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

from sightline.project.durable import write_whole, written_aside
from sightline.project.faults import reported

_MADE_FROM = "made-from.json"


def scratch_of(output: Path) -> Path:
    """Return the folder for unfinished work on a project: beside it, on the same disk."""
    return output.with_name(f".{output.name}.preparing")


def open_scratch(folder: Path, made_from: Mapping[str, Any]) -> None:
    """Make the folder of unfinished work, or empty it if it was on something else.

    Parameters
    ----------
    folder
        See `scratch_of`.
    made_from
        Inputs and settings, as JSON values; work on others cannot be gone on with.

    Raises
    ------
    ProjectError
        If the folder cannot be written.
    """
    wanted = json.dumps(made_from, sort_keys=True, indent=1, default=str)
    with reported(folder):
        if _read(folder / _MADE_FROM) != wanted:
            # first, so that a folder that is emptied by half is never gone on with
            (folder / _MADE_FROM).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            write_whole(folder / _MADE_FROM, wanted.encode())


def remove_scratch(folder: Path) -> None:
    """Remove the folder once the project is there."""
    shutil.rmtree(folder, ignore_errors=True)


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Save an array as ``.npy``, so that the file is there whole or not at all.

    Raises
    ------
    ProjectError
        If it cannot be written.
    """
    with new_array(path, array.shape, array.dtype) as write:
        write(array)


@contextmanager
def new_array(
    path: Path, shape: tuple[int, ...], dtype: DTypeLike
) -> Iterator[Callable[[NDArray[Any]], None]]:
    """Give a function that adds the next values of a ``.npy`` file; see `save_array`."""
    dtype = np.dtype(dtype)
    header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    with reported(path), written_aside(path) as aside, aside.open("wb") as file:
        npy.write_array_header_1_0(file, header)

        def write(values: NDArray[Any]) -> None:
            # not by numpy, whose error on a full disk does not say that it is full
            file.write(np.ascontiguousarray(values, dtype).data)

        yield write


def save_arrays(path: Path, **arrays: Any) -> None:
    """Save arrays as ``.npz``, likewise; the name is taken as it is."""
    with reported(path), written_aside(path) as aside, aside.open("wb") as file:
        np.savez(file, **arrays)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
