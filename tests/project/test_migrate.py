"""A journal of every release opens for ever."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sightline.data.decision import Decision, DecisionKind
from sightline.errors import ProjectError
from sightline.project import Journal, migrate, standing

NEXT = ("ALTER TABLE entry ADD COLUMN note TEXT NOT NULL DEFAULT 'none'",)
BROKEN = (*NEXT, "ALTER TABLE absent ADD COLUMN note TEXT")


def stored(path: Path, schema: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name(schema).read_text("utf-8"))
    return path


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A journal as the first schema wrote it: two verdicts, a keypoint undone, a mask redone."""
    return stored(tmp_path / "decisions.sqlite", "journal_v1.sql")


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The same as the second schema wrote it, and a merge redone."""
    return stored(tmp_path / "decisions.sqlite", "journal_v2.sql")


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """The same as the third schema wrote it, and a note taken away, which was undone."""
    return stored(tmp_path / "decisions.sqlite", "journal_v3.sql")


@pytest.fixture
def fourth(tmp_path: Path) -> Path:
    """The same as the fourth schema wrote it, a verdict asked again, and a result withdrawn."""
    return stored(tmp_path / "decisions.sqlite", "journal_v4.sql")


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def check(journal: Journal, also: int = 0) -> None:
    """The journal holds what the first schema wrote, and so many entries more."""
    entries = journal.entries()
    entries = entries[: len(entries) - also]
    assert [(e.number, e.client_id, e.annotator, e.act.value, e.target) for e in entries] == [
        (1, "a1", "anna", "record", None),
        (2, "b1", "ben", "record", None),
        (3, "b2", "ben", "undo", 2),
        (4, "a2", "anna", "record", None),
        (5, "a3", "anna", "undo", 4),
        (6, "a4", "anna", "redo", 4),
    ]
    assert entries[0].decisions == (
        Decision("m/1", "anna", DecisionKind.VERDICT, "cell", seconds=1.25, evidence="snr-1"),
        Decision("m/2", "anna", DecisionKind.VERDICT, "unsure", blind=False, probe=True),
    )
    assert entries[1].decisions[0].position == (0.5, 12.0, -3.25)
    assert entries[3].decisions[0].payload == "0123456789abcdef" * 4
    assert entries[0].time_utc.isoformat() == "2026-01-02T12:00:00.500000+00:00"
    assert set(journal.state().hands) == {"anna", "ben"}


def test_a_journal_of_the_first_schema_opens_and_reads_as_it_was_written(first: Path) -> None:
    with Journal.open(first) as journal:
        check(journal)
        assert journal.redo("ben", "new").number == 7


def test_a_journal_of_the_second_schema_opens_and_reads_as_it_was_written(second: Path) -> None:
    with Journal.open(second) as journal:
        check(journal, also=3)
        assert journal.entries()[6].decisions == (
            Decision(
                "m/1+2", "anna", DecisionKind.MERGE, "same cell", seconds=0.5, evidence="pairs-1"
            ),
        )
        assert journal.state().hand("anna").standing[-1].number == 7


def test_a_journal_of_the_third_schema_opens_and_reads_as_it_was_written(third: Path) -> None:
    with Journal.open(third) as journal:
        check(journal, also=6)
        assert [entry.decisions[0].value for entry in journal.entries(9)[:2]] == [
            "near a vessel",
            "",
        ]
        notes = standing(journal.state(), "anna", DecisionKind.NOTE)
        assert {item: note.value for item, note in notes.items()} == {"m/2": "near a vessel"}


def test_a_journal_of_the_fourth_schema_opens_and_reads_as_it_was_written(fourth: Path) -> None:
    with Journal.open(fourth) as journal:
        check(journal, also=8)
        again, withdrawn = (entry.decisions[0] for entry in journal.entries(12))
        assert again == Decision(
            "m/1",
            "anna",
            DecisionKind.VERDICT,
            "not cell",
            seconds=2.5,
            evidence="snr-1",
            blind=False,
            repeat=True,
        )
        assert (withdrawn.kind, withdrawn.value) == (DecisionKind.RESULT, "withdrawn")
        assert standing(journal.state(), "anna")["m/1"] == again


def test_of_an_older_journal_nothing_was_asked_again_and_later_answers_may_be(third: Path) -> None:
    again = Decision("m/1", "anna", DecisionKind.VERDICT, "cell", repeat=True)
    with Journal.open(third) as journal:
        before = [one for entry in journal.entries() for one in entry.decisions]
        assert not any(one.repeat for one in before)
        journal.record([again], "new")
    with Journal.open(third) as journal:
        check(journal, also=7)
        assert standing(journal.state(), "anna")["m/1"] == again


def test_a_journal_of_the_second_schema_takes_notes_once_it_is_open(second: Path) -> None:
    with Journal.open(second) as journal:
        journal.record([Decision("m/2", "anna", DecisionKind.NOTE, "near a vessel")], "new")
    with Journal.open(second) as journal:
        check(journal, also=4)


def test_a_journal_of_the_first_schema_takes_merges_once_it_is_open(first: Path) -> None:
    merge = Decision("m/1+2", "anna", DecisionKind.MERGE, "same cell")
    with Journal.open(first) as journal:
        journal.record([merge], "a5")
        assert journal.undo("anna", "a6").target == 7
        assert journal.redo("anna", "a7").target == 7
    with Journal.open(first) as journal:
        check(journal, also=3)
        assert standing(journal.state(), "anna")["m/1+2"] == merge


def test_a_lifted_journal_is_as_unchangeable_as_before(first: Path) -> None:
    Journal.open(first).close()
    with closing(sqlite3.connect(first)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for statement in (
            "UPDATE decision SET value = 'cell'",
            "DELETE FROM decision",
            "UPDATE entry SET annotator = 'ben'",
            "DELETE FROM entry",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
        row = "'m/1', '{}', 'cell', NULL, NULL, NULL, '', 1, 0, 0"
        for entry, kind, fault in ((1, "other", "CHECK"), (99, "merge", "FOREIGN KEY")):
            with pytest.raises(sqlite3.IntegrityError, match=fault):
                connection.execute(
                    f"INSERT INTO decision VALUES ({entry}, 9, {row.format(kind)})"  # noqa: S608
                )


def test_steps_still_to_take_are_taken_once(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "STEPS", (*migrate.STEPS, NEXT))
    for _ in range(2):
        with Journal.open(first) as journal:
            check(journal)
    assert version(first) == len(migrate.STEPS)


def test_a_migrated_journal_has_the_schema_of_a_new_one(
    first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "STEPS", (*migrate.STEPS, NEXT))
    Journal.open(first).close()
    new = first.with_name("new.sqlite")
    Journal.create(new)
    schemas = []
    for path in (first, new):
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name")
            schemas.append([(name, " ".join((sql or "").split())) for name, sql in rows])
    assert schemas[0] == schemas[1]


def test_a_step_that_fails_leaves_the_journal_as_it_was(
    first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "STEPS", (*migrate.STEPS, BROKEN))
        with pytest.raises(ProjectError, match="absent"):
            Journal.open(first)
    with Journal.open(first) as journal:
        check(journal)


def test_a_newer_schema_is_refused_with_the_remedy(first: Path) -> None:
    with closing(sqlite3.connect(first)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ProjectError, match=r"version 99.*Update Sightline"):
        Journal.open(first)
    assert version(first) == 99
