"""What is wrong is said on the page, in one clear message, and decisions can still be had."""

import csv
import io
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from app_server import Server
from person import ACCEPT, REJECT, SERVER_AWAY, Person, verdicts
from playwright.sync_api import expect

from sightline.project.project import Project
from sightline.review.sort_session import SortSession
from sightline.web.app import make_app
from sightline.web.cookies import Cookies
from sightline.web.security import Guard
from sightline.web.serve import make_server
from sightline.web.served import Served

TOKEN = "t" * 43


def refused(person: Person, status: int) -> Person:
    """Say that the server will answer so, which the browser writes to its console."""
    person.expected.append(f"status of {status}")
    return person


def test_a_damaged_array_is_told_and_the_decisions_can_be_saved(
    newcomer: Callable[..., Person], server: Server, project: Path
) -> None:
    with SortSession(project, "anna") as session:
        session.decide("mouse/7", "cell")
    (project / "arrays" / "features.zarr.zip").write_bytes(b"PK damaged")
    anna = refused(refused(newcomer(), 500), 404)  # there is no start page to go to
    anna.page.goto(server.start())
    anna.is_told("This project cannot be shown", "features.zarr.zip: damaged")
    with anna.page.expect_download() as saved:
        anna.tab_to(anna.page.get_by_role("link", name="Save all decisions")).press("Enter")
    (row,) = csv.DictReader(io.StringIO(saved.value.path().read_text(encoding="utf-8")))
    assert (row["item"], row["annotator"], row["value"]) == ("mouse/7", "anna", "cell")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda file: file.unlink(), "evidence-0.zarr.zip: it is not there"),
        (lambda file: file.write_bytes(b"PK"), "evidence-0.zarr.zip: damaged"),
    ],
)
def test_evidence_missing_or_damaged_is_told_and_judging_goes_on(
    newcomer: Callable[..., Person],
    server: Server,
    project: Path,
    harm: Callable[[Path], None],
    told: str,
) -> None:
    harm(project / "arrays" / "evidence-0.zarr.zip")
    anna = newcomer().open(server.start())
    anna.is_told(told, "footprint area")
    said = [anna.judge(ACCEPT), anna.judge(REJECT)]
    anna.saved()
    assert verdicts(project) == dict(said)


@contextmanager
def served_here(path: Path) -> Iterator[str]:
    """Serve a project from a thread, as whoever this process is at the moment; give the link."""
    server = make_server(Guard(make_app(Served(path)), TOKEN, Cookies(b"k" * 32, str(path))))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/?token={TOKEN}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def read_only(project: Path) -> Iterator[Path]:
    if os.name == "nt":
        pytest.skip("folders cannot be made read-only here")
    parts = (*project.rglob("*"), project)
    for part in parts:
        part.chmod(0o555 if part.is_dir() else 0o444)
    for above in (project.parent, project.parent.parent):
        above.chmod(0o755)
    if os.geteuid() == 0:
        os.seteuid(65534)  # nothing is read-only for root
    yield project
    os.seteuid(os.getuid())
    for part in parts:
        part.chmod(0o755)


def test_a_read_only_project_is_looked_at_and_says_why_nothing_is_decided(
    newcomer: Callable[..., Person], read_only: Path
) -> None:
    with served_here(read_only) as link:
        anna = newcomer().open(link)
        anna.is_told("This project is open for reading only.")
        name = anna.name()
        anna.press(ACCEPT).is_told("nothing can be decided")
        assert anna.name() == name
        anna.go_to("5").is_told("0 of 58 decided").page.close()
    with Project.open(read_only).journal() as journal:
        assert journal.entries() == ()


def test_an_old_link_says_where_the_new_one_is(
    newcomer: Callable[..., Person], server: Server
) -> None:
    old = server.start()
    server.restart()
    anna = refused(newcomer(), 401)
    anna.page.goto(old)
    anna.is_told("Open the link that the terminal shows")


def test_a_page_whose_pass_is_gone_says_so_and_sends_its_answers_when_it_has_one_again(
    anna: Person, server: Server, project: Path
) -> None:
    refused(anna, 401)
    anna.saved().page.context.clear_cookies()
    said = anna.judge(ACCEPT)
    anna.is_told("1 not saved yet", "the link that the terminal shows")
    Person(anna.page.context.new_page()).open(server.link)
    anna.saved()
    assert verdicts(project) == dict([said])


LACKING = ["WebSocket", "OffscreenCanvas", "ResizeObserver", "HTMLDialogElement"]


def test_a_browser_that_cannot_show_the_app_is_told_what_it_lacks(
    newcomer: Callable[..., Person], server: Server
) -> None:
    link = server.start()
    anna = newcomer()
    anna.page.goto(link)
    anna.is_told("Who is judging?")
    for name in LACKING:
        other = newcomer()
        other.page.add_init_script(f"delete window.{name}")
        other.page.goto(link)
        alert = other.page.get_by_role("alert")
        expect(alert).to_have_count(1)
        expect(alert).to_contain_text(f"It lacks {name}. Open the same link in a current Chrome")


def test_an_app_that_does_not_load_is_told(newcomer: Callable[..., Person], server: Server) -> None:
    anna = newcomer()
    anna.expected.append(SERVER_AWAY)
    anna.page.route("**/assets/main*.js", lambda route: route.abort())
    anna.page.goto(server.start())
    anna.is_told("The app does not load")
