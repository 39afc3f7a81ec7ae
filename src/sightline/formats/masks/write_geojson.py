"""Objects as GeoJSON for QuPath: a feature each, with its class, colour and measurements.

Coordinates are pixels from the corner of the first pixel, as QuPath has them; outlines follow the
sides of pixels (`sightline.formats.masks.outlines`).
"""

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.formats.masks.outlines import Polygon, polygons_of
from sightline.formats.new_file import new_file

ObjectType = Literal["annotation", "detection"]
COLOURS: Final = (
    (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0),
    (204, 121, 167),
)  # fmt: skip
"""Of classes 1, 2, ...: Okabe and Ito's, which colour-blind people tell apart."""


def write_geojson(
    path: Path,
    objects: NDArray[Any],
    classes: Mapping[int, int],
    class_names: Sequence[str],
    measurements: Mapping[int, Mapping[str, Any]] | None = None,
    *,
    name: str = "",
    object_type: ObjectType = "annotation",
) -> int:
    """Write a FeatureCollection, a feature an object.

    Parameters
    ----------
    path
        New file.
    objects : (y, x) int
        Number of the object of each pixel, 0 for none.
    classes
        Object to the number of its class, from 1.
    class_names
        Of classes 1, 2, ...
    measurements
        Object to its values by name; only finite numbers are written.
    name
        Of the image: features of other images have other ids.
    object_type
        ``"annotation"``, which can be edited in QuPath, or ``"detection"``, which is quicker.

    Returns
    -------
    int
        How many were written.

    Raises
    ------
    SettingError
        If the type is unknown.
    InputError
        If there is a file of that name, or it cannot be written.
    """
    if object_type not in get_args(ObjectType):
        raise SettingError(
            f"QuPath has no objects of type {object_type!r}; expected annotation or detection. "
            "Choose one."
        )
    features = []
    for number, polygons in polygons_of(objects):
        label = classes[number]
        properties = {
            "objectType": object_type,
            "name": str(number),
            "classification": {
                "name": class_names[label - 1],
                "color": list(COLOURS[(label - 1) % len(COLOURS)]),
            },
            "measurements": _numbers((measurements or {}).get(number, {})),
        }
        known = uuid.uuid5(uuid.NAMESPACE_OID, f"{name}/{number}")
        features.append({"type": "Feature", "id": str(known), "geometry": geometry(polygons),
                         "properties": properties})  # fmt: skip
    with new_file(path) as aside:
        text = json.dumps({"type": "FeatureCollection", "features": features}, allow_nan=False)
        aside.write_text(text, encoding="utf-8")
    return len(features)


def geometry(polygons: Sequence[Polygon]) -> dict[str, Any]:
    """Give a Polygon, or a MultiPolygon of several parts; rings end where they begin."""
    closed = [[[*ring.tolist(), ring[0].tolist()] for ring in rings] for rings in polygons]
    if len(closed) == 1:
        return {"type": "Polygon", "coordinates": closed[0]}
    return {"type": "MultiPolygon", "coordinates": closed}


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    """Those that are finite numbers."""
    kinds = (bool, int, float, np.bool_, np.number)
    return {
        name: float(value)
        for name, value in values.items()
        if isinstance(value, kinds) and math.isfinite(value)
    }
