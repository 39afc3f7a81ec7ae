"""Keypoints: named things and where they are, frame by frame, with who said so.

A keypoint is ``"animal/part"`` where several animals have the same parts, else ``"part"``.
Positions are in pixels, (z, y, x), with pixel centres at whole numbers; a 2D recording has z = 0.
What is not annotated has no row: there is no number that means "missing".
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError

SEPARATOR: Final = "/"
_AXES: Final = 3
Pair = tuple[str, str]


@dataclass(frozen=True)
class Author:
    """Who said where a keypoint is.

    Parameters
    ----------
    annotator
        Name of the person; empty for a machine.
    tool
        Name of the program it was said with, or that said it; empty where not known.
    """

    annotator: str = ""
    tool: str = ""

    @property
    def is_person(self) -> bool:
        """Whether a person said it, so that no machine may move it."""
        return bool(self.annotator)


@dataclass(frozen=True)
class KeypointSet:
    """Keypoints of one recording, checked and sorted by `check_keypoints`.

    Parameters
    ----------
    names
        Of the keypoints, all different: ``"animal/part"`` or ``"part"``.
    source, format
        File or folder they came from, and the format's name, such as ``"zephir"``.
    frame : (row,) int64
        Frame number of each row, from 0.
    keypoint : (row,) int64
        Index into ``names``. A keypoint has at most one row a frame.
    position : (row, 3) float64
        z, y, x in pixels; the centre of the first pixel is at 0. May lie outside of the image.
    score : (row,) float64
        How sure the tool was, in its own scale; NaN where it said nothing.
    hidden : (row,) bool
        True where the keypoint is hidden (occluded) at its position, False where it is seen.
    author : (row,) int64
        Index into ``authors``.
    authors
        Everybody and everything that a row may be by.
    edges
        The skeleton: pairs of names.
    symmetries
        Pairs of names that mirror each other, such as left and right ear.
    parents
        (daughter, mother) by name, where something divided.
    image_shape
        (z, y, x) in pixels, where known; z is 1 in 2D.
    frame_names
        Name (such as an image file's) of frames 0, 1, ..., where the format names them; else empty.
    numbers
        The format's own number of each keypoint, all different; else empty.
    video
        File name of the recording, where the format tells it; it need not be there.
    colours
        ``"#rrggbb"`` or empty for each keypoint; or empty altogether.
    columns
        What else the format says of each row (row,), such as ZephIR's opaque ``"parent_id"``.
    notes
        What was found and assumed, in words.
    """

    names: tuple[str, ...]
    source: str
    format: str
    frame: NDArray[np.int64]
    keypoint: NDArray[np.int64]
    position: NDArray[np.float64]
    score: NDArray[np.float64]
    hidden: NDArray[np.bool_]
    author: NDArray[np.int64]
    authors: tuple[Author, ...] = (Author(),)
    edges: tuple[Pair, ...] = ()
    symmetries: tuple[Pair, ...] = ()
    parents: tuple[Pair, ...] = ()
    image_shape: tuple[int, int, int] | None = None
    frame_names: tuple[str, ...] = ()
    video: str = ""
    numbers: tuple[int, ...] = ()
    colours: tuple[str, ...] = ()
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Number of rows: positions, of all keypoints in all frames."""
        return len(self.frame)

    @property
    def animals(self) -> tuple[str, ...]:
        """Names of the animals, in the keypoints' order; an empty one where parts have none."""
        return tuple(dict.fromkeys(animal_of(name) for name in self.names))

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts, in the keypoints' order."""
        return tuple(dict.fromkeys(part_of(name) for name in self.names))

    @property
    def by_person(self) -> NDArray[np.bool_]:
        """(row,) whether a person said it."""
        return np.array([author.is_person for author in self.authors], bool)[self.author]

    def dense(self, frames: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
        """Positions in some frames, as an array.

        Parameters
        ----------
        frames
            Frame numbers, in any order; one may come twice.

        Returns
        -------
        (frame, keypoint, 3) float64
            z, y, x in pixels; NaN where there is no row.
        """
        wanted = np.asarray(frames, np.int64).reshape(-1)
        there, place = np.unique(wanted, return_inverse=True)
        found = np.full((len(there), len(self.names), _AXES), np.nan)
        first = np.searchsorted(self.frame, there)  # rows are sorted by frame
        counts = np.searchsorted(self.frame, there, side="right") - first
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = np.repeat(first, counts) + within
        found[np.repeat(np.arange(len(there)), counts), self.keypoint[rows]] = self.position[rows]
        return found[place]

    def annotated_frames(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Frames in which all keypoints have a row, and those in which only some have, rising."""
        frames, counts = np.unique(self.frame, return_counts=True)
        whole = counts == len(self.names)
        return frames[whole], frames[~whole]

    def chosen(self, rows: NDArray[Any]) -> "KeypointSet":
        """The same keypoints with some of the rows: a mask or indices."""
        of_rows = ("frame", "keypoint", "position", "score", "hidden", "author")
        columns = {name: values[rows] for name, values in self.columns.items()}
        parts = {name: getattr(self, name)[rows] for name in of_rows}
        return check_keypoints(replace(self, **parts, columns=columns))

    def within(self, frames: range) -> "KeypointSet":
        """The same with the rows of some frames, one after the other."""
        return self.chosen((self.frame >= frames.start) & (self.frame < frames.stop))


def animal_of(name: str) -> str:
    """``"fly"`` of ``"fly/head"``; empty for ``"head"``."""
    return name.partition(SEPARATOR)[0] if SEPARATOR in name else ""


def part_of(name: str) -> str:
    """``"head"`` of ``"fly/head"``, and of ``"head"``."""
    return name.partition(SEPARATOR)[2] if SEPARATOR in name else name


def keypoint_name(animal: str, part: str) -> str:
    """``"fly/head"``, or ``"head"`` where there is no animal."""
    return f"{animal}{SEPARATOR}{part}" if animal else part


def check_keypoints(keypoints: KeypointSet) -> KeypointSet:
    """Return the keypoints, sorted by frame and keypoint, if their parts fit; readers end here.

    A set without rows is allowed, for annotating begins so. Positions outside of the image stay,
    and ``notes`` tell how many.

    Raises
    ------
    InputError
        If there are no names, one comes twice or has no text, or skeleton, symmetries or parents
        name what is not there; if a frame is negative, a position not a number, or a keypoint
        comes twice in a frame.
    """
    _check_names(keypoints)
    _check_pairs(keypoints)
    keypoints = _as_arrays(keypoints)
    _check_rows(keypoints)
    order = np.lexsort((keypoints.keypoint, keypoints.frame))
    frame, keypoint = keypoints.frame[order], keypoints.keypoint[order]
    again = np.flatnonzero((np.diff(frame) == 0) & (np.diff(keypoint) == 0))
    if len(again):
        row = again[0]
        raise _wrong(
            keypoints,
            f"keypoint {keypoints.names[keypoint[row]]!r} comes twice in frame {frame[row]}"
            + (f", and {len(again) - 1} more such" if len(again) > 1 else ""),
            "one position a keypoint and frame",
            "Take the wrong one away.",
        )
    return replace(
        keypoints,
        frame=frame,
        keypoint=keypoint,
        position=keypoints.position[order],
        score=keypoints.score[order],
        hidden=keypoints.hidden[order],
        author=keypoints.author[order],
        columns={name: values[order] for name, values in keypoints.columns.items()},
        notes=_notes(keypoints),
    )


def _check_names(keypoints: KeypointSet) -> None:
    names = keypoints.names
    if not names:
        raise _wrong(keypoints, "it names no keypoints", "at least one", "Annotate one first.")
    seen: set[str] = set()
    for name in names:
        if not animal_or_part_is_sound(name):
            raise _wrong(
                keypoints,
                f"a keypoint is called {name[:60]!r}",
                "a name of visible characters, 'part' or 'animal/part'",
                "Rename it.",
            )
        if name in seen:
            raise _wrong(
                keypoints, f"two keypoints are called {name!r}", "names that differ", "Rename one."
            )
        seen.add(name)
    for what, values in (("numbers", keypoints.numbers), ("colours", keypoints.colours)):
        if values and len(values) != len(names):
            raise _wrong(
                keypoints, f"{len(values)} {what}", f"one for each of {len(names)} keypoints",
                "Check that they are of the same file.",
            )  # fmt: skip
    if len(set(keypoints.numbers)) < len(keypoints.numbers):
        raise _wrong(keypoints, "two keypoints share a number", "all different", "Number them anew")


def animal_or_part_is_sound(name: str) -> bool:
    """Whether a name has text in all its pieces, and no control characters."""
    pieces = name.split(SEPARATOR, 1)
    return all(piece.strip() for piece in pieces) and not any(
        unicodedata.category(character) in ("Cc", "Cs") for character in name
    )


def _check_pairs(keypoints: KeypointSet) -> None:
    known = set(keypoints.names)
    for what in ("edges", "symmetries", "parents"):
        pairs: Iterable[Pair] = getattr(keypoints, what)
        for first, second in pairs:
            if not {first, second} <= known or first == second:
                raise _wrong(
                    keypoints,
                    f"its {what} join {first!r} and {second!r}",
                    "two different keypoints of its own",
                    "Correct the names.",
                )
    shape = keypoints.image_shape
    if shape is not None and (len(shape) != _AXES or min(shape) < 1):
        raise _wrong(keypoints, f"its image shape is {shape}", "(z, y, x), 1 or more", "Correct it")


def _as_arrays(keypoints: KeypointSet) -> KeypointSet:
    """The same with arrays of the types that are promised, one value a row."""
    count = len(keypoints.frame)
    types = {"frame": np.int64, "keypoint": np.int64, "position": np.float64, "score": np.float64,
             "hidden": np.bool_, "author": np.int64}  # fmt: skip
    arrays = {name: np.asarray(getattr(keypoints, name), kind) for name, kind in types.items()}
    columns = {name: np.asarray(values) for name, values in keypoints.columns.items()}
    for name, values in {**columns, **arrays}.items():
        expected = (count, _AXES) if name == "position" else (count,)
        if values.shape != expected:
            raise _wrong(
                keypoints, f"{name} has the shape {values.shape}", f"{expected}",
                "Check that frames, positions and scores are of the same file.",
            )  # fmt: skip
    return replace(keypoints, **arrays, columns=columns)


def _check_rows(keypoints: KeypointSet) -> None:
    if not len(keypoints):
        return
    if keypoints.frame.min() < 0:
        raise _wrong(
            keypoints, f"it has frame {keypoints.frame.min()}", "frames from 0", "Count from 0."
        )
    for name, values, length in (
        ("keypoint", keypoints.keypoint, len(keypoints.names)),
        ("author", keypoints.author, len(keypoints.authors)),
    ):
        if values.min() < 0 or values.max() >= length:
            raise _wrong(
                keypoints, f"a row is of {name} {values.max()}", f"0 to {length - 1}", "Correct it."
            )
    bad = np.flatnonzero(~np.isfinite(keypoints.position).all(axis=1))
    if len(bad):
        row = bad[0]
        raise _wrong(
            keypoints,
            f"the position of {keypoints.names[keypoints.keypoint[row]]!r} in frame "
            f"{keypoints.frame[row]} is no number ({len(bad)} such rows)",
            "numbers; what is missing has no row",
            "Correct these rows, or take them away.",
        )
    if keypoints.frame_names and keypoints.frame.max() >= len(keypoints.frame_names):
        raise _wrong(
            keypoints,
            f"it has frame {keypoints.frame.max()} and names {len(keypoints.frame_names)} frames",
            "a name for each frame",
            "Check that the names are of the same recording.",
        )


def _notes(keypoints: KeypointSet) -> tuple[str, ...]:
    said = list(keypoints.notes)
    if keypoints.image_shape is not None and len(keypoints):
        last = np.array(keypoints.image_shape) - 0.5
        outside = ((keypoints.position < -0.5) | (keypoints.position > last)).any(axis=1)
        note = f"{outside.sum():,} positions lie outside of the image."
        if outside.any() and note not in said:
            said.append(note)
    return tuple(said)


def _wrong(keypoints: KeypointSet, found: str, expected: str, remedy: str) -> InputError:
    return InputError(keypoints.source, found, expected, remedy)
