"""What predictions become for other programs: read back by theirs, and by our next steps."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import tifffile
import zarr
from numpy.typing import NDArray
from PIL import Image as Picture
from roifile import roiread
from scipy import ndimage
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.data.segmentation import Segmentation
from sightline.errors import InputError, SettingError
from sightline.formats.candidates.open_candidates import open_candidates
from sightline.formats.masks.read_masks import read_mask
from sightline.formats.point_clouds import is_points_file, read_point_clouds
from sightline.formats.predicted_image import PredictedImage
from sightline.formats.prediction_folder import open_writer
from sightline.segment.instances import separate_objects
from sightline.trust.mask_scores import object_scores
from sightline.workflows.segment_export import FORMATS, export

CLASSES = ("neuron", "=glia")  # which a spreadsheet must not take for a formula
SIZE = (0.5, 0.5)


def a_segmentation(seed: int, shape: tuple[int, int] = (70, 90)) -> Segmentation:
    rng = np.random.default_rng(seed)
    fields = [ndimage.gaussian_filter(rng.normal(size=shape), 5) * 25 for _ in CLASSES]
    odds = np.exp([np.full(shape, 1.5), *fields])
    probability = (odds / odds.sum(axis=0)).astype(np.float32)
    parts = [rng.random(shape, np.float32) * 0.05 for _ in range(3)]
    return Segmentation(probability, *parts)


@pytest.fixture(scope="module")
def predictions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `segment predict` leaves it; one image lies in a folder, one has no objects."""
    folder = tmp_path_factory.mktemp("export")
    writer = open_writer(folder / "out", CLASSES, {})
    rows = []
    for number, name in enumerate(("img10", "img2", "day1/img1", "empty")):
        found = a_segmentation(number)
        if name == "empty":
            nothing = np.zeros_like(found.probability)
            nothing[0] = 1
            found = Segmentation(nothing, found.between_members, found.between_flips, found.data)
        objects = separate_objects(found, min_area=10)
        picture = folder / f"{name.replace('/', '-')}.png"
        Picture.fromarray((found.probability[0] * 255).astype(np.uint8)).save(picture)
        count, score = int(objects.max()), found.score()
        rows.append(
            PredictedImage(name, str(picture), found.shape, SIZE, uncertainty=score, objects=count)
        )
        writer.add(rows[-1], found, objects)
    writer.finish(rows)
    return folder / "out"


def objects_of(predictions: Path, name: str) -> NDArray[np.int64]:
    return tifffile.imread(predictions / "objects" / f"{name}.tif").astype(np.int64)


def test_every_format_is_written_beside_the_predictions_and_never_twice(predictions: Path) -> None:
    for form in FORMATS:
        told = export(predictions, to=form)
        target = Path(told["output"])
        assert target.exists()
        assert target.parent == predictions.parent
        assert told["images"] == 4
        assert told["objects"] > 20
        kept = sorted(path.name for path in target.parent.iterdir())
        with pytest.raises(InputError, match="there already"):
            export(predictions, to=form)
        assert sorted(path.name for path in target.parent.iterdir()) == kept


def test_labels_are_tiff_files_with_the_pixel_size_that_open_as_candidates(
    predictions: Path, tmp_path: Path
) -> None:
    export(predictions, tmp_path / "labels", to="labels")
    path = tmp_path / "labels" / "day1" / "img1.tif"
    with tifffile.TiffFile(path) as file:
        np.testing.assert_array_equal(file.asarray(), objects_of(predictions, "day1/img1"))
        assert file.imagej_metadata is not None
        assert file.imagej_metadata["unit"] in ("um", "micron", "µm", "\\u00B5m")
        over, under = file.pages.first.tags["XResolution"].value
        assert over / under == pytest.approx(1 / SIZE[1])
    candidates = open_candidates(path)
    areas = np.bincount(objects_of(predictions, "day1/img1").ravel())[1:]
    np.testing.assert_array_equal(np.diff(candidates.footprints.indptr), areas)
    classes = tifffile.imread(tmp_path / "labels" / "classes" / "img2.tif")
    assert set(np.unique(classes)) <= {0, 1, 2}


