"""The append-only record of decisions; every view is a fold over its entries."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

from sightline.data.closing import Closing
from sightline.data.decision import Decision, DecisionKind
from sightline.data.entry import Act, Entry
from sightline.errors import InputError, ProjectError
from sightline.project import migrate
from sightline.project.disk import wal_is_safe
from sightline.project.faults import primary_code, reported
from sightline.project.fold import EMPTY, State, fold

BUSY_SECONDS: Final = 30.0
PAYLOADS: Final = "payloads"

_SELECT: Final = """
    SELECT number, client_id, annotator, time_utc, act, target,
           item, kind, value, position, payload, seconds, evidence, blind, probe, repeat
    FROM entry LEFT JOIN decision ON decision.entry = entry.number
"""
_KINDS: Final = {kind.value: kind for kind in DecisionKind}


class Journal(Closing):
    """A connection to the journal of one project.

    An act is on disk when its method returns; when it raises, nothing was acknowledged, and the
    same act may be sent again under the same client id: it counts once. Each thread opens its own
    journal; threads and processes that share a project wait for each other.

    Parameters
    ----------
    path
        The SQLite file.
    connection
        Open on that file, at the newest schema.
    clock
        Gives the time of an act, in UTC.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, clock: Callable[[], datetime]
    ) -> None:
        self.path: Final = path
        self._connection: Final = connection
        self._clock: Final = clock
        self._state = EMPTY

    @classmethod
    def open(cls, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Self:
        """Open an existing journal; where it cannot be written, it can be read as it is now.

        Raises
        ------
        ProjectError
            If the file is missing, damaged, no journal, or written by a newer Sightline.
        """
        if not path.is_file():
            raise ProjectError(f"{path}: missing. Copy the whole project folder again.")
        with reported(path):
            try:
                connection = _connect(path)
            except sqlite3.OperationalError as error:
                if primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise
                connection = _snapshot(path)
        return cls(path, connection, clock)

    @classmethod
    def look(cls, path: Path) -> Self:
        """Open a copy of a journal as it is now, to be read; nothing is written where it lies.

        Raises
        ------
        ProjectError
            If the file is missing, damaged, no journal, or written by a newer Sightline.
        """
        if not path.is_file():
            raise ProjectError(f"{path}: missing. Copy the whole project folder again.")
        with reported(path):
            return cls(path, _snapshot(path), lambda: datetime.now(UTC))

    @staticmethod
    def create(path: Path) -> None:
        """Make an empty journal; the file must not exist.

        Raises
        ------
        ProjectError
            If it exists or cannot be written.
        """
        with reported(path):
            path.touch(exist_ok=False)
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                migrate.create(connection)
            _connect(path).close()

    def close(self) -> None:
        """Close the connection; a closed journal cannot be used again."""
        self._connection.close()

    def record(self, decisions: Iterable[Decision], client_id: str) -> Entry:
        """Record decisions of one annotator, to be undone together.

        Parameters
        ----------
        decisions
            One or more, each on another item. A mask's payload is stored beforehand.
        client_id
            A name for this act, never used for another.

        Returns
        -------
        Entry
            As written; for a client id written before, the entry it has named since.

        Raises
        ------
        InputError
            If there are no decisions, or two on one item, or two annotators.
        ProjectError
            If the client id names another act, a payload is missing, or writing fails.
        """
        decisions = tuple(decisions)
        annotator = _group_annotator(decisions)
        for payload in (decision.payload for decision in decisions if decision.payload):
            if not (self.path.parent / PAYLOADS / payload).is_file():
                raise ProjectError(f"{self.path}: payload {payload} is missing. Store it first.")
        with self._transaction():
            return self._repeated(client_id, annotator, Act.RECORD, decisions) or self._append(
                client_id, annotator, Act.RECORD, decisions
            )

    def undo(self, annotator: str, client_id: str) -> Entry:
        """Cancel the annotator's last standing record, with all its decisions.

        Raises
        ------
        ProjectError
            If nothing is left to undo, the client id names another act, or writing fails.
        """
        return self._reverse(client_id, annotator, Act.UNDO)

    def redo(self, annotator: str, client_id: str) -> Entry:
        """Reinstate the record that the annotator undid last, unless a new one came since.

        Raises
        ------
        ProjectError
            If nothing is left to redo, the client id names another act, or writing fails.
        """
        return self._reverse(client_id, annotator, Act.REDO)

    def entries(self, after: int = 0) -> tuple[Entry, ...]:
        """Give the entries with a number above ``after``, in order."""
        return self._select("WHERE number > ? ORDER BY number, place", after)

    def find(self, named: int | str) -> Entry | None:
        """Give the entry of that number or client id; None where there is none."""
        column = "number" if isinstance(named, int) else "client_id"
        return next(iter(self._select(f"WHERE {column} = ? ORDER BY place", named)), None)

    def state(self) -> State:
        """Give the state after all entries so far, other processes' too; only new ones are read."""
        self._state = fold(self.entries(self._state.last), self._state)
        return self._state

    def copy(self, path: Path) -> None:
        """Write the journal as it is at this moment to a new file, which needs no other beside it.

        Raises
        ------
        ProjectError
            If it cannot be read or written.
        """
        with reported(path), closing(sqlite3.connect(path)) as copied:
            self._connection.backup(copied)
            copied.execute("PRAGMA journal_mode = delete").fetchone()

    def _reverse(self, client_id: str, annotator: str, act: Act) -> Entry:
        with self._transaction():
            if repeated := self._repeated(client_id, annotator, act):
                return repeated
            hand = self.state().hand(annotator)
            records = hand.standing if act is Act.UNDO else hand.undone
            if not records:
                raise ProjectError(f"{self.path}: {annotator!r} has nothing left to {act}.")
            return self._append(client_id, annotator, act, target=records[-1].number)

    def _repeated(
        self, client_id: str, annotator: str, act: Act, decisions: tuple[Decision, ...] = ()
    ) -> Entry | None:
        """Give the entry that the client id names already, if this is the same act."""
        first = self.find(client_id)
        asked = (annotator, act, decisions)
        if first and (first.annotator, first.act, first.decisions) != asked:
            raise ProjectError(
                f"{self.path}: client id {client_id!r} names entry {first.number}, which is "
                "another act. Give each act its own client id."
            )
        return first

    def _append(
        self,
        client_id: str,
        annotator: str,
        act: Act,
        decisions: tuple[Decision, ...] = (),
        target: int | None = None,
    ) -> Entry:
        time = self._clock()
        number = self._connection.execute(
            "INSERT INTO entry (client_id, annotator, time_utc, act, target) VALUES (?,?,?,?,?)",
            (client_id, annotator, time.isoformat(), act.value, target),
        ).lastrowid
        if number is None:
            raise ProjectError(f"{self.path}: the entry got no number. Try again.")
        self._connection.executemany(
            "INSERT INTO decision VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            ((number, place, *_row(decision)) for place, decision in enumerate(decisions)),
        )
        return Entry(number, client_id, annotator, time, act, decisions, target)

    def _select(self, where: str, value: int | str) -> tuple[Entry, ...]:
        with reported(self.path):
            rows = self._connection.execute(_SELECT + where, (value,)).fetchall()
        try:
            return tuple(_entry(list(group)) for _, group in groupby(rows, key=itemgetter(0)))
        except (InputError, KeyError, TypeError, ValueError) as error:
            raise ProjectError(f"{self.path}: damaged ({error}). Restore a backup.") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with reported(self.path):
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file, made durable, at the newest schema."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        # truncating is synced everywhere, deleting the rollback journal is not
        mode = "wal" if wal_is_safe(path.parent) else "truncate"
        connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        migrate.migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _snapshot(path: Path) -> sqlite3.Connection:
    """Copy the journal to memory, to read it where SQLite cannot keep its files beside it."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    with TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        for suffix in ("", "-wal", "-journal"):
            if (beside := path.with_name(path.name + suffix)).is_file():
                shutil.copyfile(beside, copy.with_name(copy.name + suffix))
        try:
            with closing(_connect(copy)) as connection:
                connection.execute("PRAGMA journal_mode = delete").fetchone()
                connection.backup(memory)
        except ProjectError as error:
            raise ProjectError(str(error).replace(str(copy), str(path))) from None
    memory.execute("PRAGMA query_only = ON")
    return memory


def _group_annotator(decisions: tuple[Decision, ...]) -> str:
    """Give the one annotator of a group that may be recorded."""
    annotators = {decision.annotator for decision in decisions}
    if len(annotators) != 1 or len({decision.item for decision in decisions}) != len(decisions):
        raise InputError(
            "decisions to record",
            f"{len(decisions)} of {len(annotators)} annotators",
            "at least one, all of one annotator, each on another item",
            "Record each annotator's decisions separately, one for an item.",
        )
    return annotators.pop()


def _row(decision: Decision) -> tuple[Any, ...]:
    """Give a decision's columns, in the order of the table."""
    position = decision.position
    return (
        decision.item,
        decision.kind.value,
        decision.value,
        None if position is None else json.dumps([float(x) for x in position]),
        decision.payload,
        None if decision.seconds is None else float(decision.seconds),
        decision.evidence,
        int(decision.blind),
        int(decision.probe),
        int(decision.repeat),
    )


def _entry(rows: list[tuple[Any, ...]]) -> Entry:
    """Give the entry that its rows describe, one for a decision; an undo or redo has one row."""
    number, client_id, annotator, time, act, target = rows[0][:6]
    decisions = tuple(_decision(annotator, row[6:]) for row in rows if row[6] is not None)
    return Entry(
        number, client_id, annotator, datetime.fromisoformat(time), Act(act), decisions, target
    )


def _decision(annotator: str, columns: tuple[Any, ...]) -> Decision:
    item, kind, value, position, payload, seconds, evidence, blind, probe, repeat = columns
    return Decision(
        item,
        annotator,
        _KINDS[kind],
        value,
        None if position is None else tuple(json.loads(position)),
        payload,
        seconds,
        evidence,
        bool(blind),
        bool(probe),
        bool(repeat),
    )
