"""What the numbers in annotators' mask images mean: foreground, classes, or single objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from sightline.data.annotated_images import AnnotatedImages
from sightline.errors import InputError, SettingError
from sightline.formats.masks.mask_survey import FEW, MOST_CLASSES, MaskSurvey, Surveys, survey_masks
from sightline.formats.masks.numbers_image import COLOURED

Kind = Literal["mask", "classes", "objects"]

KINDS: Final = ("classes", "objects")
_PIECES: Final = 3  # of a number in an image: objects are in one piece


@dataclass(frozen=True)
class MaskKind:
    """What the numbers of one annotator's mask images mean.

    Parameters
    ----------
    kind
        ``"mask"``: any number is foreground; ``"classes"``; ``"objects"`` of one class.
    numbers
        Of classes: the stored number of class 1, 2, ...
    why
        In words, for the user.
    """

    kind: Kind
    numbers: tuple[int, ...] = ()
    why: str = ""


def mask_kinds(
    annotated: AnnotatedImages, mask_kind: str = "", surveys: Surveys | None = None
) -> dict[str, MaskKind]:
    """Decide, from all of an annotator's mask images together, what their numbers mean.

    One number beside 0 is a mask. Numbers of more than 8 bits, or more than eight different ones,
    are objects. Two to eight numbers of 8 bits are classes if class names are given, or if most of
    them are in several pieces; else nothing tells.

    Parameters
    ----------
    annotated
        Images and files; files of outlines tell themselves.
    mask_kind
        ``"classes"`` or ``"objects"`` where the user knows.
    surveys
        As `survey_masks` gives them; all masks are read if not given.

    Raises
    ------
    InputError
        If a mask cannot be read, or nothing tells classes from objects, or an image has more than
        ``MOST_CLASSES`` numbers that are said to be classes. All faults at once.
    SettingError
        If the kind is of no known name.
    """
    if mask_kind not in ("", *KINDS):
        raise SettingError(f"mask kind {mask_kind!r}: expected one of {', '.join(KINDS)}. Say one.")
    faults: list[str] = []
    if surveys is None:
        surveys, faults = survey_masks(annotated)
    named = len(annotated.class_names)
    decided: dict[str, MaskKind] = {}
    for expert in annotated.annotators:
        found = [one for (who, _), one in surveys.items() if who == expert and not one.drawn]
        try:
            if found:
                decided[expert] = _decide(expert, found, mask_kind, named)
        except InputError as fault:
            faults.append(str(fault))
    if faults:
        raise InputError(annotated.folder, "; ".join(faults), "masks that can be understood",
                         "Correct these files, or move them away.")  # fmt: skip
    return _alike(decided, max(MOST_CLASSES, named))


def _decide(who: str, found: Sequence[MaskSurvey], mask_kind: str, named: int) -> MaskKind:
    numbers = sorted(frozenset().union(*(one.numbers for one in found)))
    listed = ", ".join(map(str, numbers[:FEW])) + (" ..." if len(numbers) > FEW else "")
    deep = any(one.deep for one in found)
    if mask_kind == "objects":
        return MaskKind("objects", why="its numbers are objects, as told")
    if mask_kind == "classes" or (named > 1 and len(numbers) <= max(MOST_CLASSES, named)):
        if any(COLOURED in one.notes for one in found):
            raise InputError(
                f"masks of {who}", "they are in colour", "images of class numbers",
                "Save the number of the class of each pixel, or use one class alone.",
            )  # fmt: skip
        if any(len(one.numbers) > MOST_CLASSES for one in found):
            raise InputError(
                f"masks of {who}", f"an image with more than {MOST_CLASSES} different numbers",
                f"at most {MOST_CLASSES} classes in an image",
                "Leave out `--classes` and say `--mask-kind objects`, or use fewer classes.",
            )  # fmt: skip
        return MaskKind("classes", tuple(numbers), f"its numbers {listed} are classes, as told")
    if len(numbers) <= 1:
        return MaskKind("mask", tuple(numbers), "one number beside 0: foreground")
    if deep or len(numbers) > FEW:
        reason = "more than 8 bits" if deep else f"more than {FEW} different numbers"
        return MaskKind("objects", why=f"{reason}: objects of one class")
    pieces = [one.pieces for one in found if one.pieces]
    if pieces and float(np.median(pieces)) >= _PIECES:
        return MaskKind("classes", tuple(numbers), f"numbers {listed}, each in several pieces: "
                        "classes")  # fmt: skip
    raise InputError(
        f"masks of {who}", f"their numbers {listed} may be classes or single objects",
        "one number beside 0, or a word on what they are",
        "Name the classes with `--classes a,b`, or say `--mask-kind objects`.",
    )  # fmt: skip


def _alike(kinds: Mapping[str, MaskKind], small: int) -> dict[str, MaskKind]:
    """The same numbers mean the same class for all annotators.

    Numbers up to ``small`` are taken as they are, others by their order.
    """
    if not any(one.kind == "classes" for one in kinds.values()):
        return dict(kinds)
    by_expert = {expert: one.numbers for expert, one in kinds.items() if one.numbers}
    if len({max(numbers) > small for numbers in by_expert.values()}) > 1:
        found = "; ".join(f"{', '.join(map(str, n))} by {who}" for who, n in by_expert.items())
        raise InputError("annotators' masks", f"class numbers {found}", "the same for all",
                         "Save them alike.")  # fmt: skip
    together = sorted({number for numbers in by_expert.values() for number in numbers})
    if together and together[-1] <= small:
        together = list(range(1, together[-1] + 1))
    return {
        expert: one if one.kind == "objects"
        else replace(one, kind="classes", numbers=tuple(together))
        for expert, one in kinds.items()
    }  # fmt: skip
