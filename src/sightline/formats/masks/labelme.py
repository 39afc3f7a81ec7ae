"""labelme's JSON, a file an image: polygons, rectangles, circles and painted masks.

x and y count from the corner of the first pixel, whose centre is at (0.5, 0.5). Shapes of one label
and one group are one object.
"""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sightline.errors import InputError
from sightline.formats.masks.drawn import Drawing, Drawn, Pixels, Shape, polygon, together

_EXPECTED: Final = "a JSON file of labelme with shapes"
_BACKGROUND: Final = "_background_"  # labelme's own name of what is no object


def is_labelme(content: Any) -> bool:
    """Whether the content of a JSON file is labelme's."""
    return isinstance(content, Mapping) and isinstance(content.get("shapes"), list)


def read_labelme(path: Path, content: Mapping[str, Any]) -> Drawing:
    """Read all shapes that have an area.

    Raises
    ------
    InputError
        If a shape has no points, or a painted mask is damaged.
    """
    groups: dict[object, list[tuple[str, Any]]] = {}
    others = 0
    for number, shape in enumerate(content["shapes"]):
        try:
            pixels, label = _pixels_of(shape), str(shape["label"])
        except Exception:  # noqa: BLE001 -- a damaged picture inside raises anything
            raise InputError(path, f"shape {number} has no label or points, or a damaged mask",
                             _EXPECTED, "Correct it in labelme.") from None  # fmt: skip
        if pixels is None or label == _BACKGROUND:
            others += 1
            continue
        group = shape.get("group_id")
        groups.setdefault(number if group is None else (label, group), []).append((label, pixels))
    objects = tuple(
        Drawn(partial(_every, [pixels for _, pixels in parts]), parts[0][0])
        for parts in groups.values()
    )
    height, width = content.get("imageHeight"), content.get("imageWidth")
    size = (height, width) if isinstance(height, int) and isinstance(width, int) else None
    notes = (f"{others} points, lines or background shapes: left out.",) if others else ()
    return Drawing(objects, size, notes)


def _pixels_of(shape: Mapping[str, Any]) -> Any:
    """A function of the image's shape; None of a shape without an area."""
    points = np.array(shape["points"], np.float64).reshape(-1, 2)
    if not np.isfinite(points).all() or not len(points):
        raise ValueError("no points")
    kind = shape.get("shape_type", "polygon")
    if kind == "mask":
        return partial(_within, _painted(points, shape["mask"]))
    if kind == "circle":
        return partial(_disc, points[0], math.dist(points[0], points[1]))
    if kind == "rectangle":
        points = _rectangle(points)
    return partial(polygon, [points]) if kind in ("polygon", "rectangle") else None


def _rectangle(points: NDArray[np.float64]) -> NDArray[np.float64]:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _disc(middle: NDArray[np.float64], radius: float, shape: Shape) -> Pixels:
    y, x = np.ogrid[: shape[0], : shape[1]]
    return np.argwhere((x + 0.5 - middle[0]) ** 2 + (y + 0.5 - middle[1]) ** 2 <= radius**2)


def _painted(points: NDArray[np.float64], coded: str) -> Pixels:
    """Pixels of a small picture whose first pixel lies at the first point."""
    with Image.open(io.BytesIO(base64.b64decode(coded)), formats=["PNG"]) as image:
        painted = np.asarray(image) > 0
    left, top = np.floor(points.min(axis=0)).astype(int).tolist()
    return np.argwhere(painted) + np.array([top, left])


def _within(places: Pixels, shape: Shape) -> Pixels:
    return places[((places >= 0) & (places < shape)).all(axis=1)]


def _every(parts: Sequence[Any], shape: Shape) -> Pixels:
    return together([pixels(shape) for pixels in parts])
