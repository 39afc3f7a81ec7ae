"""A project of annotated images: masks come once, consensus with corrections, predictions join."""

import csv
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Picture
from review.segmented_project import ANNOTATED, OPINIONS, discs, machine_of
from workflows.annotated_folder import pixels_of, write_annotated, write_mask, write_predictions

from sightline.consensus.mask_consensus import METHODS, fuse_masks
from sightline.consensus.mask_reliability import estimate_reliability
from sightline.data.mask import Mask
from sightline.errors import InputError, ProjectError
from sightline.project.bundle import read_bundle, write_bundle
from sightline.project.project import Project
from sightline.project.segmenting import read_segmenting
from sightline.project.source import sources_of
from sightline.review.segment_session import SegmentSession
from sightline.workflows.checking import check
from sightline.workflows.decisions import decisions
from sightline.workflows.said_inputs import said_inputs
from sightline.workflows.segment_consensus import consensus
from sightline.workflows.segment_inputs import read_inputs
from sightline.workflows.segment_project import (
    check_images_of_project,
    check_project,
    consensus_of_project,
    make_segment_project,
    take_predictions,
)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return write_annotated(tmp_path / "lab")


@pytest.fixture
def project(lab: Path) -> Path:
    return make_segment_project(lab.parent / "lab.sightline", read_inputs(lab)).path


def test_every_mask_is_a_decision_of_who_drew_it(project: Path, lab: Path) -> None:
    about = read_segmenting(Project.open(project))
    assert (about.recording, about.names, about.annotators) == ("lab", ANNOTATED, tuple(OPINIONS))
    assert about.image("a0").digest
    assert sources_of(Project.open(project))["a0"] == lab / "images" / "a0.tif"
    with SegmentSession(project, "dora") as session:
        said = session.said
    assert {name: tuple(one.masks) for name, one in said.items()} == dict.fromkeys(
        ANNOTATED, tuple(OPINIONS)
    )


def test_the_same_files_again_say_nothing_new_and_a_changed_one_supersedes(
    project: Path, lab: Path
) -> None:
    def entries() -> int:
        with Project.open(project).journal() as journal:
            return journal.state().last

    before = entries()
    make_segment_project(project, read_inputs(lab))
    assert entries() == before
    (lab / "experts" / "ben" / "a1.png").unlink()
    write_mask(lab / "experts" / "ben" / "a1.png", discs((5, 5)))
    make_segment_project(project, read_inputs(lab))
    assert entries() == before + 1
    found = consensus_of_project(project, "staple")["a1"]
    masks = [OPINIONS["anna"](1), discs((5, 5)), OPINIONS["cleo"](1)]
    np.testing.assert_array_equal(found.marked, sum(mask.classes for mask in masks))


@pytest.mark.parametrize("method", METHODS)
def test_the_consensus_is_that_of_the_files(project: Path, lab: Path, method: str) -> None:
    found = consensus_of_project(project, method)
    assert tuple(found) == ANNOTATED
    assert {one.method for one in found.values()} == {method}
    inputs = read_inputs(lab)
    rated = None
    if method in ("staple-pooled", "dawid-skene"):
        every = [inputs.masks(name) for name in inputs.names]
        rated = estimate_reliability(every, fixed_prior=method == "staple-pooled")
    for name, one in found.items():
        expected = fuse_masks(inputs.masks(name), method, reliability=rated)
        np.testing.assert_array_equal(one.mask.classes, expected.mask.classes)
        np.testing.assert_array_equal(one.share, expected.share)


def test_a_correction_survives_computing_anew_and_is_marked(project: Path, lab: Path) -> None:
    corrected = discs((15, 15))
    with SegmentSession(project, "dora") as session:
        names = session.segmenting.class_names
        mask = Mask(corrected.classes, corrected.objects, names)
        session.decide(session.correction("a1"), mask)
    make_segment_project(project, read_inputs(lab))
    for method in METHODS:
        found = consensus_of_project(project, method)
        assert (found["a1"].method, found["a1"].annotators) == ("by hand", ("dora",))
        np.testing.assert_array_equal(found["a1"].mask.classes, corrected.classes)
        assert found["a0"].method == method


