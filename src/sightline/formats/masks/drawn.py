"""Objects as annotators drew them, and how they become a mask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sightline.data.mask import FOREGROUND, IGNORED, Mask, check_mask
from sightline.errors import InputError
from sightline.formats.candidates.imagej_roi import pixels_inside

Shape = tuple[int, int]
Pixels = NDArray[np.int64]  # (pixel, 2) row and column

_IGNORED = "ignore"
_FAR = 1e9  # pixels; corners beyond are as good as there


@dataclass(frozen=True)
class Drawn:
    """One object, of however many pieces.

    Parameters
    ----------
    pixels
        Gives its pixels inside an image of a shape (y, x).
    class_name
        As its file has it; empty where that says none.
    """

    pixels: Callable[[Shape], Pixels] = field(repr=False)
    class_name: str = ""

    @property
    def ignored(self) -> bool:
        """Whether nothing is said of its pixels: its class is called ``ignore`` or so."""
        return self.class_name.strip("_ ").lower().startswith(_IGNORED)


@dataclass(frozen=True)
class Drawing:
    """All objects of one image in one file.

    Parameters
    ----------
    objects
        In the file's order; where they overlap, the later one lies on top.
    shape
        (y, x) that the file says the image has; None where it does not.
    notes
        What was left out or assumed, in words.
    """

    objects: tuple[Drawn, ...]
    shape: Shape | None = None
    notes: tuple[str, ...] = ()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes that occur, in the file's order; unclassified objects' too."""
        names = (one.class_name or FOREGROUND for one in self.objects if not one.ignored)
        return tuple(dict.fromkeys(names))


def polygon(rings: Sequence[NDArray[np.float64]], shape: Shape) -> Pixels:
    """Pixels whose centres lie inside of rings (point, 2) of x and y, holes left out.

    x and y count from the corner of the first pixel, whose centre is at (0.5, 0.5).
    """
    return pixels_inside([np.clip(ring, -_FAR, _FAR) for ring in rings], shape)[0]


def together(parts: Sequence[Pixels]) -> Pixels:
    """Pixels of several pieces, each once."""
    every = np.concatenate([np.empty((0, 2), np.int64), *parts])
    return np.unique(every, axis=0) if len(parts) > 1 else every


def draw(
    path: Path, drawing: Drawing, shape: Shape, class_names: Sequence[str]
) -> tuple[Mask, tuple[str, ...]]:
    """Paint objects into a mask.

    Parameters
    ----------
    path
        File, named in errors.
    drawing
        What it holds.
    shape
        (y, x) of the image.
    class_names
        Of classes 1, 2, ...

    Returns
    -------
    Mask
        Objects are numbered from 1 in the file's order.
    notes
        What was left out, overlapped or lies in nobody's pixel, in words.

    Raises
    ------
    InputError
        If the file is of an image of another size, an object lies outside of it, or has a class
        without a name.
    """
    if drawing.shape is not None and drawing.shape != shape:
        (height, width), (rows, columns) = drawing.shape, shape
        raise InputError(
            path, f"it was drawn in an image of {width} x {height} pixels (width x height)",
            f"{columns} x {rows}, as its image is", "Check that it belongs to this image.",
        )  # fmt: skip
    numbers = _class_numbers(path, drawing, class_names)
    classes, objects = np.zeros(shape, np.int16), np.zeros(shape, np.int32)
    empty, overlaps, ignored = 0, 0, []
    for number, one in enumerate(drawing.objects, start=1):
        pixels = one.pixels(shape)
        empty += not len(pixels)
        if one.ignored:
            ignored.append(pixels)
            continue
        rows, columns = pixels.T
        overlaps += bool(objects[rows, columns].any())
        classes[rows, columns] = numbers[one.class_name]
        objects[rows, columns] = number
    for rows, columns in (pixels.T for pixels in ignored):
        classes[rows, columns], objects[rows, columns] = IGNORED, 0
    if empty and empty == len(drawing.objects):
        raise InputError(
            path, f"all its {empty} objects lie outside of the image or are smaller than a pixel",
            f"objects inside of {shape[1]} x {shape[0]} pixels (width x height)",
            "Check that it belongs to this image.",
        )  # fmt: skip
    mask = check_mask(Mask(classes, objects, tuple(class_names), str(path)))
    return mask, (*drawing.notes, *_said(empty, overlaps))


def _said(empty: int, overlaps: int) -> list[str]:
    said = []
    if empty:
        said.append(f"{empty} objects hold no pixel of the image.")
    if overlaps:
        said.append(f"{overlaps} objects overlap others: the later one lies on top.")
    return said


def _class_numbers(path: Path, drawing: Drawing, names: Sequence[str]) -> dict[str, int]:
    """Class name to number; small and large letters are the same."""
    known = {name.lower(): number for number, name in enumerate(names, start=1)}
    for number in range(1, len(names) + 1):  # as ImageJ's regions that Sightline wrote have it
        known.setdefault(f"group {number}", number)
    if len(names) == 1:
        known.setdefault("", 1)
    known.setdefault("", known.get(FOREGROUND, 0))
    found = {one.class_name for one in drawing.objects if not one.ignored}
    numbers = {name: known.get(name.strip().lower(), 0) for name in found}
    if missing := sorted(name for name, number in numbers.items() if not number):
        listed = ", ".join(repr(name) if name else "objects without a class" for name in missing)
        raise InputError(
            path, f"it holds {listed}", f"one of the classes {', '.join(names)}",
            "Name all classes with `--classes`, or correct the file.",
        )  # fmt: skip
    return numbers
