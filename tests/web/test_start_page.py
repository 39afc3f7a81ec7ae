"""`sightline open` without a project: choose one, prepare new ones, and come back."""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from served_project import Page, hear
from websockets.sync.client import ClientConnection, connect

from sightline.project.recents import recent_projects
from sightline.web.home_folders import list_folder

Starts = Callable[[Path], httpx.Client]


@pytest.fixture
def second(made: Path, folder: Path) -> Path:
    """Another project, of the same name elsewhere."""
    return Path(shutil.copytree(made, folder / "second" / made.name))


def socket_of(page: Page, route: str) -> ClientConnection:
    place = f"ws://{page.http.base_url.netloc.decode()}/api/{route}"
    return connect(place, additional_headers={"authorization": page.http.headers["authorization"]})


def opened(page: Page, path: Path) -> Any:
    page.http.post("/api/start/open", json={"path": str(path)}).raise_for_status()
    return page.get("project")


# --- recent projects ---------------------------------------------------------------------------


def test_at_first_nothing_is_open_and_nothing_known(start_page: Page) -> None:
    told = start_page.get("start")
    assert (told["open"], told["recents"], told["preparations"]) == (None, [], [])
    status, sentence = start_page.refused("GET", "project")
    assert (status, sentence) == (
        503,
        "This project is not open here now. Open it from the start page.",
    )


def test_an_opened_project_is_served_and_remembered(start_page: Page, path: Path) -> None:
    assert opened(start_page, path)["name"] == "mice"
    told = start_page.get("start")
    assert told["open"] == str(path.resolve())
    (recent,) = told["recents"]
    assert (recent["name"], recent["folder"]) == ("mice", str(path.resolve().parent))
    assert recent["there"]
    assert start_page.decide(3, "cell")["decided"] == 1
    assert start_page.get("start/decided", path=recent["path"]) == {"decided": 1}


def test_recents_survive_the_server_and_one_that_is_gone_is_marked(
    starts: Starts, path: Path, folder: Path
) -> None:
    opened(Page(starts(folder / "state")), path)
    (path / "project.json").rename(path / "elsewhere.json")
    later = Page(starts(folder / "state"))
    (recent,) = later.get("start")["recents"]
    assert not recent["there"]
    later.http.post("/api/start/forget", json={"path": recent["path"]}).raise_for_status()
    assert later.get("start")["recents"] == []
    assert path.is_dir()


def test_only_recent_projects_are_counted(start_page: Page, path: Path) -> None:
    status, told = start_page.refused("GET", "start/decided", params={"path": str(path)})
    assert status == 404
    assert "not among the recent" in told


def test_what_is_no_project_is_told_and_the_open_one_stays(
    start_page: Page, path: Path, folder: Path
) -> None:
    opened(start_page, path)
    status, told = start_page.refused("POST", "start/open", json={"path": str(folder)})
    assert status == 409
    assert str(folder) in told
    assert start_page.get("project")["name"] == "mice"


def test_a_project_that_cannot_be_shown_leaves_the_start_page_in_order(
    start_page: Page, path: Path
) -> None:
    (path / "arrays" / "features.zarr.zip").write_bytes(b"PK damaged")
    start_page.http.post("/api/start/open", json={"path": str(path)}).raise_for_status()
    assert start_page.refused("GET", "project")[0] == 500
    assert start_page.http.get("/api/decisions").status_code == 200
    assert start_page.refused("GET", "start/folder", params={"path": "/none/there"})[0] == 400
    assert start_page.get("start")["open"] == str(path.resolve())


# --- one project in place of another -----------------------------------------------------------


def test_pages_of_the_project_before_are_told_and_can_do_nothing_to_the_new_one(
    start_page: Page, path: Path, second: Path
) -> None:
    first = opened(start_page, path)
    with socket_of(start_page, f"live?annotator=anna&project={first['id']}") as page:
        hear(page, "hello")
        other = opened(start_page, second)
        hear(page, "closed")
    assert other["id"] != first["id"]
    act = {"annotator": "anna", "client_id": "c", "rows": [1], "verdict": "cell"}
    old = {"x-sightline-project": first["id"]}
    refusal = start_page.http.post("/api/decide", json=act, headers=old)
    assert refusal.status_code == 503  # the page keeps the answer, and sends it again
    assert start_page.http.get("/api/map", headers=old).status_code in (404, 503)
    assert start_page.http.get("/api/candidates/1", headers=old).status_code == 503
    with socket_of(start_page, f"live?annotator=anna&project={first['id']}") as page:
        hear(page, "closed")
    assert start_page.state()["decided"] == 0
    opened(start_page, path)
    answer = start_page.http.post("/api/decide", json=act, headers=old)
    assert answer.json()["state"]["decided"] == 1


def test_opening_the_open_project_again_disturbs_nobody(start_page: Page, path: Path) -> None:
    opened(start_page, path)
    with socket_of(start_page, "live?annotator=anna") as page:
        hear(page, "hello")
        opened(start_page, path)
        start_page.decide(1, "cell")
        assert hear(page, "state")["state"]["decided"] == 1


def test_a_project_made_anew_in_the_same_place_is_opened_anew(
    start_page: Page, path: Path, made: Path
) -> None:
    first = opened(start_page, path)
    start_page.decide(1, "cell")
    description = json.loads((made / "project.json").read_text())
    shutil.rmtree(path)
    shutil.copytree(made, path)
    description["created"] = "2026-01-01T00:00:00+00:00"
    (path / "project.json").write_text(json.dumps(description))
    assert opened(start_page, path)["id"] != first["id"]
    assert start_page.state()["decided"] == 0