def test_predictions_of_the_same_and_of_other_images_join(
    project: Path, lab: Path, tmp_path: Path
) -> None:
    masks = {"a1": machine_of(1), "new": machine_of(3)}
    take_predictions(project, write_predictions(tmp_path / "out", masks, lab / "images"))
    with SegmentSession(project, "dora") as session:
        assert session.segmenting.names == (*ANNOTATED, "new")
        first = session.next()
        assert first is not None
        assert session.about(first.item).image == "new"
        found = session.predict()
        assert session.predictions.masks[0].scores.rests_on == "lab.model"
    assert found["a1"].how == "staple"
    assert found["new"].how == "machine"
    np.testing.assert_array_equal(found["new"].mask.objects, machine_of(3).objects)


def test_predictions_alone_make_a_project(tmp_path: Path) -> None:
    out = write_predictions(tmp_path / "out", {"new": machine_of(3)})
    made = take_predictions(tmp_path / "new.sightline", out)
    with SegmentSession(made.path, "dora") as session:
        assert session.segmenting.recording == "out"
        assert session.progress().left == 1
    assert consensus_of_project(made.path) == {}


def test_other_images_of_the_same_names_are_refused_and_nothing_is_changed(
    project: Path, lab: Path, tmp_path: Path
) -> None:
    other = write_annotated(tmp_path / "other")
    tifffile.imwrite(other / "images" / "a1.tif", pixels_of(9))
    before = consensus_of_project(project)
    with pytest.raises(InputError, match=r"images a1: other pixels.*--project"):
        make_segment_project(project, read_inputs(other))
    with pytest.raises(InputError, match=r"images a1: other pixels"):
        check_images_of_project(project, read_inputs(other))
    check_images_of_project(project, read_inputs(lab))
    out = write_predictions(tmp_path / "out", {"a1": machine_of(1)}, other / "images")
    with pytest.raises(InputError, match="images a1: other pixels"):
        take_predictions(project, out)
    with SegmentSession(project, "dora") as session:
        assert not session.predictions.masks
    after = consensus_of_project(project)
    assert all((before[name].mask.classes == after[name].mask.classes).all() for name in before)


def test_what_could_not_be_taken_up_is_told_beforehand(project: Path, tmp_path: Path) -> None:
    check_project(project, ["foreground"])
    check_project(tmp_path / "new.sightline", ["neuron"])
    with pytest.raises(InputError, match="it has the classes foreground"):
        check_project(project, ["neuron"])
    with pytest.raises(InputError, match="ending"):
        check_project(tmp_path / "new", ["neuron"])


def test_other_classes_are_refused(project: Path, lab: Path) -> None:
    with pytest.raises(InputError, match="it has the classes foreground"):
        make_segment_project(project, read_inputs(lab, class_names=("neuron",)))


def test_a_project_of_another_kind_is_refused(lab: Path, tmp_path: Path) -> None:
    other = Project.create(tmp_path / "video.sightline", "track")
    with pytest.raises(ProjectError, match="expected one of segmentation"):
        make_segment_project(other.path, read_inputs(lab))


def test_a_project_that_was_stopped_while_it_was_made_is_made(lab: Path, tmp_path: Path) -> None:
    begun = Project.create(tmp_path / "begun.sightline", "segment")
    make_segment_project(begun.path, read_inputs(lab))
    assert tuple(consensus_of_project(begun.path)) == ANNOTATED


