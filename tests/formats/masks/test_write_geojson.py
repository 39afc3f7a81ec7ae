"""GeoJSON as the standard and QuPath have it, checked by hand; filled by scikit-image."""

import json
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.measure import points_in_poly

from sightline.errors import SettingError
from sightline.formats.masks.write_geojson import write_geojson


def some_objects() -> NDArray[np.int32]:
    """A square with a hole, a bar, and two parts of one number."""
    objects = np.zeros((20, 24), np.int32)
    objects[2:9, 2:9] = 1
    objects[4:6, 4:7] = 0
    objects[12:15, 3:20] = 2
    objects[1:3, 15:18] = objects[5:8, 18:22] = 5
    return objects


def written(tmp_path: Path, **more: Any) -> dict[str, Any]:
    values = {1: {"area_px": 43, "mean": float("nan"), "class": "glia", "border": np.bool_(True)}}
    classes, names = {1: 2, 2: 1, 5: 1}, ("neuron", "glia")
    count = write_geojson(tmp_path / "a.geojson", some_objects(), classes, names, values, **more)
    found = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert count == len(found["features"]) == 3
    return found


def test_it_is_a_feature_collection_of_closed_rings(tmp_path: Path) -> None:
    found = written(tmp_path)
    assert found["type"] == "FeatureCollection"
    for feature in found["features"]:
        assert feature["type"] == "Feature"
        uuid.UUID(feature["id"])
        for polygon in polygons(feature["geometry"]):
            for ring in polygon:
                assert len(ring) >= 4
                assert ring[0] == ring[-1]
                assert all(len(point) == 2 for point in ring)


def test_features_cover_their_objects_pixels_and_no_others(tmp_path: Path) -> None:
    objects = some_objects()
    centres = np.argwhere(np.ones(objects.shape, bool))[:, ::-1] + 0.5
    for feature in written(tmp_path)["features"]:
        inside = np.zeros(len(centres), bool)
        for outer, *holes in polygons(feature["geometry"]):
            part = points_in_poly(centres, outer)
            for hole in holes:
                part &= ~points_in_poly(centres, hole)
            inside |= part
        expected = objects == int(feature["properties"]["name"])
        np.testing.assert_array_equal(inside.reshape(objects.shape), expected)


def test_class_colour_and_measurements_are_where_qupath_reads_them(tmp_path: Path) -> None:
    by_name = {
        one["properties"]["name"]: one["properties"] for one in written(tmp_path)["features"]
    }
    first = by_name["1"]
    assert first["objectType"] == "annotation"
    assert first["classification"]["name"] == "glia"
    assert len(first["classification"]["color"]) == 3
    assert first["classification"]["color"] != by_name["2"]["classification"]["color"]
    assert first["measurements"] == {"area_px": 43.0, "border": 1.0}


def test_detections_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    found = written(tmp_path, object_type="detection")
    assert {one["properties"]["objectType"] for one in found["features"]} == {"detection"}
    with pytest.raises(SettingError, match="annotation or detection"):
        written(tmp_path, object_type="cell")


def test_features_of_other_images_have_other_ids(tmp_path: Path) -> None:
    ids = []
    for name in ("a", "b", "a"):
        folder = tmp_path / f"{len(ids)}"
        folder.mkdir()
        ids.append([one["id"] for one in written(folder, name=name)["features"]])
    assert ids[0] == ids[2]
    assert not set(ids[0]) & set(ids[1])


def polygons(geometry: dict[str, Any]) -> list[Any]:
    """Each a list of rings."""
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    assert geometry["type"] == "MultiPolygon"
    return geometry["coordinates"]
