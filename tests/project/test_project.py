"""A project is one folder: made whole, opened or refused, moved and copied."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.data.decision import Decision, DecisionKind
from sightline.errors import InputError, ProjectError
from sightline.project import KINDS, Project, read_payload, store_payload
from sightline.project.arrays import read_arrays, write_arrays


@pytest.mark.parametrize("kind", KINDS)
def test_a_created_project_opens_and_is_empty(tmp_path: Path, kind: str) -> None:
    when = datetime(2026, 1, 2, 12, tzinfo=UTC)
    created = Project.create(tmp_path / "mice.sightline", kind, when)
    assert Project.open(tmp_path / "mice.sightline") == created
    assert (created.kind, created.created) == (kind, when)
    with created.journal() as journal:
        assert journal.entries() == ()
    assert [path.name for path in tmp_path.iterdir()] == ["mice.sightline"]


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("mice", "sort", "Call it mice.sightline"),
        ("mice.sightline", "stitch", "sort, segment, track"),
        ("there.sightline", "sort", "Choose another name"),
    ],
)
def test_a_project_that_cannot_be_is_refused_and_nothing_is_made(
    tmp_path: Path, name: str, kind: str, said: str
) -> None:
    (tmp_path / "there.sightline").mkdir()
    with pytest.raises(InputError, match=said):
        Project.create(tmp_path / name, kind)
    assert [path.name for path in tmp_path.iterdir()] == ["there.sightline"]


def test_a_project_cannot_be_made_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="No such file"):
        Project.create(tmp_path / "absent" / "mice.sightline", "sort")


@pytest.mark.parametrize("copy", [shutil.copytree, shutil.move])
def test_a_project_can_be_moved_or_copied_even_with_its_journal_open(
    tmp_path: Path, mode: str, copy: Any
) -> None:
    here = Project.create(tmp_path / "mice.sightline", "segment")
    digest = store_payload(here.payloads, b"mask")
    mask = Decision("i/1", "anna", DecisionKind.MASK, "neuron", payload=digest)
    write_arrays(here.arrays, "traces", {"a": np.arange(3)})
    journal = here.journal()
    entry = journal.record([mask], "x")
    if copy is shutil.move:
        journal.close()
    copy(here.path, tmp_path / "elsewhere.sightline")
    there = Project.open(tmp_path / "elsewhere.sightline")
    with there.journal() as moved:
        assert moved.entries() == (entry,)
        assert moved.undo("anna", "y").number == 2
    assert read_payload(there.payloads, digest) == b"mask"
    assert read_arrays(there.arrays, "traces")[0]["a"].tolist() == [0, 1, 2]
    journal.close()


def test_nothing_stored_names_where_the_project_is(project: Project) -> None:
    write_arrays(project.arrays, "traces", {"a": np.arange(3)})
    with project.journal() as journal:
        journal.record([Decision("m/1", "anna", DecisionKind.VERDICT, "cell")], "x")
    place = str(project.path.parent).encode()
    files = [path for path in project.path.rglob("*") if path.is_file()]
    assert len(files) >= 3
    assert not any(place in path.read_bytes() for path in files)


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"holds no project\.json"):
        Project.open(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe{}",
        b'{"format": "sightline project", "ver',
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"format": "another"}',
        b'{"format": "sightline project", "version": "one", "kind": "sort", "created": "2026"}',
        b'{"format": "sightline project", "version": 1, "kind": "cook", "created": "2026-01-01"}',
        b'{"format": "sightline project", "version": 1, "kind": "sort", "created": "once"}',
        b'{"format": "sightline project", "version": 1, "kind": "sort"}',
    ],
)
def test_a_damaged_description_is_one_clear_error(project: Project, content: bytes) -> None:
    (project.path / "project.json").write_bytes(content)
    with pytest.raises(ProjectError, match=r"project\.json: damaged or not of a project"):
        Project.open(project.path)


def test_a_newer_project_is_refused_with_the_remedy(project: Project) -> None:
    path = project.path / "project.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 2}))
    with pytest.raises(ProjectError, match=r"version 2.*Update Sightline"):
        Project.open(project.path)