def test_rois_are_ranked_by_the_uncertainty_measured_over_each_object(
    predictions: Path, tmp_path: Path
) -> None:
    export(predictions, tmp_path / "rois", to="rois")
    regions = roiread(tmp_path / "rois" / "img2.zip")
    assert isinstance(regions, list)
    maps = tifffile.imread(predictions / "uncertainty" / "img2.tif").sum(axis=0)
    objects = objects_of(predictions, "img2")
    expected = np.sort(ndimage.mean(maps, objects, range(1, objects.max() + 1)))[::-1]
    assert [float(one.name.split("-")[1]) for one in regions] == pytest.approx(expected, abs=1e-6)
    assert [int(one.name.split("-")[0]) for one in regions] == [*range(1, len(regions) + 1)]
    assert {one.group for one in regions} == {1, 2}


def test_geojson_names_classes_and_carries_measurements(predictions: Path, tmp_path: Path) -> None:
    export(predictions, tmp_path / "json", to="geojson", object_type="detection")
    found = json.loads((tmp_path / "json" / "img10.geojson").read_text(encoding="utf-8"))
    objects = objects_of(predictions, "img10")
    assert len(found["features"]) == objects.max()
    for feature in found["features"]:
        said = feature["properties"]
        assert said["objectType"] == "detection"
        assert said["classification"]["name"] in CLASSES
        area = (objects == int(said["name"])).sum()
        assert said["measurements"]["area_um2"] == pytest.approx(area * SIZE[0] * SIZE[1])


@pytest.mark.parametrize(("to", "ending"), [("rois", ".zip"), ("geojson", ".geojson")])
def test_outlines_come_back_as_an_annotators_mask(
    predictions: Path, tmp_path: Path, to: str, ending: str
) -> None:
    export(predictions, tmp_path / "out", to=to)
    objects = objects_of(predictions, "img2")
    classes = tifffile.imread(predictions / "classes" / "img2.tif")
    path = tmp_path / "out" / f"img2{ending}"
    mask = read_mask(path, objects.shape, "img2", CLASSES, None)
    np.testing.assert_array_equal(mask.classes, np.where(objects > 0, classes, 0))
    assert mask.objects is not None
    assert len(np.unique(mask.objects)) == len(np.unique(objects))
    assert object_scores(mask.objects, objects, (1.0,)).precision[0] == 1


