"""What the app keeps of each annotator comes back as it was, and holds nobody up."""

import json
import zipfile
from pathlib import Path

import pytest

from sightline.errors import ProjectError
from sightline.project.bundle import write_bundle
from sightline.project.kept_sessions import keep_session, kept_session
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


def test_the_file_is_plain_json(project: Project) -> None:
    keep_session(project, "anna", {"a": 1})
    (path,) = (project.path / "sessions").iterdir()
    assert json.loads(path.read_text(encoding="utf-8")) == {"annotator": "anna", "a": 1}
