"""A browser, a project prepared by the command line, and people who sort it.

The browser's loop of events runs in this process until the browser is closed, and nothing else may
then run one: so each module has a browser of its own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from app_server import Server
from person import Person
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from recording_files import is_cell, write_recording

from sightline.review.sort_session import SortSession
from sightline.web.pages import BUILT_APP

MEMORY = Path("/dev/shm")  # noqa: S108
REQUIRED = "SIGHTLINE_REQUIRE_BROWSER"
TIMEOUT_MS = 15_000
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=TIMEOUT_MS)


def _chromium(playwright: Playwright) -> str:
    """A Chromium of this machine, or the one that Playwright installed."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    own = Path(playwright.chromium.executable_path)
    if found is None and not own.is_file():
        _do_without("no Chromium is found: install it, or run `playwright install chromium`")
    return found or str(own)


def _do_without(reason: str) -> None:
    if os.environ.get(REQUIRED):
        pytest.fail(f"{reason} ({REQUIRED} is set)")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not (BUILT_APP / "index.html").is_file():
        _do_without("the app is not built: run `npm run build` in app/")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=_chromium(playwright), args=list(_FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Movie and candidates on disk; nobody writes to them."""
    return write_recording(tmp_path_factory.mktemp("recording") / "lab")


@pytest.fixture(scope="session")
def prepared(recording: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as the command line prepares it; nobody writes to it."""
    movie, candidates = recording
    path = tmp_path_factory.mktemp("prepared") / "mouse.sightline"
    command("sort", "prepare", movie, "-c", candidates, "-o", path, "--workers", 1)
    return path


def command(*words: object) -> None:
    """Run `sightline` with these words."""
    done = subprocess.run(
        [sys.executable, "-c", "from sightline.cli import main; main()", *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture
def batch(folder: Path) -> Path:
    """Features of two recordings in one project, for three classes."""
    numbers = np.random.default_rng(0)
    tables = [folder / "left.csv", folder / "right.csv"]
    for table in tables:
        values = [f"{row},{row % 3},{numbers.normal():.4f}" for row in range(24)]
        table.write_text("\n".join(["candidate,kind,noise", *values]), encoding="utf-8")
    classes = [word for name in ("not a cell", "soma", "dendrite") for word in ("--class", name)]
    command("sort", "prepare", *tables, "-o", folder / "batch.sightline", *classes)
    return folder / "batch.sightline"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one; faults of the disk are specified elsewhere."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture
def project(prepared: Path, folder: Path) -> Path:
    return Path(shutil.copytree(prepared, folder / "lab" / prepared.name))


@pytest.fixture
def worked_on(project: Path) -> Path:
    """Anna and Ben have judged a dozen, not always alike."""
    verdicts = {f"mouse/{row}": "cell" if is_cell(str(row)) else "not cell" for row in range(12)}
    with SortSession(project, "anna") as session:
        session.decide_each(verdicts)
    with SortSession(project, "ben") as session:
        session.decide_each({**verdicts, "mouse/3": "unsure", "mouse/4": "not cell"})
    return project


@pytest.fixture
def serve(folder: Path) -> Iterator[Callable[[Path | None], Server]]:
    """Open projects; the servers are stopped at the end, and must not have made a mistake."""
    started: list[Server] = []

    def opening(path: Path | None) -> Server:
        home = folder / f"server{len(started)}"
        home.mkdir()
        environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
        started.append(Server(path, home, environment))
        return started[-1]

    yield opening
    for server in started:
        server.stop()
    assert [server.mistakes() for server in started if server.mistakes()] == []


@pytest.fixture
def server(serve: Callable[[Path | None], Server], project: Path) -> Server:
    return serve(project)


@pytest.fixture
def newcomer(
    browser: Browser, serve: Callable[[Path | None], Server]
) -> Iterator[Callable[..., Person]]:
    """People with a browser each; their consoles must be silent at the end."""
    with ExitStack() as stack:
        people: list[Person] = []

        def coming(kind: type[Person] = Person, **options: Any) -> Person:
            options = {"viewport": {"width": 1280, "height": 720}, **options}
            context = stack.enter_context(browser.new_context(**options))
            context.set_default_timeout(TIMEOUT_MS)
            people.append(kind(context.new_page()))
            return people[-1]

        yield coming
    assert [person.unexpected() for person in people if person.unexpected()] == []


@pytest.fixture
def anna(newcomer: Callable[..., Person], server: Server) -> Person:
    """Anna in front of her first question."""
    return newcomer().open(server.start())
