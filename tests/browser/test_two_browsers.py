"""Two people sort one project at once, each from a browser of their own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app_server import Server
from person import ACCEPT, REJECT, Person, verdicts
from playwright.sync_api import WebSocket, expect


@pytest.fixture
def ben(anna: Person, newcomer: Callable[..., Person], server: Server) -> Person:
    """Ben, who opened the same link as Anna."""
    return newcomer().open(server.link, "ben")


def test_no_decision_is_lost_or_mixed_and_no_question_is_shared(
    anna: Person, ben: Person, project: Path
) -> None:
    said: dict[str, list[tuple[str, str]]] = {"anna": [], "ben": []}
    for _ in range(8):
        assert anna.rest().name() != ben.rest().name()
        said["anna"].append(anna.judge(ACCEPT))
        assert anna.rest().name() != ben.rest().name()
        said["ben"].append(ben.judge(REJECT))
    anna.saved()
    ben.saved()
    assert verdicts(project, "anna") == dict(said["anna"])
    assert verdicts(project, "ben") == dict(said["ben"])
    for person, who in ((anna, "anna"), (ben, "ben")):
        assert len(dict(said[who])) == 8
        person.is_told("8 of 58 decided")


def test_neither_learns_what_the_other_said(anna: Person, ben: Person) -> None:
    told = heard(ben)
    item, _ = anna.judge(ACCEPT)
    anna.judge(ACCEPT)
    expect_message(ben, told, "decided")
    ben.go_to(item.removeprefix("mouse/"))
    ben.is_told("undecided", "machine: hidden", "0 of 58 decided")
    expect(ben.page.get_by_text("anna")).to_have_count(0)
    for message in told:
        if message["type"] == "decided":
            assert message.keys() == {"type", "annotator", "rows"}
        else:
            assert "anna" not in json.dumps(message)


def test_undo_takes_back_ones_own_answer_only(anna: Person, ben: Person, project: Path) -> None:
    said = anna.judge(ACCEPT)
    ben.judge(REJECT)
    ben.saved().press("Control+z").is_told("0 of 58 decided").saved()
    assert verdicts(project, "anna") == dict([said])
    assert verdicts(project, "ben") == {}


def heard(person: Person) -> list[dict[str, Any]]:
    """Everything that the server tells the page unasked, from a reload on."""
    told: list[dict[str, Any]] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda text: told.append(json.loads(text)))

    person.page.on("websocket", listen)
    person.page.reload()
    person.wait()
    expect_message(person, told, "hello")
    return told


def expect_message(person: Person, told: list[dict[str, Any]], kind: str) -> None:
    for _ in range(500):
        if any(message["type"] == kind for message in told):
            return
        person.page.wait_for_timeout(20)
    raise AssertionError(f"no message {kind}: {told}")
