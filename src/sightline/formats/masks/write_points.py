"""Centres of objects as a CSV of points, a frame an image, as `sightline track` reads them."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.formats.new_file import new_file
from sightline.formats.table import write_rows

COLUMNS: Final = ("frame", "x", "y", "label", "image", "object")


def write_points(path: Path, objects: Iterable[tuple[str, NDArray[Any]]]) -> int:
    """Write a row an object, pixel centres at whole numbers.

    The first frame that has objects labels them with their numbers, as what is to be followed;
    the points of others have no label.

    Parameters
    ----------
    path
        New file.
    objects
        Name of each image, in the order of frames, and (y, x) numbers of its objects, 0 for none.

    Returns
    -------
    int
        How many were written.

    Raises
    ------
    InputError
        If there is a file of that name, or it cannot be written.
    """
    rows: list[list[Any]] = []
    for frame, (name, labels) in enumerate(objects):
        y, x = np.nonzero(labels)
        numbers, place, counts = np.unique(
            labels[y, x], return_inverse=True, return_counts=True
        )  # fmt: skip
        middles = [np.bincount(place, along) / counts for along in (x, y)] if len(place) else []
        first = not rows
        rows += [[frame, *map(repr, map(float, middle)), number if first else "", name, number]
                 for number, *middle in zip(numbers.tolist(), *middles, strict=True)]  # fmt: skip
    with new_file(path) as aside:
        write_rows(aside, COLUMNS, rows)
    return len(rows)


def in_natural_order(names: Iterable[str]) -> list[str]:
    """Names as people count, ``a2`` before ``a10``."""
    return sorted(names, key=lambda name: [
        (int(part), "") if part.isdecimal() else (-1, part.lower())
        for part in re.split(r"(\d+)", name)
    ])  # fmt: skip
