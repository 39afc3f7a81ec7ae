"""Preparations run one at a time, in an order that can be changed, and outlive their queue."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from small_projects import MOVIE, suite2p_folder

from sightline.errors import InputError, ProjectError, SettingError, SightlineError
from sightline.project.candidates import read_candidates
from sightline.project.project import Project
from sightline.simulate.calcium_movie import simulate_movie
from sightline.workflows.preparation_queue import PreparationQueue, Wish
from sightline.workflows.preparing import prepare
from sightline.workflows.preparing_apart import PreparationApart
from sightline.workflows.scratch import scratch_of


@dataclass
class Pretended:
    """A preparation that ends when the test says so."""

    output: str
    end: threading.Event = field(default_factory=threading.Event)
    trouble: str = ""
    stopped: bool = False

    def follow(self, tell: Callable[[str, int, int], None]) -> dict[str, Any] | None:
        tell("reading the movie", 1, 4)
        self.end.wait(10)
        if self.stopped:
            return None
        if self.trouble:
            raise SightlineError(self.trouble)
        return {"project": self.output, "warnings": ["dim"], "notes": ["raw"]}

    def stop(self) -> None:
        self.stopped = True
        self.end.set()


class Room:
    """A queue whose preparations are pretended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begun: list[Pretended] = []
        self.prepared: list[str] = []
        self.queue = self.opened()

    def opened(self) -> PreparationQueue:
        def start(_movie: str, _candidates: str, output: str, _said: Mapping[str, Any]) -> Any:
            self.begun.append(Pretended(output))
            return self.begun[-1]

        return PreparationQueue(
            self.folder / "state",
            prepared=lambda path: self.prepared.append(path.stem),
            start=start,
        )

    def reopen(self) -> None:
        self.queue.close()
        self.queue = self.opened()

    def add(self, *names: str) -> None:
        for name in names:
            output = str(self.folder / f"{name}.sightline")
            self.queue.add(name, Wish("movie.tif", "suite2p", output, {"name": name}))

    def states(self) -> dict[str, str]:
        return {each.id: each.state for each in self.queue.preparations()}

    def wait(self, **wanted: str) -> None:
        until(lambda: self.states() == wanted)

    def finish(self, name: str, trouble: str = "") -> None:
        running = next(each for each in self.begun if Path(each.output).stem == name)
        running.trouble = trouble
        running.end.set()


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.queue.close()


def test_one_runs_and_the_others_wait_their_turn(room: Room) -> None:
    room.add("a", "b", "c")
    room.wait(a="running", b="waiting", c="waiting")
    room.finish("a")
    room.wait(a="done", b="running", c="waiting")
    assert [Path(each.output).stem for each in room.begun] == ["a", "b"]
    assert room.prepared == ["a"]
    assert room.queue.preparations()[0].notes == ("dim", "raw")


def test_progress_is_told_by_step(room: Room) -> None:
    room.add("a")
    until(lambda: room.queue.preparations()[0].step != "")
    running = room.queue.preparations()[0]
    assert (running.step, running.finished, running.parts) == ("reading the movie", 1, 4)


def test_the_order_can_be_changed(room: Room) -> None:
    room.add("a", "b", "c", "d")
    room.wait(a="running", b="waiting", c="waiting", d="waiting")
    room.queue.move("d", -2)
    room.queue.move("b", 99)
    assert list(room.states()) == ["a", "d", "c", "b"]
    room.finish("a")
    room.wait(a="done", d="running", c="waiting", b="waiting")


def test_what_is_stopped_lets_the_next_run_and_can_be_gone_on_with(room: Room) -> None:
    room.add("a", "b")
    room.wait(a="running", b="waiting")
    room.queue.stop("a")
    room.wait(a="stopped", b="running")
    room.queue.go_on("a")
    room.wait(a="waiting", b="running")
    room.finish("b")
    room.wait(a="running", b="done")


def test_what_waits_can_be_held_back(room: Room) -> None:
    room.add("a", "b")
    room.wait(a="running", b="waiting")
    room.queue.stop("b")
    room.finish("a")
    room.wait(a="done", b="stopped")


def test_a_failure_is_told_and_the_next_runs(room: Room) -> None:
    room.add("a", "b")
    room.wait(a="running", b="waiting")
    room.finish("a", trouble="movie.tif: it is empty.")
    room.wait(a="failed", b="running")
    assert room.queue.preparations()[0].trouble == "movie.tif: it is empty."
    assert room.prepared == []
    room.queue.go_on("a")
    assert room.queue.preparations()[0].trouble == ""


def test_removing_ends_what_runs_and_leaves_no_unfinished_work(room: Room) -> None:
    left = scratch_of(room.folder / "a.sightline")
    room.add("a", "b")
    room.wait(a="running", b="waiting")
    left.mkdir()
    room.queue.remove("a")
    room.wait(b="running")
    until(lambda: not left.exists())
    assert room.begun[0].stopped


def test_removing_what_was_never_begun_touches_nothing_on_disk(room: Room) -> None:
    """Somebody may be at it on the command line."""
    others = scratch_of(room.folder / "b.sightline")
    others.mkdir()
    room.add("a", "b")
    room.queue.stop("b")
    room.queue.remove("b")
    assert others.is_dir()


def test_a_finished_project_stays_when_it_is_taken_off_the_list(room: Room) -> None:
    room.add("a")
    room.wait(a="running")
    project = Project.create(room.folder / "a.sightline", "sort").path
    room.finish("a")
    room.wait(a="done")
    room.queue.remove("a")
    assert project.is_dir()


