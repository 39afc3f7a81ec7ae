"""What the specifications of the server share: a small project, served in this process."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from fastapi import FastAPI
from review.tracked_project import make_tracked_project
from served_project import TOKEN, Page, make_project

from sightline.web.app import make_app
from sightline.web.cookies import Cookies
from sightline.web.home import Home
from sightline.web.open_projects import open_for_app
from sightline.web.security import Guard
from sightline.web.serve import make_server

MEMORY = Path("/dev/shm")  # noqa: S108


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it was prepared; nobody writes to it."""
    return make_project(tmp_path_factory.mktemp("made"))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one; faults of the disk are specified elsewhere."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture
def path(made: Path, folder: Path) -> Path:
    return Path(shutil.copytree(made, folder / made.name))


@contextmanager
def running(path: Path, built: Path | None) -> Iterator[httpx.Client]:
    """Serve a project; see `listening`."""
    app = make_app(open_for_app(path), *([built] if built else []))
    with listening(app, str(path)) as client:
        yield client


@contextmanager
def listening(app: FastAPI, subject: str) -> Iterator[httpx.Client]:
    """Serve on a free port, from a thread; the client sends the token."""
    server = make_server(Guard(app, TOKEN, Cookies(b"k" * 32, subject)))
    # said to be TCP, as by `sightline open`: else every answer is held back for 40 ms
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        try:
            with httpx.Client(
                base_url=address, headers={"authorization": f"Bearer {TOKEN}"}, timeout=30
            ) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[..., httpx.Client]]:
    with ExitStack() as stack:
        yield lambda path, built=None: stack.enter_context(running(path, built))


@pytest.fixture
def starts() -> Iterator[Callable[[Path], httpx.Client]]:
    """Serve the start page, with what is kept in a folder."""
    with ExitStack() as stack:
        yield lambda kept: stack.enter_context(
            listening(make_app(None, home=Home(kept)), "start page")
        )


@pytest.fixture
def start_page(starts: Callable[[Path], httpx.Client], folder: Path) -> Page:
    return Page(starts(folder / "state"))


@pytest.fixture(scope="session")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of tracking, beside its video; nobody writes to it."""
    return make_tracked_project(tmp_path_factory.mktemp("tracked"))


@pytest.fixture(scope="session")
def track_viewer(tracked: Path) -> Iterator[Page]:
    """A page that only looks at a tracking; the same for all."""
    with running(tracked, None) as client:
        yield Page(client)


@pytest.fixture(scope="session")
def viewer(made: Path) -> Iterator[Page]:
    """A page that only looks; the same for all."""
    with running(made, None) as client:
        yield Page(client)


@pytest.fixture(scope="session")
def start_viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A start page that opens and prepares nothing; the same for all."""
    kept = tmp_path_factory.mktemp("start-page")
    with listening(make_app(None, home=Home(kept)), "start page") as client:
        yield Page(client)


@pytest.fixture
def http(serve: Callable[..., httpx.Client], path: Path) -> httpx.Client:
    return serve(path)


@pytest.fixture
def anna(http: httpx.Client) -> Page:
    return Page(http)


@pytest.fixture
def ben(http: httpx.Client) -> Page:
    return Page(http, "ben")
