"""Long results are written stretch by stretch, and are the same as if written at once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.formats.recordings.write_recording import write_recording
from sightline.review.track_session import TrackSession
from sightline.simulate.deforming_settings import EASY
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.simulate.truth import true_keypoints
from sightline.workflows import track_export
from sightline.workflows.track_export import export
from sightline.workflows.track_run import run

WORM = simulate_deforming_volume(
    replace(EASY, frames=7, points=8, planes=8, height=48, width=64, seed=3)
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tracked from two frames, with a correction and a hidden point."""
    home = tmp_path_factory.mktemp("home")
    write_recording(WORM, home / "worm.tif")
    write_keypoints(home / "points.csv", true_keypoints(WORM, (0, 3), "anna"))
    made = Path(run(home / "worm.tif", home / "points.csv", workers=1)["project"])
    with TrackSession(made, "ben") as session:
        session.decide(session.item(5, 2), (3.0, 20.0, 30.0))
        session.decide(session.item(4, 6), None, "hidden")
        session.refit()
    return made


@pytest.mark.parametrize("points", [1, 16, 24])
def test_a_table_in_stretches_is_the_same_byte_for_byte(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: int
) -> None:
    whole = export(project, tmp_path / "whole.csv")
    monkeypatch.setattr(track_export, "_POINTS_AT_ONCE", points)
    parts = export(project, tmp_path / "parts.csv")
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert {**parts, "output": ""} == {**whole, "output": ""}
    assert len(open_keypoints(tmp_path / "parts.csv")) == parts["positions"]


def test_other_formats_hold_the_same(project: Path, tmp_path: Path) -> None:
    export(project, tmp_path / "whole.csv")
    export(project, tmp_path / "zephir", to="zephir")
    frames = np.arange(7)
    as_table = open_keypoints(tmp_path / "whole.csv").dense(frames)
    as_zephir = open_keypoints(tmp_path / "zephir", image_shape=(8, 48, 64)).dense(frames)
    np.testing.assert_allclose(as_zephir, as_table, atol=1e-3)


def test_predictions_of_some_frames_are_rows_of_all(project: Path) -> None:
    with TrackSession(project, "ben") as session:
        every, some = session.predict(), session.predict(range(3, 6))
    np.testing.assert_array_equal(some.positions, every.positions[3:6])
    np.testing.assert_array_equal(some.score, every.score[3:6])
    np.testing.assert_array_equal(some.visibility, every.visibility[3:6])
    np.testing.assert_array_equal(some.positions[2, 2], (3, 20, 30))


def test_a_table_that_fails_half_way_is_not_there(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object) -> None:
        raise RuntimeError("stopped")

    monkeypatch.setattr(track_export, "with_tracks", fails)
    with pytest.raises(RuntimeError, match="stopped"):
        export(project, tmp_path / "half.csv")
    assert not list(tmp_path.iterdir())
