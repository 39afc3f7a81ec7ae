"""What each door lets in and keeps out, over HTTP and WebSocket; see also `test_every_door`."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from doors import OLD, own, place_of, shake_hands
from served_project import TOKEN, Page
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sightline.errors import InputError
from sightline.project.project import Project
from sightline.web import home_folders
from sightline.web.cookies import Cookies
from sightline.web.home_folders import list_folder
from sightline.web.security import BODY_LIMIT

Visitor = Callable[..., httpx.Client]
Ask = Callable[[dict[str, str]], int]

ACT = {"annotator": "anna", "client_id": "c", "rows": [1], "verdict": "cell"}


@pytest.fixture
def place(viewer: Page) -> str:
    return place_of(viewer.http)


@pytest.fixture
def stranger(place: str) -> Any:
    """A client that knows where the server is, and no more."""
    with httpx.Client(base_url=f"http://{place}", timeout=10) as client:
        yield client


@pytest.fixture
def browser(stranger: httpx.Client) -> httpx.Client:
    """A browser that opened the link: it holds the cookie, and sends it whoever makes it ask."""
    assert stranger.get(f"/?token={TOKEN}").status_code == 303
    return stranger


@pytest.fixture(params=["page", "read", "write", "socket"])
def door(request: pytest.FixtureRequest, place: str) -> Callable[..., int]:
    """Each way in: give its answer's status; 101 is an open WebSocket."""

    def knock(client: httpx.Client, headers: dict[str, str] | None = None) -> int:
        headers = headers or {}
        if request.param == "page":
            return client.get("/", headers=headers).status_code
        if request.param == "read":
            return client.get("/api/project", headers=headers).status_code
        if request.param == "write":
            said = {"annotator": "anna", "client_id": "none"}
            status = client.post("/api/undo", json=said, headers=headers).status_code
            return 200 if status == 409 else status  # let in, and nothing to undo
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        sent = {**({"cookie": cookies} if cookies else {}), **client.headers, **headers}
        wanted = ("authorization", "cookie", "host", "origin", "sec-fetch-site")
        return shake_hands(place, {name: sent[name] for name in wanted if name in sent})

    knock.kind = request.param  # type: ignore[attr-defined]
    return knock


# --- control -----------------------------------------------------------------------------------


def test_the_right_token_gets_in(door: Any, stranger: httpx.Client) -> None:
    opened = 101 if door.kind == "socket" else 200
    assert door(stranger, {"authorization": f"Bearer {TOKEN}"}) == opened


def test_our_own_page_gets_in_with_its_cookie(door: Any, browser: httpx.Client, place: str) -> None:
    assert door(browser, own(place)) == (101 if door.kind == "socket" else 200)


@pytest.mark.parametrize("name", ["localhost", "[::1]", "LOCALHOST"])
def test_every_name_of_this_machine_gets_in_also_through_a_tunnel(
    door: Any, stranger: httpx.Client, made: Path, name: str
) -> None:
    """The port is that at the user's end of the tunnel."""
    cookie = f"sightline_9999={Cookies(b'k' * 32, str(made)).issue()}"
    headers = {"host": f"{name}:9999", "origin": f"http://{name}:9999", "cookie": cookie}
    assert door(stranger, headers) == (101 if door.kind == "socket" else 200)


# --- the link ----------------------------------------------------------------------------------


def test_the_token_leaves_the_address_at_once(stranger: httpx.Client, place: str) -> None:
    answer = stranger.get(f"/?annotator=anna%20b&token={TOKEN}")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?annotator=anna+b"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"sightline_{place.split(':')[1]}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    assert stranger.get("/").status_code == 200


def test_the_token_is_taken_in_the_pages_link_and_nowhere_else(stranger: httpx.Client) -> None:
    assert stranger.get(f"/api/project?token={TOKEN}").status_code == 401
    assert stranger.post(f"/?token={TOKEN}").status_code in (401, 403)


