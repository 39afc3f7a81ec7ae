"""Prediction: the same wherever it runs, gone on with, and no folder written by mistake."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

pytest.importorskip("torch")
pytest.importorskip("safetensors")

from small_segmentation import TINY, spots, write_image

from sightline.errors import InputError, SettingError, SightlineError
from sightline.formats.images.read_image import read_image
from sightline.formats.prediction_folder import read_prediction_folder
from sightline.segment.foreign import image_statistics, together
from sightline.segment.model import Model
from sightline.segment.networks import make_network, weights_of
from sightline.segment.predict import segment_image
from sightline.segment.settings import PRESETS, changed
from sightline.workflows import segment_predict_image
from sightline.workflows.segment_models import write_model
from sightline.workflows.segment_predict import predict


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    for number in range(3):
        write_image(folder / f"{number}.tif", spots(number)[0], 0.5)
    return folder


def untrained(pixel_size_um=(0.5, 0.5), statistics=None):
    """Two networks of random numbers: what they say is nonsense, and the same every time."""
    settings = replace(changed(PRESETS["default"], TINY | {"separate": "components"}), min_area=0)
    members = tuple(weights_of(make_network(settings, 1, 2, seed)) for seed in (0, 1))
    scored = [{"uncertainty": 0.1, "dice": 0.7}, {"uncertainty": 0.2, "dice": 0.6}]
    return Model(members, settings, ("cell",), 1, pixel_size_um, statistics or {},
                 {"images": scored})  # fmt: skip


@pytest.fixture(scope="module")
def model(images, tmp_path_factory):
    rows = [image_statistics(read_image(file)) for file in sorted(images.iterdir())]
    place = tmp_path_factory.mktemp("models") / "model"
    return write_model(place, untrained(statistics=together(rows)))


@pytest.fixture(scope="module")
def predicted(images, model, tmp_path_factory):
    output = tmp_path_factory.mktemp("out") / "out"
    return predict(images, model, output, workers=1, threads=1), output


def maps_of(output):
    return {
        path.relative_to(output): path.read_bytes()
        for kind in ("classes", "objects", "probability", "uncertainty")
        for path in sorted((output / kind).rglob("*.tif"))
    }


def test_maps_are_those_of_the_model_and_tables_name_every_image(predicted, images, model):
    told, output = predicted
    found = read_prediction_folder(output)
    assert told["images"] == told["done_now"] == 3
    assert sorted(found.names) == ["0", "1", "2"]
    alone = segment_image(segment_predict_image.load_model(model), read_image(images / "1.tif"))
    assert np.allclose(found.segmentation("1").probability, alone.probability, atol=1e-5)
    assert np.array_equal(found.classes("1"), found.segmentation("1").classes)
    row = found.row("1")
    assert row.uncertainty == pytest.approx(found.segmentation("1").score(), rel=1e-5)
    assert row.between_members + row.between_flips + row.data == pytest.approx(row.uncertainty)
    assert row.objects == found.objects("1").max()
    assert len(found.measurements("1")["object"]) == row.objects
    assert not row.foreign
    assert row.review == (row.uncertainty >= 0.1)  # the least of those that scored below .8
    assert found.picture("1").is_file()
    assert found.about["whole"]


def test_what_is_done_and_unchanged_is_not_done_again(images, model, tmp_path, monkeypatch):
    copies = tmp_path / "images"
    for number in range(3):
        write_image(copies / f"{number}.tif", tifffile.imread(images / f"{number}.tif"), 0.5)

    def stopped(job):
        if job.name == "2":
            raise KeyboardInterrupt
        return work(job)

    work = segment_predict_image.predict_job
    monkeypatch.setattr(segment_predict_image, "predict_job", stopped)
    with pytest.raises(KeyboardInterrupt):
        predict(copies, model, tmp_path / "out", workers=1, threads=1)
    found = read_prediction_folder(tmp_path / "out")
    assert sorted(found.names) == ["0", "1"]
    assert not found.about["whole"]
    monkeypatch.setattr(segment_predict_image, "predict_job", work)
    assert predict(copies, model, tmp_path / "out", workers=1, threads=1)["done_now"] == 1
    write_image(copies / "0.tif", spots(7)[0], 0.5)
    assert predict(copies, model, tmp_path / "out", workers=1, threads=1)["done_now"] == 1
    assert predict(copies, model, tmp_path / "out", workers=1, threads=1)["done_now"] == 0


def test_a_cluster_gives_the_same_files(predicted, images, model, tmp_path):
    distributed = pytest.importorskip("distributed")
    _, output = predicted
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        predict(images, model, tmp_path / "out", on=cluster.scheduler_address)
    assert maps_of(tmp_path / "out") == maps_of(output)


def test_an_image_of_another_pixel_size_is_rescaled_there_and_back(model, tmp_path):
    pixels, _ = spots(0)
    write_image(tmp_path / "fine" / "a.tif", np.kron(pixels, np.ones((2, 2), np.uint16)), 0.25)
    predict(tmp_path / "fine", model, tmp_path / "out", workers=1, threads=1)
    found = read_prediction_folder(tmp_path / "out")
    assert found.segmentation("a").shape == (128, 128)
    assert any("rescaled from 0.25 um to 0.5 um" in note for note in found.row("a").notes)
    sums = found.segmentation("a").probability.sum(axis=0)
    assert np.allclose(sums, 1, atol=1e-5)


def test_an_image_unlike_the_training_is_flagged_with_the_reason(model, tmp_path):
    smooth = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint16) * 100
    write_image(tmp_path / "other" / "a.tif", smooth, 0.5)
    told = predict(tmp_path / "other", model, tmp_path / "out", workers=1, threads=1)
    assert told["foreign"] == 1
    assert told["foreign_folder"]
    assert "training images" in read_prediction_folder(tmp_path / "out").row("a").why


def test_all_files_at_fault_are_listed_and_nothing_is_made(model, tmp_path):
    folder = tmp_path / "images"
    write_image(folder / "good.tif", spots(0)[0], 0.5)
    write_image(folder / "coarse.tif", spots(0)[0], 50.0)
    tifffile.imwrite(folder / "colours.tif", np.zeros((3, 64, 64), np.uint8) + np.arange(
        3, dtype=np.uint8)[:, None, None], imagej=True, metadata={"axes": "CYX"})  # fmt: skip
    (folder / "torn.tif").write_bytes((folder / "good.tif").read_bytes()[:100])
    with pytest.raises(InputError) as told:
        predict(folder, model, tmp_path / "out")
    assert all(name in str(told.value) for name in ("coarse", "colours", "torn"))
    assert "good" not in str(told.value)
    assert not (tmp_path / "out").exists()


def test_two_images_of_one_name_are_told(model, tmp_path):
    for ending in ("tif", "tiff"):
        write_image(tmp_path / "images" / f"a.{ending}", spots(0)[0])
    with pytest.raises(InputError, match="one name"):
        predict(tmp_path / "images", model, tmp_path / "out")


def test_two_names_that_some_disks_hold_for_one_are_told(model, tmp_path):
    for name in ("x/Cell.tif", "y/cell.tif"):
        write_image(tmp_path / name, spots(0)[0])
    with pytest.raises(InputError, match="one name"):
        predict([tmp_path / "x", tmp_path / "y"], model, tmp_path / "out")


def test_a_source_is_found_from_elsewhere(model, tmp_path, monkeypatch):
    write_image(tmp_path / "images" / "a.tif", spots(0)[0])
    monkeypatch.chdir(tmp_path)
    told = predict("images", model, "out", workers=1, threads=1)
    monkeypatch.chdir("images")
    assert Path(told["output"]).is_absolute()
    assert read_prediction_folder(told["output"]).rows[0].source == str(tmp_path / "images/a.tif")
    predict("a.tif", model, tmp_path / "out", workers=1, threads=1)  # nothing is left to do


def test_a_filled_hole_is_of_its_objects_class():
    classes = np.array([[0, 2, 2, 2], [1, 2, 0, 2], [0, 2, 2, 2]], np.int16)
    objects = np.array([[0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1]], np.int32)
    found = segment_predict_image.filled(classes, objects)
    assert found.tolist() == [[0, 2, 2, 2], [1, 2, 2, 2], [0, 2, 2, 2]]
    nothing = np.zeros((3, 4), np.int32)
    assert np.array_equal(segment_predict_image.filled(classes, nothing), classes)


def test_an_image_of_another_folder_never_takes_the_place_of_one(predicted, model, tmp_path):
    _, output = predicted
    write_image(tmp_path / "images" / "1.tif", spots(9)[0])
    before = maps_of(output)
    with pytest.raises(InputError, match="another folder"):
        predict(tmp_path / "images", model, output)
    assert maps_of(output) == before


@pytest.mark.parametrize(
    ("more", "error"),
    [({"flips": 3}, SettingError), ({"min_area": -1}, SettingError),
     ({"separate": "magic"}, SightlineError), ({"images": "nowhere"}, InputError)],
)  # fmt: skip
def test_settings_that_make_no_sense_are_told(images, model, tmp_path, more, error):
    place = tmp_path / more["images"] if "images" in more else images
    rest = {key: value for key, value in more.items() if key != "images"}
    with pytest.raises(error):
        predict(place, model, tmp_path / "out", workers=1, threads=1, **rest)
    assert not (tmp_path / "out").exists()


def test_a_model_whose_parts_do_not_fit_is_one_error(images, tmp_path):
    odd = untrained()
    changed_members = tuple(
        {name: values for name, values in member.items() if "head" not in name}
        for member in odd.members
    )
    write_model(tmp_path / "model", replace(odd, members=changed_members))
    with pytest.raises(InputError, match=r"model\.json"):
        predict(images, tmp_path / "model", tmp_path / "out")


def test_a_folder_that_cannot_be_written_is_one_error(images, model, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="file"):
        predict(images, model, tmp_path / "file" / "out")
