"""What the specifications of the project room share: an empty project, and short answers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sightline.data.decision import CELL, Decision, DecisionKind
from sightline.project import Project, journal

MEMORY = Path("/dev/shm")  # noqa: S108


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one, for tests whose faults do not come from the disk."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(params=["truncate", "wal"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways in which SQLite may keep the journal, whatever this machine would choose."""
    monkeypatch.setattr(journal, "wal_is_safe", lambda _: request.param == "wal")
    return request.param


@pytest.fixture
def project(quick_folder: Path) -> Project:
    return Project.create(quick_folder / "mice.sightline", "sort")


@pytest.fixture
def verdict() -> Callable[..., Decision]:
    def answer(
        item: str, value: str = CELL, annotator: str = "anna", seconds: float | None = None
    ) -> Decision:
        return Decision(item, annotator, DecisionKind.VERDICT, value, seconds=seconds)

    return answer
