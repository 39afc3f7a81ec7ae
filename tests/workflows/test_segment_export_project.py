"""Masks as they stand after review, given to other programs."""

import csv
import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import tifffile
from review.segmented_project import (
    ANNOTATED,
    PREDICTED,
    SHAPE,
    discs,
    machine_of,
    make_segmented_project,
)
from scipy import ndimage
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.errors import InputError, SettingError
from sightline.formats.masks.read_masks import read_mask
from sightline.project.project import Project
from sightline.project.segmenting import SegmentedImage, Segmenting, store_segmenting
from sightline.review.segment_session import SegmentSession
from sightline.workflows.segment_export_project import REVIEWED_FORMATS, export_project

DRAWN = discs((20, 30), (8, 50), (30, 9))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One image was corrected, of another an object was rejected, of a third the whole mask."""
    path = make_segmented_project(tmp_path_factory.mktemp("reviewed"))
    with SegmentSession(path, "dora") as session:
        session.decide(session.item("p03"), DRAWN)
        first = next(one.item for one in session.batch(99, "objects") if "/p04/" in one.item)
        session.decide(first, "rejected")
        session.decide(session.item("p05"), "rejected")
    return path


def tables(folder: Path) -> tuple[dict[str, dict[str, str]], list[dict[str, str]]]:
    read = []
    for name in ("images", "objects"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            read.append(list(csv.DictReader(file)))
    return {row["name"]: row for row in read[0]}, read[1]


@pytest.mark.parametrize("to", REVIEWED_FORMATS)
def test_every_format_is_written_and_never_twice(project: Path, tmp_path: Path, to: str) -> None:
    told = export_project(project, tmp_path / "out", to=to)
    assert told["images"] == len(ANNOTATED) + len(PREDICTED) - 1
    assert told["by_people"] == len(ANNOTATED) + 1
    assert told["notes"] == ["p05: left out, no mask stands"]
    with pytest.raises(InputError, match="there already"):
        export_project(project, tmp_path / "out", to=to)


def test_labels_are_a_persons_where_there_is_one(project: Path, tmp_path: Path) -> None:
    export_project(project, tmp_path / "out", to="labels")
    found = tifffile.imread(tmp_path / "out" / "p03.tif")
    assert DRAWN.objects is not None
    assert np.array_equal(found > 0, DRAWN.objects > 0)
    assert len(np.unique(found)) == 4
    untouched = tifffile.imread(tmp_path / "out" / "p00.tif")
    assert np.array_equal(untouched > 0, machine_of(1).classes > 0)


def test_an_object_that_was_rejected_is_gone(project: Path, tmp_path: Path) -> None:
    export_project(project, tmp_path / "out", to="labels")
    found = tifffile.imread(tmp_path / "out" / "p04.tif")
    assert ndimage.label(found)[1] == 1
    assert not (tmp_path / "out" / "p05.tif").exists()


def test_outlines_come_back_as_the_mask_that_was_drawn(project: Path, tmp_path: Path) -> None:
    for to, ending in (("rois", ".zip"), ("geojson", ".geojson")):
        export_project(project, tmp_path / to, to=to)
        back = read_mask(tmp_path / to / f"p03{ending}", SHAPE, "p03", ("cell",))
        assert np.array_equal(back.classes, DRAWN.classes)


def test_tables_say_whose_mask_it_is(project: Path, tmp_path: Path) -> None:
    told = export_project(project, tmp_path / "out", to="csv")
    images, objects = tables(tmp_path / "out")
    assert (images["p03"]["how"], images["p03"]["who"]) == ("drawn", "dora")
    assert (images["p00"]["how"], images["p00"]["who"]) == ("machine", "")
    assert images["a1"]["how"] == "staple"
    assert len(objects) == told["objects"] == sum(int(row["objects"]) for row in images.values())
    drawn = [row for row in objects if row["image"] == "p03"]
    assert {row["class"] for row in drawn} == {"cell"}
    assert DRAWN.objects is not None
    areas = np.bincount(DRAWN.objects.ravel())[1:]
    assert sorted(float(row["area_um2"]) for row in drawn) == sorted(0.25 * areas)
    assert {float(row["uncertainty"]) for row in drawn} == {0.0}
    assert all(float(row["uncertainty"]) > 0 for row in objects if row["how"] == "machine")


def test_a_sheet_holds_the_same(project: Path, tmp_path: Path) -> None:
    told = export_project(project, tmp_path / "out.xlsx", to="xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book["objects"].max_row == told["objects"] + 1


def test_a_project_without_a_mask_is_refused(tmp_path: Path) -> None:
    empty = Project.create(tmp_path / "empty.sightline", "segment")
    store_segmenting(empty, Segmenting("x", (SegmentedImage("a", SHAPE),), ("cell",)))
    with pytest.raises(InputError, match="no mask stands"):
        export_project(empty.path, to="labels")


def test_formats_that_need_the_networks_maps_are_refused(project: Path) -> None:
    with pytest.raises(SettingError, match="folder of predictions"):
        export_project(project, to="ome-zarr")


def test_the_verb_takes_a_project(project: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke(
        app,
        ["segment", "export", str(project), "--to", "labels", "-o", str(tmp_path / "o"), "--json"],
    )
    assert run.exit_code == 0, run.output
    assert json.loads(run.output)["by_people"] == len(ANNOTATED) + 1
