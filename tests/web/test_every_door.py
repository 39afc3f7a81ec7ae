"""Every route there is, tried through each door: what is added later is tried with the rest.

Each attack is paired with the same request in which only what is attacked is put right; that one
gets in, so that no attack is refused for another reason.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import OLD, bearer, own, place_of, shake_hands, told_by_hand
from served_project import TOKEN, Page

from sightline.project.project import Project
from sightline.web.cookies import Cookies
from sightline.web.security import BODY_LIMIT, Guard

Headers = dict[str, str]

KEY = b"k" * 32
UNKNOWN = {"no such thing": 1}
SOCKETS = {
    "project": "/api/live?annotator=anna",
    "tracking": "/api/live?annotator=anna",
    "start page": "/api/start/live",
}
VIEWERS = {"project": "viewer", "tracking": "track_viewer", "start page": "start_viewer"}
WHY = {
    400: "answers to the names of its own machine only",
    401: "Open the link that the terminal shows",
    403: "asked by another page",
}


@pytest.fixture(params=list(VIEWERS))
def server(request: pytest.FixtureRequest) -> tuple[str, httpx.Client]:
    """Which server, and a client with its token."""
    page: Page = request.getfixturevalue(VIEWERS[request.param])
    return request.param, page.http


@pytest.fixture
def kind(server: tuple[str, httpx.Client]) -> str:
    return server[0]


@pytest.fixture
def place(server: tuple[str, httpx.Client]) -> str:
    return place_of(server[1])


@pytest.fixture
def routes(server: tuple[str, httpx.Client]) -> list[tuple[str, str]]:
    """Method and path of every route of its own that the server describes."""
    found = []
    for path, methods in server[1].get("/api/openapi.json").json()["paths"].items():
        if server[0] == "start page" and not path.startswith("/api/start"):
            continue  # no project is open there
        if server[0] == "tracking" and not path.startswith("/api/track"):
            continue  # all others are tried on the project of sorting
        name = "maximum" if "images" in path else "audit-001"
        filled = path.format(number=0, row=1, name=name)
        found += [(method.upper(), filled) for method in methods]
    assert len(found) > 10
    return found


@pytest.fixture
def passes(kind: str, made: Path, tracked: Path, place: str) -> Callable[..., Headers]:
    """Make a browser's pass for the server."""
    subjects = {"project": str(made), "tracking": str(tracked), "start page": "start page"}

    def issue(
        key: bytes = KEY,
        subject: str = "",
        clock: Callable[[], float] = time.time,
        port: str = "",
    ) -> Headers:
        cookies = Cookies(key, subject or subjects[kind], clock)
        return {"cookie": f"sightline_{port or place.split(':')[1]}={cookies.issue()}"}

    return issue


