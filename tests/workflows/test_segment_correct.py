"""Corrected masks come back as decisions: from ImageJ, label images, GeoJSON, and by word."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import roifile
import tifffile
from PIL import Image as Picture
from review.segmented_project import SHAPE, copied, discs, machine_of
from typer.testing import CliRunner
from workflows.annotated_folder import write_annotated, write_mask, write_predictions

from sightline.cli.app import app
from sightline.data.mask import Mask
from sightline.errors import InputError, ProjectError, SettingError, SightlineError
from sightline.project.predictions import NewPrediction, store_predictions
from sightline.project.project import Project
from sightline.project.segmenting import SegmentedImage, Segmenting, store_segmenting
from sightline.review.segment_session import SegmentSession
from sightline.segment.object_changes import ObjectChanges, object_changes
from sightline.workflows.segment_correct import correct, next_masks, status
from sightline.workflows.segment_export import export
from sightline.workflows.segment_inputs import read_inputs
from sightline.workflows.segment_project import (
    consensus_of_project,
    make_segment_project,
    take_predictions,
)

MACHINE = {"p00": machine_of(0), "p01": machine_of(1), "sub/p02": machine_of(2)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    lab = write_annotated(folder / "lab")
    project = make_segment_project(folder / "lab.sightline", read_inputs(lab)).path
    take_predictions(project, write_predictions(folder / "out", MACHINE))
    return project


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made.parent / "out", tmp_path / "out")
    return copied(made, tmp_path)


def standing(project: Path, name: str) -> np.ndarray:
    with SegmentSession(project, "somebody") as session:
        found = session.predict([name])[name].mask
    return found.classes if found.objects is None else found.objects


def entries(project: Path) -> int:
    with Project.open(project).journal() as journal:
        return journal.state().last


def outline(top: int, left: int, bottom: int, right: int, name: str) -> roifile.ImagejRoi:
    """A polygon whose pixels are those of a rectangle."""
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    roi = roifile.ImagejRoi.frompoints(np.array(corners, float))
    roi.name = name
    return roi


def write_rois(path: Path, *rois: roifile.ImagejRoi) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    roifile.roiwrite(path, list(rois), mode="w")
    return path


def boxes(*places: tuple[int, int, int, int]) -> np.ndarray:
    found = np.zeros(SHAPE, np.int32)
    for number, (top, left, bottom, right) in enumerate(places, start=1):
        found[top:bottom, left:right] = number
    return found


def test_a_zip_of_rois_is_a_correction_with_exactly_its_pixels(
    project: Path, tmp_path: Path
) -> None:
    first, second = (6, 7, 14, 15), (20, 20, 30, 33)
    path = write_rois(tmp_path / "p00.zip", outline(*first, "a"), outline(*second, "b"))
    told = correct(project, path, annotator="dora")
    assert told["recorded"] == told["corrected"] == 1
    np.testing.assert_array_equal(standing(project, "p00"), boxes(first, second))
    fused = consensus_of_project(project, "majority")["p00"]
    assert (fused.method, fused.annotators) == ("by hand", ("dora",))
    np.testing.assert_array_equal(fused.mask.objects, boxes(first, second))


def test_the_same_file_again_counts_once_whatever_its_rois_are_called(
    project: Path, tmp_path: Path
) -> None:
    one, other = (6, 7, 14, 15), (20, 20, 30, 33)
    correct(project, write_rois(tmp_path / "p00.zip", outline(*one, "a"), outline(*other, "b")),
            annotator="dora")  # fmt: skip
    before = entries(project)
    renamed = write_rois(tmp_path / "again" / "p00.zip", outline(*other, "x"), outline(*one, "y"))
    told = correct(project, renamed, annotator="dora")
    assert (told["recorded"], told["unchanged"]) == (0, ["p00"])
    assert entries(project) == before


def test_what_became_of_objects_is_told(project: Path, tmp_path: Path) -> None:
    one, two, three = (2, 2, 9, 9), (20, 20, 30, 33), (33, 2, 38, 20)
    first = write_rois(tmp_path / "p00.zip", outline(*one, "one"), outline(*two, "two"))
    correct(project, first, annotator="dora")
    moved = (21, 21, 31, 34)
    edited = write_rois(tmp_path / "2" / "p00.zip", outline(*moved, "two"), outline(*three, "new"))
    told = correct(project, edited, annotator="dora")
    assert told["changes"]["p00"] | {"pixels": 0} == {
        "kept": 0, "changed": 1, "added": 1, "removed": 1, "pixels": 0
    }  # fmt: skip
    np.testing.assert_array_equal(standing(project, "p00"), boxes(moved, three))


def test_rois_that_were_exported_and_edited_in_imagej_are_what_stands(
    project: Path, tmp_path: Path
) -> None:
    """Predictions, zip, one region deleted, one moved, one added, and back; then undo."""
    machine = standing(project, "p01")
    export(project.parent / "out", tmp_path / "rois", to="rois")
    path = tmp_path / "rois" / "p01.zip"
    deleted, moved = regions_in(path)
    inside = region_of_pixels(machine, moved)
    moved.left, moved.right = moved.left + 3, moved.right + 3
    moved.top, moved.bottom = moved.top - 2, moved.bottom - 2
    moved.name = "this one was moved"
    path.unlink()
    new = (33, 2, 38, 20)
    write_rois(path, moved, outline(*new, "new"))

    told = correct(project, tmp_path / "rois", annotator="dora")
    assert sorted(told["unchanged"]) == ["p00", "sub/p02"]
    changes = told["changes"]["p01"]
    assert (changes["kept"], changes["changed"], changes["added"]) == (0, 1, 1)
    assert changes["removed"] == 1
    expected = np.roll(machine == inside, (-2, 3), (0, 1)) + 2 * (boxes(new) > 0)
    found = consensus_of_project(project, "majority")["p01"].mask
    assert found.objects is not None
    assert object_changes(expected, found.objects) == ObjectChanges(kept=2)
    np.testing.assert_array_equal(found.classes, expected > 0)
    assert deleted.name != moved.name

    correct(project, annotator="dora", undo=True)
    np.testing.assert_array_equal(standing(project, "p01"), machine)
    assert "p01" not in consensus_of_project(project)


def regions_in(path: Path) -> list[roifile.ImagejRoi]:
    found = roifile.roiread(path)
    assert isinstance(found, list)
    return found


def region_of_pixels(objects: np.ndarray, region: roifile.ImagejRoi) -> int:
    """Number of the object in the middle of a region."""
    y, x = (region.top + region.bottom) // 2, (region.left + region.right) // 2
    return int(objects[y, x])


def test_what_people_ignored_stays_ignored_where_outlines_say_nothing(
    project: Path, tmp_path: Path
) -> None:
    classes = np.zeros(SHAPE, np.int16)
    classes[:, 30:] = -1
    with SegmentSession(project, "ben") as session:
        ours = Mask(classes, np.zeros(SHAPE, np.int32), session.segmenting.class_names)
        session.decide(session.correction("p00"), ours)
    correct(project, write_rois(tmp_path / "p00.zip", outline(6, 25, 14, 35, "r")),
            annotator="dora")  # fmt: skip
    classes[6:14, 25:35] = 1
    with SegmentSession(project, "ben") as session:
        np.testing.assert_array_equal(session.predict(["p00"])["p00"].mask.classes, classes)


def test_undo_brings_the_earlier_back_and_redo_the_later(project: Path, tmp_path: Path) -> None:
    before = standing(project, "a1")
    correct(project, write_rois(tmp_path / "a1.zip", outline(2, 2, 9, 9, "r")), annotator="dora")
    np.testing.assert_array_equal(standing(project, "a1") > 0, boxes((2, 2, 9, 9)) > 0)
    correct(project, annotator="dora", undo=True)
    np.testing.assert_array_equal(standing(project, "a1"), before)
    correct(project, annotator="dora", redo=True)
    np.testing.assert_array_equal(standing(project, "a1") > 0, boxes((2, 2, 9, 9)) > 0)
    with pytest.raises(ProjectError, match="nothing left to redo"):
        correct(project, annotator="dora", redo=True)


def test_a_folder_of_label_images_is_one_act(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corrected"
    (folder / "sub").mkdir(parents=True)
    masks = {"p00": discs((9, 9)), "p01": discs((9, 9), (30, 30)), "sub/p02": machine_of(2)}
    for name, mask in masks.items():
        assert mask.objects is not None
        tifffile.imwrite(folder / f"{name}.tif", mask.objects.astype(np.uint16))
    told = correct(project, folder, annotator="dora")
    assert (told["recorded"], told["unchanged"]) == (2, ["sub/p02"])
    np.testing.assert_array_equal(standing(project, "p01"), masks["p01"].objects)
    correct(project, annotator="dora", undo=True)
    np.testing.assert_array_equal(standing(project, "p00"), machine_of(0).objects)
    np.testing.assert_array_equal(standing(project, "p01"), machine_of(1).objects)


def test_few_objects_of_eight_bits_are_objects_where_there_is_one_class(
    project: Path, tmp_path: Path
) -> None:
    mask = discs((9, 9), (30, 30))
    assert mask.objects is not None
    Picture.fromarray(mask.objects.astype(np.uint8)).save(tmp_path / "p00.png")
    correct(project, tmp_path / "p00.png", annotator="dora")
    np.testing.assert_array_equal(standing(project, "p00"), mask.objects)


def test_a_black_and_white_mask_and_a_name_with_an_ending_do(project: Path, tmp_path: Path) -> None:
    write_mask(tmp_path / "a0_corrected.png", discs((9, 9)))
    correct(project, tmp_path / "a0_corrected.png", annotator="dora")
    np.testing.assert_array_equal(standing(project, "a0"), discs((9, 9)).classes)
    write_mask(tmp_path / "p00_corrected.png", machine_of(0))
    told = correct(project, tmp_path / "p00_corrected.png", annotator="dora")
    assert told["unchanged"] == ["p00"]


def labels(path: Path, objects: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, objects.astype(np.uint16))
    return path


def test_cells_are_split_where_what_stands_tells_no_objects(project: Path, tmp_path: Path) -> None:
    whole, halves = boxes((5, 5, 15, 25)), boxes((5, 5, 15, 15), (5, 15, 15, 25))
    write_mask(tmp_path / "p00.png", Mask((whole > 0).astype(np.int16)))
    correct(project, tmp_path / "p00.png", annotator="dora")
    told = correct(project, labels(tmp_path / "same" / "p00.tif", whole), annotator="dora")
    assert told["unchanged"] == ["p00"]
    told = correct(project, labels(tmp_path / "split" / "p00.tif", halves), annotator="dora")
    assert told["changes"]["p00"] == {
        "kept": 0, "changed": 1, "added": 1, "removed": 0, "pixels": 0
    }  # fmt: skip
    np.testing.assert_array_equal(standing(project, "p00"), halves)


def test_that_nothing_is_there_is_said_of_an_image_of_which_nothing_was_known(
    project: Path, tmp_path: Path
) -> None:
    correct(project, annotator="dora", reject=["p00"])
    empty = Mask(np.zeros(SHAPE, np.int16), np.zeros(SHAPE, np.int32))
    assert empty.objects is not None
    path = labels(tmp_path / "p00.tif", empty.objects)
    told = correct(project, path, annotator="dora", mask_kind="objects")
    assert told["recorded"] == 1
    with SegmentSession(project, "ben") as session:
        assert not session.predict(["p00"])["p00"].mask.classes.any()


@pytest.fixture
def of_two_classes(tmp_path: Path) -> Path:
    """A project of cells and dirt, one of each in its only image."""
    made = Project.create(tmp_path / "two.sightline", "segment")
    names = ("cell", "dirt")
    store_segmenting(made, Segmenting("two", (SegmentedImage("one", SHAPE),), names))
    objects = boxes((2, 2, 9, 9), (20, 20, 30, 33))
    store_predictions(made, [NewPrediction("one", Mask(objects.astype(np.int16), objects, names))])
    return made.path


def test_an_object_is_of_the_class_that_most_of_it_has(
    of_two_classes: Path, tmp_path: Path
) -> None:
    moved = boxes((22, 18, 32, 31), (2, 2, 9, 9))
    path = labels(tmp_path / "one.tif", moved)
    correct(of_two_classes, path, annotator="dora", mask_kind="objects")
    with SegmentSession(of_two_classes, "ben") as session:
        found = session.predict(["one"])["one"].mask
    np.testing.assert_array_equal(found.classes, np.array([0, 2, 1])[moved])
    again = correct(of_two_classes, path, annotator="dora", mask_kind="objects")
    assert again["unchanged"] == ["one"]


def test_of_several_classes_one_says_what_numbers_are_and_no_object_gets_a_guessed_class(
    of_two_classes: Path, tmp_path: Path
) -> None:
    path = labels(tmp_path / "one.tif", boxes((2, 2, 9, 9), (33, 2, 38, 20)))
    with pytest.raises(SettingError, match="classes or single objects"):
        correct(of_two_classes, path, annotator="dora")
    with pytest.raises(InputError, match="objects 2 are new"):
        correct(of_two_classes, path, annotator="dora", mask_kind="objects")
    told = correct(of_two_classes, path, annotator="dora", mask_kind="classes")
    assert told["recorded"] == 1


def test_geojson_of_qupath_is_read(project: Path, tmp_path: Path) -> None:
    ring = [[7, 6], [15, 6], [15, 14], [7, 14], [7, 6]]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"objectType": "annotation"},
    }
    path = tmp_path / "p01.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    correct(project, path, annotator="dora")
    np.testing.assert_array_equal(standing(project, "p01"), boxes((6, 7, 14, 15)))


def test_one_s_own_mask_is_one_opinion_among_others(project: Path, tmp_path: Path) -> None:
    write_mask(tmp_path / "a0.png", discs((9, 9)))
    told = correct(project, tmp_path / "a0.png", annotator="dora", own=True)
    assert (told["recorded"], told["corrected"]) == (1, 0)
    found = consensus_of_project(project)["a0"]
    assert found.annotators == ("anna", "ben", "cleo", "dora")
    again = correct(project, tmp_path / "a0.png", annotator="dora", own=True)
    assert (again["recorded"], again["unchanged"]) == (0, ["a0"])
    assert correct(project, tmp_path / "a0.png", annotator="emma", own=True)["recorded"] == 1


def test_words_are_answers(project: Path) -> None:
    told = correct(project, annotator="dora", accept=["p00"], reject=["p01"], skip=["sub/p02"])
    assert (told["recorded"], told["accepted"], told["rejected"], told["skipped"]) == (3, 1, 1, 1)
    item = next_masks(project, "ben", 1, of="objects")[0]["item"]
    told = correct(project, annotator="ben", reject=[item])
    assert told["objects_rejected"] == 1
    correct(project, annotator="dora", undo=True)
    assert status(project, "dora")["decided"] == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"accept": ["p00"], "reject": ["p00"]}, "accepted and rejected of image p00"),
        ({"accept": ["p00"], "skip": ["p00"]}, "accepted and skip of image p00"),
        ({"files": "p00.png", "accept": ["p00"]}, "a mask and accepted of image p00"),
        ({"files": "p00.png", "own": True, "accept": ["p00"]}, "a mask and accepted of image p00"),
    ],
)
def test_two_answers_of_one_image_are_refused_and_nothing_is_recorded(
    project: Path, tmp_path: Path, said: dict[str, Any], told: str
) -> None:
    write_mask(tmp_path / "p00.png", discs((9, 9)))
    if "files" in said:
        said = said | {"files": tmp_path / "p00.png"}
    before = entries(project)
    with pytest.raises(InputError, match=told):
        correct(project, annotator="dora", **said)
    assert entries(project) == before


def test_an_object_is_not_rejected_while_its_image_is_accepted_as_it_is(project: Path) -> None:
    one = next_masks(project, "dora", 1, of="objects")[0]
    other = next(name for name in MACHINE if name != one["image"])
    with pytest.raises(InputError, match="rejected of its object"):
        correct(project, annotator="dora", accept=[one["image"]], reject=[one["item"]])
    told = correct(project, annotator="dora", accept=[other], reject=[one["item"]])
    assert told["recorded"] == 2


def test_the_same_answer_twice_is_one(project: Path) -> None:
    assert correct(project, annotator="dora", accept=["p00", "p00"])["recorded"] == 1


def test_what_was_drawn_at_random_counts_so_in_another_process(
    project: Path, tmp_path: Path
) -> None:
    asked = tmp_path / "asked.csv"
    with SegmentSession(project, "dora") as session:
        drawn, chosen = session.item("p00"), session.item("p01")
    asked.write_text(f"item,probe\n{drawn},yes\n{chosen},\n", encoding="utf-8")
    for name in ("p00", "p01"):
        write_mask(tmp_path / "c" / f"{name}.png", discs((9, 9)))
    assert correct(project, tmp_path / "c", annotator="dora", asked=asked)["probes"] == 1
    assert status(project, "dora")["probes"] == 1
    (tmp_path / "other.csv").write_text("item,probe\nothers/p00,yes\n", encoding="utf-8")
    with pytest.raises(InputError, match="this project's questions"):
        correct(project, annotator="dora", accept=["p01"], asked=tmp_path / "other.csv")
    with pytest.raises(InputError, match="no such file"):
        correct(project, annotator="dora", accept=["p01"], asked=tmp_path / "none.csv")


def test_questions_name_what_is_asked(project: Path) -> None:
    found = next_masks(project, "dora", 3)
    assert {one["image"] for one in found} == set(MACHINE)
    assert [one["object"] for one in found] == [""] * 3
    assert all("U is" in one["reason"] or "found nothing" in one["reason"] for one in found)
    assert found[-1]["uncertainty"] == pytest.approx(0.01, abs=1e-6)
    assert {one["image"] for one in next_masks(project, "dora", 9, of="objects")} == set(MACHINE)


def test_all_files_that_fit_no_image_are_named_and_nothing_is_recorded(
    project: Path, tmp_path: Path
) -> None:
    for name in ("p00", "q01", "q02"):
        write_mask(tmp_path / "c" / f"{name}.png", discs((9, 9)))
    before = entries(project)
    with pytest.raises(
        InputError, match=r"q01 fits no image; q02 fits no image.*the images are a0"
    ):
        correct(project, tmp_path / "c", annotator="dora")
    assert entries(project) == before


def test_two_files_of_one_image_are_refused(project: Path, tmp_path: Path) -> None:
    write_mask(tmp_path / "c" / "p00.png", discs((9, 9)))
    write_rois(tmp_path / "c" / "p00.zip", outline(2, 2, 9, 9, "r"))
    with pytest.raises(InputError, match="p00"):
        correct(project, tmp_path / "c", annotator="dora")


def test_masks_of_another_size_are_all_named(project: Path, tmp_path: Path) -> None:
    for name in ("p00", "p01"):
        tifffile.imwrite(tmp_path / f"{name}.tif", np.ones((5, 6), np.uint16))
    paths = [tmp_path / "p00.tif", tmp_path / "p01.tif"]
    with pytest.raises(InputError, match=r"p00\.tif.*60 x 40.*p01\.tif"):
        correct(project, paths, annotator="dora")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Nothing was said"),
        ({"undo": True, "redo": True}, "one thing at a time"),
        ({"undo": True, "accept": ["p00"]}, "one thing at a time"),
        ({"accept": ["nine"]}, "names no mask"),
        ({"accept": ["a0"]}, "the machine has no mask"),
        ({"files": "nowhere.zip"}, "nothing is there"),
        ({"undo": True}, "nothing left to undo"),
    ],
)
def test_what_cannot_be_understood_is_refused(
    project: Path, said: dict[str, Any], told: str
) -> None:
    with pytest.raises(SightlineError, match=told):
        correct(project, annotator="dora", **said)


def test_the_command_line_does_all_of_it(project: Path, tmp_path: Path) -> None:
    def say(*words: str) -> Any:
        done = CliRunner().invoke(app, ["segment", *words, "-a", "dora", "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    at = str(project)
    asked = tmp_path / "asked.csv"
    questions = say("next", at, "-n", "2", "-o", str(asked))
    assert len(questions) == 2
    assert asked.read_text(encoding="utf-8").splitlines()[0] == "item,image,reason,probe"
    path = write_rois(tmp_path / "p00.zip", outline(2, 2, 9, 9, "r"))
    assert say("correct", at, str(path), "--asked", str(asked))["corrected"] == 1
    assert say("correct", at, "--accept", "p01")["accepted"] == 1
    assert say("status", at)["decided"] == 2
    assert say("undo", at)["decided"] == 1
    assert say("redo", at)["decided"] == 2
    done = CliRunner().invoke(app, ["segment", "next", at, "-a", "dora"])
    assert "U is" in done.stdout


def test_the_app_says_that_it_shows_no_segmentation_yet(project: Path) -> None:
    done = CliRunner().invoke(app, ["open", str(project), "--no-browser"])
    assert isinstance(done.exception, ProjectError | SystemExit)
    assert "does not show yet" in f"{done.output} {done.exception}"
