"""From the axes a file stores, in any order, to those a recording delivers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from sightline.data.recording import AXES
from sightline.errors import InputError
from sightline.formats.recordings.recording_options import AXIS_LETTERS, RecordingOptions

_ASSUMED: Final = {2: ("y", "x"), 3: ("time", "y", "x")}
_SPELLINGS: Final = {
    **AXIS_LETTERS,
    **{name: name for name in AXES},
    "frame": "time",
    "frames": "time",
    "ch": "channel",
    "channels": "channel",
    "plane": "z",
    "depth": "z",
    "row": "y",
    "height": "y",
    "column": "x",
    "width": "x",
}


def axis_name(spelling: str) -> str:
    """One of ``AXES`` where a file's word for an axis is known, else that word."""
    return _SPELLINGS.get(spelling.lower(), spelling)


@dataclass(frozen=True)
class AxisPlan:
    """Which stored axis is which, and at what index some of them are read.

    Parameters
    ----------
    stored
        Name of each stored axis; empty for one of length 1 that means nothing.
    stored_shape
        Length of each.
    picked
        Axes that are read at one index only, and dropped.
    """

    stored: tuple[str, ...]
    stored_shape: tuple[int, ...]
    picked: Mapping[str, int] = field(default_factory=dict)

    @property
    def axes(self) -> tuple[str, ...]:
        """Axes delivered; time is always there."""
        kept = set(self.stored) - set(self.picked) | {"time"}
        return tuple(name for name in AXES if name in kept)

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis delivered."""
        lengths = dict(zip(self.stored, self.stored_shape, strict=True))
        return tuple(lengths.get(name, 1) for name in self.axes)

    def where(
        self, start: int, stop: int, within: Mapping[str, slice] | None = None
    ) -> tuple[slice | int, ...]:
        """Index of frames ``start`` to ``stop`` in the stored array; of other axes, a part."""
        parts = {**(within or {}), "time": slice(start, stop)}
        return tuple(
            self.picked.get(name, 0)
            if name in self.picked or not name
            else parts.get(name, slice(0, length))
            for name, length in zip(self.stored, self.stored_shape, strict=True)
        )

    def in_stored_order(self, frames: NDArray[Any]) -> NDArray[Any]:
        """View frames, whose axes are those delivered, with the axes as stored."""
        names = [name for name in self.stored if name and name not in self.picked]
        if "time" in names:
            return frames.transpose([self.axes.index(name) for name in names])
        return frames[0].transpose([self.axes[1:].index(name) for name in names])

    def together(self, chunks: Sequence[int] | None) -> int:
        """Frames that one stored chunk holds."""
        if chunks is None or "time" not in self.stored:
            return 1
        index = self.stored.index("time")
        return max(1, min(chunks[index], self.stored_shape[index]))


def plan_axes(
    where: str | Path,
    shape: Sequence[int],
    found: Sequence[str] | None,
    options: RecordingOptions,
) -> tuple[AxisPlan, tuple[str, ...]]:
    """Decide what each stored axis is, from the user, else the file, else the number of axes.

    Parameters
    ----------
    where
        File, named in errors.
    shape
        Of the stored array.
    found
        What the file says of each axis: a name of ``AXES``, or anything else where it does not
        know; None where it says nothing.
    options
        What the user says: ``axes``, ``channel``, ``plane``.

    Returns
    -------
    AxisPlan
    notes
        What was assumed or overruled.

    Raises
    ------
    InputError
        If the axes stay unknown, fit the shape badly, or a channel or plane is not there.
    """
    shape = tuple(int(length) for length in shape)
    if 0 in shape or len(shape) < 2:
        raise InputError(
            where,
            f"its shape is {shape}",
            "frames with a height and a width",
            "Check that the recording was written to its end.",
        )
    notes: list[str] = []
    if options.axes:
        names = _told_names(where, shape, options.axes)
        if found is not None and [n for n in found if n in AXES] != [n for n in names if n]:
            notes.append(f"The file calls its axes {_spell(found)}; taken as {_spell(names)}.")
    elif found is not None:
        names = _found_names(where, shape, found)
    else:
        names = _assumed_names(where, shape)
        notes.append(f"Nothing names the axes of shape {shape}: taken as {_spell(names)}.")
    picked = _pick(where, names, shape, options)
    for axis, number in picked.items():
        notes.append(f"Number {number} of {shape[names.index(axis)]} along {axis} is read.")
    return AxisPlan(names, shape, picked), tuple(notes)


def _pick(
    where: str | Path, names: tuple[str, ...], shape: tuple[int, ...], options: RecordingOptions
) -> dict[str, int]:
    """The channel and plane that the user wants, where the file has such axes."""
    picked = {}
    for axis, option in (("channel", "channel"), ("z", "plane")):
        number = getattr(options, option)
        if number is None:
            continue
        length = shape[names.index(axis)] if axis in names else 1
        if number >= length:
            raise InputError(
                where,
                f"it has {length} along {axis}",
                f"one of number {number}, as `--{option} {number}` says",
                f"Give `--{option}` from 0 to {length - 1}, or leave it out.",
            )
        if axis in names:
            picked[axis] = number
    return picked


def _told_names(where: str | Path, shape: tuple[int, ...], letters: str) -> tuple[str, ...]:
    """Names from the user's letters, one an axis, or one for each axis longer than 1."""
    names = [AXIS_LETTERS[letter] for letter in letters]
    if len(names) == len(shape):
        return tuple(names)
    if len(names) == sum(length > 1 for length in shape):
        left = iter(names)
        return tuple(next(left) if length > 1 else "" for length in shape)
    raise InputError(
        where,
        f"its shape is {shape}",
        f"{len(letters)} axes, as `--axes {letters}` says",
        "Give one letter of tczyx for each stored axis, in this order.",
    )


def _found_names(
    where: str | Path, shape: tuple[int, ...], found: Sequence[str]
) -> tuple[str, ...]:
    """Names from the file; axes it does not know must have length 1."""
    names = tuple(
        name if name in AXES else "" if length == 1 else f"?{name}"
        for name, length in zip(found, shape, strict=True)
    )
    known = [name for name in names if name]
    if not set(known) <= set(AXES) or len(set(known)) < len(known) or not {"y", "x"} <= set(known):
        raise InputError(
            where,
            f"the file calls the axes of shape {shape} {_spell(found)}",
            "time, channel, z, y and x, each at most once",
            "Say what they are with `--axes`, for example `--axes tzyx`.",
        )
    return names


def _assumed_names(where: str | Path, shape: tuple[int, ...]) -> tuple[str, ...]:
    names = _ASSUMED.get(len(shape))
    if names is not None:
        return names
    long = [length > 1 for length in shape]
    assumed = _ASSUMED.get(sum(long))
    if assumed is None:
        raise InputError(
            where,
            f"it holds an array of shape {shape} and does not name its axes",
            "axes that are known: frames, channels or planes look alike",
            "Name them in this order with `--axes`, for example `--axes tzyx` or `--axes tcyx`.",
        )
    left = iter(assumed)
    return tuple(next(left) if is_long else "" for is_long in long)


def _spell(names: Sequence[str]) -> str:
    return f"({', '.join(name or '1' for name in names)})"