# --- no key, an old key, a forged key ----------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": f"Bearer {OLD}"},
        {"authorization": "Bearer"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
    ],
)
def test_without_the_token_of_this_run_nobody_gets_in(
    door: Any, stranger: httpx.Client, place: str, headers: dict[str, str]
) -> None:
    refused = 403 if door.kind == "socket" else 401
    assert door(stranger, {**own(place), **headers}) == refused


def test_an_old_link_is_refused_and_says_what_to_do(stranger: httpx.Client) -> None:
    answer = stranger.get(f"/?token={OLD}")
    assert answer.status_code == 401
    assert "link that the terminal shows" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "forged",
    [
        TOKEN,
        "99999999999.",
        "99999999999." + "0" * 64,
        "x." + "0" * 64,
    ],
    ids=["token", "unsigned", "zeros", "no time"],
)
def test_a_forged_cookie_opens_nothing(
    door: Any, stranger: httpx.Client, place: str, forged: str
) -> None:
    cookie = {"cookie": f"sightline_{place.split(':')[1]}={forged}"}
    assert door(stranger, {**own(place), **cookie}) == (403 if door.kind == "socket" else 401)


def test_a_cookie_ends_after_a_day(made: Path) -> None:
    now = [1_000_000.0]
    cookies = Cookies(b"k" * 32, str(made), lambda: now[0])
    value = cookies.issue()
    now[0] += 24 * 3600 - 1
    assert cookies.is_good(value)
    now[0] += 1
    assert not cookies.is_good(value)


# --- another page makes the browser ask --------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://127.0.0.1:1", "http://localhost:1", "null", "https://{}",
     "http://{}.evil.example", "http://{}/", "file://"],
)  # fmt: skip
def test_another_origin_gets_nowhere_with_the_browsers_cookie(
    door: Any, browser: httpx.Client, place: str, origin: str
) -> None:
    assert door(browser, {"origin": origin.format(place)}) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_or_port_gets_at_no_data_and_changes_nothing(
    door: Any, browser: httpx.Client, site: str
) -> None:
    """A link to the page itself may be followed from anywhere."""
    assert door(browser, {"sec-fetch-site": site}) == (200 if door.kind == "page" else 403)


def test_a_change_needs_an_origin_where_the_cookie_is_all_the_proof(
    door: Any, browser: httpx.Client
) -> None:
    assert door(browser, {}) == (403 if door.kind in ("write", "socket") else 200)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{}", "127.0.0.1.evil.example", "localhost@evil.example", "",
     "127.0.0.2:{}", "0.0.0.0:{}", "[::1]evil", "localhost:{}:{}"],
)  # fmt: skip
def test_a_name_pointed_at_this_machine_is_refused_even_with_the_token(
    door: Any, stranger: httpx.Client, place: str, host: str
) -> None:
    port = place.split(":")[1]
    headers = {"host": host.format(port, port), "authorization": f"Bearer {TOKEN}"}
    assert door(stranger, headers) == (403 if door.kind == "socket" else 400)


def test_pages_may_load_nothing_foreign_and_be_framed_by_nobody(browser: httpx.Client) -> None:
    for answer in (browser.get("/"), browser.get("/api/project"), browser.get("/none")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


# --- with the key: what may not be asked -------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/../project.json",
        "/..%2f..%2fproject.json",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../app.py",
        "//etc/passwd",
        "/assets/%00",
        "/assets\\..\\..\\app.py",
        "/secret",
        "/api/recordings/0/images/..%2f..%2fproject.json",
    ],
)
def test_no_file_outside_the_app_is_given(
    serve: Callable[..., httpx.Client], path: str, made: Path, folder: Path
) -> None:
    built = folder / "built"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("app")
    (built / "assets" / "a.js").write_text("code")
    (folder / "outside").write_text("secret")
    (built / "secret").symlink_to(folder / "outside")
    client = serve(made, built)
    assert client.get("/assets/a.js").text == "code"
    raw = httpx.URL(str(client.base_url)).copy_with(raw_path=path.encode())
    answer = client.send(client.build_request("GET", raw))
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    "name",
    ["../x.csv", "/x.csv", "a/b.csv", "..", ".", ".hidden", "C:\\x.csv", "a\\b", "x:y", "a\nb"],
)
def test_an_export_is_written_to_no_other_folder(viewer: Page, made: Path, name: str) -> None:
    before = sorted(made.parent.parent.rglob("*.csv"))
    status, told = viewer.refused("POST", "export", json={"annotator": "anna", "output": name})
    assert status == 400
    assert "plain file name" in told
    assert sorted(made.parent.parent.rglob("*.csv")) == before


