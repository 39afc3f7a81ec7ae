"""How far two masks agree: Dice by pixel, average precision by object."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from sightline.errors import InputError

_TABLE: Final = 2**24  # largest number of an object that a table is made for; others are sorted
IOU_THRESHOLDS: Final = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))


@dataclass(frozen=True)
class ObjectScores:
    """How well the objects of one mask are those of another.

    Parameters
    ----------
    thresholds : (threshold,)
        Least intersection over union at which two objects are the same.
    precision : (threshold,) float64
        Average precision as the field's benchmarks have it: matched pairs over all objects of both,
        TP / (TP + FP + FN); NaN where neither mask has any.
    found, missed, false : (threshold,) int64
        Matched pairs, objects of the truth without a match, and of the other mask.
    """

    thresholds: tuple[float, ...]
    precision: NDArray[np.float64]
    found: NDArray[np.int64]
    missed: NDArray[np.int64]
    false: NDArray[np.int64]

    @property
    def mean_precision(self) -> float:
        """Mean over the thresholds (mAP)."""
        return float(self.precision.mean())


def dice(mask: NDArray[Any], truth: NDArray[Any], classes: Sequence[int] = (1,)) -> float:
    """Twice the shared pixels over the pixels of both; the mean over classes that occur.

    Parameters
    ----------
    mask, truth : (pixel, ...)
        Class numbers, or booleans. The background, 0, is no class of its own.
    classes
        To average over.

    Returns
    -------
    float
        0 to 1; NaN where neither has a pixel of any class.

    Raises
    ------
    InputError
        If the masks differ in shape.
    """
    _check_shapes(mask, truth)
    scores = []
    for label in classes:
        ours, theirs = np.asarray(mask) == label, np.asarray(truth) == label
        whole = np.count_nonzero(ours) + np.count_nonzero(theirs)
        if whole:
            scores.append(2 * np.count_nonzero(ours & theirs) / whole)
    return float(np.mean(scores)) if scores else float("nan")


def object_scores(
    labels: NDArray[Any], truth: NDArray[Any], thresholds: Sequence[float] = IOU_THRESHOLDS
) -> ObjectScores:
    """Match objects one to one and count.

    At thresholds of one half and more no object overlaps two others enough, so that matching is
    unique; below, pairs are matched from the largest overlap down.

    Parameters
    ----------
    labels, truth : (pixel, ...) int
        Number of the object that each pixel belongs to, 0 for none.
    thresholds
        Least intersection over union.

    Raises
    ------
    InputError
        If the masks differ in shape.

    References
    ----------
    Caicedo et al., Nucleus segmentation across imaging experiments (2019).
    """
    _check_shapes(labels, truth)
    one, ours = _numbered(labels)
    other, theirs = _numbered(truth)
    both = (one > 0) & (other > 0)
    pairs = coo_array(
        (np.ones(int(both.sum())), (other[both] - 1, one[both] - 1)), (len(theirs), len(ours))
    ).tocsr()
    pairs.sum_duplicates()
    pairs = pairs.tocoo()
    row, column = pairs.coords
    iou = pairs.data / (theirs[row] + ours[column] - pairs.data)
    found = np.array([_matched(row, column, iou, least) for least in thresholds], np.int64)
    missed, false = len(theirs) - found, len(ours) - found
    whole = found + missed + false
    precision = np.divide(found, whole, out=np.full(len(found), np.nan), where=whole > 0)
    return ObjectScores(tuple(thresholds), precision, found, missed, false)


def _matched(
    row: NDArray[np.integer], column: NDArray[np.integer], iou: NDArray[np.float64], least: float
) -> int:
    """Pairs that overlap enough, each object in one at most."""
    enough = np.flatnonzero(iou >= least)
    rows: set[int] = set()
    columns: set[int] = set()
    for pair in enough[np.argsort(-iou[enough], kind="stable")].tolist():
        if int(row[pair]) not in rows and int(column[pair]) not in columns:
            rows.add(int(row[pair]))
            columns.add(int(column[pair]))
    return len(rows)


def _numbered(labels: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(pixel,) objects from 1 on without gaps, 0 for none, and the size of each."""
    flat = np.asarray(labels).ravel()
    if flat.dtype.kind not in "iu" or flat.min(initial=0) < 0 or flat.max(initial=0) > _TABLE:
        found, flat = np.unique(flat, return_inverse=True)
        flat = np.where(found[flat] == 0, 0, flat + 1)
    sizes = np.bincount(flat, minlength=1)
    there = sizes > 0
    there[0] = False
    number = np.where(there, np.cumsum(there), 0)
    return number[flat], sizes[there]


def _check_shapes(mask: NDArray[Any], truth: NDArray[Any]) -> None:
    if np.shape(mask) != np.shape(truth):
        raise InputError(
            "masks to compare", f"shapes {np.shape(mask)} and {np.shape(truth)}",
            "the same shape", "Check that they are of the same image.",
        )  # fmt: skip
