"""From a volume on disk and a few annotated frames to tracks, by the verbs."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.simulate.deforming_settings import EASY
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.workflows.track_benchmark import benchmark
from sightline.workflows.track_recommend import recommend
from sightline.workflows.track_run import run

MADE = replace(EASY, frames=9, points=30, planes=16, height=96, width=160, seed=3)
VIDEO = simulate_deforming_volume(MADE)
TRUTH = np.stack([VIDEO.truth(frame).positions for frame in range(MADE.frames)])
REFERENCES = (0, 5)
READ = {"axes": "tczyx", "pixel_size_um": MADE.voxel_size_um}


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("video") / "worm.h5"
    with h5py.File(path, "w") as file:
        file["data"] = np.stack([VIDEO.frame(frame) for frame in range(MADE.frames)])
    return path


Annotate = Callable[..., Path]


@pytest.fixture
def annotate(tmp_path: Path) -> Annotate:
    """Write annotations of some frames."""

    def write(frames: tuple[int, ...], shift: float = 0) -> Path:
        path, number = tmp_path / "anna.csv", MADE.points
        rows = len(frames) * number
        keypoints = KeypointSet(
            names=tuple(f"neuron {index}" for index in range(number)),
            source="",
            format="csv",
            frame=np.repeat(frames, number),
            keypoint=np.tile(np.arange(number), len(frames)),
            position=TRUTH[list(frames)].reshape(-1, 3) + shift,
            score=np.full(rows, np.nan),
            hidden=np.zeros(rows, bool),
            author=np.zeros(rows, np.int64),
            authors=(Author("anna"),),
        )
        write_keypoints(path, check_keypoints(keypoints))
        return path

    return write


def errors_px(path: Path) -> NDArray[np.float64]:
    """(frame, keypoint) distance to the truth, in pixels of the image plane."""
    found = open_keypoints(path).dense(np.arange(MADE.frames))
    size = np.array(MADE.voxel_size_um)
    return np.linalg.norm((found - TRUTH) * size / size[-1], axis=2)


def test_points_are_followed_to_where_they_really_are(video: Path, annotate: Annotate) -> None:
    told = run(video, annotate(REFERENCES), **READ)
    errors = np.delete(errors_px(Path(told["output"])), REFERENCES, axis=0)
    assert (errors < 5).mean() > 0.95
    assert np.median(errors) < 0.5
    assert told["references"] == [0, 5]
    assert told["seen"] + told["hidden"] + told["left_the_view"] + told["not_tracked"] == 7 * 30
    assert told["radius"] == pytest.approx(MADE.radius_um, rel=0.2)


def test_what_a_person_said_is_never_moved(video: Path, annotate: Annotate, tmp_path: Path) -> None:
    path = annotate(REFERENCES, shift=0.75)
    before = open_keypoints(path)
    found = open_keypoints(run(video, path, tmp_path / "tracks.csv", **READ)["output"])
    said = found.by_person
    assert said.sum() == len(before)
    np.testing.assert_array_equal(found.position[said], before.position)
    assert {found.authors[author].tool for author in found.author[~said]} == {"Sightline"}


def test_nothing_is_written_over(video: Path, annotate: Annotate, tmp_path: Path) -> None:
    path, taken = annotate(REFERENCES), tmp_path / "taken.csv"
    taken.write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        run(video, path, taken, **READ)
    assert taken.read_text() == "mine"


def test_where_no_frame_has_half_of_the_points_it_is_said_what_to_annotate(
    video: Path, annotate: Annotate
) -> None:
    path = annotate((0, 5, 7))
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    thirds = [*rows[:10], *rows[40:50], *rows[80:]]
    path.write_text("\n".join([header, *thirds]), encoding="utf-8")
    with pytest.raises(InputError, match=r"more than 10 of the 30 .*track recommend"):
        run(video, path, **READ)


def test_annotations_beyond_the_video_are_refused(
    video: Path, annotate: Annotate, tmp_path: Path
) -> None:
    path = annotate(REFERENCES)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n5,", "\n50,"), encoding="utf-8")
    for verb in (run, recommend):
        with pytest.raises(InputError, match="frame 50"):
            verb(video, annotations=path, **READ)


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan")])
def test_a_radius_is_above_0(video: Path, annotate: Annotate, radius: float) -> None:
    with pytest.raises(SettingError, match="--radius"):
        run(video, annotate(REFERENCES), radius=radius, **READ)


def test_more_recommended_frames_leave_less_distance(video: Path, annotate: Annotate) -> None:
    found = recommend(video, 3, annotations=annotate((4,)), axes="tczyx")
    assert found["annotated"] == [4]
    assert len(set(found["frames"]) | {4}) == 4
    assert found["curve"] == sorted(found["curve"], reverse=True)
    assert found["mean_distance"] <= found["curve"][-1] + 1e-6


def test_the_command_line_says_the_same(video: Path, annotate: Annotate, tmp_path: Path) -> None:
    words = ["track", "run", str(video), "-a", str(annotate(REFERENCES)), "--axes", "tczyx"]
    words += ["--pixel-size", "1.5,0.6,0.6", "-o", str(tmp_path / "t.csv"), "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["references"] == [0, 5]
    done = CliRunner().invoke(app, ["track", "recommend", str(video), "--axes", "tczyx", "--json"])
    assert len(json.loads(done.stdout)["frames"]) == 5


def test_the_benchmark_tracks_from_the_truth_of_few_frames(video: Path, annotate: Annotate) -> None:
    truth = annotate(tuple(range(MADE.frames)))
    told = benchmark(video, truth, (1, 2), partial=(0, 3), frames=7, **READ)
    assert [(row["references"], row["partial"]) for row in told["rows"]] == [
        (1, 0), (1, 3), (2, 0), (2, 3),
    ]  # fmt: skip
    for row in told["rows"]:
        assert row["frames"] == 7 - row["references"]
        assert max(row["reference_frames"]) < 7
        assert row["accuracy"] > 0.9
        assert row["mean_error_um"] == pytest.approx(0.6 * row["mean_error_px"])


def test_more_references_than_whole_frames_are_refused(video: Path, annotate: Annotate) -> None:
    with pytest.raises(InputError, match="2 of the frames have at least half"):
        benchmark(video, annotate(REFERENCES), (3,), **READ)