def test_who_sends_too_much_is_told_how_much_is_taken(place: str) -> None:
    host, port = place.split(":")
    with socket.create_connection((host, int(port)), 10) as raw:
        raw.sendall(
            f"POST /api/decide HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n"
            f"Authorization: Bearer {TOKEN}\r\nContent-Length: {BODY_LIMIT + 1}\r\n\r\n".encode()
        )
        answer = raw.makefile("rb").read()
    assert answer.split()[1] == b"413"
    assert b"at most 4 MiB" in answer


@pytest.mark.parametrize(
    "body",
    ["", "{", "null", "[]", '"x"', "[" * 100_000, '{"a":' * 50_000, "\x00", '{"rows":[NaN]}',
     json.dumps({**ACT, "seconds": 1e999}), json.dumps({**ACT, "rows": [2**80]})],
)  # fmt: skip
def test_a_malformed_body_is_refused_in_a_sentence(viewer: Page, made: Path, body: str) -> None:
    headers = {"content-type": "application/json"}
    status, told = viewer.refused("POST", "decide", content=body, headers=headers)
    assert status == 400
    assert told
    with Project.open(made).journal() as journal:
        assert journal.entries() == ()


def test_a_refused_page_says_how_to_get_in(stranger: httpx.Client) -> None:
    answer = stranger.get("/")
    assert answer.status_code == 401
    assert "terminal" in answer.text
    assert stranger.get("/api/project").json() == {
        "error": "Open the link that the terminal shows; it has a token in it."
    }


# --- the start page ----------------------------------------------------------------------------

START_ROUTES = [
    ("GET", ""),
    ("GET", "/decided?path=/"),
    ("GET", "/folder?path=/"),
    ("POST", "/open"),
    ("POST", "/forget"),
    ("POST", "/recognise"),
    ("POST", "/preparations"),
    ("POST", "/preparations/stop"),
    ("POST", "/preparations/go-on"),
    ("POST", "/preparations/move"),
    ("POST", "/preparations/remove"),
]


def test_these_are_all_routes_of_the_start_page(start_page: Page) -> None:
    known = start_page.http.get("/api/openapi.json").json()["paths"]
    found = {
        (method.upper(), route.removeprefix("/api/start"))
        for route, methods in known.items()
        if route.startswith("/api/start")
        for method in methods
    }
    assert found == {(method, route.partition("?")[0]) for method, route in START_ROUTES}


@pytest.mark.parametrize(("method", "route"), START_ROUTES)
def test_where_one_project_is_served_there_is_no_start_page_even_with_the_token(
    viewer: Page, folder: Path, method: str, route: str
) -> None:
    status, told = viewer.refused(method, f"start{route}", json={"path": str(folder)})
    assert status == 404
    assert "no start page" in told
    assert str(folder) not in told


