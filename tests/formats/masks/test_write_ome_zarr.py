"""OME-Zarr: its metadata against the text of NGFF 0.4, worked by hand; its arrays by zarr."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from sightline.errors import InputError
from sightline.formats.masks.write_ome_zarr import Labels, write_ome_zarr

SHAPE = (701, 530)
CHANNELS = {"image": (0.0, 255.0), "probability": (0.0, 1.0)}


def written(folder: Path, pixel_size_um: tuple[float, float] | None = (0.5, 0.25)) -> zarr.Group:
    rng = np.random.default_rng(0)
    objects = np.zeros(SHAPE, np.int32)
    objects[100:200, 50:130], objects[300:, 400:] = 1, 4
    said = {1: {"area_px": 8000}, 4: {"area_px": 9}}
    labels = {"objects": Labels(objects, said, {1: (1, 2, 3), 4: (7, 8, 9)})}
    maps = rng.random((2, *SHAPE)).astype(np.float32)
    write_ome_zarr(folder / "a.ome.zarr", maps, CHANNELS, labels, pixel_size_um, name="a")
    return zarr.open_group(folder / "a.ome.zarr", mode="r")


def scales(group: zarr.Group) -> dict[str, Any]:
    (found,) = group.attrs["multiscales"]  # pyright: ignore
    return found  # pyright: ignore


def test_axes_are_in_the_order_and_of_the_types_that_the_format_wants(tmp_path: Path) -> None:
    root = written(tmp_path)
    assert root.metadata.zarr_format == 2
    assert scales(root)["version"] == "0.4"
    assert scales(root)["axes"] == [
        {"name": "c", "type": "channel"},
        {"name": "y", "type": "space", "unit": "micrometer"},
        {"name": "x", "type": "space", "unit": "micrometer"},
    ]
    assert [axis["name"] for axis in scales(root["labels/objects"])["axes"]] == ["y", "x"]  # pyright: ignore


def test_each_level_says_where_its_pixels_lie(tmp_path: Path) -> None:
    root = written(tmp_path)
    for group in (root, root["labels/objects"]):
        for number, level in enumerate(scales(group)["datasets"]):  # pyright: ignore
            assert level["path"] == str(number)
            scale, *shift = level["coordinateTransformations"]
            assert scale["type"] == "scale"
            every = 2**number
            assert scale["scale"][-2:] == [0.5 * every, 0.25 * every]
            assert len(scale["scale"]) == group[str(number)].ndim  # pyright: ignore
            assert [one["type"] for one in shift] in ([], ["translation"])
    first_mean = scales(root)["datasets"][1]["coordinateTransformations"][1]
    assert first_mean["translation"] == [0.0, 0.25, 0.125]  # between the first two pixels' centres


def test_levels_halve_and_labels_have_as_many_as_the_image(tmp_path: Path) -> None:
    root = written(tmp_path)
    image = [np.asarray(root[one["path"]]) for one in scales(root)["datasets"]]
    labels = [np.asarray(root[f"labels/objects/{k}"]) for k in range(len(image))]
    assert len(image) == len(scales(root["labels/objects"])["datasets"]) == 3  # pyright: ignore
    for whole, half in ((0, 1), (1, 2)):
        assert image[half].shape[1:] == labels[half].shape
        block = image[whole][:, :2, :2].mean(axis=(1, 2))
        np.testing.assert_allclose(image[half][:, 0, 0], block, rtol=1e-6)
        np.testing.assert_array_equal(labels[half], labels[whole][::2, ::2])
    assert labels[2].dtype == np.int32


def test_labels_are_listed_and_say_what_they_are_of(tmp_path: Path) -> None:
    root = written(tmp_path)
    assert root["labels"].attrs["labels"] == ["objects"]
    label: Any = root["labels/objects"].attrs["image-label"]
    assert label["version"] == "0.4"
    assert label["source"] == {"image": "../../"}
    assert label["colors"] == [
        {"label-value": 1, "rgba": [1, 2, 3, 255]}, {"label-value": 4, "rgba": [7, 8, 9, 255]}
    ]  # fmt: skip
    assert label["properties"] == [
        {"label-value": 1, "area_px": 8000}, {"label-value": 4, "area_px": 9}
    ]  # fmt: skip


def test_channels_have_names_colours_and_a_range(tmp_path: Path) -> None:
    omero: Any = written(tmp_path).attrs["omero"]
    assert [one["label"] for one in omero["channels"]] == list(CHANNELS)
    for one, (low, high) in zip(omero["channels"], CHANNELS.values(), strict=True):
        assert len(bytes.fromhex(one["color"])) == 3
        assert (one["window"]["start"], one["window"]["end"]) == (low, high)


def test_chunks_lie_in_folders(tmp_path: Path) -> None:
    written(tmp_path)
    assert (tmp_path / "a.ome.zarr" / "0" / "1" / "0" / "0").is_file()
    assert (tmp_path / "a.ome.zarr" / "labels" / "objects" / "0" / "0" / "0").is_file()


def test_without_a_pixel_size_there_is_no_unit(tmp_path: Path) -> None:
    root = written(tmp_path, None)
    assert not any("unit" in axis for axis in scales(root)["axes"])
    (only,) = scales(root)["datasets"][0]["coordinateTransformations"]
    assert only["scale"] == [1.0, 1.0, 1.0]


def test_no_folder_is_written_over(tmp_path: Path) -> None:
    written(tmp_path)
    with pytest.raises(InputError, match="there already"):
        written(tmp_path)
