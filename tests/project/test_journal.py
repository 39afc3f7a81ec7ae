"""The journal on disk: what it acknowledges it keeps, once, in order, for everybody."""

import multiprocessing
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sightline.data.decision import CELL, NOT_CELL, Decision, DecisionKind
from sightline.data.entry import Act
from sightline.errors import InputError, ProjectError
from sightline.project import Journal, Project, merged, standing, store_payload

Answer = Callable[..., Decision]


@pytest.fixture
def journal(project: Project, mode: str) -> Iterator[Journal]:
    with project.journal() as opened:
        yield opened


def test_what_was_recorded_is_there_for_whoever_opens_next(
    project: Project, journal: Journal, verdict: Answer
) -> None:
    entry = journal.record([verdict("m/1", seconds=2.5)], "first")
    assert (entry.number, entry.client_id, entry.annotator) == (1, "first", "anna")
    with project.journal() as other:
        assert other.entries() == (entry,)


def test_verdict_mask_and_keypoint_come_back_as_they_were_said(
    project: Project, journal: Journal
) -> None:
    digest = store_payload(project.payloads, b"pixels")
    group = [
        replace(
            Decision("m/1", "anna", DecisionKind.VERDICT, "unsure", None, None, 0.1, "snr-1"),
            blind=False,
            probe=True,
            repeat=True,
        ),
        Decision("m/2", "anna", DecisionKind.MASK, "neuron", payload=digest),
        Decision("m/3", "anna", DecisionKind.KEYPOINT, "seen", (1 / 3, 2.0, -0.5)),
        Decision("m/4", "anna", DecisionKind.KEYPOINT, "hidden"),
        Decision("Mäuse/☃ '\";--\0", "anna", DecisionKind.VERDICT, "skip"),
    ]
    journal.record(group, "all")
    assert journal.entries()[0].decisions == tuple(group)


def test_the_time_is_the_clocks_in_utc(project: Project, verdict: Answer) -> None:
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    with Journal.open(project.path / "decisions.sqlite", lambda: noon) as journal:
        assert journal.record([verdict("m/1")], "x").time_utc == noon
    with project.journal() as journal:
        assert journal.entries()[0].time_utc.utcoffset() == timedelta(0)


def test_a_retry_counts_once_and_gets_the_first_entry(journal: Journal, verdict: Answer) -> None:
    first = journal.record([verdict("m/1")], "x")
    undone = journal.undo("anna", "y")
    assert journal.record([verdict("m/1")], "x") == first
    assert journal.undo("anna", "y") == undone
    assert len(journal.entries()) == 2


def test_an_entry_is_found_by_its_number_and_by_its_client_id(
    journal: Journal, verdict: Answer
) -> None:
    first = journal.record([verdict("m/1")], "a1")
    undone = journal.undo("anna", "a2")
    assert journal.find(1) == journal.find("a1") == first
    assert journal.find("a2") == undone
    assert journal.find(3) is journal.find("1") is None


def test_a_client_id_cannot_name_two_acts(journal: Journal, verdict: Answer) -> None:
    journal.record([verdict("m/1")], "x")
    with pytest.raises(ProjectError, match="names entry 1"):
        journal.record([verdict("m/1", NOT_CELL)], "x")
    with pytest.raises(ProjectError, match="names entry 1"):
        journal.undo("anna", "x")
    assert len(journal.entries()) == 1


def test_undo_and_redo_are_entries_that_name_their_target(
    journal: Journal, verdict: Answer
) -> None:
    journal.record([verdict("m/1"), verdict("m/2")], "a")
    journal.undo("anna", "b")
    assert standing(journal.state(), "anna") == {}
    journal.redo("anna", "c")
    assert set(standing(journal.state(), "anna")) == {"m/1", "m/2"}
    acts = [(entry.act, entry.target) for entry in journal.entries()]
    assert acts == [(Act.RECORD, None), (Act.UNDO, 1), (Act.REDO, 1)]


def test_redo_survives_closing(project: Project, mode: str, verdict: Answer) -> None:
    with project.journal() as journal:
        journal.record([verdict("m/1")], "a")
        journal.undo("anna", "b")
    with project.journal() as journal:
        journal.redo("anna", "c")
        assert set(standing(journal.state(), "anna")) == {"m/1"}


@pytest.mark.parametrize("act", ["undo", "redo"])
def test_with_nothing_left_undo_and_redo_say_so_and_write_nothing(
    journal: Journal, verdict: Answer, act: str
) -> None:
    journal.record([verdict("m/1", annotator="ben")], "a")
    with pytest.raises(ProjectError, match=f"'anna' has nothing left to {act}"):
        getattr(journal, act)("anna", "b")
    assert len(journal.entries()) == 1


