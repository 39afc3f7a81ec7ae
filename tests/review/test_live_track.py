"""What the app holds of a tracking: several annotators, and work that never spoils answers."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from review.tracked_project import TRUTH, copied, make_tracked_project

from sightline.data.tracks import Tracks
from sightline.errors import InputError, ProjectError
from sightline.review.live_track import LiveTrack
from sightline.review.one_writer import OneWriter
from sightline.review.track_session import TrackSession

SECONDS = 60


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tracked_project(tmp_path_factory.mktemp("tracked"))


@pytest.fixture
def project(tracked: Path, tmp_path: Path) -> Path:
    return copied(tracked, tmp_path)


class Heard:
    """What was told, and something to do at each."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.at_work: Callable[[], None] = lambda: None

    def __call__(self, told: Mapping[str, Any]) -> None:
        self.kinds.append(told["type"])
        if told["type"] == "work":
            self.at_work()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def live(project: Path, heard: Heard) -> Iterator[LiveTrack]:
    with LiveTrack(project, heard) as opened:
        yield opened


def idle(live: LiveTrack) -> bool:
    """Wait until nothing is being tracked."""
    end = time.monotonic() + SECONDS
    while live.working and time.monotonic() < end:
        time.sleep(0.005)
    return not live.working


def decide(
    live: LiveTrack, annotator: str, frame: int, keypoint: int, client_id: str = "a"
) -> None:
    place = TRUTH[frame, keypoint].tolist()
    item = live.item(frame, keypoint)
    live.decide(annotator, item, place, "seen", seconds=None, client_id=client_id)


def stale(live: LiveTrack) -> int:
    return live.state("ben")["progress"]["stale"]


def test_everybody_sees_what_anybody_said(live: LiveTrack, project: Path) -> None:
    live.state("cleo")
    decide(live, "ben", 6, 4)
    assert live.points("cleo", 6).said[4] == 1
    with TrackSession(project, "dora") as elsewhere:  # another process
        elsewhere.decide(elsewhere.item(5, 3), TRUTH[5, 3].tolist())
    assert live.points("ben", 5).said[3] == 1


def test_the_rest_is_tracked_as_if_nobody_had_watched(live: LiveTrack, heard: Heard) -> None:
    decide(live, "ben", 6, 4)
    live.follow(6)
    live.end_following()
    live.track_rest()
    assert idle(live)
    assert stale(live) == 0
    assert "tracks" in heard.kinds


def test_stopped_at_once_nothing_was_tracked_and_it_can_go_on(
    live: LiveTrack, heard: Heard
) -> None:
    decide(live, "ben", 6, 4)
    heard.at_work = live.stop
    live.track_rest()
    assert idle(live)
    assert stale(live) == 3
    heard.at_work = lambda: None
    live.track_rest()
    assert idle(live)
    assert stale(live) == 0


def test_an_answer_meanwhile_counts(live: LiveTrack, heard: Heard) -> None:
    decide(live, "ben", 6, 4)
    begun, said = Event(), Event()

    def wait_for_an_answer() -> None:
        begun.set()
        said.wait(SECONDS)

    heard.at_work = wait_for_an_answer
    live.track_rest()
    assert begun.wait(SECONDS)
    decide(live, "ben", 4, 1, client_id="b")
    said.set()
    assert idle(live)
    assert stale(live) == 0
    assert live.points("ben", 4).said[1] == 1


def test_what_an_earlier_plan_gave_is_kept_only_where_it_is_still_right(project: Path) -> None:
    with TrackSession(project, "ben") as session:
        store = OneWriter.of(session.store, lambda: session.plan)
        before = session.plan.recipe.copy()
        session.decide(session.item(6, 4), TRUTH[6, 4].tolist())
        frames = np.array([3, 6])
        shape = (2, *store.positions.shape[1:])
        moved = Tracks(np.full(shape, 7.0), np.ones(shape[:2]), np.zeros(shape[:2], np.int8))
        was = store.positions[6].copy()
        store.put(frames, moved, before[frames])
        assert (store.positions[3] == 7).all()
        np.testing.assert_array_equal(store.positions[6], was)


def test_only_what_was_said_here_is_undone(live: LiveTrack) -> None:
    with pytest.raises(ProjectError, match="came with the project"):
        live.undo("anna", "a")
    with pytest.raises(ProjectError, match="nothing left"):
        live.undo("ben", "b")
    decide(live, "anna", 6, 4, client_id="c")
    assert live.undo("anna", "d") == [6]
    assert live.redo("anna", "e") == [6]


def test_two_annotators_are_not_asked_the_same(live: LiveTrack) -> None:
    of_ben = {one.item for one in live.questions("ben", 12)}
    of_cleo = {one.item for one in live.questions("cleo", 12)}
    assert len(of_ben) == len(of_cleo) == 12
    assert not of_ben & of_cleo
    assert {one.item for one in live.questions("ben", 12)} == of_ben


def test_a_random_question_is_asked_blind(live: LiveTrack) -> None:
    asked = next(one for one in live.questions("ben", 12) if one.probe)
    frame, keypoint = live.place_of(asked.item)
    assert np.isnan(live.points("ben", frame).position[keypoint]).all()
    assert np.isfinite(live.points("cleo", frame).position[keypoint]).all()
    with pytest.raises(InputError, match="drawn at random"):
        live.confirm("ben", frame, "a")
    decide(live, "ben", frame, keypoint, client_id="b")
    live.confirm("ben", frame, "c")
    assert live.state("ben")["progress"]["probes"] == 1
