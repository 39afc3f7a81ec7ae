"""Kill writing processes at random moments, and count the acknowledged decisions that are lost.

    python benchmarks/journal_kills.py --kills 10000

Two processes at a time answer into one project, each telling this one over a pipe whatever the
journal acknowledged. Each is killed without warning within ``--milliseconds`` of starting, so also
while it opens the journal or recovers what the one before it left. Then the project must open,
hold every acknowledged act as it was sent, and name no mask that is not stored. A fresh project
is begun every hundred kills, in turn with a rollback journal and with a write-ahead log. Also
printed: how often a rollback journal was found cut short within a transaction, and how many acts
were written by a process that was killed before it could tell.
"""

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path

from sightline.data.decision import Decision, DecisionKind
from sightline.data.entry import Act, Entry
from sightline.errors import ProjectError
from sightline.project import Project, fold, journal, read_payload, store_payload

KILLS_A_PROJECT = 100
MODES = ("truncate", "wal")


def force(mode: str) -> None:
    """Have journals opened by this process use the mode, whatever disk and SQLite are like."""
    journal.wal_is_safe = lambda _: mode == "wal"


def deed(client_id: str, annotator: str) -> tuple[Act, tuple[Decision, ...], bytes]:
    """Give what the client id stands for: act, decisions and the mask's bytes, if it is one."""
    draw = random.Random(client_id)
    act = draw.choices(tuple(Act), weights=(8, 1, 1))[0]
    if act is not Act.RECORD:
        return act, (), b""
    if draw.random() < 0.15:
        mask = draw.randbytes(20_000)
        digest = sha256(mask).hexdigest()
        item = f"image/{draw.randrange(50)}"
        return act, (Decision(item, annotator, DecisionKind.MASK, "cell", None, digest),), mask
    items = draw.sample(range(1000), draw.choice((1, 1, 1, 5)))
    group = (Decision(f"movie/{i}", annotator, DecisionKind.VERDICT, "cell") for i in items)
    return act, tuple(group), b""


def answer(path: Path, mode: str, annotator: str, start: int, told: Connection) -> None:
    """Act on the project until killed; tell the client id of each act that was acknowledged."""
    force(mode)
    project = Project.open(path)
    told.send_bytes(b"")
    with project.journal() as open_journal:
        for number in range(start, sys.maxsize):
            client_id = f"{annotator}-{number}"
            act, decisions, mask = deed(client_id, annotator)
            if mask:
                store_payload(project.payloads, mask)
            try:
                if act is Act.RECORD:
                    open_journal.record(decisions, client_id)
                else:
                    getattr(open_journal, act.value)(annotator, client_id)
            except ProjectError as error:
                if "nothing left" not in str(error):
                    raise
                continue
            told.send_bytes(client_id.encode())


def heard(pipe: Connection) -> Iterator[str]:
    """Give the client ids that a killed process had told."""
    try:
        while True:
            yield pipe.recv_bytes().decode()
    except EOFError:
        pipe.close()


def kill_two(path: Path, mode: str, start: int, seconds: float, draw: random.Random) -> set[str]:
    """Start two writers, kill each at its own moment, and give what was acknowledged."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    writers = []
    for annotator in ("anna", "ben"):
        pipe, told = context.Pipe(duplex=False)
        writer = context.Process(target=answer, args=(path, mode, annotator, start, told))
        writer.start()
        told.close()
        writers.append((writer, pipe))
    for _, pipe in writers:
        pipe.recv_bytes()
    began = time.monotonic()
    moments = sorted(draw.uniform(0, seconds) for _ in writers)
    for (writer, _), moment in zip(draw.sample(writers, 2), moments, strict=True):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        writer.kill()
    acknowledged = {client_id for _, pipe in writers for client_id in heard(pipe)}
    for writer, _ in writers:
        writer.join()
        if writer.exitcode in (0, 1):
            raise SystemExit("a writer ended by itself")
        writer.close()
    return acknowledged


def faults(project: Project, entries: tuple[Entry, ...], acknowledged: set[str]) -> int:
    """Count what is lost or wrong in a project whose entries are given."""
    fold(entries)
    wrong = len(acknowledged - {entry.client_id for entry in entries})
    wrong += [entry.number for entry in entries] != list(range(1, len(entries) + 1))
    for entry in entries:
        act, decisions, mask = deed(entry.client_id, entry.annotator)
        wrong += (entry.act, entry.decisions) != (act, decisions)
        wrong += bool(mask) and read_payload(project.payloads, decisions[0].payload or "") != mask
    return wrong


def run(kills: int, seconds: float, seed: int, folder: Path) -> dict[str, int]:
    draw = random.Random(seed)
    counted = ("kills", "projects", "cut short", "acknowledged", "not told", "lost or wrong")
    total = dict.fromkeys(counted, 0)
    while total["kills"] < kills:
        mode = MODES[total["projects"] % len(MODES)]
        force(mode)
        project = Project.create(folder / f"{total['projects']}.sightline", "sort")
        acknowledged: set[str] = set()
        start = 0
        while total["kills"] < min(kills, (total["projects"] + 1) * KILLS_A_PROJECT):
            acknowledged |= kill_two(project.path, mode, start, seconds, draw)
            hot = project.path / "decisions.sqlite-journal"
            total["cut short"] += hot.exists() and hot.stat().st_size > 0
            with Project.open(project.path).journal() as reopened:
                entries = reopened.entries()
            # an act may have been written but not acknowledged: never use its client id again
            start = 1 + max((int(e.client_id.split("-")[1]) for e in entries), default=0)
            total["lost or wrong"] += len(acknowledged - {entry.client_id for entry in entries})
            total["kills"] += 2
        total["lost or wrong"] += faults(project, entries, acknowledged)
        total["acknowledged"] += len(acknowledged)
        total["not told"] += len(entries) - len(acknowledged)
        total["projects"] += 1
        print(f"{total['kills']} kills, lost or wrong: {total['lost or wrong']}", file=sys.stderr)
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=10_000, help="they come in pairs")
    parser.add_argument("--milliseconds", type=float, default=30, help="longest life of a writer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where to write; else a temporary folder")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=settings.folder) as folder:
        total = run(settings.kills, settings.milliseconds / 1000, settings.seed, Path(folder))
    print(json.dumps(total))
    return 1 if total["lost or wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
