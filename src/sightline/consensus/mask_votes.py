"""What several experts said of every pixel, kept as the few patterns of answers that occur."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError

NOTHING_SAID: Final = -1
_TABLE: Final = 2**16  # patterns that a table is made for; more are sorted


@dataclass(frozen=True)
class MaskVotes:
    """Experts' answers on the pixels of an image, or of several.

    Parameters
    ----------
    patterns : (pattern, expert) int16
        Class that each expert gave, ``NOTHING_SAID`` where one gave none.
    counts : (pattern,) int64
        Pixels with that pattern.
    place : (pixel, ...) int32
        Pattern of each pixel, in the image's shape; empty for several images together.
    """

    patterns: NDArray[np.int16]
    counts: NDArray[np.int64]
    place: NDArray[np.int32] = field(repr=False)

    @property
    def experts(self) -> int:
        """How many were asked."""
        return self.patterns.shape[1]

    @property
    def classes(self) -> int:
        """Classes up to the largest that was given, two at least."""
        return max(int(self.patterns.max(initial=1)) + 1, 2)

    def share(self, label: int) -> NDArray[np.float64]:
        """(pattern,) of the experts who said something, the share who gave a class; NaN of none."""
        said = (self.patterns != NOTHING_SAID).sum(axis=1)
        share = np.full(len(said), np.nan)
        np.divide((self.patterns == label).sum(axis=1), said, out=share, where=said > 0)
        return share

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """(pixel, ...) the value (pattern,) of each pixel's pattern."""
        return values[self.place]


def count_votes(masks: Sequence[NDArray[Any]]) -> MaskVotes:
    """Count the patterns of answers of one image.

    Parameters
    ----------
    masks : of each expert (pixel, ...)
        Class numbers from 0 (background), or booleans; ``NOTHING_SAID`` where a pixel is ignored.

    Raises
    ------
    InputError
        If there is no mask, they differ in shape, or hold other values.
    """
    checked = [_checked(mask) for mask in masks]
    if not checked or len({mask.shape for mask in checked}) > 1:
        shapes = ", ".join(str(mask.shape) for mask in checked) or "none"
        raise InputError("experts' masks", f"shapes {shapes}", "at least one, all of one shape",
                         "Check that they are of the same image.")  # fmt: skip
    lowest = min(int(mask.min(initial=0)) for mask in checked)
    base = max(int(mask.max(initial=1)) for mask in checked) - lowest + 1
    if base ** len(checked) > 2**62:
        return _sorted_rows(checked)
    possible = base ** len(checked)
    code = np.zeros(
        checked[0].shape,
        np.int16 if possible < 2**15 else np.int32 if possible < 2**31 else np.int64,
    )
    for mask in reversed(checked):  # the first expert's answer is the lowest digit
        code *= base
        code += mask
        code -= lowest
    found, counts, place = _distinct(code, possible)
    digits = found[:, None] // base ** np.arange(len(checked)) % base + lowest
    return MaskVotes(digits.astype(np.int16), counts, place)


def pool_votes(votes: Sequence[MaskVotes]) -> MaskVotes:
    """Count several images' patterns together, so that each expert has one reliability.

    Raises
    ------
    InputError
        If they are of different numbers of experts.
    """
    if not votes or len({one.experts for one in votes}) > 1:
        raise InputError(
            "images to pool", f"{[one.experts for one in votes]} experts", "as many for each image",
            "Give an image that an expert did not see a mask of -1 for that expert.",
        )  # fmt: skip
    rows = np.concatenate([one.patterns for one in votes])
    patterns, place = np.unique(rows, axis=0, return_inverse=True)
    counts = np.bincount(place.ravel(), np.concatenate([one.counts for one in votes]))
    return MaskVotes(patterns, counts.astype(np.int64), np.empty(0, np.int32))


def _distinct(
    code: NDArray[np.integer], possible: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Codes that occur, how often, and which of them each pixel has."""
    if possible > _TABLE:
        found, place, counts = np.unique(code, return_inverse=True, return_counts=True)
        return found.astype(np.int64), counts, place.reshape(code.shape).astype(np.int32)
    every = np.bincount(code.ravel(), minlength=possible)
    found = np.flatnonzero(every)
    table = np.zeros(possible, np.int32)
    table[found] = np.arange(len(found))
    return found, every[found], table[code]


def _sorted_rows(masks: Sequence[NDArray[np.int16]]) -> MaskVotes:
    """With so many experts and classes that no number holds a pattern."""
    rows = np.stack([mask.ravel() for mask in masks], axis=1)
    patterns, place, counts = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    return MaskVotes(patterns, counts, place.reshape(masks[0].shape).astype(np.int32))


def _checked(mask: NDArray[Any]) -> NDArray[np.int16]:
    found = np.asarray(mask)
    if found.dtype == bool or (found.dtype == np.int16 and found.min(initial=0) >= NOTHING_SAID):
        return found.astype(np.int16, copy=False)
    with np.errstate(invalid="ignore"):
        whole = found.astype(np.int16, casting="unsafe")
    if not np.array_equal(whole, found) or whole.min(initial=0) < NOTHING_SAID:
        raise InputError(
            "an expert's mask", "values that are no class numbers",
            "whole numbers from 0 (background), or -1 where nothing is said",
            "Give class numbers, not brightness or numbers of objects.",
        )  # fmt: skip
    return whole
