"""DeepLabCut's tables, CSV and HDF5: ``CollectedData_*`` that people label, and what it analyses.

Pixels: x and y in pixels as they are, with pixel centres at whole numbers, as its labelling tools
show them; both files hold 64 bits, so that positions round-trip exactly.

Columns are (scorer, bodyparts, coords), with several animals (scorer, individuals, bodyparts,
coords), the part of no animal under ``single``. An index of image names makes frames 0, 1, ... in
its order, named so; an index of numbers is the frames' own. With a likelihood, or a scorer that
begins with ``DLC``, a machine said it, else the scorer is a person. A table has one scorer: where
several people and machines had a say, they are told apart no more. Skeletons are in
``config.yaml``, which is not read.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import h5py
import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import (
    SEPARATOR,
    Author,
    KeypointSet,
    animal_of,
    check_keypoints,
    keypoint_name,
    part_of,
)
from sightline.errors import InputError
from sightline.formats.keypoints.carried import (
    Part,
    present_rows,
    refuse_depth,
    told_of_loss,
)
from sightline.formats.keypoints.pandas_hdf5 import (
    Columns,
    Index,
    describe_file,
    frame_groups,
    read_frame,
    write_frame,
)
from sightline.formats.new_file import new_file
from sightline.formats.table import read_rows, write_rows
from sightline.formats.unreadable import damage_reported

CARRIED: Final[tuple[Part, ...]] = (
    "scores", "person or machine", "annotators", "frame names", "names", "unplaced names"
)  # fmt: skip
HEADERS: Final = (
    ("scorer", "bodyparts", "coords"),
    ("scorer", "individuals", "bodyparts", "coords"),
)
_EXPECTED: Final = "a table of DeepLabCut: scorer, (individuals,) bodyparts, coords x, y"
_KEY: Final = "df_with_missing"
_TOOL: Final = "DeepLabCut"
_NO_ANIMAL: Final = "single"
_OURS: Final = "Sightline"
_COORDINATES: Final = ("x", "y", "likelihood")
_MOST_FRAMES: Final = 10_000_000


@dataclass(frozen=True)
class _Table:
    """A table as the files have it: names of (row, column) numbers, and of rows."""

    columns: Columns
    index: Index
    values: NDArray[np.float64]


def read_deeplabcut(path: Path, *, image_shape: tuple[int, int, int] | None = None) -> KeypointSet:
    """Read a CSV or HDF5 table of DeepLabCut.

    Raises
    ------
    InputError
        If it is damaged, of several scorers, or not as DeepLabCut has it.
    """
    table = _read_hdf5(path) if h5py.is_hdf5(path) else _read_csv(path)
    if any(len(column) not in (3, 4) for column in table.columns):
        raise _not_a_table(path, f"its columns have the names {table.columns[:3]}")
    scorers = dict.fromkeys(column[0] for column in table.columns)
    others = {column[-1] for column in table.columns} - set(_COORDINATES)
    if len(scorers) != 1:
        raise _not_a_table(path, f"it has the scorers {', '.join(scorers) or 'of nobody'}")
    if others:
        raise _not_a_table(path, f"it has the coordinates {', '.join(sorted(others))}")
    (scorer,) = scorers
    given = {_name(column) for column in table.columns}
    names = tuple(dict.fromkeys(_name(column) for column in table.columns))
    place = {(_name(column), column[-1]): n for n, column in enumerate(table.columns)}
    if len(place) < len(table.columns):
        raise _not_a_table(path, "two columns have the same names")
    absent = [name for name in given if (name, "x") not in place or (name, "y") not in place]
    if absent:
        raise _not_a_table(path, f"{min(absent)!r} has no x or no y")
    frame, keypoint, position, score = _rows(table, names, place, path)
    machine = scorer.startswith("DLC") or any(part == "likelihood" for _, part in place)
    frames = table.index
    return check_keypoints(
        KeypointSet(
            names=names,
            source=str(path),
            format="deeplabcut",
            frame=frames[frame] if isinstance(frames, np.ndarray) else frame,
            keypoint=keypoint,
            position=position,
            score=score,
            hidden=np.zeros(len(frame), bool),
            author=np.zeros(len(frame), np.int64),
            authors=(Author("", scorer) if machine else Author(scorer, _TOOL),),
            image_shape=image_shape,
            frame_names=() if isinstance(frames, np.ndarray) else tuple(frames),
        )
    )


def write_deeplabcut(path: Path, keypoints: KeypointSet) -> tuple[str, ...]:
    """Write a new table: HDF5 if the name ends in ``.h5`` or ``.hdf5``, else CSV.

    Frames have their names, or numbers from 0 without a gap, as DeepLabCut expects; those without
    positions are empty.

    Raises
    ------
    InputError
        If the file is there already, or a position has a z.
    """
    refuse_depth(keypoints, path, "DeepLabCut")
    table, scorer = _as_table(keypoints, path)
    header = HEADERS[len(table.columns[0]) == 4]
    if path.suffix.lower() in (".h5", ".hdf5"):
        with new_file(path) as aside, h5py.File(aside, "w") as file:
            describe_file(file)
            write_frame(file.create_group(_KEY), table.columns, header, table.index, table.values)
    else:
        rows = [[name, *(column[n] for column in table.columns)] for n, name in enumerate(header)]
        body = [
            [name, *("" if np.isnan(value) else repr(value) for value in values)]
            for name, values in zip(list(table.index), table.values.tolist(), strict=True)
        ]
        write_rows(path, rows[0], [*rows[1:], *body])
    authors = {keypoints.authors[number] for number in np.unique(keypoints.author).tolist()}
    mixed = (f"All positions are said to be by {scorer}.",) if len(authors) > 1 else ()
    return *told_of_loss(keypoints, "DeepLabCut", CARRIED), *mixed


def _name(column: tuple[str, ...]) -> str:
    """``part``, or ``animal/part``; a slash in either would be taken for another animal."""
    *animal, part, _ = (word.replace(SEPARATOR, "-") for word in column[1:])
    return keypoint_name("" if animal in ([], [_NO_ANIMAL]) else animal[0], part)


def _rows(
    table: _Table, names: tuple[str, ...], place: dict[tuple[str, str], int], path: Path
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Index row, keypoint, position and score of all that is there."""
    count = len(table.values)
    empty = np.full(count, np.nan)
    x, y = (table.values[:, [place[name, axis] for name in names]] for axis in "xy")
    score = np.stack(
        [
            table.values[:, place[name, "likelihood"]] if (name, "likelihood") in place else empty
            for name in names
        ],
        axis=1,
    )
    frame, keypoint = np.divmod(np.arange(x.size), len(names))
    flat = np.stack([y.ravel(), x.ravel()], axis=1)
    rows = present_rows(flat, path, ("y", "x"))
    position = np.concatenate([np.zeros((len(rows), 1)), flat[rows]], axis=1)
    return frame[rows], keypoint[rows], position, score.ravel()[rows]


