"""What is wrong or worth saying about annotated images, once all of them have been looked at."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sightline.data.mask import Mask
from sightline.formats.masks.mask_kinds import MaskKind

_HALF = 0.5
_LISTED = 8
_SAME = 0.01  # pixel sizes that differ by less are the same


@dataclass
class Seen:
    """What was seen of all images, one after the other.

    Parameters
    ----------
    sizes
        Image to pixel size (y, x), None where nobody said.
    drawn
        (annotator, image) to the share of pixels that have a class.
    classes
        Numbers of the classes that occur.
    notes
        What was assumed to the images, or annotators' masks of images, that it was assumed of.
    warnings
        Whole sentences.
    """

    sizes: dict[str, tuple[float, float] | None] = field(default_factory=dict)
    drawn: dict[tuple[str, str], float] = field(default_factory=dict)
    classes: set[int] = field(default_factory=set)
    notes: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def note(self, notes: Iterable[str], of: str) -> None:
        """Keep what was assumed of an image or mask."""
        for note in notes:
            self.notes.setdefault(note, []).append(of)


def look_for_inverted(image: str, masks: Mapping[str, Mask]) -> list[str]:
    """Warn of masks that mark most of an image, where the unmarked rest is what others mark.

    Parameters
    ----------
    image
        Its name.
    masks
        Of all annotators.
    """
    warnings = []
    for expert, mask in masks.items():
        own = mask.foreground
        share = float(own.mean()) if own.size else 0.0
        if share <= _HALF:
            continue
        others = [one.foreground for name, one in masks.items() if name != expert]
        if not others:
            warnings.append(f"{expert} marked {share:.0%} of image {image}: if the mask is "
                            "inverted, invert it.")  # fmt: skip
            continue
        most = np.mean(others, axis=0) > _HALF if len(others) > 2 else np.any(others, axis=0)
        if _dice(~own, most) > _dice(own, most):
            warnings.append(f"{expert} marked {share:.0%} of image {image}, and what is left is "
                            "closer to the others' masks: it looks inverted.")  # fmt: skip
    return warnings


def what_to_say(
    seen: Seen, images: Sequence[str], experts: Sequence[str], names: Sequence[str],
    kinds: Mapping[str, MaskKind],
) -> list[str]:  # fmt: skip
    """Say in words what was found, assumed and looks odd, most important first.

    Parameters
    ----------
    seen
        What was seen.
    images, experts, names
        Names of images, annotators and classes.
    kinds
        What the numbers in mask images were taken for.
    """
    said = [*seen.warnings, *_empty(seen, images, experts)]
    if len(experts) == 1:
        said.append(f"One annotator, {experts[0]}: there is no agreement to measure.")
    if len(images) == 1:
        said.append(f"One image, {images[0]}: none is left to judge a result on.")
    if len(names) > 1:
        said.append(f"Classes: {', '.join(f'{n} {name}' for n, name in enumerate(names, 1))}.")
        absent = [name for n, name in enumerate(names, 1) if n not in seen.classes]
        if absent:
            said.append(f"Nobody drew any {', '.join(absent)}.")
    said += _kinds(kinds)
    said += [f"{_of(where, len(images))}: {note}" for note, where in seen.notes.items()]
    return [*said, _pixel_sizes(seen.sizes)]


def _empty(seen: Seen, images: Sequence[str], experts: Sequence[str]) -> list[str]:
    said = []
    for expert in experts:
        empty = [name for name in images if seen.drawn.get((expert, name)) == 0]
        if empty:
            said.append(f"{expert} drew nothing in {len(empty)} of {len(images)} images: "
                        f"{listed(empty)}.")  # fmt: skip
    by_image = {name: [share for (_, image), share in seen.drawn.items() if image == name]
                for name in images}  # fmt: skip
    nobody = [name for name, shares in by_image.items() if shares and not any(shares)]
    if nobody and len(experts) > 1:
        said.append(f"Nobody drew anything in {listed(nobody)}: all of it is background.")
    return said


def _kinds(kinds: Mapping[str, MaskKind]) -> list[str]:
    by_why: dict[str, list[str]] = {}
    for expert, kind in kinds.items():
        if kind.kind != "mask":
            by_why.setdefault(kind.why, []).append(expert)
    return [f"Masks of {listed(who)}: {why}." for why, who in by_why.items()]


def _pixel_sizes(sizes: Mapping[str, tuple[float, float] | None]) -> str:
    known: dict[tuple[float, float], list[str]] = {}
    for name, size in sizes.items():
        if size is not None:
            key = next((one for one in known if _alike(one, size)), size)
            known.setdefault(key, []).append(name)
    unknown = [name for name, size in sizes.items() if size is None]
    if not known:
        return "Nobody says how large a pixel is: areas are in pixels."
    if len(known) == 1 and not unknown:
        ((y, x),) = known
        return f"A pixel is {y:g} x {x:g} um (y, x) in all images."
    parts = [f"{y:g} x {x:g} um in {_count(names)}" for (y, x), names in known.items()]
    if unknown:
        parts.append(f"unknown in {_count(unknown)}")
    return f"Pixels (y, x) differ: {'; '.join(parts)}."


def _alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(math.isclose(a, b, rel_tol=_SAME) for a, b in zip(one, other, strict=True))


def _of(where: Sequence[str], images: int) -> str:
    """The images or masks that a note is of."""
    if len(where) == images > 1 and not any(" of " in name for name in where):
        return "All images"
    return listed(where)


def _count(names: Sequence[str]) -> str:
    return f"{len(names)} images ({listed(names)})" if len(names) > 1 else names[0]


def listed(names: Sequence[str]) -> str:
    """The first few names."""
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    both = int(one.sum()) + int(other.sum())
    return 2 * int((one & other).sum()) / both if both else 0.0