@pytest.mark.parametrize("annotators", [[], ["anna", "ben"], ["anna", "anna"]])
def test_a_group_is_of_one_annotator_with_one_decision_an_item(
    journal: Journal, verdict: Answer, annotators: list[str]
) -> None:
    with pytest.raises(InputError, match="at least one, all of one annotator"):
        journal.record([verdict("m/1", annotator=name) for name in annotators], "x")


def test_a_mask_is_refused_until_its_payload_is_stored(project: Project, journal: Journal) -> None:
    mask = Decision("m/1", "anna", DecisionKind.MASK, "neuron", payload="0" * 64)
    with pytest.raises(ProjectError, match="Store it first"):
        journal.record([mask], "x")
    assert journal.entries() == ()


def test_text_that_is_none_is_refused_and_the_journal_goes_on(
    journal: Journal, verdict: Answer
) -> None:
    with pytest.raises(ProjectError, match="no valid text"):
        journal.record([verdict("m/1"), verdict("m/\udc80")], "x")
    assert journal.record([verdict("m/1")], "x").number == 1


def test_not_even_sql_can_change_or_remove_an_entry(project: Project, verdict: Answer) -> None:
    with project.journal() as journal:
        journal.record([verdict("m/1")], "x")
    with closing(sqlite3.connect(project.path / "decisions.sqlite")) as connection:
        for statement in ("UPDATE decision SET value = 'cell'", "DELETE FROM entry"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_another_thread_must_open_its_own(journal: Journal) -> None:
    raised: list[Exception] = []

    def use() -> None:
        try:
            journal.entries()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert isinstance(raised[0], sqlite3.ProgrammingError)


def test_two_open_journals_see_each_other_at_once(
    project: Project, journal: Journal, verdict: Answer
) -> None:
    with project.journal() as other:
        journal.record([verdict("m/1")], "a")
        assert other.undo("anna", "b").target == 1
        assert standing(journal.state(), "anna") == {}
        other.record([verdict("m/1", annotator="ben")], "c")
        assert [len(answers) for answers in merged(journal.state()).values()] == [1]


def test_every_commit_waits_for_the_disk(journal: Journal, mode: str) -> None:
    ask = journal._connection.execute
    assert ask("PRAGMA journal_mode").fetchone() == (mode,)
    assert ask("PRAGMA synchronous").fetchone() == (2,)


def answer_many(path: Path, annotator: str, count: int) -> None:
    with Project.open(path).journal() as journal:
        for number in range(count):
            own = Decision(f"m/{number}", annotator, DecisionKind.VERDICT, CELL)
            journal.record([own], f"{annotator}{number}")
            shared = Decision(f"m/{number}", "both", DecisionKind.VERDICT, CELL)
            journal.record([shared], f"shared{number}")


def test_two_processes_lose_nothing_and_mix_nothing(project: Project) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [
        spawn.Process(target=answer_many, args=(project.path, name, 60)) for name in ("anna", "ben")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    with project.journal() as journal:
        entries = journal.entries()
        state = journal.state()
    assert [entry.number for entry in entries] == list(range(1, 181))
    for name in ("anna", "ben", "both"):
        view = standing(state, name)
        assert list(view) == [f"m/{number}" for number in range(60)]
        assert {decision.annotator for decision in view.values()} == {name}


def test_a_missing_journal_is_never_replaced_by_an_empty_one(project: Project) -> None:
    (project.path / "decisions.sqlite").unlink()
    with pytest.raises(ProjectError, match="missing"):
        project.journal()
    assert not (project.path / "decisions.sqlite").exists()


@pytest.mark.parametrize("content", [b"", b"not a database, for certain" * 100])
def test_a_file_that_is_no_journal_is_refused_untouched(project: Project, content: bytes) -> None:
    path = project.path / "decisions.sqlite"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match="Restore it from a backup; do not delete it"):
        project.journal()
    assert path.read_bytes() == content


def test_damage_inside_the_file_is_told_not_hidden(project: Project, verdict: Answer) -> None:
    with project.journal() as journal:
        journal.record([verdict(f"m/{i}") for i in range(500)], "x")
    path = project.path / "decisions.sqlite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    path.write_bytes(content)
    with pytest.raises(ProjectError, match=r"decisions\.sqlite"), project.journal() as journal:
        journal.entries()
