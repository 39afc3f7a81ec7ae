"""`sightline open`: where it listens, what it says, and that killing it loses nothing."""

import asyncio
import csv
import io
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from served_project import TRUTH
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sightline.errors import InputError, ProjectError
from sightline.project.candidates import read_candidates, store_candidates
from sightline.project.project import Project
from sightline.project.recents import recent_projects
from sightline.web import serve as serving
from sightline.web.cookies import account_key
from sightline.web.served import Served


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@dataclass
class Opened:
    """A running `sightline open`."""

    process: subprocess.Popen[str]
    port: int
    token_file: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> httpx.Client:
        token = self.token_file.read_text()
        return httpx.Client(
            base_url=self.address, headers={"authorization": f"Bearer {token}"}, timeout=30
        )

    def end(self, how: int) -> tuple[int, str, str]:
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Opened]]:
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    started: list[Opened] = []

    def opening(path: Path, port: int, *options: str) -> Opened:
        token_file = folder / "token"
        token_file.unlink(missing_ok=True)
        words = ["open", path, "--no-browser", "--port", port, "--token-file", token_file]
        process = subprocess.Popen(
            [sys.executable, "-c", "from sightline.cli import main; main()",
             *map(str, (*words, *options))],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(Opened(process, port, token_file))
        while process.poll() is None and not token_file.is_file():
            time.sleep(0.02)
        return started[-1]

    yield opening
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def test_killed_while_judging_nothing_acknowledged_is_lost_and_the_page_goes_on(
    start: Callable[..., Opened], path: Path
) -> None:
    port = free_port()
    first = start(path, port)
    with httpx.Client(base_url=first.address, timeout=30) as browser:
        token = first.token_file.read_text()
        assert browser.get(f"/?token={token}").status_code == 303
        own = {"origin": first.address}
        acknowledged = []
        for row in range(25):
            said = {"annotator": "anna", "client_id": f"c{row}", "rows": [row],
                    "verdict": "cell" if TRUTH[row] else "not cell"}  # fmt: skip
            answer = browser.post("/api/decide", json=said, headers=own)
            acknowledged.append((row, answer.json()["state"]["decided"]))
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()

        second = start(path, port)
        # what was sent last may be sent again; the cookie is still good, the token is not
        state = browser.post("/api/decide", json=said, headers=own).json()["state"]
        assert state["decided"] == 25
        assert acknowledged == [(row, row + 1) for row in range(25)]
        old = {"authorization": f"Bearer {token}"}
        assert httpx.get(f"{second.address}/api/project", headers=old).status_code == 401
        cookie = f"sightline_{port}={browser.cookies[f'sightline_{port}']}"
        place = f"ws://127.0.0.1:{port}/api/live?annotator=anna"
        with pytest.raises(InvalidStatus):
            connect(place, additional_headers=old)
        with connect(place, additional_headers={**own, "cookie": cookie}) as page:
            assert json.loads(page.recv(10))["type"] == "hello"
        assert browser.post(
            "/api/undo", json={"annotator": "anna", "client_id": "u"}, headers=own
        ).json()["rows"] == [24]  # fmt: skip


def test_the_token_file_is_its_owners_and_goes_with_the_server(
    start: Callable[..., Opened], path: Path
) -> None:
    opened = start(path, free_port())
    assert stat.S_IMODE(opened.token_file.stat().st_mode) == 0o600 or os.name == "nt"
    token = opened.token_file.read_text()
    with opened.client() as client:
        assert client.get("/api/project").json()["name"] == "mice"
    code, out, err = opened.end(signal.SIGINT)
    assert (code, err) == (0, "")
    assert opened.address in out
    assert token not in out
    assert "Stopped; every answer is saved." in out
    assert not opened.token_file.exists()


def test_asked_to_end_it_ends_cleanly_though_pages_are_open(
    start: Callable[..., Opened], path: Path
) -> None:
    opened = start(path, free_port())
    token = {"authorization": f"Bearer {opened.token_file.read_text()}"}
    place = f"{opened.address.replace('http', 'ws')}/api/live?annotator=anna"
    with connect(place, additional_headers=token) as page:
        page.recv(10)
        code, _, err = opened.end(signal.SIGTERM)
    assert (code, err) == (0, "")


def refused(*words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from sightline.cli import main; main()", "open",
         *map(str, words), "--no-browser"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("sightline: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_port_in_use_is_told_in_the_terminal(path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused(path, "--port", taken.getsockname()[1])
    assert "another program uses it" in said


def test_what_is_no_project_is_told_in_the_terminal(folder: Path) -> None:
    assert "no project" in refused(folder / "nothing.sightline")


# --- in this process ---------------------------------------------------------------------------


def begun_and_ended(server: uvicorn.Server, **_: Any) -> None:
    """What a server does that is stopped as soon as it has started."""
    messages = iter(["startup", "shutdown"])

    async def receive() -> dict[str, str]:
        return {"type": f"lifespan.{next(messages)}"}

    async def send(_message: Any) -> None:
        pass

    server._ready()
    asyncio.run(server.config.app({"type": "lifespan"}, receive, send))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Callable[..., list[str]]:
    """Open a project but do not serve it; give what the terminal shows."""
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))

    def opening(path: Path | None, **options: Any) -> list[str]:
        lines: list[str] = []
        with monkeypatch.context() as patch:
            patch.setattr(serving.uvicorn.Server, "run", begun_and_ended)
            serving.open_project(path, browser=False, say=lines.append, **options)
        return lines

    return opening


def test_the_link_has_the_token_and_the_annotator(
    said: Callable[..., list[str]], path: Path
) -> None:
    link = said(path, annotator="anna b")[0]
    assert "http://127.0.0.1:" in link
    assert "token=" in link
    assert "annotator=anna+b" in link


def test_without_a_port_the_usual_one_is_taken_or_the_next(
    said: Callable[..., list[str]], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        usual = taken.getsockname()[1]
        monkeypatch.setattr(serving, "PREFERRED_PORT", usual)
        assert f"127.0.0.1:{usual}/" not in said(path)[0]
    assert f"127.0.0.1:{usual}/" in said(path)[0]


def test_a_file_that_holds_no_token_is_not_replaced(
    said: Callable[..., list[str]], path: Path, folder: Path
) -> None:
    kept = folder / "thesis.txt"
    kept.write_text("forty-three characters, and none of a token")
    with pytest.raises(InputError, match="something else"):
        said(path, token_file=kept)
    assert kept.read_text().startswith("forty")
    kept.write_text("x" * 43)
    said(path, token_file=kept)
    assert not kept.exists()


def test_a_token_file_in_a_folder_that_is_not_there_is_told(
    said: Callable[..., list[str]], path: Path, folder: Path
) -> None:
    with pytest.raises(InputError, match=r"token: its folder is not there"):
        said(path, token_file=folder / "none" / "token")


@pytest.mark.parametrize("name", ["a\nb", "  ", "x" * 101])
def test_a_name_that_the_page_would_refuse_is_refused_in_the_terminal(
    said: Callable[..., list[str]], path: Path, name: str
) -> None:
    with pytest.raises(InputError, match=r"--annotator: .*expected 1 to 100 letters"):
        said(path, annotator=name)


def test_a_newer_project_is_told(said: Callable[..., list[str]], path: Path) -> None:
    description = path / "project.json"
    description.write_text(description.read_text().replace('"version": 1', '"version": 9'))
    with pytest.raises(ProjectError, match=r"version 9.*Update Sightline"):
        said(path)


def test_the_accounts_key_stays_and_is_its_owners(folder: Path) -> None:
    first = account_key(folder / "state")
    assert account_key(folder / "state") == first
    assert len(first) == 32
    (kept,) = (folder / "state").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 or os.name == "nt"
    assert account_key(folder / "other") != first


def test_where_no_key_can_be_kept_there_is_one_for_the_run(folder: Path) -> None:
    (folder / "file").write_text("")
    assert len(account_key(folder / "file" / "state")) == 32


def test_an_opened_project_is_among_the_recent_ones_of_the_start_page(
    said: Callable[..., list[str]], path: Path, folder: Path
) -> None:
    said(path)
    (recent,) = recent_projects(folder / "state" / "sightline")
    assert recent.path == path.resolve()


def test_without_a_project_the_start_page_is_served_with_the_same_options(
    said: Callable[..., list[str]], folder: Path
) -> None:
    token_file = folder / "token"
    line = said(None, annotator="anna", token_file=token_file)[0]
    assert line.startswith("Sightline is at http://127.0.0.1:")
    assert str(token_file) in line


def test_the_start_page_of_one_port_is_another_subject_than_that_of_another_or_a_project(
    path: Path,
) -> None:
    """What a browser's pass is good for."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        subjects = {serving._subject(None, one), serving._subject(None, other)}
        subjects.add(serving._subject(path, one))
        assert len(subjects) == 3
        assert serving._subject(None, one) in subjects


# --- troubles, in the terminal and on the page -------------------------------------------------


def damage(archive: Path, part: str) -> None:
    """Change bytes of a part of a zip, and nothing of its directory."""
    with zipfile.ZipFile(archive) as file:
        found = next(entry for entry in file.infolist() if part in entry.filename)
        start = found.header_offset + 30 + len(found.filename) + len(found.extra)
    with archive.open("r+b") as raw:
        raw.seek(start + found.compress_size // 2)
        raw.write(b"\xff" * 16)


def test_damaged_features_are_told_and_every_decision_can_still_be_fetched(
    said: Callable[..., list[str]], serve: Callable[..., httpx.Client], path: Path
) -> None:
    before = serve(path)
    act = {"annotator": "anna", "client_id": "c", "rows": [3], "verdict": "cell"}
    assert before.post("/api/decide", json=act).status_code == 200
    (path / "arrays" / "features.zarr.zip").write_bytes(b"PK damaged")
    assert "features.zarr.zip: damaged" in said(path)[1]
    client = serve(path)
    for place in ("project", "candidates/1", "session?annotator=anna", "labels?annotator=anna"):
        answer = client.get(f"/api/{place}")
        assert answer.status_code == 500
        assert "features.zarr.zip: damaged" in answer.json()["error"]
    (row,) = csv.DictReader(io.StringIO(client.get("/api/decisions").text))
    assert (row["item"], row["value"]) == ("mice/3", "cell")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda file: file.unlink(), "is not there"),
        (lambda file: file.write_bytes(b"PK"), "damaged"),
        (lambda file: damage(file, "footprint_indptr/c"), "damaged"),
    ],
)
def test_evidence_missing_or_damaged_is_told_and_judging_goes_on(
    said: Callable[..., list[str]],
    serve: Callable[..., httpx.Client],
    path: Path,
    harm: Callable[[Path], None],
    told: str,
) -> None:
    harm(path / "arrays" / "evidence-0.zarr.zip")
    assert told in said(path)[1]
    client = serve(path)
    (recording,) = client.get("/api/project").json()["recordings"]
    assert not recording["evidence"]
    assert told in recording["warnings"][0]
    answer = client.get("/api/candidates/3")
    assert answer.status_code == 404
    assert told in answer.json()["error"]
    act = {"annotator": "anna", "client_id": "c", "rows": [3], "verdict": "cell"}
    assert client.post("/api/decide", json=act).json()["state"]["decided"] == 1
    export = client.post("/api/export", json={"annotator": "anna"})
    assert export.json()["decided_by_annotator"] == 1


def test_a_snapshot_damaged_inside_is_told_when_it_is_looked_at(
    serve: Callable[..., httpx.Client], path: Path
) -> None:
    damage(path / "arrays" / "evidence-0.zarr.zip", "snapshot_codes/c/0")
    client = serve(path)
    assert client.get("/api/project").json()["recordings"][0]["evidence"]
    answer = client.get("/api/candidates/3")
    assert answer.status_code == 409
    assert "damaged" in answer.json()["error"]
    assert client.get("/api/recordings/0/map").status_code == 200


def test_evidence_of_other_candidates_is_not_shown(path: Path) -> None:
    project = Project.open(path)
    (table,) = read_candidates(project).tables
    other = replace(table, identities=table.identities[::-1])
    store_candidates(project, [other], ("not cell", "cell"))
    served = Served(path)
    assert "other candidates" in served.shelf.troubles[0]
    assert not served.shelf.has(0)
    served.shelf.close()


def test_a_project_whose_name_is_no_text_is_served_and_exported(
    serve: Callable[..., httpx.Client], path: Path
) -> None:
    if sys.platform != "linux":
        pytest.skip("no such names here")
    odd = path.rename(path.with_name(os.fsdecode(b"m\xff.sightline")))
    client = serve(odd)
    assert client.get("/api/project").json()["name"] == "m?"
    export = client.post("/api/export", json={"annotator": "anna"}).json()
    assert export["output"].endswith("m?.csv")
    beside = serve(Path(shutil.copytree(odd, path)))
    act = {"annotator": "anna", "rows": [1], "verdict": "cell", "client_id": "1"}
    for said in ({}, {"rows": [2], "verdict": "not cell", "client_id": "2"}):
        assert client.post("/api/decide", json=act | said).status_code == 200
    assert beside.get("/api/earlier").json()["earlier"][0]["name"] == "m?.sightline/anna"


@pytest.fixture
def read_only(path: Path) -> Iterator[Path]:
    if os.name == "nt":
        pytest.skip("folders cannot be made read-only here")
    path.parent.chmod(0o755)
    parts = (*path.rglob("*"), path)
    for part in parts:
        part.chmod(0o555 if part.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.seteuid(65534)  # nothing is read-only for root
    yield path
    os.seteuid(os.getuid())
    for part in parts:
        part.chmod(0o755)


def test_a_read_only_project_can_be_looked_at_and_says_why_nothing_is_decided(
    serve: Callable[..., httpx.Client], said: Callable[..., list[str]], read_only: Path
) -> None:
    assert "may not be written here" in said(read_only)[1]
    client = serve(read_only)
    assert client.get("/api/project").json()["readonly"]
    assert client.get("/api/candidates/3").status_code == 200
    assert client.get("/api/questions?annotator=anna").status_code == 200
    act = {"annotator": "anna", "client_id": "c", "rows": [3], "verdict": "cell"}
    answer = client.post("/api/decide", json=act)
    assert answer.status_code == 409
    assert "may not be written" in answer.json()["error"]
    assert client.post("/api/session", json={"annotator": "anna", "weight": 0.2}).json()[
        "settings"
    ]["weight"] == 0.2  # fmt: skip
    with Project.open(read_only).journal() as journal:
        assert journal.entries() == ()


def test_without_the_built_app_the_page_says_how_to_build_it(
    serve: Callable[..., httpx.Client], path: Path, folder: Path
) -> None:
    answer = serve(path, folder / "none").get("/")
    assert answer.status_code == 200
    assert "npm run build" in answer.text
