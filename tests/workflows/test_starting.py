"""What lies in or beside a project to start from."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from sightline.errors import SettingError
from sightline.project.candidates import store_candidates
from sightline.project.project import JOURNAL, Project
from sightline.review.sort_session import SortSession
from sightline.simulate.candidates import simulate_candidates
from sightline.workflows.classifying import read_classifier, train
from sightline.workflows.starting import find_starts, read_start

SIMULATED = simulate_candidates(60, np.random.default_rng(0))


def make(path: Path, annotators: tuple[str, ...] = ()) -> Path:
    project = Project.create(path, "sort")
    store_candidates(project, [SIMULATED.features], ("not cell", "cell"))
    for name in annotators:
        with SortSession(path, name) as session:
            items = session.learner.design.items
            verdicts = {
                items[row]: "cell" if SIMULATED.cell[row] else "not cell" for row in range(30)
            }
            session.decide_each(verdicts)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make(tmp_path / "new.sightline", ("anna",))


def names(project: Path) -> list[str]:
    return [start.name for start in find_starts(project)]


def test_classifiers_and_sorted_projects_beside_it_are_found_and_itself_is_not(
    project: Path, tmp_path: Path
) -> None:
    earlier = make(tmp_path / "earlier.sightline", ("ben", "anna"))
    make(tmp_path / "unsorted.sightline")
    with SortSession(earlier, "anna") as session:
        train(session, tmp_path / "b.json")
        train(session, project / "a.json")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    assert names(project) == ["a.json", "b.json", "earlier.sightline/anna", "earlier.sightline/ben"]
    assert [start.answers for start in find_starts(project)] == [None, None, 30, 30]


def test_a_classifier_in_the_project_goes_before_one_of_its_name_beside(
    project: Path, tmp_path: Path
) -> None:
    with SortSession(project, "anna") as session:
        train(session, tmp_path / "a.json")
        session.decide(session.learner.design.items[40], "cell")
        train(session, project / "a.json")
    assert sum(read_start(project, "a.json").answers) == 31


def test_a_classifier_of_a_projects_answers_is_the_one_that_train_writes(
    project: Path, tmp_path: Path
) -> None:
    earlier = make(tmp_path / "earlier.sightline", ("ben",))
    with SortSession(earlier, "ben") as session:
        train(session, tmp_path / "ben.json")
    found = read_start(project, "earlier.sightline/ben")
    expected = json.loads(read_classifier(tmp_path / "ben.json").to_json())
    assert json.loads(found.to_json()) == expected


def test_looking_at_other_projects_writes_nothing_there(project: Path, tmp_path: Path) -> None:
    earlier = make(tmp_path / "earlier.sightline", ("ben",))
    before = sorted((p.name, p.stat().st_mtime_ns) for p in earlier.iterdir())
    content = (earlier / JOURNAL).read_bytes()
    assert names(project) == ["earlier.sightline/ben"]
    assert sorted((p.name, p.stat().st_mtime_ns) for p in earlier.iterdir()) == before
    assert (earlier / JOURNAL).read_bytes() == content


def test_what_cannot_be_read_is_passed_over(project: Path, tmp_path: Path) -> None:
    broken = make(tmp_path / "broken.sightline", ("ben",))
    (broken / JOURNAL).write_bytes(b"?" * 5000)
    (tmp_path / "empty.sightline").mkdir()
    make(tmp_path / "good.sightline", ("ben",))
    assert names(project) == ["good.sightline/ben"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_lead_nowhere_else(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = make(elsewhere / "far.sightline", ("ben",))
    with SortSession(other, "ben") as session:
        train(session, elsewhere / "far.json")
    for name in ("far.json", "far.sightline"):
        (tmp_path / name).symlink_to(elsewhere / name)
    assert names(project) == []
    shutil.rmtree(elsewhere)


@pytest.mark.parametrize("name", ["../b.json", "new.sightline/anna", "/etc/passwd", "none", ""])
def test_nothing_but_what_is_listed_can_be_read(project: Path, name: str) -> None:
    with pytest.raises(SettingError, match="nothing called"):
        read_start(project, name)
