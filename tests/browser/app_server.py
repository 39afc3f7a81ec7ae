"""The server that pages come from: `sightline open` in a process of its own.

The process is a copy of one that has imported the package already, where processes can be copied,
so that a test does not wait for imports. Little is imported here, for the copy imports it too.
"""

import multiprocessing
import os
import re
import sys
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

_CONTEXT = (
    multiprocessing.get_context("forkserver")
    if "forkserver" in multiprocessing.get_all_start_methods()
    else multiprocessing.get_context("spawn")
)
_CONTEXT.set_forkserver_preload(
    ["sightline.cli.app", "sightline.web.serve", "sightline.web.app", "sightline.web.served"]
)

SECONDS_TO_START = 60
SECONDS_TO_STOP = 30


@dataclass
class Server:
    """A running `sightline open`, on a project or on none."""

    path: Path | None
    home: Path
    environment: dict[str, str]
    port: int = 0
    link: str = ""
    process: BaseProcess | None = None

    def start(self) -> str:
        """Start it, on the same port as before if it ran before; give the link of the page."""
        token = self.home / "token"
        project = () if self.path is None else (str(self.path),)
        words = ["open", *project, "--no-browser", "--port", str(self.port)]
        self._said.unlink(missing_ok=True)
        words += ["--token-file", str(token)]
        process = _CONTEXT.Process(target=_open, args=(words, self.home, self.environment))
        process.start()
        self.process = process
        self.port = self._port_told()
        self.link = f"http://127.0.0.1:{self.port}/?token={token.read_text(encoding='ascii')}"
        return self.link

    def _port_told(self) -> int:
        """Wait until it says where it is."""
        assert self.process
        end = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < end:
            said = self._said.read_text(encoding="utf-8") if self._said.exists() else ""
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/ .*\n", said):
                return int(found[1])
            assert self.process.is_alive(), self.mistakes()
            time.sleep(0.005)
        raise AssertionError(f"it does not start: {self.mistakes()}")

    def restart(self) -> str:
        """Stop it as Ctrl+C does, and start it again on its port."""
        self.stop()
        return self.start()

    def kill(self) -> None:
        """End it without a warning."""
        assert self.process
        self.process.kill()
        self.process.join()

    def stop(self) -> None:
        if self.process and self.process.is_alive():
            self.process.terminate()
            self.process.join(SECONDS_TO_STOP)
            assert not self.process.is_alive(), "it does not stop"

    def mistakes(self) -> str:
        """What the server said of itself that nobody expected."""
        errors = self.home / ERRORS
        return errors.read_text(encoding="utf-8") if errors.exists() else ""

    @property
    def _said(self) -> Path:
        return self.home / SAID


SAID, ERRORS = "said.txt", "errors.txt"


def _open(words: list[str], home: Path, environment: dict[str, str]) -> None:
    """What the new process does: the command, with what it says in files."""
    for stream, name in ((sys.stdout, SAID), (sys.stderr, ERRORS)):
        with (home / name).open("ab") as file:
            os.dup2(file.fileno(), stream.fileno())
    os.environ.update(environment)
    sys.argv = ["sightline", *words]

    from sightline.cli import main  # noqa: PLC0415

    main()
