"""Points files: detections of volumes, some labelled, as NumPy's npz or CSV.

An ``.npz`` holds ``frame`` (n,), the volumes' numbers, ``offset`` (n + 1,), and ``points``
(N, 4): x, y, z and a label, a whole number, -1 for none; volume i is rows ``offset[i]`` to
``offset[i + 1]``. A CSV has a row a point, with the columns ``frame``, ``x``, ``y``, ``label`` (a
name; empty or -1 for none) and perhaps ``z``. Nothing in either is executed.
"""

import zipfile
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.point_clouds import PointClouds, check_point_clouds
from sightline.errors import InputError
from sightline.formats.table import read_rows
from sightline.formats.unreadable import damage_reported

_ARRAYS: Final = ("frame", "offset", "points")
_COLUMNS: Final = ("frame", "x", "y", "label")
_EXPECTED: Final = "frame (n,), offset (n + 1,) and points (N, 4): x, y, z and label"
_UNLABELLED: Final = ("", "-1")


def is_points_file(path: str | Path) -> bool:
    """Whether a file holds points and no images: an npz or CSV of the form above."""
    path = Path(path)
    if not path.is_file():
        return False
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as bundle:
            return {f"{name}.npy" for name in _ARRAYS} <= set(bundle.namelist())
    if path.suffix.lower() not in (".csv", ".tsv"):
        return False
    with path.open("rb") as file:
        first = file.readline(10_000).decode("utf-8-sig", "replace")
    words = [word.strip().strip('"') for word in first.replace("\t", ",").split(",")]
    return set(_COLUMNS) <= set(words) and "keypoint" not in words


def read_point_clouds(path: str | Path) -> PointClouds:
    """Read a points file.

    Raises
    ------
    InputError
        If it is damaged, or not of one of the two forms.
    """
    path = Path(path)
    if zipfile.is_zipfile(path):
        return _read_npz(path)
    return _read_csv(path)


def _read_npz(path: Path) -> PointClouds:
    with damage_reported(path, _EXPECTED), np.load(path, allow_pickle=False) as bundle:
        if not set(_ARRAYS) <= set(bundle.files):
            raise _not_points(path, f"it holds {', '.join(bundle.files)[:100] or 'nothing'}")
        volumes, offset, points = (bundle[name] for name in _ARRAYS)
    if points.ndim != 2 or points.shape[1] != 4 or points.dtype.kind not in "fiu":
        raise _not_points(path, f"points are {points.dtype} {points.shape}")
    count = len(points)
    if (
        volumes.ndim != 1 or offset.shape != (len(volumes) + 1,)
        or volumes.dtype.kind not in "iu" or offset.dtype.kind not in "iu"
        or len(np.unique(volumes)) < len(volumes)
        or offset[0] != 0 or offset[-1] != count or (np.diff(offset.astype(np.int64)) < 0).any()
    ):  # fmt: skip
        raise _not_points(path, "offset does not cut the points into a stretch for each frame")
    label = points[:, 3].astype(np.float64)
    if not _whole(label) or label.min(initial=0) < -1:
        raise _not_points(path, "a label is no whole number from -1")
    numbers = np.unique(label[label >= 0])
    identity = np.where(label >= 0, np.searchsorted(numbers, label), -1)
    return check_point_clouds(
        PointClouds(
            source=str(path),
            names=tuple(str(int(number)) for number in numbers),
            frame=np.repeat(volumes.astype(np.int64), np.diff(offset.astype(np.int64))),
            position=points[:, 2::-1].astype(np.float64),
            identity=identity,
        )
    )


def _read_csv(path: Path) -> PointClouds:
    header, body = read_rows(path)
    if len(set(header)) < len(header) or not set(_COLUMNS) <= set(header):
        raise _not_points(path, f"its columns are {', '.join(header)[:200]}")
    table = {name: [row[place].strip() for row in body] for place, name in enumerate(header)}
    zero = ["0"] * len(body)
    axes = [_numbers(path, axis, table.get(axis, zero)) for axis in ("z", "y", "x")]
    frame = _numbers(path, "frame", table["frame"])
    if not _whole(frame):
        raise _not_points(path, "a frame is no whole number")
    labels = table["label"]
    names = tuple(dict.fromkeys(word for word in labels if word not in _UNLABELLED))
    place = {name: number for number, name in enumerate(names)}
    return check_point_clouds(
        PointClouds(
            source=str(path),
            names=names,
            frame=frame.astype(np.int64),
            position=np.stack(axes, axis=1),
            identity=np.array([place.get(word, -1) for word in labels], np.int64),
        )
    )


def _numbers(path: Path, column: str, words: list[str]) -> NDArray[np.float64]:
    try:
        return np.array([float(word) for word in words], np.float64)
    except ValueError:
        raise _not_points(path, f"column {column!r} holds what is no number") from None


def _whole(numbers: NDArray[np.float64]) -> bool:
    return bool((np.isfinite(numbers) & (numbers == np.floor(numbers))).all())


def _not_points(path: Path, found: str) -> InputError:
    return InputError(
        path, found, f"{_EXPECTED}; or a CSV with {', '.join(_COLUMNS)}", "Write it as one of them."
    )
