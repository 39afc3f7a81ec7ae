"""Annotators' masks fused and compared, image by image: with each other and with the consensus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from sightline.consensus.mask_fusion import Fusion
from sightline.data.mask import Mask
from sightline.trust.mask_agreement import (
    PRECISIONS,
    Deviation,
    MaskAgreement,
    compare_masks,
    describe_deviations,
    mean_of,
    with_objects,
)

Row = dict[str, Any]
MEASURES: Final = (
    "dice", "dice_others", "map", *PRECISIONS, "sensitivity", "specificity",
)  # fmt: skip
"""Columns of the agreement of an annotator with the consensus of an image."""


@dataclass(frozen=True)
class MachineAgreement:
    """How a machine's mask agrees with people's.

    Parameters
    ----------
    consensus
        With that of all annotators.
    annotators
        With each of them.
    without
        With the consensus of all but one of them, each in turn; none where there is one only.
    """

    consensus: MaskAgreement
    annotators: Mapping[str, MaskAgreement]
    without: tuple[MaskAgreement, ...]


@dataclass(frozen=True)
class ImageAgreement:
    """How annotators agree on one image.

    Parameters
    ----------
    name
        Of the image.
    against
        Annotator to the agreement with the consensus.
    others
        Annotator to the agreement with the consensus of the others; empty where there are none.
    pairs
        Two annotators to their agreement.
    machine
        None where none was compared.
    """

    name: str
    against: Mapping[str, MaskAgreement]
    others: Mapping[str, MaskAgreement]
    pairs: Mapping[tuple[str, str], MaskAgreement]
    machine: MachineAgreement | None = None


def agreement_on(
    name: str,
    masks: Mapping[str, Mask],
    consensus: Mask,
    fusion: Fusion,
    min_area_px: int = 0,
    *,
    machine: Mask | None = None,
) -> ImageAgreement:
    """Compare annotators of an image with the consensus, that of the others, and each other.

    Parameters
    ----------
    name
        Of the image.
    masks
        Annotator to mask.
    consensus
        What they are compared with first; it may have been corrected by hand.
    fusion
        Makes the consensus of the others.
    min_area_px
        Objects of fewer pixels are left out.
    machine
        Compared as annotators are: with the consensus, with each of them, and with each of the
        consensuses that leave one of them out, so that the two are judged alike.
    """
    told = {who: with_objects(mask, min_area_px) for who, mask in masks.items()}
    truth = with_objects(consensus, min_area_px)
    own = None if machine is None else with_objects(machine, min_area_px)
    others: dict[str, MaskAgreement] = {}
    without: list[MaskAgreement] = []
    for who, mask in told.items():
        if len(masks) > 1:
            rest = with_objects(fusion.fuse(masks, without=who).mask, min_area_px)
            others[who] = compare_masks(mask, rest)
            without += [] if own is None else [compare_masks(own, rest)]
    return ImageAgreement(
        name,
        {who: compare_masks(mask, truth) for who, mask in told.items()},
        others,
        {(a, b): compare_masks(told[a], told[b]) for a, b in combinations(told, 2)},
        None if own is None else _machine(own, told, truth, without),
    )


def _machine(
    own: Mask, told: Mapping[str, Mask], truth: Mask, without: Sequence[MaskAgreement]
) -> MachineAgreement:
    each = {who: compare_masks(own, mask) for who, mask in told.items()}
    return MachineAgreement(compare_masks(own, truth), each, tuple(without))


def agreement_rows(found: Sequence[ImageAgreement]) -> list[Row]:
    """One row an annotator and image: ``MEASURES``, and in which direction they differ."""
    return [
        {"annotator": who, "image": one.name}
        | measures(agreement, one.others.get(who))
        | {
            "area_ratio": agreement.marked / agreement.true if agreement.true else float("nan"),
            "objects_found": agreement.found,
            "objects_missed": agreement.missed,
            "objects_alone": agreement.false,
        }
        for one in found
        for who, agreement in one.against.items()
    ]


def measures(agreement: MaskAgreement, others: MaskAgreement | None) -> Row:
    """The values of ``MEASURES``."""
    precision = dict(zip(PRECISIONS, agreement.precision.tolist(), strict=True))
    return {
        "dice": agreement.dice,
        "dice_others": float("nan") if others is None else others.dice,
        "map": agreement.mean_precision,
        **precision,
        "sensitivity": agreement.sensitivity,
        "specificity": agreement.specificity,
    }


def pair_rows(found: Sequence[ImageAgreement]) -> list[Row]:
    """One row a pair of annotators and image."""
    return [
        {
            "annotator_a": a,
            "annotator_b": b,
            "image": one.name,
            "dice": agreement.dice,
            "map": agreement.mean_precision,
            "ap50": float(agreement.precision[0]),
        }
        for one in found
        for (a, b), agreement in one.pairs.items()
    ]


def annotator_figures(found: Sequence[ImageAgreement]) -> dict[str, Row]:
    """Annotator to means over images, and what is said of how they deviate."""
    rows = agreement_rows(found)
    names = list(dict.fromkeys(row["annotator"] for row in rows))
    against = {
        name: some
        for name in names
        if (some := [one.others[name] for one in found if name in one.others])
    }
    deviations = describe_deviations(against)
    return {
        name: {"images": sum(row["annotator"] == name for row in rows)}
        | {
            measure: mean_of(row[measure] for row in rows if row["annotator"] == name)
            for measure in MEASURES
        }
        | _deviation(deviations.get(name))
        for name in names
    }


def pair_figures(found: Sequence[ImageAgreement]) -> dict[tuple[str, str], float]:
    """Two annotators to their mean Dice over images."""
    dice: dict[tuple[str, str], list[float]] = {}
    for one in found:
        for pair, agreement in one.pairs.items():
            dice.setdefault(pair, []).append(agreement.dice)
    return {pair: mean_of(values) for pair, values in dice.items()}


def _deviation(found: Deviation | None) -> Row:
    if found is None:
        return {"deviates": False, "words": "nobody to compare with"}
    return {
        "area_ratio_others": found.area_ratio,
        "objects_found_share": found.found_share,
        "objects_alone_share": found.alone_share,
        "deviates": found.far,
        "words": found.words,
    }
