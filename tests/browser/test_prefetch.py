"""The next candidate is there before it is asked for: a key press waits for no answer.

Held against requests rather than time, so that it holds on every machine.
"""

import re

import pytest
from person import ACCEPT, Person
from playwright.sync_api import Request, expect

MOST_FETCHED = 8
"""Evidence fetched for one answer: that of the next questions, and of neighbours in the list."""

PICTURES = ("canvas.overlay", "canvas.snapshots", ".trace")


@pytest.fixture
def requests(anna: Person) -> list[str]:
    """What the page asks of the server from now on, by routes."""
    asked: list[str] = []

    def hear(request: Request) -> None:
        asked.append(re.sub(r".*/api/|[?].*", "", request.url))

    anna.page.wait_for_load_state("networkidle")
    anna.page.on("request", hear)
    return asked


def drawn(anna: Person) -> str:
    """Wait until map, snapshots and trace show the candidate; give its row, which is its name."""
    for place in PICTURES:
        expect(anna.page.locator(place)).to_have_attribute("data-row", anna.name())
    return anna.name()


def fetched(requests: list[str]) -> list[str]:
    return [route for route in requests if route.startswith("candidates/")]


@pytest.mark.parametrize("key", [ACCEPT, "Space"])
def test_what_comes_next_is_not_fetched_when_the_key_is_pressed(
    anna: Person, requests: list[str], key: str
) -> None:
    anna.press_and_move(key)
    assert f"candidates/{drawn(anna)}" not in requests


def test_the_next_candidates_are_drawn_while_the_server_answers_nothing(
    anna: Person, requests: list[str]
) -> None:
    anna.page.route(re.compile("/api/"), lambda _: None)
    before = {anna.press_and_move(ACCEPT), anna.press_and_move(ACCEPT)}
    assert drawn(anna) not in before
    assert "decide" in requests


def test_an_answer_fetches_the_evidence_of_few_and_none_twice(
    anna: Person, requests: list[str]
) -> None:
    answers = 4
    for _ in range(answers):
        anna.press_and_move(ACCEPT)
        anna.saved().rest()
    seen = fetched(requests)
    assert seen
    assert len(seen) == len(set(seen))
    assert len(seen) <= answers * MOST_FETCHED


def test_going_back_fetches_nothing_anew(anna: Person, requests: list[str]) -> None:
    first = anna.press_and_move("ArrowRight")
    anna.press_and_move("ArrowLeft")
    assert drawn(anna) == first
    assert f"candidates/{first}" not in requests