def test_tables_hold_every_object_once_the_most_uncertain_first(
    predictions: Path, tmp_path: Path
) -> None:
    export(predictions, tmp_path / "tables", to="csv")
    export(predictions, tmp_path / "tables.xlsx", to="xlsx")
    with (tmp_path / "tables" / "objects.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [row["image"] for row in rows]
    for name in ("img10", "img2", "day1/img1", "empty"):
        assert names.count(name) == objects_of(predictions, name).max()
    uncertain = [float(row["mean_uncertainty"]) for row in rows]
    assert uncertain == sorted(uncertain, reverse=True)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    sheet = list(book["objects"].iter_rows(values_only=True))
    assert list(sheet[0]) == list(rows[0])
    assert len(sheet) == len(rows) + 1
    place = sheet[0].index("mean_uncertainty")
    assert [line[place] for line in sheet[1:]] == pytest.approx(uncertain)
    classes = {cell.value: cell.data_type for cell in book["objects"]["D"][1:]}
    assert classes == {"neuron": "s", "=glia": "s"}
    assert [line[1] for line in book["images"].iter_rows(values_only=True)][-1] == "empty"


def test_points_are_frames_in_natural_order_as_tracking_reads_them(
    predictions: Path, tmp_path: Path
) -> None:
    export(predictions, tmp_path / "points.csv", to="points")
    assert is_points_file(tmp_path / "points.csv")
    clouds = read_point_clouds(tmp_path / "points.csv")
    for frame, name in enumerate(("day1/img1", "empty", "img2", "img10")):
        objects = objects_of(predictions, name)
        middles = ndimage.center_of_mass(objects > 0, objects, range(1, objects.max() + 1))
        ours = clouds.position[clouds.frame == frame][:, 1:]
        np.testing.assert_allclose(ours, np.reshape(middles, (-1, 2)))
        labelled = [clouds.names[number] for number in clouds.identity[clouds.frame == frame]
                    if number >= 0]  # fmt: skip
        numbers = [str(number) for number in range(1, objects.max() + 1)]
        assert labelled == (numbers if frame == 0 else [])


def test_ome_zarr_holds_image_maps_and_labels_at_every_level(
    predictions: Path, tmp_path: Path
) -> None:
    told = export(predictions, tmp_path / "zarr", to="ome-zarr")
    assert told["notes"] == []
    root = zarr.open_group(tmp_path / "zarr" / "img2.ome.zarr", mode="r")
    (scales,) = root.attrs["multiscales"]
    assert [axis["name"] for axis in scales["axes"]] == ["c", "y", "x"]
    first = np.asarray(root["0"])
    picture = np.asarray(Picture.open(predictions.parent / "img2.png"))
    probability = tifffile.imread(predictions / "probability" / "img2.tif")
    np.testing.assert_array_equal(first[0], picture)
    np.testing.assert_array_equal(first[1:4], probability)
    assert len(root.attrs["omero"]["channels"]) == len(first) == 7
    assert root["labels"].attrs["labels"] == ["objects", "classes"]
    np.testing.assert_array_equal(root["labels/objects/0"], objects_of(predictions, "img2"))
    label = root["labels/objects"].attrs["image-label"]
    assert [one["label-value"] for one in label["properties"]] == [
        *range(1, objects_of(predictions, "img2").max() + 1)
    ]


def test_deepflash2s_layout_is_written(predictions: Path, tmp_path: Path) -> None:
    export(predictions, tmp_path / "project", to="deepflash2")
    mask = np.asarray(Picture.open(tmp_path / "project" / "Prediction" / "masks" / "img2.png"))
    np.testing.assert_array_equal(
        mask, tifffile.imread(predictions / "classes" / "img2.tif")
    )  # fmt: skip


def test_a_missing_image_is_said_and_the_maps_are_written(
    predictions: Path, tmp_path: Path
) -> None:
    shutil.copytree(predictions, tmp_path / "out")
    about = json.loads((tmp_path / "out" / "about.json").read_text(encoding="utf-8"))
    for row in about["images"]:
        row["source"] = str(tmp_path / "gone.png")
    (tmp_path / "out" / "about.json").write_text(json.dumps(about), encoding="utf-8")
    told = export(tmp_path / "out", tmp_path / "zarr", to="ome-zarr")
    assert len(told["notes"]) == 4
    assert zarr.open_array(tmp_path / "zarr" / "img2.ome.zarr" / "0", mode="r").shape[0] == 6


def test_a_prediction_that_was_changed_is_refused_and_nothing_stays(
    predictions: Path, tmp_path: Path
) -> None:
    shutil.copytree(predictions, tmp_path / "out")
    path = tmp_path / "out" / "objects" / "img2.tif"
    tifffile.imwrite(path, np.ones((5, 5), np.uint16))
    with pytest.raises(InputError, match="changed"):
        export(tmp_path / "out", tmp_path / "rois", to="rois")
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_is_one_error_and_nothing_stays(
    predictions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zarr.Group, "create_array", full)
    with pytest.raises(InputError, match=r"No space left on device.*Free some space"):
        export(predictions, tmp_path / "zarr", to="ome-zarr")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("to", "kind"), [("stl", "annotation"), ("geojson", "cell")])
def test_an_unknown_format_is_told_those_that_are_known(
    predictions: Path, to: str, kind: str
) -> None:
    with pytest.raises(SettingError, match="rois, geojson"):
        export(predictions, to=to, object_type=kind)  # pyright: ignore


def test_what_is_no_folder_of_predictions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="segment predict"):
        export(tmp_path, to="csv")


def test_the_verb_prints_what_it_wrote(predictions: Path, tmp_path: Path) -> None:
    words = ["segment", "export", str(predictions), "--to", "rois", "-o", str(tmp_path / "r")]
    told = CliRunner().invoke(app, [*words, "--json"])
    assert told.exit_code == 0
    assert json.loads(told.output)["output"] == str(tmp_path / "r")
