"""Tracking over HTTP: pictures and points of frames, answers that last, work in the background."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from review.tracked_project import MADE, NAMES, TRUTH, VIDEO, copied
from served_project import Page, hear

from sightline.data.decision import Decision
from sightline.project.project import Project
from sightline.project.tracking import read_tracking, store_tracking

FRAME, POINT = 6, 4
PLACE = [1.0, 20.0, 30.0]


@pytest.fixture
def project(tracked: Path, folder: Path) -> Path:
    return copied(tracked, folder)


@pytest.fixture
def ben(project: Path, serve: Callable[..., httpx.Client]) -> Page:
    """The folder comes first, so that it goes last: a server may still be tracking in it."""
    return Page(serve(project), "ben")


@pytest.fixture
def cleo(ben: Page) -> Page:
    return Page(ben.http, "cleo")


def place(page: Page, **said: Any) -> Any:
    """Say where the point is."""
    act = {"client_id": page.new_id(), "frame": FRAME, "keypoint": POINT, "position": PLACE}
    return page.post("track/decide", **(act | said))


def state_of(page: Page) -> Any:
    return page.get("track/session", annotator=page.annotator)


def points(page: Page, frame: int = FRAME, **query: Any) -> Any:
    return page.packet(f"track/frames/{frame}/points", annotator=page.annotator, **query)


def recorded(project: Path, annotator: str = "ben") -> list[Decision]:
    with Project.open(project).journal() as journal:
        entries = journal.entries()
    return [one for entry in entries if entry.annotator == annotator for one in entry.decisions]


def test_the_project_says_what_is_in_the_video(track_viewer: Page) -> None:
    about = track_viewer.get("project")
    assert (about["kind"], about["frames"], about["planes"]) == ("track", MADE.frames, MADE.planes)
    assert about["keypoints"] == list(NAMES)
    assert about["plane_px"] == pytest.approx(MADE.voxel_size_um[0] / MADE.voxel_size_um[2])


def test_a_frame_is_shown_as_its_brightest_values_from_above_and_from_the_side(
    track_viewer: Page,
) -> None:
    shown = track_viewer.packet("track/frames/5/picture")
    volume = VIDEO.frame(5)
    (low, high), *_ = shown.meta["limits"]
    for name, axis in (("along_z", 1), ("along_y", 2)):
        grey = 255 * (volume.max(axis=axis) - low) / (high - low)
        np.testing.assert_allclose(shown.arrays[name], grey.clip(0, 255), atol=0.51)
    np.testing.assert_array_equal(shown.arrays["plane"], volume[0].argmax(axis=0))
    np.testing.assert_array_equal(shown.arrays["line"], volume[0].argmax(axis=1))


def test_points_are_where_the_machine_and_people_have_them(track_viewer: Page) -> None:
    said, seen = points(track_viewer, 2), points(track_viewer, 3)
    np.testing.assert_allclose(said.arrays["position"], TRUTH[2], atol=1e-3)
    assert (said.arrays["said"] == 1).all()
    assert (said.meta["flags"], seen.meta["flags"]) == (3, 0)
    assert (seen.arrays["said"] == 0).all()
    assert (seen.arrays["score"] <= 1).all()


def test_the_timeline_tells_references_and_doubt(track_viewer: Page) -> None:
    line = track_viewer.packet("track/timeline", annotator="anna")
    assert np.flatnonzero(line.arrays["flags"] & 1).tolist() == [2]
    frame = int(line.arrays["lowest"].argmin())
    lowest = points(track_viewer, frame).arrays["score"].min()
    assert line.arrays["lowest"][frame] == lowest


def test_an_answer_is_on_disk_when_it_is_acknowledged_and_its_frame_is_tracked_again(
    ben: Page, project: Path
) -> None:
    before = points(ben).arrays["position"]
    with ben.live() as page:
        state = place(ben, seconds=2.5)["state"]
        (decision,) = recorded(project)
        assert hear(page, "tracks")["frames"] == [FRAME]
    assert (decision.item, decision.value, decision.seconds) == (
        f"worm/6/{NAMES[POINT]}",
        "seen",
        2.5,
    )
    assert decision.position == tuple(PLACE)
    assert state["progress"]["stale"] == 3
    assert state_of(ben)["progress"]["stale"] == 2
    after = points(ben)
    assert after.arrays["position"][POINT].tolist() == PLACE
    assert after.arrays["said"][POINT] == 1
    assert not np.array_equal(after.arrays["position"], before)


def test_the_same_answer_sent_twice_counts_once(ben: Page, project: Path) -> None:
    for _ in range(2):
        place(ben, client_id="once")
    for _ in range(2):
        ben.post("track/confirm", client_id="frame", frame=7)
    assert sum(one.item.startswith("worm/6/") for one in recorded(project)) == 1
    assert state_of(ben)["progress"]["references"] == [2, 7]


def test_answers_are_taken_back_and_done_again_but_not_what_came_with_the_project(
    ben: Page, cleo: Page
) -> None:
    place(ben)
    assert ben.post("track/undo", client_id=ben.new_id())["frames"] == [FRAME]
    assert points(ben).arrays["said"][POINT] == 0
    assert ben.post("track/redo", client_id=ben.new_id())["frames"] == [FRAME]
    assert points(cleo).arrays["said"][POINT] == 1
    anna = Page(ben.http, "anna")
    assert not state_of(anna)["can_undo"]
    act = {"annotator": "anna", "client_id": "back"}
    status, why = ben.refused("POST", "track/undo", json=act)
    assert status == 409
    assert "came with the project" in why


def test_the_rest_is_tracked_in_the_background(ben: Page) -> None:
    place(ben)
    with ben.live() as page:
        ben.post("track/work", go=True)
        while state_of(ben)["work"]["running"]:
            hear(page, "work")
    assert state_of(ben)["progress"]["stale"] == 0
    line = ben.packet("track/timeline", annotator="ben")
    assert not (line.arrays["flags"] & 4).any()


def test_the_machines_place_of_a_random_question_is_hidden_until_it_is_answered(
    ben: Page, project: Path
) -> None:
    asked = ben.get("track/questions", annotator="ben", n=12)["questions"]
    probe = next(one for one in asked if one["probe"])
    frame, keypoint = probe["frame"], probe["keypoint"]
    assert np.isnan(points(ben, frame).arrays["position"][keypoint]).all()
    act = {"annotator": "ben", "client_id": "a", "frame": frame, "keypoint": keypoint}
    assert ben.refused("POST", "track/decide", json=act)[0] == 400
    assert (
        ben.refused(
            "POST", "track/confirm", json={"annotator": "ben", "client_id": "b", "frame": frame}
        )[0]
        == 400
    )
    place(ben, frame=frame, keypoint=keypoint, position=TRUTH[frame, keypoint].tolist())
    (decision,) = recorded(project)
    assert decision.probe
    assert decision.blind
    assert state_of(ben)["progress"]["probes"] == 1


def test_a_hidden_place_that_is_asked_for_is_shown_and_no_longer_blind(
    ben: Page, project: Path
) -> None:
    asked = ben.get("track/questions", annotator="ben", n=12)["questions"]
    probe = next(one for one in asked if one["probe"])
    shown = points(ben, probe["frame"], reveal=1).arrays["position"][probe["keypoint"]]
    assert np.isfinite(shown).all()
    place(ben, frame=probe["frame"], keypoint=probe["keypoint"], position=None)
    assert not recorded(project)[0].blind


def test_the_result_is_written_beside_and_never_over(ben: Page, project: Path) -> None:
    written = [ben.post("track/export", output=None)["output"] for _ in range(2)]
    named = ben.post("track/export", output="mine.csv")
    assert len({*written}) == 2
    assert Path(named["output"]) == project.parent / "mine.csv"
    assert named["positions"] == MADE.frames * MADE.points
    outside = {"annotator": "ben", "output": "../mine.csv"}
    assert ben.refused("POST", "track/export", json=outside)[0] == 400
    for path in written:
        Path(path).unlink()  # beside the annotations, which all tests share


def test_each_kind_of_project_has_its_own_routes(track_viewer: Page, viewer: Page) -> None:
    assert track_viewer.refused("GET", "labels?annotator=anna")[0] == 404
    assert viewer.refused("GET", "track/session?annotator=anna")[0] == 404


def test_the_start_page_opens_projects_of_both_kinds(
    start_page: Page, project: Path, path: Path
) -> None:
    for place, kind in ((project, "track"), (path, "sort"), (project, "track")):
        answer = start_page.http.post("/api/start/open", json={"path": str(place)})
        assert answer.status_code == 200, answer.text
        assert start_page.get("project")["kind"] == kind
    (recent,) = [
        each for each in start_page.get("start")["recents"] if each["path"] == str(project)
    ]
    assert start_page.get("start/decided", path=recent["path"])["decided"] == MADE.points


def test_a_project_that_cannot_be_tracked_says_why_and_gives_its_decisions(
    serve: Callable[..., httpx.Client], project: Path
) -> None:
    (project / "arrays" / "thumbnails.zarr.zip").unlink()
    ben = Page(serve(project), "ben")
    status, why = ben.refused("GET", "project")
    assert status == 500
    assert "thumbnails" in why
    decisions = ben.http.get("/api/decisions")
    assert decisions.status_code == 200
    assert len(decisions.text.splitlines()) == 1 + MADE.points


def test_settings_that_this_version_does_not_know_are_told(
    serve: Callable[..., httpx.Client], project: Path
) -> None:
    opened = Project.open(project)
    store_tracking(opened, replace(read_tracking(opened), settings={"speed": 1}))
    status, why = Page(serve(project), "ben").refused("GET", "project")
    assert status == 500
    assert "settings of another Sightline" in why


def test_a_video_that_is_not_where_it_was_is_told_and_answers_are_kept(
    serve: Callable[..., httpx.Client], project: Path
) -> None:
    away = {"worm": str(project.parent / "elsewhere.h5")}
    (project / "source.json").write_text(json.dumps(away), encoding="utf-8")
    ben = Page(serve(project), "ben")
    status, why = ben.refused("GET", "track/frames/5/picture")
    assert status == 409
    assert "not where it was" in why
    with ben.live() as page:
        place(ben)
        assert "not where it was" in hear(page, "trouble")["text"]
    assert len(recorded(project)) == 1


def test_what_is_no_frame_no_point_or_no_place_is_refused(ben: Page) -> None:
    act = {"annotator": "ben", "client_id": "a", "frame": 0, "keypoint": 0, "position": PLACE}
    for wrong in (
        {"frame": 99}, {"keypoint": 99}, {"position": [0, 1e6, 0]}, {"position": [0, 1]},
        {"position": [0, "a", 0]}, {"value": "gone"}, {"frame": -1}, {"more": 1},
    ):  # fmt: skip
        assert ben.refused("POST", "track/decide", json=act | wrong)[0] == 400
    assert ben.refused("GET", "track/frames/99/points?annotator=ben")[0] == 400
