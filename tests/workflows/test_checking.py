"""`check` says what is in a thing, and refuses what the other verbs would refuse."""

from pathlib import Path

import numpy as np
import pytest

from sightline.errors import SightlineError
from sightline.formats.table import write_rows
from sightline.simulate.candidates import simulate_candidates
from sightline.workflows.checking import check
from sightline.workflows.classifying import train
from sightline.workflows.sorting import open_session, prepare_features


@pytest.fixture
def features(tmp_path: Path) -> Path:
    found = simulate_candidates(60, np.random.default_rng(0))
    words = ["cell" if cell else "not cell" for cell in found.cell[:50]] + [""] * 10
    rows = [[*row, word] for row, word in zip(found.features.values.tolist(), words, strict=True)]
    rows[0][0] = ""
    write_rows(tmp_path / "m1.csv", [*found.features.names, "anna_choices"], rows)
    return tmp_path / "m1.csv"


def test_a_file_of_features(features: Path) -> None:
    said = check(features)
    assert said["candidates"] == 60
    assert said["features"].startswith("18, version columns-")
    assert said["annotators"] == {"anna": 50}
    assert "missing" in said["notes"][0]


def test_a_project_and_a_classifier(features: Path) -> None:
    project, classifier = features.with_name("mice.sightline"), features.with_name("c.json")
    prepare_features([features], project)
    with open_session(project, "bob") as session:
        session.decide("m1/3", "skip")
    said = check(project)
    assert said["recordings"] == {"m1": 60}
    assert said["classes"] == ["not cell", "cell"]
    assert said["decisions"] == {"anna": 50, "bob": 1}
    assert said["notes"][0].startswith("m1: ")
    with open_session(project, "anna") as session:
        train(session, classifier)
    assert sum(check(classifier)["answers"].values()) == 50


def test_checking_changes_nothing(features: Path) -> None:
    project = features.with_name("mice.sightline")
    prepare_features([features], project)
    before = check(project)
    assert check(project) == before


@pytest.mark.parametrize("name", ["none.csv", "none.sightline", "none.json", "folder", "text.txt"])
def test_what_cannot_be_used_is_one_clear_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.txt").write_text("hello")
    with pytest.raises(SightlineError, match=name):
        check(tmp_path / name)


def test_a_project_without_features_still_tells_its_decisions(features: Path) -> None:
    project = features.with_name("mice.sightline")
    prepare_features([features], project)
    next((project / "arrays").iterdir()).unlink()
    found = check(project)
    assert found["decisions"] == {"anna": 50}
    assert (found["recordings"], found["features"]) == ({}, None)
    (problem,) = found["problems"]
    assert "missing" in problem
