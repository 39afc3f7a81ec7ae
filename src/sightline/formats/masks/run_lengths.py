"""COCO's run lengths: how many pixels are outside, inside, outside ..., column after column."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST = 48  # the character that stands for 0
_MORE, _SIGN = 0x20, 0x10


def decode_runs(counts: str | bytes | list[int], height: int, width: int) -> NDArray[np.int64]:
    """(pixel, 2) row and column of the pixels inside.

    Parameters
    ----------
    counts
        Numbers, or the text that packs them: five bits a character, the lowest first, a further
        bit where more follow, signed; from the fourth on, the difference to the one two before.
    height, width
        Of the image, pixels.

    Raises
    ------
    ValueError
        If the counts do not add up to the image's pixels, or the text is cut.
    """
    runs = np.array(counts if isinstance(counts, list) else _unpack(counts), np.int64)
    if (runs < 0).any() or runs.sum() != height * width:
        raise ValueError(f"its runs add up to {runs.sum():,} of {height * width:,} pixels")
    ends = np.cumsum(runs)
    inside = np.concatenate(
        [np.empty(0, np.int64), *(np.arange(end - run, end)
                                  for run, end in zip(runs[1::2], ends[1::2], strict=True))]
    )  # fmt: skip
    return np.stack([inside % height, inside // height], axis=1)


def _unpack(text: str | bytes) -> list[int]:
    values = text.encode("ascii") if isinstance(text, str) else text
    runs: list[int] = []
    number, shift = 0, 0
    for character in values:
        bits = character - _FIRST
        if not 0 <= bits < 2 * _MORE:
            raise ValueError("it holds other characters than run lengths have")
        number |= (bits & (_MORE - 1)) << shift
        shift += 5
        if bits & _MORE:
            continue
        if bits & _SIGN:
            number -= 1 << shift
        runs.append(number + runs[-2] if len(runs) > 2 else number)
        number, shift = 0, 0
    if shift:
        raise ValueError("its last run is cut")
    return runs


def runs_of(mask: NDArray[Any]) -> list[int]:
    """Run lengths of a mask (y, x), column after column, the first of pixels outside."""
    values = np.concatenate([[False], np.asarray(mask, bool).T.ravel()])
    changes = np.flatnonzero(np.diff(values))
    return np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()
