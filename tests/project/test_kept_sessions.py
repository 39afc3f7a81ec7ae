"""What the app keeps of each annotator comes back as it was, and holds nobody up."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sightline.errors import ProjectError
from sightline.project.bundle import write_bundle
from sightline.project.kept_sessions import (
    MOST_RUNS,
    keep_practice,
    keep_session,
    kept_practice,
    kept_session,
)
from sightline.project.project import Project


def test_of_a_new_annotator_nothing_is_kept(project: Project) -> None:
    assert kept_session(project, "anna") == {}


@pytest.mark.parametrize("name", ["anna", "../../x", "Zoë/☃", "CON", "a" * 100, "\ud800"])
def test_every_annotators_values_come_back_whatever_the_name(project: Project, name: str) -> None:
    keep_session(project, name, {"a": [1, "é", None]})
    keep_session(project, "somebody else", {"b": 2})
    assert kept_session(project, name) == {"a": [1, "é", None]}
    keep_session(project, name, {"c": True})
    assert kept_session(project, name) == {"c": True}
    files = [path.parent for path in project.path.rglob("*.json") if path.name != "project.json"]
    assert set(files) == {project.path / "sessions"}
    assert len(files) == 2


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"', '{"annotator": "ben"}', "[" * 100_000])
def test_what_is_damaged_is_told(project: Project, content: str) -> None:
    keep_session(project, "anna", {})
    (path,) = (project.path / "sessions").iterdir()
    path.write_text(content)
    with pytest.raises(ProjectError, match="damaged"):
        kept_session(project, "anna")


def test_a_bundle_leaves_it_at_home(project: Project, quick_folder: Path) -> None:
    keep_session(project, "anna", {"a": 1})
    write_bundle(project, quick_folder / "b.sightline.zip")
    with zipfile.ZipFile(quick_folder / "b.sightline.zip") as bundle:
        assert not [name for name in bundle.namelist() if "session" in name]


def run(client_id: str) -> dict[str, Any]:
    return {"client_id": client_id, "asked": 20, "right": 17}


def test_practice_runs_are_kept_in_order_and_each_once(project: Project) -> None:
    assert kept_practice(project, "anna") == []
    assert keep_practice(project, "anna", run("a")) == [run("a")]
    assert keep_practice(project, "anna", run("b")) == [run("a"), run("b")]
    assert keep_practice(project, "anna", {**run("a"), "right": 0}) == [run("a"), run("b")]
    assert kept_practice(project, "anna") == [run("a"), run("b")]
    assert kept_practice(project, "ben") == []


def test_practice_and_settings_do_not_disturb_each_other(project: Project) -> None:
    keep_practice(project, "anna", run("a"))
    keep_session(project, "anna", {"settings": {}})
    keep_practice(project, "anna", run("b"))
    assert kept_session(project, "anna") == {"settings": {}}
    assert len(kept_practice(project, "anna")) == 2


def test_of_very_many_practice_runs_the_latest_are_kept(project: Project) -> None:
    path = project.path / "sessions"
    keep_practice(project, "anna", run("0"))
    (file,) = path.iterdir()
    many = {"annotator": "anna", "runs": [run(str(number)) for number in range(MOST_RUNS)]}
    file.write_text(json.dumps(many), encoding="utf-8")
    kept = keep_practice(project, "anna", run("new"))
    assert len(kept) == MOST_RUNS
    assert (kept[0]["client_id"], kept[-1]["client_id"]) == ("1", "new")


def test_the_file_is_plain_json(project: Project) -> None:
    keep_session(project, "anna", {"a": 1})
    (path,) = (project.path / "sessions").iterdir()
    assert json.loads(path.read_text(encoding="utf-8")) == {"annotator": "anna", "a": 1}
