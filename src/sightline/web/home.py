"""What `sightline open` without a project holds: recent projects, preparations, the start page."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from starlette.datastructures import State

from sightline.errors import ProjectError
from sightline.project.account import account_folder, held_alone
from sightline.project.project import SUFFIX, Project
from sightline.project.recents import (
    Recent,
    count_decided,
    forget_project,
    recent_projects,
    remember_project,
)
from sightline.web.live import Hub
from sightline.web.open_projects import OpenProject, open_for_app
from sightline.web.served import project_identity
from sightline.web.shelf import AbsentError
from sightline.web.values import plain
from sightline.workflows.preparation_queue import PreparationQueue, Queued

_LOCK: Final = "preparations.lock"
_ELSEWHERE: Final = (
    "Another start page of yours holds the queue of preparations. Prepare there, or stop that one."
)


class Home:
    """Used in the server's event loop; what takes long is done on threads.

    Parameters
    ----------
    folder
        Where recent projects and preparations are kept; the account's own if not given.

    Attributes
    ----------
    looking
        Held by who looks at a user's files: one at a time, for that takes memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or account_folder()
        self.hub = Hub()
        self._queue: PreparationQueue | None = None
        self._holding = ExitStack()
        self._switching = asyncio.Lock()
        self.looking = asyncio.Lock()

    def queue(self) -> PreparationQueue:
        """Give the queue, begun by the first call.

        Raises
        ------
        ProjectError
            If another server of this account holds it, or it cannot be read.
        """
        if self._queue is None:
            changed = _on(asyncio.get_running_loop(), self._tell_preparations)
            tell = _on(asyncio.get_running_loop(), self._tell)

            def prepared(project: Path) -> None:
                remember_project(project, self.folder)
                tell()

            with ExitStack() as holding:
                holding.enter_context(_alone(self.folder))
                self._queue = PreparationQueue(self.folder, changed, prepared)
                self._holding = holding.pop_all()
        return self._queue

    async def about(self, served: OpenProject | None) -> dict[str, Any]:
        """Describe everything to the page."""
        queue_trouble, preparations = "", []
        try:
            preparations = [_about(each) for each in self.queue().preparations()]
        except ProjectError as trouble:
            queue_trouble = str(trouble)
        recents = await asyncio.to_thread(recent_projects, self.folder)
        about = {
            "server": self.hub.server,
            "open": None if served is None else str(served.project.path),
            "recents": await asyncio.to_thread(lambda: [_about_recent(each) for each in recents]),
            "preparations": preparations,
            "queue_trouble": queue_trouble,
            "home": str(Path.home()),
        }
        return plain(about)

    async def decided(self, path: Path) -> int | None:
        """How many candidates of a recent project anybody judged; None where that is not known.

        Raises
        ------
        AbsentError
            If it is not among the recent ones.
        """
        recents = await asyncio.to_thread(recent_projects, self.folder)
        if path not in {each.path for each in recents}:
            raise AbsentError(f"{path}: it is not among the recent projects.")
        return await asyncio.to_thread(count_decided, path)

    async def open(self, state: State, path: Path) -> None:
        """Open a project in place of the one before, whose pages are told.

        Raises
        ------
        ProjectError
            If it cannot be opened; then the one before stays.
        """
        async with self._switching:
            before: OpenProject | None = state.served
            path = await asyncio.to_thread(path.resolve)
            opened = await asyncio.to_thread(Project.open, path)
            if before is None or before.id != project_identity(opened):
                state.served = await asyncio.to_thread(open_for_app, path)
                if before is not None:
                    before.hub.close()
                    await before.close()
            await asyncio.to_thread(remember_project, path, self.folder)
        self._tell()

    async def forget(self, path: Path) -> None:
        """Take a project off the list of recent ones."""
        await asyncio.to_thread(forget_project, path, self.folder)
        self._tell()

    async def close(self) -> None:
        """End what is being prepared; the next start goes on with it."""
        if self._queue is not None:
            await asyncio.to_thread(self._queue.close)
        self._holding.close()

    def _tell(self) -> None:
        """Tell the pages to look again."""
        self.hub.tell_everybody({"type": "start"})

    def _tell_preparations(self) -> None:
        if self._queue is not None:
            told = [_about(each) for each in self._queue.preparations()]
            self.hub.tell_everybody({"type": "preparations", "preparations": told})


def _on(loop: asyncio.AbstractEventLoop, tell: Callable[[], None]) -> Callable[[], None]:
    """Let any thread call it."""

    def call() -> None:
        with suppress(RuntimeError):  # the server has stopped
            loop.call_soon_threadsafe(tell)

    return call


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only server of the account that prepares."""
    with ExitStack() as holding:
        try:
            held = holding.enter_context(held_alone(folder / _LOCK))
        except OSError as refused:
            raise ProjectError(
                f"{folder}: preparations cannot be kept here ({refused.strerror}). Allow writing "
                "there, or prepare by `sightline sort prepare`."
            ) from None
        if not held:
            raise ProjectError(_ELSEWHERE)
        yield


def _about_recent(recent: Recent) -> dict[str, Any]:
    return {
        "path": str(recent.path),
        "name": recent.path.name.removesuffix(SUFFIX),
        "folder": str(recent.path.parent),
        "opened": recent.opened.isoformat(),
        "there": recent.is_there,
    }


def _about(job: Queued) -> dict[str, Any]:
    path = Path(job.wish.output)
    return {
        **asdict(job),
        "name": path.name.removesuffix(SUFFIX),
        "folder": str(path.parent),
    }