def test_nor_its_websocket(place: str) -> None:
    token = {"authorization": f"Bearer {TOKEN}"}
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://{place}/api/start/live", additional_headers=token)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "path",
    ["{}/secret.txt", "{}/secret.txt/", "{}/state/../secret.txt", "{}/none", "", "\0", "{}\0/x",
     "a\0b", "~nobody-of-that-name/x", "/" * 3000, "{}/" + "x" * 300, "{}/\ud800", "a" * 5000],
)  # fmt: skip
def test_only_folders_are_listed_and_no_file_is_ever_read_out(
    start_page: Page, folder: Path, path: str
) -> None:
    (folder / "secret.txt").write_text("the secret")
    query = path.format(folder).encode("utf-8", "surrogatepass")
    raw = f"/api/start/folder?path={quote(query)}"
    answer = start_page.http.get(raw)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:  # many slashes are the top, which may be looked at
        assert set(path) == {"/"}
    else:
        assert list(answer.json()) == ["error"]
    assert "the secret" not in answer.text


def test_a_listing_holds_names_and_sizes_and_nothing_else(start_page: Page, folder: Path) -> None:
    (folder / "secret.txt").write_text("the secret")
    told = start_page.get("start/folder", path=str(folder))
    assert {key for each in told["names"] for key in each} == {"name", "kind", "bytes"}
    assert "the secret" not in json.dumps(told)


def test_a_folder_that_may_not_be_read_is_told(folder: Path) -> None:
    if os.name == "nt":
        pytest.skip("folders cannot be closed to their owner here")
    closed = folder / "closed"
    closed.mkdir()
    folder.chmod(0o755)
    closed.chmod(0)
    if os.geteuid() == 0:
        os.seteuid(65534)  # root may read all
    try:
        with pytest.raises(InputError, match="may not be read"):
            list_folder(closed)
    finally:
        os.seteuid(os.getuid())
        closed.chmod(0o755)


@pytest.mark.parametrize("path", ["//server/share", "\\\\server\\share", "//./pipe/x"])
def test_windows_asks_no_other_machine_and_no_device_for_what_is_half_typed(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(home_folders, "sys", SimpleNamespace(platform="win32", version_info=()))
    monkeypatch.setattr(home_folders.os, "scandir", pytest.fail)
    with pytest.raises(InputError, match="no whole path on this machine"):
        list_folder(Path(path))


@pytest.mark.parametrize(
    "said",
    [
        {"path": ""},
        {"path": "a\0b"},
        {"path": ["a"]},
        {"path": 3},
        {},
        {"path": "/", "more": 1},
        {"path": "x" * 5000},
    ],
)
def test_a_malformed_path_is_refused_in_a_sentence(start_page: Page, said: Any) -> None:
    for route in ("open", "forget"):
        status, told = start_page.refused("POST", f"start/{route}", json=said)
        assert status == 400
        assert told


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "../../etc"},
        {"id": ""},
        {"output": ""},
        {"output": "a\0.sightline"},
        {"options": {"workers": 10**6}},
        {"options": {"on": "tcp://evil.example:8786"}},
        {"options": {"columns": "/etc/passwd"}},
        {"options": {"frame_rate_hz": "10"}},
        {"options": {"classes": ["x"] * 99}},
    ],
)
def test_a_malformed_preparation_is_refused_and_nothing_is_queued(
    start_page: Page, folder: Path, changed: dict[str, Any]
) -> None:
    wish = {"id": "preparation-1", "candidates": "/x", "output": str(folder / "a.sightline")}
    status, told = start_page.refused("POST", "start/preparations", json={**wish, **changed})
    assert status == 400
    assert told
    assert start_page.get("start")["preparations"] == []


def test_opening_makes_and_changes_nothing_in_a_folder_that_is_no_project(
    start_page: Page, folder: Path
) -> None:
    (folder / "thesis").mkdir()
    (folder / "thesis" / "project.json").write_text("{}")
    status, _ = start_page.refused("POST", "start/open", json={"path": str(folder / "thesis")})
    assert status == 409
    assert [each.name for each in (folder / "thesis").iterdir()] == ["project.json"]
