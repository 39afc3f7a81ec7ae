"""Where inputs lay is a hint: kept with the project, and worth nothing once they are gone."""

from pathlib import Path

import pytest

from sightline.project import Project
from sightline.project.source import remember_sources, sources_of


def test_what_is_still_there_is_told(project: Project, tmp_path: Path) -> None:
    (tmp_path / "Mäuse, 1").mkdir()
    remember_sources(project, {"m1": tmp_path / "Mäuse, 1", "m2": tmp_path / "gone"})
    assert sources_of(Project.open(project.path)) == {"m1": tmp_path / "Mäuse, 1"}
    (tmp_path / "Mäuse, 1").rmdir()
    assert sources_of(project) == {}


def test_a_relative_place_stays_found_from_elsewhere(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "suite2p").mkdir()
    monkeypatch.chdir(tmp_path)
    remember_sources(project, {"m1": Path("suite2p")})
    monkeypatch.chdir(tmp_path / "suite2p")
    assert sources_of(project) == {"m1": tmp_path / "suite2p"}


def test_the_latest_note_counts(project: Project, tmp_path: Path) -> None:
    remember_sources(project, {"m1": tmp_path, "m2": tmp_path})
    remember_sources(project, {"m2": tmp_path})
    assert sources_of(project) == {"m2": tmp_path}


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\xff\xfe",
        b"[]",
        b'"m1"',
        b'{"m1": 3}',
        b'{"m1": null}',
        b'{"m1": "a\\u0000b"}',
        b'{"m1": "%s"}' % (b"x" * 10_000),
        b"[" * 100_000,
    ],
)
def test_a_note_that_is_damaged_says_nothing(project: Project, content: bytes | None) -> None:
    if content is not None:
        (project.path / "source.json").write_bytes(content)
    assert sources_of(project) == {}
    assert Project.open(project.path) == project
