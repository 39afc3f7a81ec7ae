"""How masks are judged in the benchmark of segmentation, and the experts as any other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.mask import Mask
from sightline.data.mask_objects import objects_of
from sightline.segment.instances import (
    Method,
    separate_objects,
    smallest_area,
    typical_diameter,
)
from sightline.trust.mask_agreement import compare_masks
from sightline.workflows.segment_benchmark_images import KnownImage

MEASURES: Final = ("dice", "map", "ap50")
Row = dict[str, Any]


@dataclass(frozen=True)
class Judge:
    """How masks become objects, and what is too small to count.

    Parameters
    ----------
    min_area
        Objects of fewer pixels count neither in the truth nor in what is judged.
    separate
        How touching objects of a prediction are told apart (`separate_objects`).
    diameter_px
        Of a typical object of the training, by which touching ones are told apart; 0: as each
        image has it.
    """

    min_area: int
    separate: Method
    diameter_px: float = 0.0

    def predicted(self, classes: NDArray[np.integer], known: KnownImage) -> Row:
        """Measures of predicted classes (y, x), their objects told apart first."""
        found = np.asarray(classes, np.int16)
        objects = separate_objects(found, method=self.separate, object_diameter_px=self.diameter_px)
        return self.drawn(Mask(found, objects, known.truth.class_names), known.truth)

    def drawn(self, mask: Mask, truth: Mask) -> Row:
        """``dice``, ``map``, ``ap50`` of a mask, and how many objects it and the truth have."""
        found = compare_masks(mask, truth, self.min_area)
        return {
            "dice": found.dice,
            "map": found.mean_precision,
            "ap50": float(found.precision[0]),
            "objects": found.found + found.false,
            "true_objects": found.found + found.missed,
        }


def smallest_object(images: Sequence[KnownImage]) -> int:
    """Least area, pixels, that counts: half of what all but 2 % of the drawn objects reach.

    Of what annotators drew, as a consensus has slivers of one pixel where outlines cross; half, so
    that a small object outlined too tightly still counts.
    """
    drawn = (objects_of(mask) for one in images for mask in one.masks.values())
    return max(1, smallest_area(drawn) // 2)


def usual_diameter(images: Sequence[KnownImage]) -> float:
    """Of a typical object of the consensus, in pixels."""
    return typical_diameter(objects_of(one.truth) for one in images)


def expert_rows(
    images: Sequence[KnownImage], judge: Judge, progress: Callable[[int, int], None]
) -> list[Row]:
    """One row an annotator: against the consensus, and by Dice against that of the others.

    Returns
    -------
    list of dict
        ``name``; ``images`` outlined; means of ``dice``, ``dice_others`` (NaN where there are no
        others), ``map`` and ``ap50``; and ``by_image``, name to Dice.
    """
    found: dict[str, dict[str, Row]] = {}
    for done, one in enumerate(images):
        for name, mask in one.masks.items():
            row = judge.drawn(mask, one.truth) | {"dice_others": float("nan")}
            if len(one.masks) > 1:
                truth = one.fusion.fuse(one.masks, without=name).mask
                row["dice_others"] = compare_masks(mask, truth, judge.min_area).dice
            found.setdefault(name, {})[one.name] = row
        progress(done + 1, len(images))
    keys = ("dice", "dice_others", "map", "ap50")
    return [
        {"name": name, "images": len(rows)}
        | means(rows.values(), keys)
        | {"by_image": {image: row["dice"] for image, row in rows.items()}}
        for name, rows in found.items()
    ]


def means(rows: Iterable[Row], keys: Sequence[str] = MEASURES) -> Row:
    """Mean of each measure over rows, those without a value left out."""
    rows = list(rows)
    return {key: mean(row[key] for row in rows) for key in keys}


def mean(values: Iterable[float]) -> float:
    """The mean of what is a number; NaN of nothing."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def spread(values: Iterable[float]) -> float:
    """The standard deviation of what is a number; NaN of fewer than two."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.std(known, ddof=1)) if len(known) > 1 else float("nan")


def least(values: Iterable[float]) -> float:
    """The smallest of what is a number; NaN of nothing."""
    return min((value for value in values if np.isfinite(value)), default=float("nan"))