@pytest.fixture
def stranger(place: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{place}", timeout=10) as client:
        yield client


def attacks(place: str, passes: Callable[..., Headers]) -> dict[str, tuple[int, Headers, Headers]]:
    """By what is attacked: the refusal, the attack, and the same put right."""
    port, good = place.split(":")[1], {**own(place), **passes()}
    return {
        "no token": (401, own(place), {**own(place), **bearer()}),
        "old token": (401, bearer(OLD), bearer()),
        "token cut": (401, {"authorization": f"{bearer()['authorization'][:-1]}"}, bearer()),
        "other scheme": (401, {"authorization": bearer()["authorization"][7:]}, bearer()),
        "another key": (401, {**good, **passes(key=b"x" * 32)}, good),
        "another subject": (401, {**good, **passes(subject="/another.sightline")}, good),
        "an old pass": (401, {**good, **passes(clock=lambda: 1e9)}, good),
        "pass of another port": (401, {**good, **passes(port="1")}, good),
        "other origin": (403, {**good, "origin": "http://evil.example"}, good),
        "other port": (403, {**good, "origin": "http://127.0.0.1:1"}, good),
        "other site": (403, {**good, "sec-fetch-site": "cross-site"}, good),
        "other port, as a site": (403, {**good, "sec-fetch-site": "same-site"}, good),
        "origin, with the token": (403, {**bearer(), "origin": "http://127.0.0.1:1"}, bearer()),
        "rebinding": (
            400,
            {**good, "host": f"evil.example:{port}", "origin": f"http://evil.example:{port}"},
            good,
        ),
        "rebinding, with the token": (400, {**bearer(), "host": f"evil.example:{port}"}, bearer()),
    }


NAMES = tuple(attacks("127.0.0.1:2", lambda **_: {}))


def refusal(answer: httpx.Response) -> str:
    """Why the door stayed shut; empty where the request came through."""
    said = answer.json().get("error", "") if "json" in answer.headers["content-type"] else ""
    return next((why for why in (*WHY.values(), "at most 4 MiB") if why in said), "")


def test_a_request_with_the_token_reaches_every_route(
    server: tuple[str, httpx.Client], routes: list[tuple[str, str]]
) -> None:
    """A route that takes something says that it does not know what it was given."""
    for method, path in routes:
        answer = server[1].request(method, path, json=UNKNOWN if method == "POST" else None)
        assert refusal(answer) == "", path
        if method == "POST":
            assert answer.status_code == 400, path
            assert "The request is malformed" in answer.json()["error"], path
        else:
            assert answer.status_code in (200, 400, 404), path


@pytest.mark.parametrize("attack", NAMES)
def test_no_route_is_reached(
    attack: str,
    stranger: httpx.Client,
    routes: list[tuple[str, str]],
    place: str,
    passes: Callable[..., Headers],
) -> None:
    status, wrong, right = attacks(place, passes)[attack]
    for method, path in routes:
        said = UNKNOWN if method == "POST" else None
        answer = stranger.request(method, path, json=said, headers=wrong)
        assert (answer.status_code, refusal(answer)) == (status, WHY[status]), (method, path)
        assert refusal(stranger.request(method, path, json=said, headers=right)) == "", path


@pytest.mark.parametrize("attack", NAMES)
def test_no_websocket_is_opened(
    attack: str, kind: str, place: str, passes: Callable[..., Headers]
) -> None:
    _, wrong, right = attacks(place, passes)[attack]
    assert shake_hands(place, wrong, SOCKETS[kind]) == 403
    assert shake_hands(place, right, SOCKETS[kind]) == 101


@pytest.mark.parametrize(
    "path",
    ["/", "/..%2f..%2fproject.json", "/api/live/../../project.json", "/assets/a.js", "/api/project",
     "//api/live?annotator=anna", "/api/live%00?annotator=anna"],
)  # fmt: skip
def test_a_websocket_leads_nowhere_else(kind: str, place: str, path: str) -> None:
    assert shake_hands(place, bearer(), path) in (403, 404)
    assert shake_hands(place, bearer(), SOCKETS[kind]) == 101


def test_a_change_needs_an_origin_where_a_pass_is_all_the_proof(
    stranger: httpx.Client,
    routes: list[tuple[str, str]],
    kind: str,
    place: str,
    passes: Callable[..., Headers],
) -> None:
    for method, path in routes:
        said = UNKNOWN if method == "POST" else None
        answer = stranger.request(method, path, json=said, headers=passes())
        assert refusal(answer) == (WHY[403] if method == "POST" else ""), path
    assert shake_hands(place, passes(), SOCKETS[kind]) == 403
    assert shake_hands(place, {**passes(), **own(place)}, SOCKETS[kind]) == 101


@pytest.mark.parametrize("odd", ['{"a":1}', '"half', "a b", "ключ", "é"])
def test_an_odd_cookie_of_another_program_locks_nobody_out(
    odd: str, stranger: httpx.Client, kind: str, place: str, passes: Callable[..., Headers]
) -> None:
    """A browser sends the cookies of every port of this machine to every other."""
    name, value = "cookie", passes()["cookie"]
    sent = [(name.encode(), f"other={odd}; {value}; path={odd}".encode())]
    said = [(key.encode(), text.encode()) for key, text in own(place).items()]
    path = "/api/start" if kind == "start page" else "/api/project"
    assert stranger.get(path, headers=[*sent, *said]).status_code == 200


@pytest.mark.parametrize("said", ["length", "chunks"])
def test_a_huge_body_reaches_no_route(said: str, routes: list[tuple[str, str]], place: str) -> None:
    """By hand, so that all that was sent has been read when the answer comes."""
    begin = f"HTTP/1.1\r\nHost: {place}\r\nAuthorization: {bearer()['authorization']}\r\n"
    for method, path in routes:
        if method != "POST":
            continue
        if said == "length":
            head = f"POST {path} {begin}Content-Length: {BODY_LIMIT + 1}\r\n\r\n"
            assert told_by_hand(place, head.encode()) == 413, path
        else:
            head = f"POST {path} {begin}Transfer-Encoding: chunked\r\n\r\n{BODY_LIMIT:x}\r\n"
            full = [head.encode(), b" " * BODY_LIMIT, b"\r\n"]
            assert told_by_hand(place, *full, b"0\r\n\r\n") == 400, path  # let in, and no JSON
            assert told_by_hand(place, *full, b"1\r\n \r\n") == 413, path


@pytest.mark.parametrize("body", ["", "{", "null", "[]", '"x"', "[" * 100_000, "\x00", '{"x": 1}'])
def test_a_malformed_body_changes_nothing_whatever_route_it_is_sent_to(
    server: tuple[str, httpx.Client], routes: list[tuple[str, str]], body: str, made: Path
) -> None:
    for method, path in routes:
        if method == "POST":
            kind = {"content-type": "application/json"}
            answer = server[1].post(path, content=body, headers=kind)
            assert answer.status_code == 400, path
            assert list(answer.json()) == ["error"], path
    with Project.open(made).journal() as journal:
        assert journal.entries() == ()
    if server[0] == "start page":
        assert server[1].get("/api/start").json()["preparations"] == []


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_of_two_names_at_once_neither_is_believed(kind: str) -> None:
    """What reads requests for us refuses them too; the guard does not rest on that."""

    def answered(*hosts: bytes) -> str:
        said: list[str] = []

        async def app(_scope: Any, _receive: Any, _send: Any) -> None:
            said.append("let in")

        async def receive() -> dict[str, Any]:
            return {"type": f"{kind}.request", "body": b""}

        async def send(message: Any) -> None:
            said.append(str(message.get("status", message.get("code", ""))))

        sent = [(name.encode(), value.encode()) for name, value in bearer().items()]
        headers = [*sent, *((b"host", host) for host in hosts)]
        scope = {"type": kind, "method": "GET", "path": "/api/x", "headers": headers}
        asyncio.run(Guard(app, TOKEN, Cookies(KEY, "x"))(scope, receive, send))
        return said[0]

    refused = "400" if kind == "http" else "1008"
    assert answered(b"localhost:1") == "let in"
    assert answered(b"localhost:1", b"evil.example") == refused
    assert answered(b"evil.example", b"localhost:1") == refused
    assert answered() == refused
