"""A full disk, a folder that may not be written, a locked or interrupted journal, and death."""

import itertools
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sightline.data.decision import Decision
from sightline.errors import ProjectError
from sightline.project import Project, journal, migrate

Answer = Callable[..., Decision]
KILLS = Path(__file__).parents[2] / "benchmarks" / "journal_kills.py"


def test_a_write_interrupted_at_any_step_is_not_acknowledged_and_can_be_sent_again(
    project: Project, mode: str, verdict: Answer
) -> None:
    group = [verdict("m/1"), verdict("m/2")]
    with project.journal() as opened, project.journal() as other:
        for k in itertools.count():
            steps = iter([False] * k + [True])
            opened._connection.set_progress_handler(lambda left=steps: next(left, False), 1)
            try:
                opened.record(group, "x")
            except ProjectError:
                opened._connection.set_progress_handler(None, 1)
                assert [entry.decisions for entry in other.entries()] in ([], [tuple(group)])
            else:
                break
        opened._connection.set_progress_handler(None, 1)
        assert k > 50
        assert opened.record(group, "x").decisions == tuple(group)
        assert len(other.entries()) == 1


def test_when_the_disk_is_full_answers_wait_and_lose_nothing(
    project: Project, mode: str, verdict: Answer
) -> None:
    acknowledged = []
    with project.journal() as opened:
        (pages,) = opened._connection.execute("PRAGMA page_count").fetchone()
        opened._connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        answers = [(f"x{i}", [verdict(f"m/{i}")]) for i in range(200)]
        with pytest.raises(ProjectError, match="disk is full"):
            acknowledged.extend(opened.record(group, client_id) for client_id, group in answers)
        assert 0 < len(acknowledged) < 200
        assert opened.entries() == tuple(acknowledged)
        opened._connection.execute("PRAGMA max_page_count = 1000000")
        for client_id, group in answers:
            opened.record(group, client_id)
        assert [entry.client_id for entry in opened.entries()] == [name for name, _ in answers]


def test_a_journal_locked_by_another_program_says_so(
    project: Project, mode: str, verdict: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BUSY_SECONDS", 0.01)
    with project.journal() as opened:
        with closing(sqlite3.connect(project.path / "decisions.sqlite")) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(ProjectError, match="another program holds it"):
                opened.record([verdict("m/1")], "x")
        assert opened.record([verdict("m/1")], "x").number == 1


@pytest.fixture
def locked_away(mode: str) -> Iterator[Callable[[Path], Path]]:
    """Copy a project to where this process may read but not write."""
    if os.name == "nt":
        pytest.skip("folders cannot be made read-only here")
    with TemporaryDirectory() as folder:

        def lock(path: Path) -> Path:
            copy = Path(folder, path.name)
            shutil.copytree(path, copy, ignore=lambda _, names: [n for n in names if "-shm" in n])
            for part in (*copy.rglob("*"), copy):
                part.chmod(stat.S_IREAD | stat.S_IRGRP | stat.S_IROTH | part.is_dir() * 0o111)
            Path(folder).chmod(0o755)
            if os.geteuid() == 0:
                # nothing is read-only for root
                os.seteuid(65534)
            return copy

        yield lock
        os.seteuid(os.getuid())
        for part in Path(folder).rglob("*"):
            part.chmod(0o777)


@pytest.mark.parametrize("closed", [True, False])
def test_where_nothing_may_be_written_all_decisions_can_be_read(
    project: Project,
    verdict: Answer,
    locked_away: Callable[[Path], Path],
    closed: bool,
) -> None:
    with project.journal() as opened:
        entries = tuple(opened.record([verdict(f"m/{i}")], f"x{i}") for i in range(5))
        if not closed:
            copy = locked_away(project.path)
    if closed:
        copy = locked_away(project.path)
    with Project.open(copy).journal() as read:
        assert read.entries() == entries
        with pytest.raises(ProjectError, match="may not be written"):
            read.record([verdict("m/9")], "x9")
        assert read.state().last == 5


def test_an_old_journal_is_migrated_in_memory_where_it_cannot_be_written(
    project: Project,
    verdict: Answer,
    locked_away: Callable[[Path], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with project.journal() as opened:
        entry = opened.record([verdict("m/1")], "x")
    copy = locked_away(project.path)
    step = ("ALTER TABLE entry ADD COLUMN note TEXT",)
    monkeypatch.setattr(migrate, "STEPS", (*migrate.STEPS, step))
    with Project.open(copy).journal() as read:
        assert read.entries() == (entry,)


def test_a_project_cannot_be_made_where_nothing_may_be_written(
    project: Project, locked_away: Callable[[Path], Path]
) -> None:
    copy = locked_away(project.path)
    with pytest.raises(ProjectError, match="may not be written"):
        Project.create(copy / "new.sightline", "sort")


@pytest.mark.parametrize(
    "count", [200 if sys.platform == "linux" else 10, pytest.param(2000, marks=pytest.mark.slow)]
)
def test_killing_writers_at_random_moments_loses_nothing_that_was_acknowledged(
    quick_folder: Path, count: int
) -> None:
    options = ["--kills", str(count), "--milliseconds", "10", "--folder", quick_folder]
    done = subprocess.run(
        [sys.executable, KILLS, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    total = json.loads(done.stdout)
    assert total["kills"] == count
    assert total["acknowledged"] > 0
    assert total["lost or wrong"] == 0
