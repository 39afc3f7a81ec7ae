"""Masks stored as images: whole numbers of each pixel, before it is said what they mean."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image as Opened

from sightline.errors import InputError
from sightline.formats.images.picture import is_picture, opened
from sightline.formats.images.read_as import ReadAs
from sightline.formats.images.stored_image import is_tiff, read_stored
from sightline.formats.images.tiff_tags import read_tags

_HALF: Final = 128
_NEUTRAL: Final = 8  # how far a grey colour of a palette strays from grey, of 256
_EDGES: Final = 0.9  # share of the foreground of a drawn mask that is fully white
COLOURED: Final = "It is in colour: any colour but black is foreground."
_EXPECTED: Final = "a mask: one channel of whole numbers, or black and white in colour"


@dataclass(frozen=True)
class NumbersImage:
    """Numbers of a mask's pixels.

    Parameters
    ----------
    values : (y, x) integers
        0 for the background; -1 where nothing is said.
    deep
        Whether they are stored in more than 8 bits, as numbers of objects are.
    notes
        What was assumed, in words.
    """

    values: NDArray[Any] = field(repr=False)
    deep: bool = False
    notes: tuple[str, ...] = ()


def read_numbers(path: Path) -> NumbersImage:
    """Read a mask of any image format.

    Of colours, a pixel is foreground if any of red, green and blue is above 0. The grey edges that
    a lossy format or a painted mask has are cut at the middle.

    Raises
    ------
    InputError
        If it is damaged, has several planes, or values that are no whole numbers.
    """
    if path.is_file() and is_picture(path):
        with opened(path) as image:
            if getattr(image, "n_frames", 1) > 1:
                raise InputError(path, f"it holds {image.n_frames} frames", _EXPECTED,  # pyright: ignore
                                 "Save one mask a file.")  # fmt: skip
            values, notes = _of_picture(image)
            lossy = image.format == "JPEG"
        return _cut_edges(path, values, lossy, notes)
    found = read_stored(path, ReadAs())
    pixels = np.asarray(found.pixels)
    values, notes = _any_colour(pixels) if len(pixels) == 3 else (pixels[0], ())
    if len(pixels) not in (1, 3):
        raise InputError(path, f"it has {len(pixels)} channels", _EXPECTED, "Save one channel.")
    if is_tiff(path) and (tags := read_tags(path)).bits == 1 and tags.inverted:
        values = ~values.astype(bool)
    return _cut_edges(path, _whole(path, values), False, notes)


def numbers_above_0(values: NDArray[Any]) -> NDArray[Any]:
    """Numbers above 0 that occur, rising."""
    highest = values.max(initial=0)
    if highest <= 0:
        return np.empty(0, values.dtype)
    if ((values == highest) | (values <= 0)).all():  # most masks, found out at once
        return np.array([highest])
    if values.dtype == np.uint8:
        return np.flatnonzero(np.bincount(values.ravel(), minlength=256)[1:]) + 1
    return np.unique(values[values > 0])


def _of_picture(image: Opened) -> tuple[NDArray[Any], tuple[str, ...]]:
    if image.mode in ("L", "I", "I;16", "I;16B", "I;16L", "1"):
        return np.asarray(image), ()
    if image.mode in ("LA", "La"):
        return np.asarray(image.convert("L")), ("Its alpha channel is left out.",)
    if image.mode == "P":
        return _of_palette(image)
    values, notes = _any_colour(np.asarray(image.convert("RGB")).transpose(2, 0, 1))
    return values, (*notes, *(("Its alpha channel is left out.",) if "A" in image.mode else ()))


def _of_palette(image: Opened) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Places in the palette; of black and white alone, which of the two."""
    places = np.asarray(image)
    colours = np.asarray(image.convert("RGB")).reshape(-1, 3).astype(np.int16)
    used = np.unique(places)
    grey = int(np.ptp(colours, axis=1).max(initial=0)) <= _NEUTRAL
    if grey and len(used) <= 2:
        return (colours[:, 0] >= _HALF).reshape(places.shape), ()
    return places, ("Its colours are places in a palette, taken as numbers.",)


def _any_colour(pixels: NDArray[Any]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The value of colours that are alike; where they differ, foreground or none."""
    red, green, blue = pixels
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return np.ascontiguousarray(red), ()
    any_colour = (red > 0) | (green > 0) | (blue > 0)
    return any_colour, (COLOURED,)


def _whole(path: Path, values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind != "f":
        return values
    bad = ~np.isfinite(values) | (values != np.round(values))
    if bad.any():
        raise InputError(
            path, f"{int(bad.sum()):,} of its values are no whole numbers", _EXPECTED,
            "Give class numbers or numbers of objects, not probabilities.",
        )  # fmt: skip
    return values.astype(np.int64)


def _cut_edges(
    path: Path, values: NDArray[Any], lossy: bool, notes: tuple[str, ...]
) -> NumbersImage:
    """Black and white of a drawing whose edges are grey; other numbers as they are."""
    lowest = int(values.min(initial=0))
    if lowest < -1:
        raise InputError(path, f"its lowest value is {lowest}", "0, or -1 where nothing is said",
                         "Give class numbers or numbers of objects.")  # fmt: skip
    deep = values.dtype.itemsize > 1 and values.dtype != bool
    if values.dtype != np.uint8:
        return NumbersImage(values, deep, notes)
    numbers = numbers_above_0(values)
    many = len(numbers) > 8 and int(numbers[-1]) == 255
    white = np.count_nonzero(values == 255)
    if lossy or (many and white >= _EDGES * np.count_nonzero(values)):
        note = "Grey edges are cut at the middle, 128."
        return NumbersImage(values >= _HALF, False, (*notes, note))
    return NumbersImage(values, False, notes)