def test_the_queue_outlives_the_server_and_what_ran_goes_on(room: Room) -> None:
    room.add("a", "b", "c")
    room.wait(a="running", b="waiting", c="waiting")
    room.queue.stop("c")
    room.queue.move("c", -1)
    room.reopen()
    room.wait(a="running", c="stopped", b="waiting")
    assert [Path(each.output).stem for each in room.begun] == ["a", "a"]
    assert room.queue.preparations()[0].wish.said == {"name": "a"}


def test_a_server_that_was_killed_leaves_the_same(room: Room) -> None:
    room.add("a", "b")
    room.wait(a="running", b="waiting")
    kept = (room.folder / "state" / "preparations.json").read_bytes()
    room.finish("a")
    room.wait(a="done", b="running")
    room.queue.close()
    (room.folder / "state" / "preparations.json").write_bytes(kept)
    room.queue = room.opened()
    room.wait(a="running", b="waiting")


def test_the_same_one_twice_counts_once(room: Room) -> None:
    room.add("a", "a")
    assert list(room.states()) == ["a"]


def test_two_cannot_make_the_same_project(room: Room) -> None:
    room.add("a")
    again = Wish("", "other", str(room.folder / "a.sightline"))
    with pytest.raises(SettingError, match="in the queue already"):
        room.queue.add("b", again)


def test_a_taken_name_is_refused_before_it_is_queued(room: Room) -> None:
    (room.folder / "a.sightline").mkdir()
    with pytest.raises(InputError, match="something there"):
        room.add("a")
    assert room.states() == {}


def test_where_no_process_can_be_started_that_is_told_and_can_be_tried_again(
    tmp_path: Path,
) -> None:
    def start(*_: Any) -> Any:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    queue = PreparationQueue(tmp_path, start=start)
    queue.add("a", Wish("", "suite2p", str(tmp_path / "a.sightline")))
    until(lambda: queue.preparations()[0].state == "failed")
    assert "starts no further process" in queue.preparations()[0].trouble
    queue.close()


@pytest.mark.parametrize("act", ["stop", "go_on", "remove"])
def test_one_that_is_gone_is_told(room: Room, act: str) -> None:
    with pytest.raises(SettingError, match="no longer in the queue"):
        getattr(room.queue, act)("none")


def test_what_cannot_be_kept_is_not_taken(room: Room) -> None:
    (room.folder / "state").write_text("a file where the folder should be")
    with pytest.raises(ProjectError, match=r"preparations\.json"):
        room.add("a")
    assert room.states() == {}


def test_a_damaged_file_is_put_aside_and_lines_that_are_none_are_passed_over(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "state" / "preparations.json"
    kept.parent.mkdir()
    kept.write_text("[{")
    PreparationQueue(kept.parent).close()
    assert kept.with_name("preparations.json.damaged").read_text() == "[{"
    wish = {"movie": "", "candidates": "/x", "output": "/x.sightline"}
    odd = {"id": ["a"], "wish": wish, "state": "waiting", "begun": False, "trouble": "",
           "notes": []}  # fmt: skip
    kept.write_text(json.dumps([3, {"id": "a"}, {"wish": {"movie": 1}}, odd, {**odd, "id": 3}]))
    room = Room(tmp_path)
    assert room.states() == {}
    room.queue.close()


# --- in earnest --------------------------------------------------------------------------------


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    tifffile.imwrite(tmp_path / "movie.tif", simulate_movie(MOVIE).read(0, MOVIE.frames))
    suite2p_folder(tmp_path / "suite2p")
    return tmp_path


def apart(lab: Path, candidates: str = "suite2p") -> PreparationApart:
    places = [str(lab / name) for name in ("movie.tif", candidates, "mouse.sightline")]
    return PreparationApart(places[0], places[1], places[2], {"name": "mouse", "workers": 1})


def test_a_project_is_prepared_apart_as_by_the_command_line(lab: Path) -> None:
    steps: list[str] = []
    done = apart(lab).follow(lambda step, *_: steps.append(step))
    assert done is not None
    assert done["project"] == str(lab / "mouse.sightline")
    assert list(dict.fromkeys(steps)) == [
        "finding events", "reading the movie", "computing features",
    ]  # fmt: skip
    other = {"candidates": lab / "suite2p", "name": "mouse", "workers": 1}
    prepare(lab / "movie.tif", lab / "other.sightline", **other)
    np.testing.assert_array_equal(
        features(lab / "mouse.sightline"), features(lab / "other.sightline")
    )


def features(project: Path) -> Any:
    return read_candidates(Project.open(project)).tables[0].values


def test_a_complaint_comes_back_as_it_was_said(lab: Path) -> None:
    with pytest.raises(InputError, match="there is no such file") as refused:
        apart(lab, "nothing").follow(lambda *_: None)
    assert refused.value.where == str(lab / "nothing")


def test_stopped_in_the_middle_it_goes_on_where_it_was(lab: Path) -> None:
    first = apart(lab)

    def stop(step: str, finished: int, _parts: int) -> None:
        if step == "reading the movie" and finished:
            first.stop()

    assert first.follow(stop) is None
    assert not (lab / "mouse.sightline").exists()
    assert (scratch_of(lab / "mouse.sightline") / "done.jsonl").read_text().strip()
    assert apart(lab).follow(lambda *_: None) is not None
    assert not scratch_of(lab / "mouse.sightline").exists()


@pytest.mark.slow
def test_a_process_that_dies_is_told_and_what_it_finished_is_kept(lab: Path) -> None:
    dying = apart(lab)

    def kill(step: str, finished: int, _parts: int) -> None:
        if step == "reading the movie" and finished:
            dying._process.kill()

    with pytest.raises(SightlineError, match=r"without a word.*go on"):
        dying.follow(kill)
    assert scratch_of(lab / "mouse.sightline").is_dir()