def test_a_bundle_has_all_of_it(project: Path, tmp_path: Path) -> None:
    take_predictions(project, write_predictions(tmp_path / "out", {"new": machine_of(3)}))
    with SegmentSession(project, "dora") as session:
        session.decide(session.item("new"), "accepted")
        expected = session.predict()
    write_bundle(Project.open(project), tmp_path / "lab.sightline.zip")
    back = read_bundle(tmp_path / "lab.sightline.zip", tmp_path / "back.sightline")
    assert check(tmp_path / "lab.sightline.zip")["problems"] == []
    with SegmentSession(back.path, "dora") as session:
        found = session.predict()
    for name, one in expected.items():
        assert (found[name].how, found[name].who) == (one.how, one.who)
        np.testing.assert_array_equal(found[name].mask.classes, one.mask.classes)


def test_a_bundle_without_decisions_has_images_and_predictions(
    project: Path, tmp_path: Path
) -> None:
    take_predictions(project, write_predictions(tmp_path / "out", {"new": machine_of(3)}))
    write_bundle(Project.open(project), tmp_path / "lab.sightline.zip", decisions=False)
    back = read_bundle(tmp_path / "lab.sightline.zip", tmp_path / "back.sightline")
    with SegmentSession(back.path, "dora") as session:
        told = session.progress()
    assert (told.images, told.outlined, told.predicted) == (4, 0, 1)


def test_the_table_of_decisions_says_what_stands(project: Path, tmp_path: Path) -> None:
    take_predictions(project, write_predictions(tmp_path / "out", {"new": machine_of(3)}))
    with SegmentSession(project, "dora") as session:
        session.decide(session.item("new"), "accepted")
        session.decide(session.item("new"), "rejected")
    told = decisions(project, tmp_path / "said.csv")
    with (tmp_path / "said.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert told["decisions"] == len(rows) == 10
    ours = [row for row in rows if row["annotator"] == "dora"]
    assert [(row["item"], row["kind"], row["value"]) for row in ours] == [
        ("lab/new", "verdict", "rejected")
    ]
    assert {row["value"] for row in rows} == {"drawn", "rejected"}


def test_a_check_says_what_is_there_and_what_is_lost(project: Path, tmp_path: Path) -> None:
    take_predictions(project, write_predictions(tmp_path / "out", {"new": machine_of(3)}))
    told = check(project)
    assert told["recordings"] == {"lab": 4}
    assert (told["outlined"], told["predicted"], told["objects"]) == (3, 1, 2)
    assert told["decisions"] == dict.fromkeys(OPINIONS, 3)
    assert told["problems"] == []
    with SegmentSession(project, "dora") as session:
        digest = session.said["a1"].masks["ben"]
    (project / "payloads" / digest).unlink()
    (problem,) = check(project)["problems"]
    assert problem.startswith("a1: ")
    assert "missing" in problem


def test_the_verb_fuses_what_stands_in_the_project(lab: Path, tmp_path: Path) -> None:
    project = tmp_path / "p.sightline"
    consensus(lab, project=project, scores=False)
    names = ("foreground",)
    with SegmentSession(project, "dora") as session:
        own, right = discs((9, 9)), discs((15, 15))
        session.decide(session.item("a0"), Mask(own.classes, None, names))
        session.decide(session.correction("a1"), Mask(right.classes, None, names))
    told = consensus(lab, tmp_path / "out", project=project, method="majority", pictures=False)
    assert told["corrected"] == {"a1": "dora"}
    assert told["annotators"]["dora"]["images"] == 1
    with Picture.open(tmp_path / "out" / "consensus" / "a1.png") as found:
        np.testing.assert_array_equal(np.asarray(found) > 0, right.foreground)
    assert "dora" not in consensus(lab, scores=False)["annotators"]


def test_what_stands_has_a_digest_that_changes_with_it(project: Path, lab: Path) -> None:
    def digest() -> str:
        return said_inputs(project, read_inputs(lab)).digest

    before = digest()
    with SegmentSession(project, "dora") as session:
        mask = Mask(discs((9, 9)).classes, None, session.segmenting.class_names)
        session.decide(session.correction("a1"), mask)
        after = digest()
        session.undo()
    assert digest() == before != after
