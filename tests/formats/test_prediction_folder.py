"""A folder of predictions gives back what was put in, resumes, and never mixes models."""

import csv
import json
import os

import numpy as np
import pytest
import tifffile

from sightline.data.segmentation import Segmentation
from sightline.errors import InputError
from sightline.formats.prediction_folder import (
    PredictedImage,
    open_writer,
    read_prediction_folder,
)

ABOUT = {"model": {"digest": "abc"}, "settings": {"separate": "components"}}


def segmentation(shape=(40, 30), classes=3, seed=0):
    random = np.random.default_rng(seed)
    probability = random.random((classes, *shape), np.float32)
    parts = random.random((3, *shape), np.float32) / 12
    return Segmentation(probability / probability.sum(axis=0), *parts)


def predicted(name="a", **more):
    known = {"uncertainty": 0.1, "pixel_size_um": (0.5, 0.25), "recipe": "r", "objects": 2}
    return PredictedImage(name, f"/images/{name}.png", (40, 30), **(known | more))


def objects():
    return (np.arange(1200).reshape(40, 30) // 500).astype(np.int32)


@pytest.fixture
def writer(tmp_path):
    return open_writer(tmp_path / "out", ("soma", "fibre"), ABOUT)


def test_what_was_put_in_comes_back_to_the_last_bit(writer):
    told = segmentation()
    row = predicted("day 1/a.b", expected_dice=0.8, foreign=True, why="too bright", notes=("x",))
    writer.add(row, told, objects(), {"object": [1, 2], "area_um2": np.array([2.5, np.nan])})
    writer.finish([row])
    found = read_prediction_folder(writer.folder)
    (same,) = found.rows
    assert same.to_dict() == row.to_dict()
    assert found.class_names == ("soma", "fibre")
    assert np.array_equal(found.objects(row.name), objects())
    assert np.array_equal(found.classes(row.name), told.classes)
    again = found.segmentation(row.name)
    for part in ("probability", "between_members", "between_flips", "data"):
        assert np.array_equal(getattr(again, part), getattr(told, part))
    assert found.measurements(row.name) == {"object": [1, 2], "area_um2": [2.5, None]}


def test_bands_of_rows_give_the_same_files_as_the_whole(writer):
    told = segmentation()
    writer.add(predicted("whole"), told, objects())
    with writer.bands("banded", (40, 30), (0.5, 0.25)) as write:
        for rows in (slice(0, 7), slice(7, 39), slice(39, 40)):
            parts = (told.between_members, told.between_flips, told.data)
            write(rows, Segmentation(told.probability[:, rows], *(part[rows] for part in parts)))
    for kind in ("probability", "uncertainty"):
        folder = writer.folder / kind
        assert (folder / "whole.tif").read_bytes() == (folder / "banded.tif").read_bytes()


def test_other_programs_read_names_of_maps_and_the_pixel_size(writer):
    writer.add(predicted(), segmentation(), objects())
    with tifffile.TiffFile(writer.folder / "probability" / "a.tif") as file:
        assert file.imagej_metadata is not None
        assert file.imagej_metadata["Labels"] == ["background", "soma", "fibre"]
        assert file.imagej_metadata["unit"] == "um"
        assert file.pages.first.resolution == (4.0, 2.0)  # pixels a micrometre along x, y
        assert file.series[0].axes == "CYX"
    with tifffile.TiffFile(writer.folder / "objects" / "a.tif") as file:
        assert file.pages.first.dtype == np.uint16


def test_more_objects_than_16_bits_hold_are_kept(tmp_path):
    many = np.arange(300 * 300, dtype=np.int32).reshape(300, 300)
    writer = open_writer(tmp_path / "out", ("cell",), ABOUT)
    row = PredictedImage("a", "", (300, 300), (0.5, 0.5))
    writer.add(row, segmentation((300, 300), 2), many)
    assert np.array_equal(writer.finish([row]).objects("a"), many)


def test_the_most_uncertain_image_is_first_and_one_without_foreground_last(writer):
    rows = [predicted("sure", uncertainty=0.01), predicted("empty", uncertainty=float("nan")),
            predicted("unsure", uncertainty=0.2)]  # fmt: skip
    for row in rows:
        writer.add(row, segmentation(), objects())
    assert writer.finish(rows).names == ("unsure", "sure", "empty")
    with (writer.folder / "scores.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["rank"], line["name"]) for line in lines] == [
        ("1", "unsure"), ("2", "sure"), ("3", "empty"),
    ]  # fmt: skip
    assert lines[2]["uncertainty"] == ""


def test_measurements_of_all_images_are_one_table(writer):
    one, two = predicted("one", uncertainty=0.2), predicted("two")
    writer.add(one, segmentation(), objects(), {"object": [1, 2], "area_px": [5, 6]})
    writer.add(two, segmentation(), objects(), {"object": [1], "mean_channel_1": [0.5]})
    writer.finish([one, two])
    with (writer.folder / "measurements.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines == [
        ["image", "object", "area_px", "mean_channel_1"],
        ["one", "1", "5", ""], ["one", "2", "6", ""], ["two", "1", "", "0.5"],
    ]  # fmt: skip


def test_an_image_is_done_only_if_its_recipe_and_all_its_files_are_there(writer):
    row = predicted()
    assert writer.done("a", "r") is None
    with writer.bands("a", (40, 30), None) as write:
        write(slice(0, 40), segmentation())
    assert writer.done("a", "r") is None
    writer.finish_image(row, segmentation().classes, objects())
    again = open_writer(writer.folder, ("soma", "fibre"), ABOUT)
    assert again.done("a", "r") == row
    assert again.done("a", "of another model") is None
    (writer.folder / "objects" / "a.tif").unlink()
    assert again.done("a", "r") is None


def test_stopped_in_the_middle_of_an_image_leaves_nothing_that_looks_whole(writer):
    def stopped():
        with writer.bands("a", (40, 30), None) as write:
            write(slice(0, 7), segmentation((7, 30)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not list((writer.folder / "probability").iterdir())


def test_a_folder_with_other_things_in_it_is_refused_and_stays_as_it_was(tmp_path):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(InputError, match="other files"):
        open_writer(tmp_path, ("cell",), ABOUT)
    with pytest.raises(InputError, match="a file"):
        open_writer(tmp_path / "mine.txt", ("cell",), ABOUT)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_predictions_of_another_model_are_not_mixed_in(writer):
    with pytest.raises(InputError, match="another model"):
        open_writer(writer.folder, ("soma", "fibre"), ABOUT | {"model": {"digest": "d"}})


@pytest.mark.parametrize("name", ["../a", "/a", "a/../b", "a\\b", "", "c:", "a/"])
def test_no_name_leads_out_of_the_folder(writer, name):
    with pytest.raises(InputError, match="name"):
        writer.add(predicted(name), segmentation(), objects())
    row = predicted("a").to_dict() | {"name": name}
    about = json.loads((writer.folder / "about.json").read_text(encoding="utf-8"))
    changed = json.dumps(about | {"images": [row]})
    (writer.folder / "about.json").write_text(changed, encoding="utf-8")
    with pytest.raises(InputError, match="name"):
        read_prediction_folder(writer.folder)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "cannot be read"),
        (b"[]", "cannot be read"),
        (b'{"format": "other"}', "format 'other'"),
        (b'{"format": "sightline predictions", "version": 99}', "newer release"),
        (b'{"format": "sightline predictions", "version": 1}', "cannot be read"),
        (b'{"format": "sightline predictions", "version": 1, "class_names": [], "images": [3]}',
         "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_such_folder_is_one_error(writer, content, told):
    (writer.folder / "about.json").write_bytes(content)
    with pytest.raises(InputError, match=told):
        read_prediction_folder(writer.folder)


def test_a_missing_folder_and_a_damaged_map_are_named(writer, tmp_path):
    with pytest.raises(InputError, match="segment predict"):
        read_prediction_folder(tmp_path)
    row = predicted()
    writer.add(row, segmentation(), objects())
    found = writer.finish([row])
    path = writer.folder / "probability" / "a.tif"
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(InputError, match=r"a\.tif"):
        found.segmentation("a")
    with pytest.raises(InputError, match="no image named"):
        found.objects("b")


def test_a_full_disk_is_one_error(writer, monkeypatch):
    (writer.folder / "probability").mkdir()
    real = os.fsync

    def full(descriptor):
        real(descriptor)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        writer.add(predicted(), segmentation(), objects())
    assert not list((writer.folder / "probability").iterdir())
