"""Run by test_disk_faults.py with disk_faults.c loaded: fault or death at the k-th write, every k.

    python faulty_disk.py LIBRARY fail|kill truncate|wal SCENARIO FOLDER

Prints how many faults came. Each scenario does something new on disk, tells what it was told is
done, and is then checked in a fresh look at the disk.
"""

import ctypes
import errno
import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from sightline.data.decision import Decision, DecisionKind
from sightline.errors import ProjectError
from sightline.project import Project, fold, journal, read_payload, store_payload

Tell = Callable[[str], None]
Run = Callable[[Path, str, Tell], None]
Check = Callable[[Path, str, set[str]], None]


class Disk(Protocol):
    def arm(self, k: int, action: int) -> None: ...

    def disarm(self) -> int: ...


def answer(folder: Path, name: str, tell: Tell) -> None:
    """Open the project, record a group and a mask, undo and redo; what fails is sent again."""
    project = Project.open(folder / "p.sightline")
    with project.journal() as opened:

        def mask(client_id: str) -> None:
            digest = store_payload(project.payloads, name.encode() * 5000)
            said = Decision("i/1", "anna", DecisionKind.MASK, "neuron", payload=digest)
            opened.record([said], client_id)

        group = [Decision(f"m/{i}", "anna", DecisionKind.VERDICT, name) for i in range(3)]
        acts: dict[str, Callable[[str], object]] = {
            "group": lambda client_id: opened.record(group, client_id),
            "mask": mask,
            "undo": lambda client_id: opened.undo("anna", client_id),
            "redo": lambda client_id: opened.redo("anna", client_id),
        }
        for act, send in acts.items():
            try:
                send(f"{name}-{act}")
            except ProjectError:
                send(f"{name}-{act}")
            tell(f"{name}-{act}")


def check_answers(folder: Path, name: str, told: set[str]) -> None:
    project = Project.open(folder / "p.sightline")
    with project.journal() as opened:
        entries = opened.entries()
    fold(entries)
    assert told <= {entry.client_id for entry in entries}
    for entry in entries:
        mine, _, act = entry.client_id.partition("-")
        if act == "group":
            assert [decision.value for decision in entry.decisions] == [mine] * 3
        if act == "mask":
            payload = entry.decisions[0].payload or ""
            assert read_payload(project.payloads, payload) == mine.encode() * 5000


def create(folder: Path, name: str, tell: Tell) -> None:
    """Make a project."""
    Project.create(folder / f"{name}.sightline", "track")
    tell(name)


def check_created(folder: Path, name: str, told: set[str]) -> None:
    path = folder / f"{name}.sightline"
    assert path.exists() or name not in told
    if path.exists():
        with Project.open(path).journal() as opened:
            assert opened.entries() == ()


def compute(folder: Path, name: str, tell: Tell) -> None:
    """Replace arrays."""
    import numpy as np  # noqa: PLC0415

    from sightline.project.arrays import write_arrays  # noqa: PLC0415

    values = np.arange(1000.0) + int(name.removeprefix("k"))
    arrays = Project.open(folder / "p.sightline").arrays
    write_arrays(arrays, "traces", {"a": values, "b": values}, {"by": name})
    tell(name)


def check_computed(folder: Path, name: str, told: set[str]) -> None:
    import numpy as np  # noqa: PLC0415

    from sightline.project.arrays import read_arrays  # noqa: PLC0415

    arrays, attributes = read_arrays(Project.open(folder / "p.sightline").arrays, "traces")
    assert attributes["by"] == name or name not in told
    values = np.arange(1000.0) + int(attributes["by"].removeprefix("k"))
    assert all(np.array_equal(array, values) for array in arrays.values())
    assert set(arrays) == {"a", "b"}


SCENARIOS: dict[str, tuple[Run, Check]] = {
    "answer": (answer, check_answers),
    "create": (create, check_created),
    "compute": (compute, check_computed),
}


def projects(folder: Path, run: Run) -> Iterator[tuple[int, Path]]:
    """Give k and a folder with a project in which the scenario has gone well once."""
    for k in itertools.count():
        place = folder / str(k)
        place.mkdir(parents=True)
        Project.create(place / "p.sightline", "sort")
        run(place, "k0", lambda _: None)
        yield k, place


def fail(disk: Disk, run: Run, check: Check, folder: Path) -> int:
    """Let each write fail once, or from then on; afterwards the same must succeed."""
    faults = 0
    for action in (-errno.ENOSPC, errno.EIO):
        for k, place in projects(folder / str(action), run):
            told: set[str] = set()
            finished = False
            disk.arm(k, action)
            with suppress(ProjectError):
                run(place, "k1", told.add)
                finished = True
            came = disk.disarm()
            assert finished or not told or action < 0, "a journal once open did not recover"
            check(place, "k1", told)
            if not came:
                break
            faults += 1
            # a new project may be in place when only syncing that has failed
            if not (place / "k1.sightline").exists():
                run(place, "k1", told.add)
                check(place, "k1", told)
    return faults


def kill(disk: Disk, run: Run, check: Check, folder: Path) -> int:
    """Let each write, done by half, be the last that the process does."""
    for k, place in projects(folder, run):
        pipe, told = os.pipe()
        if (child := os.fork()) == 0:
            disk.arm(k, 0)
            with os.fdopen(told, "w", buffering=1) as parent:
                run(place, "k1", partial(print, file=parent))
            os._exit(0)
        os.close(told)
        with os.fdopen(pipe) as lines:
            acts = set(lines.read().split())
        _, status = os.waitpid(child, 0)
        check(place, "k1", acts)
        if not os.WIFSIGNALED(status):
            assert status == 0
            return k
    raise AssertionError


def main(library: str, how: str, mode: str, scenario: str, folder: str) -> None:
    journal.wal_is_safe = lambda _: mode == "wal"
    # looking for one leaves files behind on a disk that cannot remove them
    tempfile.tempdir = folder
    run, check = SCENARIOS[scenario]
    disk = ctypes.CDLL(library)
    faults = {"fail": fail, "kill": kill}[how](disk, run, check, Path(folder))
    sys.stdout.write(str(faults))


if __name__ == "__main__":
    main(*sys.argv[1:])
