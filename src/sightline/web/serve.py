"""`sightline open`: the app on a project or its start page, on this machine alone."""

import os
import re
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import uvicorn

from sightline.errors import InputError
from sightline.project.project import Project
from sightline.project.recents import remember_project
from sightline.web.cookies import Cookies, account_key
from sightline.web.early import EarlyApp
from sightline.web.pages import app_files
from sightline.web.security import Guard
from sightline.web.shown_kinds import refuse_unshown
from sightline.web.values import LONGEST_NAME, is_name

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from sightline.web.open_projects import OpenProject

PREFERRED_PORT: Final = 8642

_LOOPBACK: Final = "127.0.0.1"
_TRIES: Final = 20
_TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(rb"[A-Za-z0-9_-]{43}\s*")
_LONGEST_MESSAGE: Final = 2**16
_SECONDS_TO_STOP: Final = 3


def open_project(
    project: str | Path | None = None,
    *,
    annotator: str = "",
    browser: bool = True,
    port: int | None = None,
    token_file: str | Path | None = None,
    say: Callable[[str], None] = lambda _line: None,
) -> None:
    """Serve the app until it is stopped, by Ctrl+C or a signal.

    Parameters
    ----------
    project
        Project folder, NAME.sightline; it alone is served. None for the start page, which opens
        and prepares projects and lists folders to choose files from.
    annotator
        Whom the page takes its user for; it asks if not given.
    browser
        Whether to open the page, where this machine has a screen.
    port
        Of 127.0.0.1; if not given, the first free one from 8642 on.
    token_file
        File to write the token to, readable by its owner only; it is removed at the end.
    say
        Takes lines for the user: where the page is, and what is wrong with the project.

    Raises
    ------
    ProjectError
        If it is no project, of a newer version, of a kind that the app does not show, or its
        journal cannot be read.
    InputError
        If the port is in use, the token file holds something else, or nobody is called so.
    """
    _check_name(annotator)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with ExitStack() as stack:
        listening = stack.enter_context(_listen(port))
        path = None if project is None else _checked(Path(project))
        if token_file is not None:
            stack.enter_context(_token_kept(Path(token_file), token))
        address = f"http://{_LOOPBACK}:{listening.getsockname()[1]}/"
        link = f"{address}?{urlencode(_wanted(token, annotator))}"

        def ready() -> None:
            say(_where(link, address, token_file))
            if browser:
                _show(link)

        cookies = Cookies(account_key(), _subject(path, listening))
        make = partial(_app, path, annotator.strip(), say)

        def stop() -> None:
            server.should_exit = True

        app = EarlyApp(make, app_files(), stop)
        server = make_server(Guard(app, token, cookies), ready)
        with _ended_by_signals():
            server.run(sockets=[listening])
        if app.failure is not None:
            raise app.failure
    say("Stopped; every answer is saved.")


def _check_name(annotator: str) -> None:
    if annotator and not is_name(annotator):
        expected = f"1 to {LONGEST_NAME} letters, digits, signs and spaces"
        raise InputError("--annotator", repr(annotator[:LONGEST_NAME]), expected, "Choose another.")


def _checked(path: Path) -> Path:
    """The project's folder, if the app shows it and its journal can be read."""
    project = Project.open(path)
    refuse_unshown(project)
    project.journal().close()
    return project.path


def _app(path: Path | None, expected: str, say: Callable[[str], None]) -> "Starlette":
    """Open the project, or the start page, and put the application together.

    What is imported here takes a second, in which the browser loads the page.
    """
    with ThreadPoolExecutor(1) as beside:
        opening = None if path is None else beside.submit(_served, path)
        from sightline.web.app import make_app  # noqa: PLC0415

        if opening is not None:
            served = opening.result()
            for line in _troubles(served):
                say(line)
            return make_app(served, expected=expected)
    from sightline.web.home import Home  # noqa: PLC0415

    return make_app(None, home=Home())


def _served(path: Path) -> "OpenProject":
    from sightline.web.open_projects import open_for_app  # noqa: PLC0415

    served = open_for_app(path)
    remember_project(path)
    return served


def _subject(project: Path | None, listening: socket.socket) -> str:
    """What a browser's pass opens: one project, or the start page at one port."""
    if project is None:
        return f"start page\n{listening.getsockname()[1]}"
    return str(project.resolve())


def _wanted(token: str, annotator: str) -> dict[str, str]:
    return {"token": token, **({"annotator": annotator} if annotator else {})}


def _where(link: str, address: str, token_file: str | Path | None) -> str:
    if token_file is None:
        return f"Sightline is at {link}\nCtrl+C stops it."
    return f"Sightline is at {address} with the token in {token_file}\nCtrl+C stops it."


def _troubles(served: "OpenProject") -> Iterator[str]:
    if served.trouble:
        yield served.trouble
    yield from served.warnings()
    if not served.project.writable:
        yield (
            f"{served.project.path}: it may not be written here; everything can be looked at and "
            "nothing decided. Allow writing, or copy the project to where you may write."
        )


def check_port(port: int | None) -> None:
    """Pass if the port is free now.

    Raises
    ------
    InputError
        If it is in use, or no port.
    """
    with _listen(port):
        pass


@contextmanager
def _listen(port: int | None) -> Iterator[socket.socket]:
    """Take a port, so that nobody else can from now on."""
    if port is not None and not 0 <= port < 2**16:
        raise InputError("--port", str(port), "0 to 65535", "Choose another port.")
    tries = [port] if port is not None else [*range(PREFERRED_PORT, PREFERRED_PORT + _TRIES), 0]
    for number in tries:
        # only a socket that is said to be TCP gets its answers out without delay
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if sys.platform == "win32":
                # there another program could otherwise share the port and listen in
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((_LOOPBACK, number))
            listening.listen()
        except OSError:
            listening.close()
            continue
        with listening:
            yield listening
        return
    raise InputError(
        f"port {port}",
        "another program uses it, or you may not",
        "a free port",
        "Leave --port away to get a free one, or stop the other program.",
    )


@contextmanager
def _token_kept(path: Path, token: str) -> Iterator[None]:
    """Keep the token in a file of its owner's while the server runs; only old tokens give way."""
    if path.exists() and not (path.is_file() and _TOKEN.fullmatch(path.read_bytes()[:100])):
        raise InputError(
            path, "something else is there", "a new file, or an earlier token", "Name another file."
        )
    if not path.parent.is_dir():
        raise InputError(path, "its folder is not there", "a folder that exists", "Make it first.")
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token)
    aside.replace(path)
    try:
        yield
    finally:
        with suppress(OSError):
            if path.read_text(encoding="ascii") == token:
                path.unlink()


def _show(link: str) -> None:
    """Open the page, where there is a screen; a browser in the terminal would be in the way."""
    screen = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    if screen:
        with suppress(webbrowser.Error, OSError):
            webbrowser.open(link)


class _Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then open the page without waiting for the browser."""
        await super().startup(sockets)
        if self._ready is not None and self.started:
            threading.Thread(target=self._ready, daemon=True).start()


def make_server(guard: Guard, ready: Callable[[], None] | None = None) -> uvicorn.Server:
    """Put the server together; it is to be run on a socket of 127.0.0.1.

    Parameters
    ----------
    guard
        With the application behind it.
    ready
        Called on a thread of its own once requests are answered.
    """
    config = uvicorn.Config(
        guard,
        http="h11",
        ws="websockets-sansio",
        loop="asyncio",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=_LONGEST_MESSAGE,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
    )
    return _Server(config, ready)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """After the server's own clean stop, do not die of the signal that asked for it."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            before[number] = signal.signal(number, end)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
