"""A project in trouble: one clear message in the terminal, and every decision can still be had."""

import csv
import json
import os
import shutil
import socket
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from sightline import cli
from sightline.project.project import Project
from sightline.workflows.preparing import prepare
from sightline.workflows.sorting import open_session

Run = Callable[..., tuple[int, str, str]]
DECISIONS = [("movie/3", "anna", "cell"), ("movie/4", "anna", "unsure"), ("movie/3", "ben", "skip")]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def program(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sightline", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return program


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with evidence and three decisions of two people."""
    home = tmp_path_factory.mktemp("made")
    masks = np.zeros((12, 40, 50), np.float32)
    for number in range(12):
        top, left = 4 + 12 * (number // 4), 4 + 12 * (number % 4)
        masks[number, top : top + 6, left : left + 6] = 1
    frames = np.arange(120)
    lights = np.array([np.exp(-((frames - 8 - 9 * k) % 108) / 4) for k in range(12)])
    signal = np.random.default_rng(0).poisson(100 + 100 * np.tensordot(lights.T, masks, 1))
    np.save(home / "movie.npy", signal.astype(np.uint16))
    np.save(home / "masks.npy", masks)
    path = home / "mice.sightline"
    prepare(home / "movie.npy", path, candidates=home / "masks.npy", workers=1)
    for item, annotator, verdict in DECISIONS:
        with open_session(path, annotator) as session:
            session.decide(item, verdict)
    return path


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / made.name))


@pytest.fixture
def bundle(run: Run, project: Path) -> Path:
    said = ("sort", "export", project, "-a", "anna", "--to", "bundle", "-o", "mice.sightline.zip")
    assert run(*said)[0] == 0
    return Path("mice.sightline.zip")


def hurt(path: Path, at: bytes | None = None) -> None:
    """Overwrite a few bytes in the middle, or behind a mark."""
    content = bytearray(path.read_bytes())
    start = content.index(at) + len(at) if at else len(content) // 2
    content[start : start + 16] = b"\xff" * 16
    path.write_bytes(content)


def is_one_sentence(err: str) -> bool:
    return err.startswith("sightline: ") and err.count("\n") == 1


def decisions(run: Run, path: Path) -> list[tuple[str, ...]]:
    """Everybody's decisions, as the terminal gives them."""
    code, out, err = run("sort", "decisions", path, "-o", "all.csv")
    assert (code, err) == (0, "")
    with Path("all.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert out.split()[-1] == str(len(rows))
    return [(row["item"], row["annotator"], row["value"]) for row in rows]


def test_a_sound_project_and_its_bundle_have_no_problems(
    run: Run, project: Path, bundle: Path
) -> None:
    for path in (project, bundle):
        code, out, err = run("check", path, "--json")
        found = json.loads(out)
        assert (code, err, found["problems"]) == (0, "", [])
        assert found["project"] == str(path)
        assert found["evidence"] == {"movie": "whole"}
        assert found["decisions"] == {"anna": 2, "ben": 1}
    assert decisions(run, bundle) == DECISIONS


def test_a_project_of_a_newer_version_says_to_update(run: Run, project: Path) -> None:
    about = project / "project.json"
    about.write_text(about.read_text().replace('"version": 1', '"version": 99'))
    for words in (("check", project), ("open", project, "--no-browser")):
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert is_one_sentence(err)
        assert "version 99" in err
        assert "Update Sightline" in err
        assert f"sightline sort decisions {project}" in err
    assert decisions(run, project) == DECISIONS


@pytest.mark.parametrize("harm", [hurt, Path.unlink], ids=["damaged", "missing"])
def test_a_project_whose_description_is_lost_still_gives_its_decisions(
    run: Run, project: Path, harm: Callable[[Path], None]
) -> None:
    harm(project / "project.json")
    files = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    for words in (("check", project), ("open", project, "--no-browser")):
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert is_one_sentence(err)
        assert f"sightline sort decisions {project}" in err
    assert decisions(run, project) == DECISIONS
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == files


def test_a_bundle_of_a_newer_version_says_to_update(run: Run, bundle: Path) -> None:
    newer = Path("newer.sightline.zip")
    with ZipFile(bundle) as source, ZipFile(newer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "project.json":
                content = content.replace(b'"version": 1', b'"version": 99')
            target.writestr(name, content)
    code, out, err = run("check", newer)
    assert (code, out) == (2, "")
    assert is_one_sentence(err)
    assert err.startswith(f"sightline: {newer}{os.sep}project.json: project version 99")
    assert f"sightline sort decisions {newer}" in err
    assert decisions(run, newer) == DECISIONS


def test_a_journal_of_a_newer_version_is_named_where_it_lies(run: Run, project: Path) -> None:
    with sqlite3.connect(project / "decisions.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for words in (("check", project), ("open", project, "--no-browser")):
        code, _, err = run(*words)
        assert code == 2
        assert is_one_sentence(err)
        assert f"{project / 'decisions.sqlite'}: schema version 99" in err


@pytest.mark.parametrize("harm", [hurt, Path.unlink], ids=["damaged", "missing"])
def test_features_damaged_or_missing(
    run: Run, project: Path, harm: Callable[[Path], None], request: pytest.FixtureRequest
) -> None:
    harm(project / "arrays" / "features.zarr.zip")
    code, out, err = run("check", project, "--json")
    assert (code, err) == (2, "")
    found = json.loads(out)
    (problem,) = found["problems"]
    assert f"features.zarr.zip: {request.node.callspec.id}. Copy it from a backup" in problem
    assert f"sightline sort decisions {project}" in problem
    assert found["decisions"] == {"anna": 2, "ben": 1}
    assert is_one_sentence(run("sort", "export", project, "-a", "anna")[2])
    assert decisions(run, project) == DECISIONS


@pytest.mark.parametrize("harm", [hurt, Path.unlink], ids=["damaged", "missing"])
def test_evidence_damaged_or_missing(
    run: Run, project: Path, harm: Callable[[Path], None], request: pytest.FixtureRequest
) -> None:
    harm(project / "arrays" / "evidence-0.zarr.zip")
    code, out, _ = run("check", project, "--json")
    (problem,) = json.loads(out)["problems"]
    assert code == 2
    assert f"evidence-0.zarr.zip: {request.node.callspec.id}, so that" in problem
    assert "backup" in problem
    code, out, _ = run("sort", "export", project, "-a", "anna", "-o", "out.csv", "--json")
    assert (code, json.loads(out)["decided_by_annotator"]) == (0, 1)


def test_what_is_restored_as_told_is_whole_again(run: Run, project: Path, made: Path) -> None:
    for name in ("features.zarr.zip", "evidence-0.zarr.zip"):
        hurt(project / "arrays" / name)
        assert run("check", project)[0] == 2
        shutil.copyfile(made / "arrays" / name, project / "arrays" / name)
        assert run("check", project)[0] == 0


def test_features_only_lack_no_evidence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("a,b\n" + "".join(f"{k},{k * k % 7}\n" for k in range(12)))
    assert run("sort", "prepare", "f.csv", "-o", "f.sightline")[0] == 0
    code, out, _ = run("check", "f.sightline", "--json")
    assert (code, json.loads(out)["evidence"], json.loads(out)["problems"]) == (
        0,
        {"f": "none"},
        [],
    )


def test_a_bundle_with_damaged_evidence_still_gives_its_decisions(run: Run, bundle: Path) -> None:
    hurt(bundle, b"snapshot_codes/c/0")
    code, out, _ = run("check", bundle, "--json")
    (problem,) = json.loads(out)["problems"]
    assert code == 2
    assert problem.startswith(f"{bundle}{os.sep}arrays{os.sep}evidence-0.zarr.zip: damaged")
    assert problem.endswith("Copy the bundle again.")
    assert decisions(run, bundle) == DECISIONS
    code, _, err = run("sort", "prepare", bundle, "-o", "new.sightline")
    assert code == 2
    assert is_one_sentence(err)


@pytest.mark.parametrize("content", [b"", b"hello", b"half"])
def test_what_is_no_bundle_is_told(run: Run, bundle: Path, content: bytes) -> None:
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[: len(whole) // 2] if content == b"half" else content)
    for words in (("check", bundle), ("sort", "decisions", bundle, "-o", "d.csv")):
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert is_one_sentence(err)
        assert "Copy it again" in err


@pytest.mark.parametrize(
    ("name", "found"),
    [("nothing.sightline", "no such folder"), ("folder", "project.json"), ("file", "is a file")],
)
def test_what_is_no_project_is_told(run: Run, tmp_path: Path, name: str, found: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("thesis")
    code, _, err = run("open", name, "--no-browser")
    assert code == 2
    assert is_one_sentence(err)
    assert err.startswith(f"sightline: {name}: no project, for")
    assert found in err
    code, _, err = run("check", name)
    assert code == 2
    assert is_one_sentence(err)
    assert name in err


@pytest.fixture
def read_only(project: Path) -> Iterator[Path]:
    if os.name == "nt":
        pytest.skip("folders cannot be made read-only here")
    for place in project.parents:
        if not place.stat().st_mode & stat.S_IXOTH:
            place.chmod(0o755)  # so that anybody comes this far
    parts = (*project.rglob("*"), project)
    for part in parts:
        part.chmod(0o555 if part.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.seteuid(65534)  # nothing is read-only for root
    yield project
    os.seteuid(os.getuid())
    for part in parts:
        part.chmod(0o755)


def test_a_read_only_project_is_told_and_left_as_it_is(run: Run, read_only: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in read_only.rglob("*")}
    code, out, err = run("check", read_only, "--json")
    assert (code, err) == (2, "")
    found = json.loads(out)
    (problem,) = found["problems"]
    assert "may not be written" in problem
    assert "copy it to where you may write" in problem
    assert found["decisions"] == {"anna": 2, "ben": 1}
    assert {path: path.stat().st_mtime_ns for path in read_only.rglob("*")} == before


def test_a_port_in_use_is_told(run: Run, project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = run("open", project, "--no-browser", "--port", port)
    assert code == 2
    assert is_one_sentence(err)
    assert f"port {port}: another program uses it" in err
    assert "Leave --port away" in err


def test_checking_changes_nothing(run: Run, project: Path) -> None:
    files = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert run("check", project)[0] == 0
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == files
    with Project.open(project).journal() as journal:
        assert len(journal.entries()) == len(DECISIONS)
