"""What is to be said of fused masks: what the consensus amounts to, and what looks wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from sightline.consensus.mask_consensus import ONE, FusedMasks
from sightline.data.mask import IGNORED, Mask
from sightline.workflows.segment_agreement import ImageAgreement

_NAMED: Final = 8  # images that a note names
_METHODS: Final = {
    "staple": "STAPLE",
    "staple-pooled": "Pooled STAPLE",
    "majority": "The majority",
    "at-least": "The count of votes",
    "dawid-skene": "Dawid and Skene's model",
    "objects": "The consensus of objects",
}


@dataclass(frozen=True)
class FusedImage:
    """What is kept of an image once its masks are fused.

    Parameters
    ----------
    name
        Of the image.
    annotators
        Who did it.
    method
        That made the consensus; ``one`` where a single mask was taken as it is.
    same_as_at_least
        As in `FusedMasks`.
    empty, silent
        Whether the consensus has no foreground; annotators who marked nothing.
    ignored
        Pixels of the consensus of which nothing is known.
    corrected_by
        Who corrected the consensus; empty if nobody.
    same_as_given
        Whether it is the consensus that came with the data; None where none came.
    agreement
        None where it was not measured.
    """

    name: str
    annotators: tuple[str, ...]
    method: str
    same_as_at_least: tuple[int, ...]
    empty: bool
    silent: tuple[str, ...]
    ignored: int
    corrected_by: str
    same_as_given: bool | None
    agreement: ImageAgreement | None = field(repr=False)


def fused_image(
    name: str,
    masks: Mapping[str, Mask],
    fused: FusedMasks,
    corrected_by: str,
    same_as_given: bool | None,
    agreement: ImageAgreement | None,
) -> FusedImage:
    """Keep what tables and notes need of an image; ``fused`` holds the corrected mask, if any."""
    return FusedImage(
        name,
        tuple(masks),
        fused.method,
        fused.same_as_at_least,
        not fused.mask.foreground.any(),
        tuple(who for who, mask in masks.items() if not mask.foreground.any()),
        int(np.count_nonzero(fused.mask.classes == IGNORED)),
        corrected_by,
        same_as_given,
        agreement,
    )


def same_as_votes(found: Sequence[FusedImage]) -> dict[str, Any] | None:
    """In how many images the consensus is what at least k annotators marked, for the best k.

    Of images that several annotators did and nobody corrected; None if there are none, or with
    several classes.
    """
    compared = [one for one in found if one.method != ONE and not one.corrected_by]
    counts = Counter(number for one in compared for number in one.same_as_at_least)
    if not counts:
        return None
    best = max(sorted(counts), key=lambda number: counts[number])
    annotators = sorted({len(one.annotators) for one in compared})
    many = f"{annotators[0]}" if len(annotators) == 1 else f"{annotators[0]} to {annotators[-1]}"
    method = _METHODS[compared[0].method]
    words = (
        f"{method} here is what at least {best} of {many} said, pixel for pixel, in "
        f"{counts[best]} of {len(compared)} images."
    )
    return {"least": best, "images": counts[best], "of": len(compared), "words": words}


def notes_on(found: Sequence[FusedImage]) -> list[str]:
    """What a user should know of the images, in words."""
    alone = [one.name for one in found if one.method == ONE]
    empty = [one.name for one in found if one.empty]
    ignored = [f"{one.name} ({one.ignored:,} pixels)" for one in found if one.ignored]
    corrected = [f"{one.name} (by {one.corrected_by})" for one in found if one.corrected_by]
    silent = [f"{one.name} ({', '.join(one.silent)})" for one in found if one.silent]
    noted = (
        ("one annotator only, whose mask is the consensus", alone),
        ("no foreground in the consensus", empty),
        ("nothing marked by some annotators", silent),
        ("ignored for want of answers", ignored),
        ("corrected by hand, whatever is computed", corrected),
    )
    return [f"{what}: {_some(names)}" for what, names in noted if names]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
