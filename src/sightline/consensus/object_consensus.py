"""Several experts' objects: matched before they are merged, so that two cells are never fused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects
from scipy.sparse import coo_array

from sightline.errors import InputError, SettingError

_LEAST_OVERLAP: Final = 0.1  # of intersection over union, for two objects to be the same
_FEW: Final = 2  # experts of whom one is enough to mark a pixel


@dataclass(frozen=True)
class ObjectConsensus:
    """The objects that experts' masks amount to.

    Parameters
    ----------
    labels : (pixel, ...) int32
        Number of the object at each pixel, from 1; 0 for none.
    votes : (object,) int64
        Experts who marked each of them.
    members : (object, expert) int64
        Number of the object in each expert's mask; 0 where the expert marked none.
    refused : (some, expert) int64
        Objects that too few experts marked, as in ``members``.
    """

    labels: NDArray[np.int32] = field(repr=False)
    votes: NDArray[np.int64]
    members: NDArray[np.int64] = field(repr=False)
    refused: NDArray[np.int64] = field(repr=False)


def merge_objects(
    masks: Sequence[NDArray[Any]],
    least_experts: int = 2,
    least_overlap: float = _LEAST_OVERLAP,
) -> ObjectConsensus:
    """Match experts' objects, and merge those that enough experts marked.

    Objects of different experts that overlap are joined, the most alike first, but never two of one
    expert: what one expert drew as two cells stays two. A merged object is where more than half of
    those who marked it say so, at least one half where two did; a pixel that several would have
    belongs to the one with most votes there.

    Parameters
    ----------
    masks : of each expert (pixel, ...) int
        Number of the object at each pixel, 0 for none.
    least_experts
        Experts who must have marked an object.
    least_overlap
        Intersection over union from which two objects can be the same.

    Raises
    ------
    InputError
        If there is no mask, or they differ in shape.
    SettingError
        If more experts are asked for than there are.
    """
    shapes = {np.shape(mask) for mask in masks}
    if len(shapes) != 1:
        raise InputError(
            "experts' masks", f"shapes {sorted(shapes)}", "at least one, all of one shape",
            "Check that they are of the same image.",
        )  # fmt: skip
    if not 1 <= least_experts <= len(masks):
        raise SettingError(
            f"At least {least_experts} experts are asked for; expected 1 to {len(masks)}, as many "
            "as there are. Choose another number."
        )
    numbered = [_numbered(mask) for mask in masks]
    first = np.cumsum([0, *(len(names) for _, names in numbered)])
    groups = _groups(numbered, first, least_overlap)
    members = np.zeros((len(groups), len(masks)), np.int64)
    for row, group in enumerate(groups):
        for expert, place in group.items():
            members[row, expert] = numbered[expert][1][place - first[expert]]
    votes = (members > 0).sum(axis=1)
    kept = votes >= least_experts
    labels = _drawn([np.asarray(mask) for mask in masks], numbered, members[kept])
    there = np.unique(labels[labels > 0])
    renumbered = np.searchsorted(there, labels) + 1
    labels = np.where(labels > 0, renumbered, 0).astype(np.int32)
    return ObjectConsensus(labels, votes[kept][there - 1], members[kept][there - 1], members[~kept])


def _groups(
    numbered: Sequence[tuple[NDArray[np.int64], NDArray[Any]]],
    first: NDArray[np.int64],
    least_overlap: float,
) -> list[dict[int, int]]:
    """Of each merged object: expert to that expert's object, counted through all experts."""
    expert_of = np.repeat(np.arange(len(numbered)), np.diff(first))
    group: list[dict[int, int]] = [{int(expert_of[k]): k} for k in range(int(first[-1]))]
    which = list(range(len(group)))
    for _, one, other in _overlaps(numbered, first, least_overlap):
        mine, theirs = which[one], which[other]
        if mine != theirs and not group[mine].keys() & group[theirs].keys():
            for place in group[theirs].values():
                which[place] = mine
            group[mine] |= group[theirs]
            group[theirs] = {}
    return [one for one in group if one]


def _overlaps(
    numbered: Sequence[tuple[NDArray[np.int64], NDArray[Any]]],
    first: NDArray[np.int64],
    least_overlap: float,
) -> list[tuple[float, int, int]]:
    """Intersection over union of objects of two experts, largest first."""
    found: list[tuple[float, int, int]] = []
    sizes = [np.bincount(place, minlength=len(names) + 1)[1:] for place, names in numbered]
    for k, m in combinations(range(len(numbered)), 2):
        one, other = numbered[k][0], numbered[m][0]
        both = (one > 0) & (other > 0)
        ones = np.ones(int(both.sum()))
        shape = (len(sizes[k]), len(sizes[m]))
        shared = coo_array((ones, (one[both] - 1, other[both] - 1)), shape).tocsr().tocoo()
        row, column = shared.coords
        iou = shared.data / (sizes[k][row] + sizes[m][column] - shared.data)
        enough = iou >= least_overlap
        pairs = zip(iou[enough], first[k] + row[enough], first[m] + column[enough], strict=True)
        found += [(float(value), int(a), int(b)) for value, a, b in pairs]
    return sorted(found, key=lambda pair: (-pair[0], pair[1], pair[2]))


def _drawn(
    masks: Sequence[NDArray[Any]],
    numbered: Sequence[tuple[NDArray[np.int64], NDArray[Any]]],
    members: NDArray[np.int64],
) -> NDArray[np.int64]:
    """(pixel, ...) rows of members plus 1 where enough of those who marked an object say so."""
    shape = masks[0].shape
    boxes = [_boxes(place.reshape(shape), names) for place, names in numbered]
    labels, most = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, objects in enumerate(members.tolist()):
        experts = [expert for expert, number in enumerate(objects) if number]
        box = _around([boxes[expert][objects[expert]] for expert in experts])
        count = np.zeros(labels[box].shape, np.int64)
        for expert in experts:
            count += masks[expert][box] == objects[expert]
        enough = 2 * count > len(experts) - (len(experts) <= _FEW)
        mine = enough & (count > most[box])
        labels[box] = np.where(mine, row + 1, labels[box])
        most[box] = np.where(mine, count, most[box])
    return labels


def _boxes(place: NDArray[np.int64], names: NDArray[Any]) -> dict[int, tuple[slice, ...]]:
    """The smallest box around each object, by its number in the mask."""
    found = find_objects(place.astype(np.int32))
    return {int(name): box for name, box in zip(names, found, strict=True) if box is not None}


def _around(boxes: Sequence[tuple[slice, ...]]) -> tuple[slice, ...]:
    """The smallest box around boxes."""
    along = zip(*boxes, strict=True)
    return tuple(
        slice(min(one.start for one in axis), max(one.stop for one in axis)) for axis in along
    )


def _numbered(mask: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """(pixel,) objects from 1 without gaps, 0 for none, and their numbers in the mask."""
    names, place = np.unique(np.asarray(mask).ravel(), return_inverse=True)
    inside = np.asarray(names > 0)
    number = np.where(inside, np.cumsum(inside), 0)
    return number[place.ravel()], names[inside]
