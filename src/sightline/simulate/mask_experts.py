"""Experts who outline cells as people do: each with an opinion of what a cell is and where it ends.

Five of them disagree as the five of the published cFOS images do: one marks only what is plain, one
everything that could be a cell, one draws around cells rather than along them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.data.mask import Mask
from sightline.simulate.ambiguous_images import AmbiguousImage, Shapes
from sightline.simulate.ambiguous_settings import Draw
from sightline.simulate.movie_settings import check_number

_RANGES: Final[dict[str, tuple[float, float]]] = {
    "threshold": (0, 1000),
    "firmness": (0.1, 100),
    "border_px": (-10, 10),
    "jitter_px": (0, 10),
    "missed": (0, 1),
    "invented": (0, 1000),
    "fuses": (0, 1),
    "tires": (0, 1),
}
_DEBRIS_LOOKS: Final = 0.5  # of its visibility, how much a speck looks like a cell
_WAVE_PX: Final = 3.0  # over which an outline strays to one side
_JOINS: Final = 1.5  # pixels between two cells that may be drawn as one


@dataclass(frozen=True)
class MaskExpert:
    """One person's habits.

    Parameters
    ----------
    name
        The annotator's name.
    threshold
        Visibility of a cell that is marked every second time: low for the liberal, high for the
        strict.
    firmness
        How sharp that threshold is: the slope of the log odds over the log visibility.
    border_px
        How far outside of a cell's border the line is drawn; negative inside.
    jitter_px
        Standard deviation of the line.
    missed
        Share of the cells that are overlooked, however plain.
    invented
        Mean number in an image of outlines around nothing.
    fuses
        Share of the touching pairs that are outlined as one cell.
    tires
        Share of the cells that is missed besides after ten images; half of it after five.

    Raises
    ------
    SettingError
        If a number is outside its range.
    """

    name: str
    threshold: float = 3.0
    firmness: float = 4.0
    border_px: float = 0.0
    jitter_px: float = 0.6
    missed: float = 0.03
    invented: float = 0.3
    fuses: float = 0.1
    tires: float = 0.0

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            check_number(name, getattr(self, name), least, most)


FIVE_EXPERTS: Final = (
    MaskExpert("anna", threshold=3.0),
    MaskExpert("ben", threshold=1.8, border_px=0.8, invented=2.0, fuses=0.5),
    MaskExpert("carla", threshold=6.5, border_px=-0.6, invented=0.0, fuses=0.0),
    MaskExpert("david", threshold=3.2, jitter_px=1.2, missed=0.08, tires=0.15),
    MaskExpert("emma", threshold=2.6, firmness=6.0, border_px=0.3),
)
"""A careful one, a liberal one, a strict one, a sloppy one, another careful one."""

GOOD_EXPERTS: Final = tuple(
    MaskExpert(f"expert {number + 1}", threshold=0.5, missed=0.12, invented=0.5, fuses=0.0)
    for number in range(9)
)
"""Nine who know what a cell is, and each overlook some."""


def outline(
    expert: MaskExpert, images: Sequence[AmbiguousImage], seed: int = 0
) -> tuple[Mask, ...]:
    """Outline the cells of images, one after the other.

    Parameters
    ----------
    expert
        Who. Experts of another name draw otherwise, those of the same name and seed the same.
    images
        In the order in which they are done.
    seed
        Of what happens to be seen and how the hand moves.

    Returns
    -------
    tuple of Mask
        With the objects as the expert drew them.
    """
    who = int.from_bytes(expert.name.encode()[:16], "little")
    masks = []
    for number, image in enumerate(images):
        random = np.random.default_rng([seed, Draw.EXPERT, who, number])
        masks.append(_outlined(expert, image, number, random))
    return tuple(masks)


def outline_all(
    experts: Sequence[MaskExpert], images: Sequence[AmbiguousImage], seed: int = 0
) -> dict[str, tuple[Mask, ...]]:
    """Let experts outline the same images: name to masks, in the order of the images."""
    return {expert.name: outline(expert, images, seed) for expert in experts}


def _outlined(
    expert: MaskExpert, image: AmbiguousImage, number: int, random: np.random.Generator
) -> Mask:
    shape = image.cells.labels.shape
    missed = min(expert.missed + expert.tires * number / 10, 1.0)
    cells = _marked(expert, image.cells.visibility, random)
    cells &= random.random(len(cells)) >= missed
    specks = _marked(expert, _DEBRIS_LOOKS * image.debris.visibility, random)
    drawn = [_only(image.cells, cells), _only(image.debris, specks)]
    objects = np.where(drawn[0] > 0, drawn[0], drawn[1] + (drawn[1] > 0) * len(cells))
    class_of = np.concatenate([[0], image.cells.class_of, image.debris.class_of])
    nothing = _invent(shape, random.poisson(expert.invented), image, random)
    objects = np.where(objects > 0, objects, nothing + (nothing > 0) * (len(class_of) - 1))
    class_of = np.concatenate([class_of, np.ones(int(nothing.max(initial=0)), class_of.dtype)])
    objects = _fused(objects, class_of, expert.fuses, random)
    objects = _drawn(objects, expert, random)
    classes = class_of[objects].astype(np.int16)
    found, objects = np.unique(objects, return_inverse=True)
    objects = objects.reshape(shape) + (0 if found[0] == 0 else 1)
    return Mask(classes, objects.astype(np.int32), image.class_names, expert.name)


def _marked(
    expert: MaskExpert, visibility: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.bool_]:
    """(thing,) whether the expert takes it for a cell."""
    with np.errstate(divide="ignore", over="ignore"):
        steps = np.log(np.maximum(visibility, 1e-9)) - np.log(expert.threshold)
        chance = 1 / (1 + np.exp(-expert.firmness * steps))
    return random.random(len(visibility)) < chance


def _only(shapes: Shapes, kept: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Labels of some things alone."""
    return np.where(np.concatenate([[False], kept])[shapes.labels], shapes.labels, 0)


