"""From what a learner says of every pixel to objects, each with its number."""

from collections.abc import Iterable
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.data.segmentation import Segmentation
from sightline.errors import InputError, SettingError
from sightline.segment.flood import renumbered, split_basins

Method = Literal["watershed", "components", "middles"]
_SIDES: Final = ndimage.generate_binary_structure(2, 1)
_SIDES_AND_CORNERS: Final = ndimage.generate_binary_structure(2, 2)
_SMOOTHING: Final = 0.1  # s.d. of the distance's smoothing, of an object's diameter
_LEAST_DIP: Final = 0.03  # of a pass below the lower peak, of an object's diameter
_PASS_RATIO: Final = 0.9
_LEAST_MIDDLE_DIP, _MIDDLE_PASS_RATIO = 0.1, 0.5
_SMALLEST: Final = 5.0  # percentile of annotated objects' areas


def separate_objects(
    found: Segmentation | NDArray[Any],
    *,
    method: Method = "watershed",
    min_area: int = 0,
    max_hole: int = 0,
    object_diameter_px: float = 0.0,
) -> NDArray[np.int32]:
    """Number the objects of an image; those of different classes are always kept apart.

    Parameters
    ----------
    found
        A segmentation; or probabilities, (y, x) of one class, of which .5 and more is foreground,
        or (class, y, x) with the background first, of which the likeliest counts; or class
        numbers, (y, x) of whole numbers.
    method
        ``"watershed"`` splits what touches at a narrow neck; ``"middles"`` where a network that
        has learnt it says so; ``"components"`` does not.
    min_area
        Objects of fewer pixels are left out.
    max_hole
        Holes of up to so many pixels are filled, if one object alone surrounds them.
    object_diameter_px
        Of a typical object, as `typical_diameter` finds it in annotations; if 0, as it is found in
        this image.

    Returns
    -------
    (y, x) int32
        From 1 without gaps, row by row in the order of first pixels; 0 for none.

    Raises
    ------
    InputError
        If ``found`` is of another shape.
    SettingError
        If the method is unknown, or needs middles that the network has not learnt.
    """
    if method not in get_args(Method):
        raise SettingError(
            f"Objects cannot be separated by {method!r}; expected one of "
            f"{', '.join(get_args(Method))}. Choose another."
        )
    classes = class_numbers(found)
    if method == "components":
        labels = components(classes)
    elif method == "watershed":
        labels = watershed(classes, object_diameter_px)
    else:
        labels = by_middles(classes, _learnt_middle(found))
    return tidied(labels, min_area=min_area, max_hole=max_hole)


def as_annotated(separate: str, numbered: bool) -> str:
    """Method that a setting means: ``"as-annotated"`` is components of masks without objects.

    Parameters
    ----------
    separate
        A method, or ``"as-annotated"``.
    numbered
        Whether annotators' masks tell one object from the next.
    """
    if separate != "as-annotated":
        return separate
    return "watershed" if numbered else "components"


def class_numbers(found: Segmentation | NDArray[Any]) -> NDArray[np.int16]:
    """(y, x) the class of each pixel, 0 for the background, of what `separate_objects` takes.

    Raises
    ------
    InputError
        If it is of another shape.
    """
    if isinstance(found, Segmentation):
        return found.classes
    if found.ndim == 3:
        return found.argmax(axis=0).astype(np.int16)
    if found.ndim != 2:
        raise InputError(
            "the segmentation", f"an array of shape {found.shape}", "(y, x) or (class, y, x)",
            "Give probabilities or class numbers of one image.",
        )  # fmt: skip
    if found.dtype.kind == "f":
        return (found >= 0.5).astype(np.int16)
    return np.maximum(found, 0).astype(np.int16)


def components(classes: NDArray[Any]) -> NDArray[np.int32]:
    """(y, x) pieces of one class that are connected through pixels' sides, numbered."""
    labels = np.zeros(classes.shape, np.int32)
    for number in _occurring(classes):
        pieces = np.zeros(classes.shape, np.int32)
        ndimage.label(classes == number, _SIDES, output=pieces)
        labels = np.where(pieces > 0, pieces + labels.max(), labels)
    return renumbered(labels)


def watershed(classes: NDArray[Any], object_diameter_px: float = 0.0) -> NDArray[np.int32]:
    """(y, x) pieces of one class, split at necks; numbered.

    The landscape is the distance to the border, smoothed by a tenth of a typical object's
    diameter. A neck splits a piece if it is narrower than nine tenths of the smaller part's width,
    by three hundredths of a typical diameter at least on each side.

    Parameters
    ----------
    classes : (y, x)
        Numbers of classes, 0 for the background.
    object_diameter_px
        Of a typical object; if 0, the typical piece's here.
    """
    pieces = components(classes)
    diameter = object_diameter_px or typical_diameter([pieces])
    distances = _distances(pieces, _SMOOTHING * diameter)
    return split_basins(pieces, distances, least_dip=_LEAST_DIP * diameter, pass_ratio=_PASS_RATIO)


