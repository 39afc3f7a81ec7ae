"""Projects that this account opened, the latest first: a help to find them, nothing rests on it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sightline.data.decision import DecisionKind
from sightline.errors import ProjectError
from sightline.project.account import account_folder, keep_list, kept_list
from sightline.project.fold import standing
from sightline.project.project import DESCRIPTION, JOURNAL, Project

MOST: Final = 50

_FILE: Final = "recent-projects.json"
_ANSWERS: Final = (DecisionKind.VERDICT, DecisionKind.KEYPOINT)
_MOST_JOURNAL_BYTES: Final = 32 * 2**20


@dataclass(frozen=True)
class Recent:
    """A project that was opened.

    Parameters
    ----------
    path
        Its folder.
    opened
        When last, with time zone.
    """

    path: Path
    opened: datetime

    @property
    def is_there(self) -> bool:
        """Whether there is still a project."""
        try:
            return (self.path / DESCRIPTION).is_file()
        except OSError:
            return False


def recent_projects(folder: Path | None = None) -> tuple[Recent, ...]:
    """Give what was opened, the latest first; empty where it cannot be read.

    Parameters
    ----------
    folder
        The account's own if not given.
    """
    try:
        kept = kept_list(_file(folder))
    except OSError:
        return ()
    found = [each for value in kept if (each := _recent(value)) is not None]
    return tuple(sorted(found, key=lambda each: each.opened, reverse=True)[:MOST])


def remember_project(
    path: Path, folder: Path | None = None, opened: datetime | None = None
) -> None:
    """Note that a project was opened; where nothing can be kept, it is not."""
    path = path.resolve()
    others = [each for each in recent_projects(folder) if each.path != path]
    _keep([Recent(path, opened or datetime.now(UTC)), *others], folder)


def forget_project(path: Path, folder: Path | None = None) -> None:
    """Take a project off the list; the project itself stays as it is."""
    _keep([each for each in recent_projects(folder) if each.path != path], folder)


def count_decided(path: Path) -> int | None:
    """Give how many candidates or points somebody judged; None where it takes long or fails."""
    try:
        if (path / JOURNAL).stat().st_size > _MOST_JOURNAL_BYTES:
            return None
        with Project.open(path).journal() as journal:
            state = journal.state()
    except (OSError, ProjectError):
        return None
    said = (standing(state, one, kind) for one in state.hands for kind in _ANSWERS)
    return len(set().union(*said))


def _file(folder: Path | None) -> Path:
    return (folder or account_folder()) / _FILE


def _keep(recents: list[Recent], folder: Path | None) -> None:
    values = [
        {"path": str(each.path), "opened": each.opened.isoformat()}
        for each in recents
        if is_text(str(each.path))
    ]
    with suppress(OSError):
        keep_list(_file(folder), values[:MOST])


def is_text(name: str) -> bool:
    """Whether the start page can show a file's name, and ask for it again."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _recent(value: Any) -> Recent | None:
    """A line of the file; None where it is none."""
    try:
        opened = datetime.fromisoformat(value["opened"])
        path = Path(value["path"])
        return Recent(path, opened) if opened.tzinfo and is_text(value["path"]) else None
    except (KeyError, TypeError, ValueError):
        return None
