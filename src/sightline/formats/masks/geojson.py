"""GeoJSON as QuPath exports it: each feature an object, its classification the class.

x and y count from the corner of the first pixel, whose centre is at (0.5, 0.5), in pixels of the
full resolution. QuPath's classes ``Ignore*`` are ignored regions.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.formats.masks.drawn import Drawing, Drawn, Pixels, Shape, polygon, together

_EXPECTED: Final = "GeoJSON: features with polygons, as QuPath exports them"
_AREAS: Final = ("Polygon", "MultiPolygon", "GeometryCollection")

Rings = list[NDArray[np.float64]]


def is_geojson(content: Any) -> bool:
    """Whether the content of a JSON file is GeoJSON, or a list of features."""
    if isinstance(content, list):
        return bool(content) and all(is_geojson(one) for one in content[:1])
    kinds = ("FeatureCollection", "Feature", "GeometryCollection", *_AREAS)
    return isinstance(content, Mapping) and content.get("type") in kinds


def read_geojson(path: Path, content: Any) -> Drawing:
    """Read all features that have an area.

    Raises
    ------
    InputError
        If a feature's coordinates are no polygons.
    """
    objects: list[Drawn] = []
    others = 0
    for number, feature in enumerate(_features(content)):
        geometry = feature.get("geometry", feature)
        if not isinstance(geometry, Mapping) or geometry.get("type") not in _AREAS:
            others += 1
            continue
        try:
            polygons = _polygons(geometry)
        except (TypeError, ValueError, KeyError, OverflowError):
            raise InputError(path, f"feature {number} has no polygon's coordinates", _EXPECTED,
                             "Export it again.") from None  # fmt: skip
        objects.append(Drawn(partial(_inside, polygons), _class_of(feature)))
    notes = (f"{others} points, lines or empty features have no area: left out.",) if others else ()
    return Drawing(tuple(objects), notes=notes)


def _features(content: Any) -> list[Mapping[str, Any]]:
    if isinstance(content, Mapping):
        content = content.get("features", [content])
    return [one for one in content if isinstance(one, Mapping)]


def _polygons(geometry: Mapping[str, Any]) -> list[Rings]:
    if geometry["type"] == "GeometryCollection":
        return [one for part in geometry["geometries"] if part["type"] in _AREAS
                for one in _polygons(part)]  # fmt: skip
    found = geometry["coordinates"]
    polygons = [found] if geometry["type"] == "Polygon" else found
    return [[_ring(ring) for ring in rings] for rings in polygons]


def _ring(points: Any) -> NDArray[np.float64]:
    """(point, 2); GeoJSON allows a height as third number."""
    ring = np.array(points, np.float64)
    if ring.ndim != 2 or ring.shape[1] < 2 or not np.isfinite(ring).all():
        raise ValueError("no ring")
    return ring[:, :2]


def _inside(polygons: list[Rings], shape: Shape) -> Pixels:
    return together([polygon(rings, shape) for rings in polygons])


def _class_of(feature: Mapping[str, Any]) -> str:
    properties = feature.get("properties")
    said = properties.get("classification") if isinstance(properties, Mapping) else None
    if isinstance(said, str):
        return said
    if not isinstance(said, Mapping):
        return ""
    names = said.get("names")
    return str(said.get("name") or (": ".join(map(str, names)) if names else ""))