def _read_hdf5(path: Path) -> _Table:
    with damage_reported(path, _EXPECTED), h5py.File(path, "r", locking="best-effort") as file:
        tables = frame_groups(file)
        chosen = [_KEY] if _KEY in tables else list(tables)
        if len(chosen) != 1:
            raise _not_a_table(path, f"it holds {len(tables)} tables: {', '.join(tables)}")
        return _Table(*read_frame(tables[chosen[0]], path))


def _read_csv(path: Path) -> _Table:
    first, body = read_rows(path)
    rows = [first, *body]
    begins = tuple(row[0].strip() for row in rows[:4])
    levels = next((header for header in HEADERS if begins[: len(header)] == header), None)
    if levels is None:
        raise _not_a_table(path, f"its first rows begin with {', '.join(begins)[:100]!r}")
    header, body = rows[: len(levels)], rows[len(levels) :]
    leading = next(
        (n for n, word in enumerate(header[-1]) if n and word.strip() in _COORDINATES), None
    )
    if leading is None:
        raise _not_a_table(path, "it has no coordinates")
    columns = [tuple(row[n].strip() for row in header) for n in range(leading, len(header[0]))]
    names = ["/".join(row[:leading]).strip() for row in body]
    numbers = np.full((len(body), len(columns)), np.nan)
    for place, row in enumerate(body):
        try:
            numbers[place] = [float(word) if word.strip() else np.nan for word in row[leading:]]
        except ValueError:
            raise _not_a_table(path, f"row {names[place]!r} holds what is no number") from None
    numbered = bool(names) and all(name.isascii() and name.isdigit() for name in names)
    if numbered and max(map(len, names)) > 15:
        raise _not_a_table(path, "its frame numbers are too large")
    return _Table(columns, np.array(names, np.int64) if numbered else names, numbers)


def _as_table(keypoints: KeypointSet, path: Path) -> tuple[_Table, str]:
    """The table, and whom it names as its scorer."""
    count = len(keypoints.frame_names) or int(keypoints.frame.max(initial=-1)) + 1
    if count > _MOST_FRAMES:
        raise InputError(path, f"it would have {count:,} rows", "fewer frames", "Write csv.")
    by_person = keypoints.by_person
    likelihood = bool(np.isfinite(keypoints.score).any() or not by_person.all())
    scorer = _scorer(keypoints, likelihood)
    coordinates = _COORDINATES if likelihood else _COORDINATES[:2]
    animals = any(animal_of(name) for name in keypoints.names)
    columns: Columns = [
        (scorer, *((animal_of(name) or _NO_ANIMAL,) if animals else ()), part_of(name), coordinate)
        for name in keypoints.names
        for coordinate in coordinates
    ]
    values = np.full((count, len(keypoints.names), len(coordinates)), np.nan)
    numbers = (keypoints.position[:, 2], keypoints.position[:, 1], keypoints.score)
    for place, column in enumerate(numbers[: len(coordinates)]):
        values[keypoints.frame, keypoints.keypoint, place] = column
    names = list(keypoints.frame_names)
    index = names or np.arange(count)
    return _Table(columns, index, values.reshape(count, -1)), scorer


def _scorer(keypoints: KeypointSet, machine: bool) -> str:
    """The commonest author; a machine's table is by a machine even where people had a say."""
    common = Counter(keypoints.author.tolist()).most_common()
    authors = [keypoints.authors[number] for number, _ in common]
    if machine:
        return next((author.tool for author in authors if not author.is_person), "") or _OURS
    return authors[0].annotator if authors else _OURS


def _not_a_table(path: Path, found: str) -> InputError:
    return InputError(path, found, _EXPECTED, "Give a CollectedData file, or an analysed video's.")
