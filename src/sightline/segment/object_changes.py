"""What became of objects between two masks of an image: kept, changed, added, removed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ObjectChanges:
    """Numbers of objects, and of pixels that differ in whether they are of one.

    Parameters
    ----------
    kept
        With the same pixels, whatever their number.
    changed
        That share pixels with one that was there, each with one of them.
    added, removed
        All others after, and before.
    pixels
        That are of an object in one of the two masks alone.
    """

    kept: int = 0
    changed: int = 0
    added: int = 0
    removed: int = 0
    pixels: int = 0


def object_changes(before: NDArray[Any], after: NDArray[Any]) -> ObjectChanges:
    """Compare objects by their pixels alone; those that share most are the same.

    Parameters
    ----------
    before, after : (y, x) int
        Number of the object at each pixel, 0 for none; of one shape.
    """
    _, one, first = np.unique(before, return_inverse=True, return_counts=True)
    _, other, second = np.unique(after, return_inverse=True, return_counts=True)
    both = (before > 0) & (after > 0)
    where = np.stack([one.reshape(before.shape)[both], other.reshape(after.shape)[both]])
    pairs, shared = np.unique(where, axis=1, return_counts=True)
    whole = first[pairs[0]] + second[pairs[1]] - shared
    kept = int((shared == whole).sum())
    left: set[int] = set()
    right: set[int] = set()
    for pair in np.argsort(-shared / whole, kind="stable").tolist():
        ours, theirs = int(pairs[0, pair]), int(pairs[1, pair])
        if ours not in left and theirs not in right:
            left.add(ours)
            right.add(theirs)
    return ObjectChanges(
        kept=kept,
        changed=len(left) - kept,
        added=_count(after) - len(right),
        removed=_count(before) - len(left),
        pixels=int(np.count_nonzero((before > 0) != (after > 0))),
    )


def _count(objects: NDArray[Any]) -> int:
    return len(np.unique(objects[objects > 0]))
