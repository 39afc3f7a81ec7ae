"""The journal's schema, and the steps that lift an old one to today's.

The version is kept in the database itself (``PRAGMA user_version``). Step ``n`` lifts version
``n`` to ``n + 1``; step 0 makes a new journal. A released step is never changed: to change the
schema, append one.
"""

import sqlite3
from pathlib import Path
from typing import Final

from sightline.errors import ProjectError

APPLICATION_ID: Final = 0x5347_484C

_FIRST: Final = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    """
    CREATE TABLE entry (
        number INTEGER PRIMARY KEY,
        client_id TEXT NOT NULL UNIQUE,
        annotator TEXT NOT NULL,
        time_utc TEXT NOT NULL,
        act TEXT NOT NULL CHECK (act IN ('record', 'undo', 'redo')),
        target INTEGER REFERENCES entry (number),
        CHECK ((act = 'record') = (target IS NULL))
    )
    """,
    """
    CREATE TABLE decision (
        entry INTEGER NOT NULL REFERENCES entry (number),
        place INTEGER NOT NULL,
        item TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('verdict', 'mask', 'keypoint')),
        value TEXT NOT NULL,
        position TEXT,
        payload TEXT,
        seconds REAL,
        evidence TEXT NOT NULL,
        blind INTEGER NOT NULL,
        probe INTEGER NOT NULL,
        PRIMARY KEY (entry, place)
    ) WITHOUT ROWID
    """,
    *(
        f"CREATE TRIGGER {table}_is_kept_from_{deed} BEFORE {deed} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        for table in ("entry", "decision")
        for deed in ("update", "delete")
    ),
)


def _decisions_remade(aside: str, kinds: str) -> tuple[str, ...]:
    """Make the table of decisions anew for other kinds; its triggers go with the old one.

    SQLite cannot change a CHECK.
    """
    return (
        f"""
    CREATE TABLE {aside} (
        entry INTEGER NOT NULL REFERENCES entry (number),
        place INTEGER NOT NULL,
        item TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ({kinds})),
        value TEXT NOT NULL,
        position TEXT,
        payload TEXT,
        seconds REAL,
        evidence TEXT NOT NULL,
        blind INTEGER NOT NULL,
        probe INTEGER NOT NULL,
        PRIMARY KEY (entry, place)
    ) WITHOUT ROWID
    """,
        f"""
    INSERT INTO {aside}
    SELECT entry, place, item, kind, value, position, payload, seconds, evidence, blind, probe
    FROM decision
    """,  # noqa: S608  both names are written below
        "DROP TABLE decision",
        f"ALTER TABLE {aside} RENAME TO decision",
        *(
            f"CREATE TRIGGER decision_is_kept_from_{deed} BEFORE {deed} ON decision "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            for deed in ("update", "delete")
        ),
    )


_MERGES: Final = _decisions_remade("decision_with_merges", "'verdict', 'mask', 'keypoint', 'merge'")
_NOTES: Final = _decisions_remade(
    "decision_with_notes", "'verdict', 'mask', 'keypoint', 'merge', 'note'"
)
_RESULTS_AND_REPEATS: Final = (
    *_decisions_remade(
        "decision_with_results", "'verdict', 'mask', 'keypoint', 'merge', 'note', 'result'"
    ),
    "ALTER TABLE decision ADD COLUMN repeat INTEGER NOT NULL DEFAULT 0",
)

STEPS: Final[tuple[tuple[str, ...], ...]] = (_FIRST, _MERGES, _NOTES, _RESULTS_AND_REPEATS)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Lift a journal to the newest schema in one transaction; one that is newest is not written.

    Raises
    ------
    ProjectError
        If the file is no journal, or was written by a newer Sightline.
    """
    if _version(connection, path) < len(STEPS):
        connection.execute("BEGIN IMMEDIATE")
        # another process may have migrated meanwhile
        _take(connection, _version(connection, path))
        connection.execute("COMMIT")


def create(connection: sqlite3.Connection) -> None:
    """Make an empty journal of the newest schema in an empty database."""
    connection.execute("BEGIN IMMEDIATE")
    _take(connection, 0)
    connection.execute("COMMIT")


def _take(connection: sqlite3.Connection, version: int) -> None:
    """Take the steps from a version on."""
    for statement in (statement for step in STEPS[version:] for statement in step):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(STEPS)}")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Give the schema's version, from 1 to today's."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID or version < 1:
        raise ProjectError(
            f"{path}: no journal of decisions. Restore it from a backup; do not delete it."
        )
    if version > len(STEPS):
        raise ProjectError(
            f"{path}: schema version {version}; this Sightline knows up to {len(STEPS)}. "
            "Update Sightline to open this project."
        )
    return version
