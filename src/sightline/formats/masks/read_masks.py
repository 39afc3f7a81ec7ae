"""Read what annotators drew of one image, from whatever files it is in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from sightline.data.annotated_images import AnnotatedImage, AnnotatedImages
from sightline.data.mask import FOREGROUND, IGNORED, Mask, check_mask
from sightline.errors import InputError
from sightline.formats.masks.annotation_files import is_numbers
from sightline.formats.masks.class_names import numbered_names
from sightline.formats.masks.drawn import draw
from sightline.formats.masks.mask_kinds import MaskKind, mask_kinds
from sightline.formats.masks.numbers_image import NumbersImage, read_numbers
from sightline.formats.masks.open_drawing import read_drawing

_MOST_OBJECTS = 2**31 - 1


def read_masks(
    annotated: AnnotatedImages,
    which: AnnotatedImage,
    shape: tuple[int, int],
    kinds: Mapping[str, MaskKind] | None = None,
) -> dict[str, Mask]:
    """Read the masks of one image.

    Parameters
    ----------
    annotated
        All images, for the names of classes.
    which
        One of them.
    shape
        (y, x) of the image.
    kinds
        Annotator to what the numbers in its mask images mean, as `mask_kinds` decides. If not
        given it is asked, which reads all masks: give it where many images are read.

    Returns
    -------
    dict
        Annotator to mask.

    Raises
    ------
    InputError
        If a file is damaged, or of another size than the image. All faults at once.
    """
    if kinds is None:
        kinds = mask_kinds(annotated)
    masks, faults = {}, []
    for expert, path in which.masks.items():
        try:
            masks[expert] = read_mask(
                path, shape, which.name, annotated.class_names, kinds.get(expert)
            )
        except InputError as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise InputError(which.name, "; ".join(map(str, faults)), "masks that fit the image",
                         "Correct these files.")  # fmt: skip
    return masks


def read_mask(
    path: Path,
    shape: tuple[int, int],
    image: str = "",
    class_names: Sequence[str] = (FOREGROUND,),
    kind: MaskKind | None = None,
) -> Mask:
    """Read one mask of any format.

    Parameters
    ----------
    path
        Image of numbers, npy, ImageJ regions, GeoJSON, labelme's or COCO's JSON.
    shape
        (y, x) of the image.
    image
        Name of the image, for files of many.
    class_names
        Of classes 1, 2, ...
    kind
        What the numbers of a mask image mean; foreground if not given.

    Raises
    ------
    InputError
        If it is damaged, of another size, or of a class that has no name.
    """
    return read_mask_noted(path, shape, image, class_names, kind)[0]


def read_mask_noted(
    path: Path,
    shape: tuple[int, int],
    image: str,
    class_names: Sequence[str],
    kind: MaskKind | None,
) -> tuple[Mask, tuple[str, ...]]:
    """Read one mask as `read_mask` does, and say what was assumed, in words."""
    if not is_numbers(path):
        return draw(path, read_drawing(path, image), shape, class_names)
    found = read_numbers(path)
    return _from_numbers(path, found, shape, class_names, kind or MaskKind("mask")), found.notes


def _from_numbers(
    path: Path, found: NumbersImage, shape: tuple[int, int], names: Sequence[str], kind: MaskKind
) -> Mask:
    values = found.values
    check_size(path, (values.shape[0], values.shape[1]), shape)
    classes = (values > 0).astype(np.int16)
    objects = None
    if kind.kind == "objects":
        objects = _numbered(values)
    elif kind.kind == "classes":
        table = _places(kind.numbers, len(names))
        for number in np.unique(values[values > 0]).tolist():
            if number not in table:
                raise InputError(
                    path, f"it holds the number {number}, which is no class",
                    f"numbers of classes: {', '.join(map(str, table)) or 'none are known'}",
                    "Name all classes with `--classes`, or correct the mask.",
                )  # fmt: skip
            classes[values == number] = table[number]
        names = names if len(names) >= len(kind.numbers) else numbered_names(len(kind.numbers))
    if values.dtype.kind in "if":
        classes[values < 0] = IGNORED
    return check_mask(Mask(classes, objects, tuple(names), str(path)))


def _places(numbers: Sequence[int], named: int) -> dict[int, int]:
    """Stored number to class; of numbers from 1 on, also of classes that are named alone."""
    counted = tuple(range(1, len(numbers) + 1))
    if tuple(numbers) == counted:
        numbers = range(1, max(named, len(numbers)) + 1)
    return {number: place for place, number in enumerate(numbers, start=1)}


def check_size(path: Path, found: tuple[int, int], shape: tuple[int, int]) -> None:
    """Raise InputError if a mask (y, x) is not of its image's size."""
    if found != shape:
        raise InputError(
            path, f"it is of {found[1]} x {found[0]} pixels (width x height)",
            f"{shape[1]} x {shape[0]}, as its image is", "Check that it is the mask of this image.",
        )  # fmt: skip


def _numbered(values: np.ndarray) -> np.ndarray:
    """(y, x) int32 the objects' own numbers, or new ones where those are too large."""
    if int(values.max(initial=0)) > _MOST_OBJECTS:
        values = np.unique(values, return_inverse=True)[1].reshape(values.shape)
    return np.maximum(values, 0).astype(np.int32)