def _invent(
    shape: tuple[int, ...], count: int, image: AmbiguousImage, random: np.random.Generator
) -> NDArray[np.int32]:
    """Discs of a cell's size, anywhere."""
    labels = np.zeros(shape, np.int32)
    sizes = np.bincount(image.cells.labels.ravel())[1:]
    radius = np.sqrt(np.median(sizes) / np.pi) if len(sizes) else min(shape) / 20
    y, x = np.indices(shape, sparse=True)
    for number in range(count):
        centre = random.uniform((0, 0), shape)
        labels[np.hypot(y - centre[0], x - centre[1]) < 0.9 * radius] = number + 1
    return labels


def _fused(
    objects: NDArray[np.int32],
    class_of: NDArray[np.int16],
    share: float,
    random: np.random.Generator,
) -> NDArray[np.int32]:
    """Some touching pairs of one class as one object."""
    reach = int(np.ceil(_JOINS))
    grown = ndimage.grey_dilation(objects, size=(2 * reach + 1, 2 * reach + 1))
    rim = (objects > 0) & (grown > objects)
    pairs = np.unique(np.stack([objects[rim], grown[rim]], axis=1), axis=0)
    name = np.arange(len(class_of))
    for one, other in pairs.tolist():
        if class_of[one] == class_of[other] and random.random() < share:
            name[name == name[other]] = name[one]
    return name[objects].astype(np.int32)


def _drawn(
    objects: NDArray[np.int32], expert: MaskExpert, random: np.random.Generator
) -> NDArray[np.int32]:
    """Each object with a line of the expert's own; where two overlap, the one that is deeper."""
    stray = ndimage.gaussian_filter(random.standard_normal(objects.shape), _WAVE_PX)
    stray *= expert.jitter_px / max(float(stray.std()), 1e-9)
    drawn, deepest = np.zeros_like(objects), np.zeros(objects.shape)
    margin = int(np.ceil(abs(expert.border_px) + 4 * expert.jitter_px)) + 2
    for number, box in enumerate(ndimage.find_objects(objects), start=1):
        if box is None:
            continue
        around = tuple(slice(max(side.start - margin, 0), side.stop + margin) for side in box)
        inside = objects[around] == number
        depth = _depth(inside) + expert.border_px + stray[around]
        mine = (depth > 0) & (depth > deepest[around])
        drawn[around] = np.where(mine, number, drawn[around])
        deepest[around] = np.where(mine, depth, deepest[around])
    return drawn


def _depth(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(y, x) pixels inside of the border; negative outside."""
    padded = np.pad(inside, 1)  # an object that fills its box has an outside
    within = np.asarray(ndimage.distance_transform_edt(padded))
    beyond = np.asarray(ndimage.distance_transform_edt(~padded))
    depth = np.where(padded, within - 0.5, 0.5 - beyond)
    return depth[1:-1, 1:-1]