def test_answers_and_undo_survive_leaving_and_coming_back(
    start_page: Page, path: Path, second: Path
) -> None:
    opened(start_page, path)
    start_page.decide(3, "cell")
    opened(start_page, second)
    opened(start_page, path)
    assert start_page.state()["decided"] == 1
    assert start_page.undo()["rows"] == [3]


def test_start_pages_are_told_what_is_opened(start_page: Page, path: Path) -> None:
    with socket_of(start_page, "start/live") as page:
        hear(page, "hello")
        opened(start_page, path)
        hear(page, "start")


# --- folders -----------------------------------------------------------------------------------


def test_a_folder_is_listed_by_name_folders_first(
    start_page: Page, path: Path, folder: Path
) -> None:
    (folder / "b.tif").write_bytes(b"12345")
    (folder / "Raw").mkdir()
    (folder / ".hidden").mkdir()
    told = start_page.get("start/folder", path=str(folder))
    assert told["path"] == str(folder)
    assert told["parent"] == str(folder.parent)
    listed = [(each["name"], each["kind"], each["bytes"]) for each in told["names"]]
    assert listed[:2] == [("mice.sightline", "project", None), ("Raw", "folder", None)]
    assert listed[-1] == ("b.tif", "file", 5)
    assert all(not name.startswith(".") for name, _, _ in listed)
    assert str(Path.home()) in told["places"]


def test_a_link_that_leads_nowhere_and_a_name_that_is_no_text_are_passed_over(
    folder: Path,
) -> None:
    if os.name == "nt":
        pytest.skip("no such names here")
    (folder / "dangling").symlink_to(folder / "none")
    os.mkdir(os.fsencode(folder) + b"/\xff\xfe")  # noqa: PTH102
    (folder / "seen").mkdir()
    assert [each["name"] for each in list_folder(folder)["names"]] == ["seen"]


def test_a_huge_folder_is_cut_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sightline.web.home_folders.MOST_NAMES", 2)
    for name in "abc":
        (folder / name).mkdir()
    told = list_folder(folder)
    assert (len(told["names"]), told["cut"]) == (2, True)


# --- recognising and preparing -----------------------------------------------------------------


def test_paths_are_taken_as_people_paste_them(start_page: Page, folder: Path) -> None:
    (folder / "notes.txt").write_text("no movie")
    for typed in (f'"{folder}/notes.txt"', f"  {folder}/notes.txt "):
        said = {"movie": typed}
        told = start_page.http.post("/api/start/recognise", json=said).json()
        assert told["troubles"]["movie"].startswith(f"{folder}{os.sep}notes.txt: ")


def wish(folder: Path, name: str = "mouse", **options: Any) -> dict[str, Any]:
    return {
        "id": f"preparation-{name}",
        "candidates": str(folder / "none"),
        "output": str(folder / f"{name}.sightline"),
        "options": options,
    }


def add(page: Page, said: dict[str, Any]) -> httpx.Response:
    return page.http.post("/api/start/preparations", json=said)


def wait_for(page: Page, state: str) -> Any:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        (one,) = page.get("start")["preparations"]
        if one["state"] == state:
            return one
        time.sleep(0.05)
    raise AssertionError(one)


def test_a_preparation_is_queued_followed_and_told_to_the_pages(
    start_page: Page, folder: Path
) -> None:
    with socket_of(start_page, "start/live") as page:
        hear(page, "hello")
        assert add(start_page, wish(folder)).status_code == 200
        (told,) = hear(page, "preparations")["preparations"]
    assert (told["name"], told["folder"]) == ("mouse", str(folder))
    failed = wait_for(start_page, "failed")
    assert failed["trouble"].startswith(f"{folder}{os.sep}none: there is no such file")
    gone = start_page.http.post("/api/start/preparations/remove", json={"id": told["id"]})
    assert gone.status_code == 200
    assert start_page.get("start")["preparations"] == []


def test_the_same_preparation_twice_counts_once_and_a_taken_name_is_refused(
    start_page: Page, path: Path, folder: Path
) -> None:
    for _ in range(2):
        assert add(start_page, wish(folder)).status_code == 200
    assert len(start_page.get("start")["preparations"]) == 1
    refusal = add(start_page, wish(folder, "mice"))
    assert refusal.status_code == 400
    assert "something there" in refusal.json()["error"]


def test_stopped_moved_and_gone_on_with(start_page: Page, folder: Path) -> None:
    for name in ("one", "two"):
        add(start_page, wish(folder, name))
    post = start_page.http.post
    for act, more in (("stop", {}), ("move", {"places": -1}), ("go-on", {})):
        said = {"id": "preparation-two", **more}
        assert post(f"/api/start/preparations/{act}", json=said).status_code == 200
    assert [each["name"] for each in start_page.get("start")["preparations"]] == ["two", "one"]


def test_one_queue_is_held_by_one_server_and_the_other_says_so(
    starts: Starts, folder: Path, path: Path
) -> None:
    first, second = Page(starts(folder / "state")), Page(starts(folder / "state"))
    assert first.get("start")["queue_trouble"] == ""
    assert "Another start page" in second.get("start")["queue_trouble"]
    assert add(second, wish(folder)).status_code == 409
    opened(second, path)  # that it can do all the same
    assert [each.path.name for each in recent_projects(folder / "state")] == [path.name]
