"""Projects that were opened are found again; the list rests on nothing and nothing rests on it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sightline.data.decision import Decision, DecisionKind
from sightline.project.account import account_folder, held_alone, keep_list, kept_list
from sightline.project.project import Project
from sightline.project.recents import (
    MOST,
    count_decided,
    forget_project,
    recent_projects,
    remember_project,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def opened(kept: Path) -> list[str]:
    return [each.path.name for each in recent_projects(kept)]


def test_what_was_opened_last_comes_first_and_once(tmp_path: Path) -> None:
    for hour, name in enumerate(["a", "b", "a"]):
        remember_project(tmp_path / name, tmp_path / "kept", NOON + timedelta(hours=hour))
    assert opened(tmp_path / "kept") == ["a", "b"]
    assert recent_projects(tmp_path / "kept")[0].opened == NOON + timedelta(hours=2)


def test_a_path_that_is_no_text_cannot_be_shown_and_is_left_out(tmp_path: Path) -> None:
    """A page would be told of it in JSON, which holds text alone."""
    kept = tmp_path / "kept"
    remember_project(tmp_path / "seen", kept)
    remember_project(tmp_path / "m\udcff", kept)
    assert opened(kept) == ["seen"]
    path = kept / "recent-projects.json"
    path.write_text(path.read_text().replace("seen", "\\udcff"))
    assert opened(kept) == []


def test_one_that_is_gone_stays_listed_until_it_is_forgotten(tmp_path: Path) -> None:
    there = Project.create(tmp_path / "there.sightline", "sort").path
    gone = tmp_path / "gone.sightline"
    for path in (there, gone):
        remember_project(path, tmp_path / "kept")
    assert {each.path.name: each.is_there for each in recent_projects(tmp_path / "kept")} == {
        "there.sightline": True,
        "gone.sightline": False,
    }
    forget_project(gone, tmp_path / "kept")
    assert opened(tmp_path / "kept") == ["there.sightline"]
    assert there.is_dir()


def test_the_list_does_not_grow_for_ever(tmp_path: Path) -> None:
    for number in range(MOST + 3):
        remember_project(tmp_path / str(number), tmp_path, NOON + timedelta(hours=number))
    assert opened(tmp_path) == [str(number) for number in range(MOST + 2, 2, -1)]


@pytest.mark.parametrize(
    "content",
    ["{", "null", '[1, {"path": 3, "opened": "x"}, {"path": "a"}]', "[" * 99_999,
     '[{"path": "a", "opened": "2026-01-01T12:00:00"}]'],
)  # fmt: skip
def test_a_damaged_list_is_empty_and_the_next_project_begins_a_new_one(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "recent-projects.json").write_text(content)
    assert recent_projects(tmp_path) == ()
    remember_project(tmp_path / "a", tmp_path)
    assert opened(tmp_path) == ["a"]


def test_where_nothing_can_be_kept_nothing_is_and_no_work_ends(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    remember_project(tmp_path / "a", tmp_path / "file")
    assert recent_projects(tmp_path / "file") == ()


def test_candidates_are_counted_once_however_many_judged_them(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "a.sightline", "sort")
    assert count_decided(project.path) == 0
    with project.journal() as journal:
        for client_id, (who, item) in enumerate([("anna", "x"), ("ben", "x"), ("anna", "y")]):
            said = Decision(item, who, DecisionKind.VERDICT, "cell")
            journal.record([said], str(client_id))
        journal.undo("ben", "undo")
    assert count_decided(project.path) == 2
    assert count_decided(tmp_path / "none.sightline") is None


def test_a_list_that_is_damaged_is_put_aside_and_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("half of a lis")
    assert kept_list(tmp_path / "list.json") == []
    keep_list(tmp_path / "list.json", [1])
    assert kept_list(tmp_path / "list.json") == [1]
    assert (tmp_path / "list.json.damaged").read_text() == "half of a lis"


def test_a_file_is_held_by_one_process_and_let_go_when_that_dies(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from sightline.project.account import held_alone\n"
        "with held_alone(Path(sys.argv[1])) as alone: print(alone, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "lock"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        with held_alone(tmp_path / "lock") as alone:
            assert not alone
        other.kill()
        other.wait()
        with held_alone(tmp_path / "lock") as alone:
            assert alone


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="where Linux keeps state")
def test_the_folder_is_where_the_system_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/elsewhere")
    assert account_folder() == Path("/elsewhere/sightline")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/anna")
    assert account_folder() == Path("/home/anna/.local/state/sightline")
