"""Images of another pixel size, brought to that of the training, and back."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from sightline.data.image import Image
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError

PixelSize = tuple[float, float] | None
_SAME: Final = 0.02  # sizes that differ less are one
_MOST: Final = 20.0  # times larger or smaller: a mistake in the unit rather than another objective


def zoom_to(image: Image, pixel_size_um: PixelSize) -> tuple[float, float] | None:
    """By how much an image's height and width grow to have that pixel size.

    Returns
    -------
    (y, x) or None
        None where the sizes are the same, or one is not known.

    Raises
    ------
    InputError
        If they differ by more than twentyfold.
    """
    if image.pixel_size_um is None or pixel_size_um is None:
        return None
    factors = [own / wanted for own, wanted in zip(image.pixel_size_um, pixel_size_um, strict=True)]
    if max(max(factor, 1 / factor) for factor in factors) > _MOST:
        raise InputError(
            image.source or image.name, f"pixels of {in_words(image.pixel_size_um)}",
            f"about {in_words(pixel_size_um)}, as in the other images",
            "Check the unit, or say the pixel size with --pixel-size.",
        )  # fmt: skip
    if all(abs(factor - 1) <= _SAME for factor in factors):
        return None
    return factors[0], factors[1]


def rescaled_shape(shape: tuple[int, int], factors: tuple[float, float]) -> tuple[int, int]:
    """(y, x) of a rescaled image, a pixel at least."""
    height, width = (max(1, round(n * by)) for n, by in zip(shape, factors, strict=True))
    return height, width


def rescaled_image(image: Image, factors: tuple[float, float], size: PixelSize) -> Image:
    """An image at another pixel size, as float32; it says so in its notes."""
    shape = rescaled_shape(image.shape, factors)
    said = f"rescaled from {in_words(image.pixel_size_um)} to {in_words(size)} a pixel"
    return replace(
        image,
        pixels=rescaled_maps(np.asarray(image.pixels), shape),
        pixel_size_um=size,
        notes=(*image.notes, said),
    )


def rescaled_maps(maps: NDArray[Any], shape: tuple[int, int]) -> NDArray[np.float32]:
    """(map, y, x) linearly on another grid of the same field; smoothed first where it shrinks."""
    found = np.empty((len(maps), *shape), np.float32)
    factors = [new / old for new, old in zip(shape, maps.shape[1:], strict=True)]
    blur = [max(0.0, 1 / factor - 1) / 2 for factor in factors]
    for number, values in enumerate(maps):
        smooth = np.asarray(values, np.float32)
        if max(blur) > 0:
            smooth = gaussian_filter(smooth, blur, mode="nearest")
        zoom(smooth, factors, found[number], order=1, mode="nearest", grid_mode=True)
    return found


def rescaled_segmentation(found: Segmentation, shape: tuple[int, int]) -> Segmentation:
    """What was said of a rescaled image, on another grid of the same field."""
    parts = np.stack([found.between_members, found.between_flips, found.data])
    probability = rescaled_maps(found.probability, shape)
    members, flips, data = rescaled_maps(parts, shape)
    middle = None if found.middle is None else rescaled_maps(found.middle[None], shape)[0]
    return Segmentation(probability / probability.sum(axis=0), members, flips, data, middle)


def rescaled_labels(labels: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """(y, x) numbers of classes or objects on another grid, each that of the nearest pixel."""
    places = [
        np.minimum(((np.arange(new) + 0.5) * old / new).astype(np.int64), old - 1)
        for new, old in zip(shape, labels.shape, strict=True)
    ]
    return labels[places[0][:, None], places[1]]


def in_words(size: PixelSize) -> str:
    """A pixel size, one number where both are the same."""
    if size is None:
        return "unknown size"
    y, x = size
    return f"{y:.4g} um" if abs(y - x) < 1e-9 * y else f"{y:.4g} x {x:.4g} um"
