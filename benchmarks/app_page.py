"""The app in a real browser, for `app_latency.py`: its server, its page, and what they cost."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Page
from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PROBE = Path(__file__).with_suffix("").with_name("app_latency.js")

_SECONDS_TO_WAIT = 60
_RUN = "from sightline.cli import main; main()"


@dataclass(frozen=True)
class Server:
    """`sightline open` in a process of its own, and when that was started."""

    process: subprocess.Popen[str]
    link: str
    started: float
    ready: float

    def ask(self, route: str, **said: Any) -> Any:
        """Post as a script does, with the token."""
        place, _, token = self.link.partition("?token=")
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        request = Request(f"{place}api/{route}", json.dumps(said).encode(), headers)  # noqa: S310
        with urlopen(request, timeout=_SECONDS_TO_WAIT) as answer:  # noqa: S310
            return json.load(answer)

    def decide(self, annotator: str, rows: list[int], verdict: str) -> None:
        """Answer for some candidates at once."""
        act = {"annotator": annotator, "client_id": uuid4().hex}
        self.ask("decide", **act, rows=rows, verdict=verdict)

    def wait_until_fitted(self, annotator: str) -> None:
        """Wait until the classifier is fitted to the latest answers."""
        while self._state(annotator)["refitting"]:
            time.sleep(0.01)

    def answer_and_hear(
        self, annotator: str, row: int, verdict: str, heard: ClientConnection
    ) -> tuple[float, float]:
        """Seconds until an answer is acknowledged, and from then until its fit is told."""
        with suppress(TimeoutError):
            while True:
                heard.recv(0)
        begin = time.perf_counter()
        self.decide(annotator, [row], verdict)
        acknowledged = time.perf_counter()
        while json.loads(heard.recv(_SECONDS_TO_WAIT))["type"] != "labels":
            pass
        return acknowledged - begin, time.perf_counter() - acknowledged

    def _state(self, annotator: str) -> Any:
        place, _, token = self.link.partition("?token=")
        headers = {"authorization": f"Bearer {token}"}
        request = Request(f"{place}api/session?annotator={annotator}", headers=headers)  # noqa: S310
        with urlopen(request, timeout=_SECONDS_TO_WAIT) as answer:  # noqa: S310
            return json.load(answer)

    def hear(self, annotator: str) -> ClientConnection:
        """Open the WebSocket by which the server tells its pages what is new."""
        place, _, token = self.link.partition("?token=")
        address = f"{place.replace('http', 'ws', 1)}api/live?annotator={annotator}"
        headers = {"authorization": f"Bearer {token}"}
        return connect(address, additional_headers=headers, max_queue=None)


@contextmanager
def served(project: Path, annotator: str = "") -> Iterator[Server]:
    """Start the command line's server on a project, with the option that names who judges."""
    who = ["--annotator", annotator] if annotator else []
    started = time.time()
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, "open", str(project), "--no-browser", *who],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        found = re.search(r"http\S+", process.stdout.readline() if process.stdout else "")
        if found is None:
            raise SystemExit("the server has not started")
        link = found.group().partition("&annotator=")[0]
        yield Server(process, link, started, time.time())
    finally:
        process.terminate()
        process.wait()


@contextmanager
def opened(browser: Browser, link: str, annotator: str, size: tuple[int, int]) -> Iterator[Page]:
    """Open the link in a browser without cookies and cache, with the probe in the page."""
    context: BrowserContext = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_init_script(path=PROBE)
    context.set_default_timeout(1000 * _SECONDS_TO_WAIT)
    page = context.new_page()
    page.goto(f"{link}&annotator={annotator}" if "token=" in link else link)
    try:
        yield page
    finally:
        context.close()


def first_shown(page: Page) -> float:
    """Wait for the first candidate; when it was on screen, seconds since 1970."""
    until = time.monotonic() + _SECONDS_TO_WAIT
    while (shown := page.evaluate("latencyProbe.firstShown")) is None:
        if time.monotonic() > until:
            raise SystemExit("no candidate has come on screen")
        page.wait_for_timeout(200)  # seldom, so that asking does not slow what is waited for
    return shown / 1000


class Costs:
    """CPU time of a page: of its main thread, of its process, and of the whole browser."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self._page = page.context.new_cdp_session(page)
        self._page.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._browser = browser.new_browser_cdp_session()

    def __call__(self) -> Mapping[str, float]:
        """Seconds so far."""
        told = self._page.send("Performance.getMetrics")["metrics"]
        metrics = {metric["name"]: metric["value"] for metric in told}
        processes = self._browser.send("SystemInfo.getProcessInfo")["processInfo"]
        return {
            "main_thread": metrics["ThreadTime"],
            "renderer": metrics["ProcessTime"],
            "browser": sum(process["cpuTime"] for process in processes),
        }
