"""Keypoints as a CSV table of our own: one row a keypoint and frame.

Columns ``frame`` (from 0), ``keypoint`` (``part`` or ``animal/part``), ``y`` and ``x`` must be
there; ``frame_name``, ``z``, ``score``, ``visibility`` (``seen`` or ``hidden``), ``annotator`` (a
person's name, empty for a machine) and ``tool`` may be. Others are not read.

Pixels: positions are in pixels with pixel centres at whole numbers, as everywhere in Sightline.
They are written with all their digits, so that they come back exactly. A row without y and x (empty
or ``nan``) is a missing position and is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.errors import InputError
from sightline.formats.keypoints.carried import Part, present_rows, refuse_nothing, told_of_loss
from sightline.formats.new_file import new_file
from sightline.formats.table import read_rows, write_rows

NEEDED: Final = ("frame", "keypoint", "y", "x")
COLUMNS: Final = (
    "frame", "frame_name", "keypoint", "z", "y", "x", "score", "visibility", "annotator", "tool"
)  # fmt: skip
CARRIED: Final[tuple[Part, ...]] = (
    "z", "scores", "visibility", "person or machine", "annotators", "frame names", "names"
)  # fmt: skip
_VISIBILITY: Final = {"": False, "seen": False, "hidden": True}
_MOST_NAMED_FRAMES: Final = 10_000_000
_ROWS_AT_ONCE: Final = 10_000
Table = dict[str, list[str]]


def read_keypoint_table(
    path: Path, *, image_shape: tuple[int, int, int] | None = None
) -> KeypointSet:
    """Read a table of keypoints; they are in the order of their first appearance.

    Raises
    ------
    InputError
        If a column is missing, or a field is not what its column holds.
    """
    header, body = read_rows(path)
    if len(set(header)) < len(header) or not set(NEEDED) <= set(header):
        raise InputError(
            path,
            f"its columns are {', '.join(header)[:200]}",
            f"{', '.join(NEEDED)}, each once",
            "Rename them.",
        )
    table = {name: [row[place].strip() for row in body] for place, name in enumerate(header)}
    empty = [""] * len(body)
    axes = [_numbers(table.get(axis, ["0"] * len(body)), axis, path) for axis in ("z", "y", "x")]
    position = np.stack(axes, axis=1).reshape(len(body), 3)
    rows = present_rows(position[:, 1:], path, ("y", "x"))
    names = tuple(dict.fromkeys(table["keypoint"]))
    frame = _frames(table["frame"], path)
    said = list(zip(table.get("annotator", empty), table.get("tool", empty), strict=True))
    authors = tuple(dict.fromkeys(said)) or (("", ""),)
    others = [name for name in header if name not in COLUMNS]
    return check_keypoints(
        KeypointSet(
            names=names,
            source=str(path),
            format="csv",
            frame=frame[rows],
            keypoint=_places(table["keypoint"], names)[rows],
            position=position[rows],
            score=_numbers(table.get("score", empty), "score", path)[rows],
            hidden=_hidden(table.get("visibility", empty), path)[rows],
            author=_places(said, authors)[rows],
            authors=tuple(Author(*author) for author in authors),
            image_shape=image_shape,
            frame_names=_frame_names(frame, table.get("frame_name", empty), path),
            notes=(f"Columns that are not read: {', '.join(others)}.",) if others else (),
        )
    )


def write_keypoint_table(path: Path, keypoints: KeypointSet) -> tuple[str, ...]:
    """Write a new table; tells what it does not carry.

    Raises
    ------
    InputError
        If there is a file of that name, or there is no position to write.
    """
    refuse_nothing(keypoints, path, "a table")
    return write_keypoint_tables(path, [keypoints])


def write_keypoint_tables(path: Path, parts: Iterable[KeypointSet]) -> tuple[str, ...]:
    """Write a new table of several sets, one after the other; no more than one is in memory.

    Returns
    -------
    tuple of str
        What a table does not carry.

    Raises
    ------
    InputError
        If there is a file of that name, or it cannot be written.
    """
    notes: dict[str, None] = {}

    def rows() -> Iterator[list[Any]]:
        for part in parts:
            notes.update(dict.fromkeys(told_of_loss(part, "A table", CARRIED)))
            for start in range(0, len(part), _ROWS_AT_ONCE):
                yield from _rows(part, slice(start, start + _ROWS_AT_ONCE))

    with new_file(path) as aside:
        write_rows(aside, COLUMNS, rows())
    return tuple(notes)


def _rows(keypoints: KeypointSet, some: slice) -> Iterator[list[Any]]:
    names = keypoints.frame_names
    for frame, keypoint, position, score, hidden, author in zip(
        keypoints.frame[some].tolist(),
        keypoints.keypoint[some].tolist(),
        keypoints.position[some].tolist(),
        keypoints.score[some].tolist(),
        keypoints.hidden[some].tolist(),
        keypoints.author[some].tolist(),
        strict=True,
    ):
        yield [
            frame,
            names[frame] if names else "",
            keypoints.names[keypoint],
            *map(repr, position),
            "" if np.isnan(score) else repr(score),
            "hidden" if hidden else "seen",
            keypoints.authors[author].annotator,
            keypoints.authors[author].tool,
        ]


def _numbers(words: list[str], name: str, path: Path) -> NDArray[np.float64]:
    numbers = np.full(len(words), np.nan)
    for row, word in enumerate(words):
        try:
            numbers[row] = float(word) if word else np.nan
        except ValueError:
            raise _wrong(path, name, word, row, "a number") from None
    return numbers


def _frames(words: list[str], path: Path) -> NDArray[np.int64]:
    for row, word in enumerate(words):
        if not (word.isascii() and word.removeprefix("-").isdigit() and len(word) < 16):
            raise _wrong(path, "frame", word, row, "a whole number from 0")
    return np.array([int(word) for word in words], np.int64)


def _hidden(words: list[str], path: Path) -> NDArray[np.bool_]:
    for row, word in enumerate(words):
        if word not in _VISIBILITY:
            raise _wrong(path, "visibility", word, row, "seen or hidden")
    return np.array([_VISIBILITY[word] for word in words], bool)


def _places(items: Sequence[object], known: Sequence[object]) -> NDArray[np.int64]:
    place = {item: number for number, item in enumerate(known)}
    return np.array([place[item] for item in items], np.int64)


def _frame_names(frame: NDArray[np.int64], words: list[str], path: Path) -> tuple[str, ...]:
    """A name for each frame, empty where no row names it; nothing if no frame has one."""
    if not any(words) or not len(frame):
        return ()
    last = int(frame.max())
    if last >= _MOST_NAMED_FRAMES or frame.min() < 0:
        raise _wrong(path, "frame", str(last), int(frame.argmax()), "a number of a named frame")
    names = [""] * (last + 1)
    for row, (number, word) in enumerate(zip(frame.tolist(), words, strict=True)):
        if names[number] not in ("", word):
            raise _wrong(path, "frame_name", word, row, f"{names[number]!r}, as in a row before")
        names[number] = word
    return tuple(names)


def _wrong(path: Path, column: str, word: str, row: int, expected: str) -> InputError:
    return InputError(
        path,
        f"column {column!r} holds {word[:60]!r} in row {row + 2}",
        expected,
        "Correct it; the first row is the header.",
    )