def by_middles(classes: NDArray[Any], middle: NDArray[np.floating]) -> NDArray[np.int32]:
    """(y, x) pieces of each class, split where a map of objects' middles dips between two peaks.

    Two parts of a piece are two objects if the map dips by half, and .1, between their middles.

    Parameters
    ----------
    classes : (y, x) int
        Number of the class of each pixel, 0 for the background.
    middle : (y, x)
        0 at the border of an object to 1 in its middle.
    """
    landscape = np.clip(np.nan_to_num(middle), 0, 1).astype(np.float32)
    return split_basins(
        components(classes), landscape, least_dip=_LEAST_MIDDLE_DIP, pass_ratio=_MIDDLE_PASS_RATIO
    )


def _learnt_middle(found: Segmentation | NDArray[Any]) -> NDArray[np.float32]:
    if isinstance(found, Segmentation) and found.middle is not None:
        return found.middle
    raise SettingError(
        "Objects cannot be separated by middles, which this model has not learnt; expected one "
        "trained with --set middle_weight=1. Train one, or separate by watershed."
    )


def tidied(labels: NDArray[np.int32], *, min_area: int = 0, max_hole: int = 0) -> NDArray[np.int32]:
    """(y, x) the objects without small ones, and without small holes; numbered anew.

    Parameters
    ----------
    labels : (y, x) int32
    min_area
        Objects of fewer pixels are left out.
    max_hole
        Holes of up to so many pixels are filled, if one object alone surrounds them.
    """
    filled = _without_holes(labels, max_hole) if max_hole else labels
    areas = object_areas(filled)
    areas[0] = max(min_area, 0)
    return renumbered(np.where((areas >= min_area)[filled], filled, 0))


def object_areas(labels: NDArray[Any]) -> NDArray[np.int64]:
    """(object + 1,) pixels of each number; its first, of the background, too."""
    return np.bincount(labels.ravel(), minlength=1)


def object_classes(labels: NDArray[np.int32], classes: NDArray[Any]) -> NDArray[np.int16]:
    """(object,) the class that most pixels of each object have, the background left out.

    Parameters
    ----------
    labels : (y, x) int32
        Objects from 1 without gaps.
    classes : (y, x)
        Numbers of classes, 0 for the background.
    """
    objects, most = int(labels.max(initial=0)), max(int(classes.max(initial=1)), 1)
    inside = (labels > 0) & (classes > 0)
    pair = labels[inside].astype(np.int64) * (most + 1) + classes[inside]
    votes = np.bincount(pair, minlength=(objects + 1) * (most + 1)).reshape(objects + 1, most + 1)
    return (votes[1:, 1:].argmax(axis=1) + 1).astype(np.int16)


def smallest_area(masks: Iterable[NDArray[Any]]) -> int:
    """Area, pixels, that all but the smallest 5 % of annotated objects reach; 0 if there are none.

    Parameters
    ----------
    masks : of each image (y, x)
        Numbers of objects.
    """
    areas = _all_areas(masks)
    return int(np.floor(np.percentile(areas, _SMALLEST))) if len(areas) else 0


def typical_diameter(masks: Iterable[NDArray[Any]]) -> float:
    """Median diameter, pixels, of discs as large as the objects; 0 if there are none.

    Parameters
    ----------
    masks : of each image (y, x)
        Numbers of objects.
    """
    areas = _all_areas(masks)
    return float(np.median(2 * np.sqrt(areas / np.pi))) if len(areas) else 0.0


def _all_areas(masks: Iterable[NDArray[Any]]) -> NDArray[np.int64]:
    every = [object_areas(labels)[1:] for labels in masks]
    areas = np.concatenate([np.empty(0, np.int64), *every])
    return areas[areas > 0]


def _occurring(classes: NDArray[Any]) -> list[int]:
    counts = np.bincount(np.maximum(classes, 0).ravel())
    return [int(number) for number in np.flatnonzero(counts) if number > 0]


def _distances(pieces: NDArray[np.int32], smoothing: float) -> NDArray[np.float32]:
    """(y, x) of each piece's pixels the distance to its border; the image's border is none."""
    distances = np.zeros(pieces.shape, np.float32)
    margin = int(np.ceil(3 * smoothing)) + 1
    for number, tight in enumerate(ndimage.find_objects(pieces), start=1):
        box = tuple(slice(max(side.start - margin, 0), side.stop + margin) for side in tight)
        piece = pieces[box] == number
        inside = np.asarray(ndimage.distance_transform_edt(piece), np.float32)
        if smoothing > 0:
            inside = ndimage.gaussian_filter(inside, smoothing, mode="nearest", truncate=3)
        distances[box][piece] = inside[piece]
    return distances


def _without_holes(labels: NDArray[np.int32], max_hole: int) -> NDArray[np.int32]:
    """(y, x) with small holes given to the object around them."""
    holes = np.zeros(labels.shape, np.int32)
    ndimage.label(labels == 0, _SIDES_AND_CORNERS, output=holes)
    filled = labels.copy()
    areas = object_areas(holes)
    for number, box in enumerate(ndimage.find_objects(holes), start=1):
        if areas[number] > max_hole or _at_border(box, labels.shape):
            continue
        wide = tuple(slice(side.start - 1, side.stop + 1) for side in box)
        hole = holes[wide] == number
        around = labels[wide][ndimage.binary_dilation(hole, _SIDES) & ~hole]
        if len(np.unique(around)) == 1:
            filled[wide][hole] = around[0]
    return filled


def _at_border(box: tuple[slice, ...], shape: tuple[int, ...]) -> bool:
    return any(side.start == 0 or side.stop == size for side, size in zip(box, shape, strict=True))
