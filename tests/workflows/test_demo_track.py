"""The demonstration of tracking runs the whole loop, and what it shows is so."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.review.track_session import TrackSession
from sightline.workflows import demo_track as module
from sightline.workflows.demo_track import DemoTrackResult, demo_track

SMALL: dict[str, Any] = {"points": 12, "frames": 7, "rounds": 2, "questions": 3, "workers": 1}
TOLD: dict[str, list[tuple[int, int]]] = {}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> DemoTrackResult:
    """What a small demonstration gives; its progress is in ``TOLD``."""
    TOLD.clear()
    return demo_track(
        tmp_path_factory.mktemp("home") / "new",
        **SMALL,
        phase=lambda name: lambda *parts: TOLD.setdefault(name, []).append(parts),
    )


def test_it_leaves_a_project_tracks_and_a_picture(result: DemoTrackResult) -> None:
    assert Path(result.figure).read_bytes()[:4] == b"\x89PNG"
    with TrackSession(result.project, "ada") as session:
        assert len(session.stale) == 0
        assert session.plan.ordered.references == result.references
    tracks = open_keypoints(result.output)
    assert len(tracks.names) == 12
    assert set(tracks.frame.tolist()) == set(range(7))


def test_each_round_makes_a_reference_and_tracks_get_better(result: DemoTrackResult) -> None:
    assert len(result.references) == 3
    assert result.answered[0] <= 12
    assert list(result.answered) == sorted(set(result.answered))
    assert result.answered[-1] >= 3 * 11
    assert result.accuracy[-1] >= result.accuracy[0]
    assert result.accuracy[-1] > 0.8


def test_the_accuracy_is_that_of_the_tracks_that_were_written(result: DemoTrackResult) -> None:
    """Counted anew, from the file and the simulation."""
    made = module.replace(module._MADE, points=12, frames=7, seed=0)
    simulated = module.simulate_deforming_volume(made)
    found = open_keypoints(result.output).dense(np.arange(7))
    right, there = 0, 0
    for frame in range(7):
        truth = simulated.truth(frame)
        apart = (found[frame] - truth.positions) * (2.5, 1, 1)
        right += int((np.sqrt((apart**2).sum(axis=1)) <= 5)[truth.in_view].sum())
        there += int(truth.in_view.sum())
    assert result.accuracy[-1] == pytest.approx(right / there, abs=1e-9)


def test_progress_is_told_step_by_step(result: DemoTrackResult) -> None:
    first, *_, last = TOLD
    assert (first, last) == ("simulating the recording", "correcting")
    assert TOLD["correcting"] == [(1, 2), (2, 2)]


def test_the_command_line_shows_the_same(result: DemoTrackResult, tmp_path: Path) -> None:
    words = ["demo", "track", "-o", str(tmp_path / "new"), "--points", "12", "--frames", "7"]
    done = CliRunner().invoke(app, [*words, "--rounds", "2", "--questions", "3", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    for name in ("references", "answered", "accuracy"):
        assert tuple(told[name]) == pytest.approx(asdict(result)[name])


@pytest.mark.parametrize("wrong", [{"points": 4}, {"frames": 3}, {"rounds": 7}, {"questions": 0}])
def test_too_few_or_too_many_are_refused(wrong: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="5 to 60 points"):
        demo_track(tmp_path / "new", **(SMALL | wrong))
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_into_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(InputError, match="holds something"):
        demo_track(tmp_path, **SMALL)
