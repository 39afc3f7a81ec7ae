"""Two people on one project: no shared question, no mixed decisions, each told of the other."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from served_project import CANDIDATES, Page, hear
from websockets.exceptions import ConnectionClosed

from sightline.project.fold import standing
from sightline.project.project import Project


def rows(page: Page, n: int = 12, **query: int) -> list[int]:
    return [question["row"] for question in page.questions(n, **query)]


def test_two_pages_are_never_asked_the_same(anna: Page, ben: Page) -> None:
    held: dict[str, set[int]] = {"anna": set(), "ben": set()}
    for _ in range(3):
        for page, other in ((anna, "ben"), (ben, "anna")):
            held[page.annotator] = set(rows(page))
            assert len(held[page.annotator]) == 12
            assert not held[page.annotator] & held[other]
        anna.decide(held["anna"].pop(), "cell")
        ben.decide(held["ben"].pop(), "not cell")


def test_pages_that_ask_at_the_same_moment_share_nothing(anna: Page, ben: Page) -> None:
    pages = [anna, ben, Page(anna.http, "cleo")]
    for page in pages:
        page.state()
    with ThreadPoolExecutor(3) as pool:
        for _ in range(5):
            asked = list(pool.map(rows, pages))
            assert len({row for each in asked for row in each}) == sum(map(len, asked)) == 36


def test_the_question_on_screen_stays_with_whom_it_is_before(anna: Page, ben: Page) -> None:
    current = rows(anna)[0]
    rows(anna, 3, current=current)
    assert current not in rows(ben, CANDIDATES)


def test_decisions_of_two_do_not_mix(anna: Page, ben: Page, path: Path) -> None:
    def judge(page: Page, verdict: str) -> None:
        for row in range(20):
            page.decide(row, verdict)
        page.undo()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(judge, (anna, ben), ("cell", "not cell")))
    with Project.open(path).journal() as journal:
        state = journal.state()
    for name, verdict in (("anna", "cell"), ("ben", "not cell")):
        said = {item: decision.value for item, decision in standing(state, name).items()}
        assert said == {f"mice/{row}": verdict for row in range(19)}
    assert anna.state()["counts"] == {"not cell": 0, "cell": 19}


def test_one_is_told_at_once_what_the_other_judged_but_not_how(anna: Page, ben: Page) -> None:
    ben.state()
    with ben.live() as socket:
        hear(socket, "hello")
        anna.decide([3, 4], "cell")
        told = hear(socket, "decided")
    assert told == {"type": "decided", "annotator": "anna", "rows": [3, 4]}


def test_the_state_is_told_to_all_ones_own_pages_and_to_nobody_else(anna: Page, ben: Page) -> None:
    with anna.live() as second, ben.live() as foreign:
        for socket in (second, foreign):
            hear(socket, "hello")
        anna.decide(3, "cell")
        assert hear(second, "state")["state"]["decided"] == 1
        ben.decide(3, "cell")
        messages = [json.loads(foreign.recv(10)) for _ in range(3)]
    states = [message["state"] for message in messages if message["type"] == "state"]
    assert {state["annotator"] for state in states} == {"ben"}


def test_who_found_all_questions_taken_is_told_when_some_are_free(anna: Page, ben: Page) -> None:
    taken = rows(anna, CANDIDATES)
    with ben.live() as socket:
        ben.state()
        ben.wait_for_fit()
        assert rows(ben) == []
        anna.decide(taken[0], "cell")
        hear(socket, "decided")
        hear(socket, "questions")
        assert rows(ben) == [taken[0]]


def test_a_ping_is_answered(anna: Page) -> None:
    with anna.live() as socket:
        hear(socket, "hello")
        socket.send('{"type": "ping"}')
        assert hear(socket, "pong") == {"type": "pong"}


@pytest.mark.parametrize(
    "message", ["", "{", "[]", '{"type": "state"}', "[" * 50_000, b"\x00\xff", "x" * 70_000]
)
def test_a_malformed_message_ends_its_page_alone(viewer: Page, message: str | bytes) -> None:
    with viewer.live() as broken, viewer.live() as whole:
        hear(broken, "hello")
        hear(whole, "hello")
        broken.send(message)
        with pytest.raises(ConnectionClosed) as ended:
            broken.recv(10)
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code in (1008, 1009)
        whole.send('{"type": "ping"}')
        assert hear(whole, "pong")


def test_who_follows_needs_a_name(viewer: Page) -> None:
    with pytest.raises(Exception, match="403"):
        Page(viewer.http, "").live()
