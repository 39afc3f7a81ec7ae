"""One plane out of a stack: chosen, or projected from several, never in silence."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError, SettingError
from sightline.formats.images.lazy_pixels import LazyPixels

PROJECTIONS: Final = ("max", "mean")


@dataclass(frozen=True)
class Pick:
    """Which frames and z planes of a file become the image, and how.

    Parameters
    ----------
    frames, planes
        Numbers of those that are read.
    projection
        ``"max"``, ``"mean"``, or empty where there is only one.
    notes
        What was chosen, in words.
    """

    frames: range
    planes: range
    projection: str
    notes: tuple[str, ...] = ()


def pick_planes(
    where: str | Path, frames: int, planes: int, plane: int | None, projection: str
) -> Pick:
    """Decide which planes of a stack are read.

    Parameters
    ----------
    where
        File, named in errors.
    frames, planes
        How many the file has along time and z.
    plane, projection
        What the user says; see `ReadAs`.

    Raises
    ------
    InputError
        If it is a stack and nothing says which plane, or that plane is not there.
    SettingError
        If the projection is of no known kind, or a plane is chosen as well.
    """
    if projection not in ("", *PROJECTIONS):
        raise SettingError(f"projection {projection!r}: expected one of max, mean. Say one.")
    if projection and plane is not None:
        raise SettingError(
            f"plane {plane} and projection {projection}: expected one of the two. Leave one out."
        )
    if frames == planes == 1:
        if plane:
            raise _none_such(where, "plane", 1, plane)
        return Pick(range(1), range(1), "")
    there = " and ".join(
        f"{count} {kind}" for count, kind in ((frames, "frames"), (planes, "z planes")) if count > 1
    )
    if projection:
        kind = {"max": "brightest", "mean": "mean"}[projection]
        return Pick(range(frames), range(planes), projection,
                    (f"A stack of {there}: the {kind} of them is taken.",))  # fmt: skip
    if plane is None or min(frames, planes) > 1:
        raise InputError(
            where, f"it is a stack of {there}", "one image, or a word on which plane to take",
            "Say `--projection max` or `--projection mean`"
            + ("." if min(frames, planes) > 1 else ", or `--plane NUMBER`; if they are channels, "
               "it takes one of them: to use all, say `--axes cyx`."),
        )  # fmt: skip
    if plane not in range(frames * planes):
        raise _none_such(where, "plane", frames * planes, plane)
    one, only = range(plane, plane + 1), range(1)
    note = f"Number {plane} of {there} is read."
    return Pick(one if frames > 1 else only, one if planes > 1 else only, "", (note,))


def project(blocks: Iterable[NDArray[Any]], how: str) -> NDArray[Any]:
    """Bring planes to one.

    Parameters
    ----------
    blocks : (plane, channel, y, x)
        Read one after the other.
    how
        ``"max"`` keeps the type, ``"mean"`` gives float32; empty for one plane alone.

    Returns
    -------
    (channel, y, x)
    """
    every = iter(blocks)
    first = next(every)
    if how == "max":
        return reduce(np.maximum, (block.max(axis=0) for block in every), first.max(axis=0))
    if not how:
        return first[0]
    total, count = first.sum(axis=0, dtype=np.float64), len(first)
    for block in every:
        total += block.sum(axis=0, dtype=np.float64)
        count += len(block)
    return (total / count).astype(np.float32)


def choose_channel(
    where: str | Path, pixels: Any, channel: int | None
) -> tuple[Any, tuple[str, ...]]:
    """Keep one channel (1, y, x) of (channel, y, x), and say so; all where none is named.

    Raises
    ------
    InputError
        If it is not there.
    """
    if channel is None:
        return pixels, ()
    count = pixels.shape[0]
    if channel not in range(count):
        raise _none_such(where, "channel", count, channel)
    notes = () if count == 1 else (f"Channel {channel} of {count} is read.",)
    if isinstance(pixels, LazyPixels):
        return pixels.one_channel(channel), notes
    return pixels[channel : channel + 1], notes


def _none_such(where: str | Path, kind: str, there: int, wanted: int) -> InputError:
    return InputError(
        where, f"it has {there} {kind}{'s' * (there != 1)}", f"{kind} {wanted}",
        f"Give `--{kind}` from 0 to {there - 1}, or leave it out.",
    )  # fmt: skip
