"""How far a mask agrees with another: pixels, objects, and in which direction they differ."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.mask import BACKGROUND, IGNORED, Mask
from sightline.data.mask_objects import objects_of
from sightline.errors import InputError
from sightline.trust.mask_scores import IOU_THRESHOLDS, ObjectScores, dice, object_scores

PRECISIONS: Final = tuple(f"ap{round(100 * least)}" for least in IOU_THRESHOLDS)
FEWEST_TO_DEVIATE: Final = 3
"""Annotators, below which nobody can be said to deviate from the others."""
_FAR: Final = 3.0  # robust standard deviations
_LEAST_FAR: Final = 0.05  # of Dice
_MAD: Final = 1.4826  # median absolute deviations in a standard deviation


@dataclass(frozen=True)
class MaskAgreement:
    """One mask against another, the truth or what stands for it.

    Parameters
    ----------
    dice
        0 to 1, with several classes the mean of those that occur; NaN where neither has any.
    precision : (threshold,) float64
        Average precision at each of ``IOU_THRESHOLDS``, with several classes the mean of those
        that occur; NaN where neither has an object.
    found, missed, false
        At the first threshold, objects of the truth that the mask has and has not, and objects
        that it has alone.
    sensitivity, specificity
        Share of the truth's foreground (background) that the mask marks so; NaN where there is
        none.
    marked, true
        Pixels of the mask's foreground, and of the truth's.
    """

    dice: float
    precision: NDArray[np.float64] = field(repr=False)
    found: int
    missed: int
    false: int
    sensitivity: float
    specificity: float
    marked: int
    true: int

    @property
    def mean_precision(self) -> float:
        """Mean over the thresholds (mAP)."""
        return float(self.precision.mean())


@dataclass(frozen=True)
class Deviation:
    """How one annotator differs from the others, over all images both did.

    Parameters
    ----------
    dice
        Mean over images, against the consensus of the others.
    far
        Whether that is so far below the annotators' median that chance hardly explains it.
    area_ratio
        Pixels marked, of those that the others agree on.
    found_share
        Of the others' objects, those the annotator has too.
    alone_share
        Of the annotator's own objects, those the others have not.
    words
        All of it in one sentence.
    """

    dice: float
    far: bool
    area_ratio: float
    found_share: float
    alone_share: float
    words: str


def with_objects(mask: Mask, min_area_px: int = 0) -> Mask:
    """The mask with its objects told, so that they need not be found again."""
    return replace(mask, objects=objects_of(mask, min_area_px))


def compare_masks(mask: Mask, truth: Mask, min_area_px: int = 0) -> MaskAgreement:
    """Compare where both say something.

    Parameters
    ----------
    mask, truth
        Of one image, with the same classes; a single one may have another name. What either
        ignores counts for neither.
    min_area_px
        Objects of fewer pixels, of either, are left out of the counting of objects; pixels are all
        compared.

    Raises
    ------
    InputError
        If they differ in shape or classes.
    """
    ours, theirs = mask.class_names, truth.class_names
    if len(ours) != len(theirs) or (len(ours) > 1 and ours != theirs):
        raise InputError(
            mask.source or "mask", f"classes {', '.join(ours)}", ", ".join(theirs),
            "Name the classes, in the order of their numbers.",
        )  # fmt: skip
    classes = tuple(range(1, len(truth.class_names) + 1))
    known = (mask.classes != IGNORED) & (truth.classes != IGNORED)
    one, other = (np.where(known, which.classes, BACKGROUND) for which in (mask, truth))
    each = _by_class(mask, truth, (one, other), classes, min_area_px)
    precision = np.stack([part.precision for part in each])
    there = ~np.isnan(precision[:, 0])
    marked, true = one > 0, other > 0
    total, foreground = int(np.count_nonzero(marked)), int(np.count_nonzero(true))
    both, said = int(np.count_nonzero(marked & true)), int(np.count_nonzero(known))
    background = said - foreground
    return MaskAgreement(
        dice=dice(one, other, classes),
        precision=precision[there].mean(axis=0) if there.any() else precision[0],
        found=sum(int(part.found[0]) for part in each),
        missed=sum(int(part.missed[0]) for part in each),
        false=sum(int(part.false[0]) for part in each),
        sensitivity=_share(both, foreground),
        specificity=_share(background - (total - both), background),
        marked=total,
        true=foreground,
    )


def describe_deviations(
    against_others: Mapping[str, Sequence[MaskAgreement]],
) -> dict[str, Deviation]:
    """Who deviates from the others, and how.

    Parameters
    ----------
    against_others
        Annotator to the agreement with the consensus of the others, image by image; those with no
        others are not among them.

    Returns
    -------
    dict
        Annotator to what is said of them. ``far`` is more than three robust standard deviations
        (and more than .05) below the median of the annotators, of whom there must be three.
    """
    level = {name: mean_of(one.dice for one in some) for name, some in against_others.items()}
    known = np.array([value for value in level.values() if not np.isnan(value)])
    limit = -np.inf
    if len(known) >= FEWEST_TO_DEVIATE:
        median = float(np.median(known))
        limit = median - max(_FAR * _MAD * float(np.median(np.abs(known - median))), _LEAST_FAR)
    return {
        name: _deviation(some, level[name], level[name] < limit)
        for name, some in against_others.items()
    }


def _by_class(
    mask: Mask,
    truth: Mask,
    compared: tuple[NDArray[np.int16], NDArray[np.int16]],
    classes: Sequence[int],
    min_area_px: int,
) -> list[ObjectScores]:
    """Objects of each class matched with those of the same class."""
    objects = [objects_of(which, min_area_px) for which in (mask, truth)]
    return [
        object_scores(
            np.where(compared[0] == label, objects[0], 0),
            np.where(compared[1] == label, objects[1], 0),
        )
        for label in classes
    ]


def _deviation(against: Sequence[MaskAgreement], level: float, far: bool) -> Deviation:
    marked, true = sum(one.marked for one in against), sum(one.true for one in against)
    found, missed = sum(one.found for one in against), sum(one.missed for one in against)
    false = sum(one.false for one in against)
    ratio, had = _share(marked, true), _share(found, found + missed)
    alone = _share(false, found + false)
    words = f"Dice {level:.3f} with the others"
    if not np.isnan(ratio):
        words += f"; marks {ratio:.2f} times as many pixels as they agree on"
    if not np.isnan(had):
        words += f", finds {had:.0%} of their objects"
    if not np.isnan(alone):
        words += f"; {alone:.0%} of the own objects are not theirs"
    words += "; deviates" if far else ""
    return Deviation(level, far, ratio, had, alone, words)


def mean_of(values: Iterable[float]) -> float:
    """Mean of the numbers among values; NaN of none."""
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else math.nan


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
