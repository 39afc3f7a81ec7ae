"""The benchmark of tracking: every form of video, scores whose answer is known, pictures."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import h5py
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.data.tracks import Tracks
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.workflows import track_benchmark, track_benchmark_rows
from sightline.workflows.track_benchmark import benchmark
from sightline.workflows.track_benchmark_links import evenly_spaced

FRAMES, PARTS, SIDE = 8, 3, 64
NEEDED = {
    "references", "partial", "frames", "accuracy", "accuracy_half", "mean_error_px",
    "median_error_px", "mean_error_um", "identity_switches", "missing", "mota", "motp",
    "cpu_seconds_per_frame", "wall_seconds_per_frame", "peak_memory_mb",
}  # fmt: skip
Track = Callable[..., Tracks]


def truth_of(frames: int = FRAMES) -> NDArray[np.float64]:
    """Three spots that turn slowly about the middle: (frame, keypoint, 3)."""
    angle = np.arange(frames)[:, None] * 0.1 + np.arange(PARTS) * 2 * np.pi / 3
    middle = SIDE / 2
    return np.stack(
        [np.zeros_like(angle), middle + 18 * np.sin(angle), middle + 18 * np.cos(angle)], axis=2
    )


TRUTH = truth_of()


def drawn() -> NDArray[np.uint8]:
    """(frame, y, x) spots of different sizes on noise."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:SIDE, :SIDE]
    images = rng.normal(40, 4, (FRAMES, SIDE, SIDE))
    for frame, places in enumerate(TRUTH):
        for part, (_, v, u) in enumerate(places):
            images[frame] += 150 * np.exp(-((y - v) ** 2 + (x - u) ** 2) / (4 + 6 * part))
    return images.clip(0, 255).astype(np.uint8)


def annotations(names: Sequence[str] = (), frames: Sequence[int] = range(FRAMES)) -> KeypointSet:
    """The truth of some frames, called by image names if there are any."""
    rows = len(frames) * PARTS
    return check_keypoints(
        KeypointSet(
            names=("nose", "ear", "tail"),
            source="made",
            format="deeplabcut" if names else "csv",
            frame=np.repeat(np.arange(len(frames)) if names else frames, PARTS),
            keypoint=np.tile(np.arange(PARTS), len(frames)),
            position=TRUTH[list(frames)].reshape(-1, 3),
            score=np.full(rows, np.nan),
            hidden=np.zeros(rows, bool),
            author=np.zeros(rows, np.int64),
            authors=(Author("anna"),),
            frame_names=tuple(names),
        )
    )


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "flat.h5", "w") as file:
        file["mov"] = drawn()
    return tmp_path / "flat.h5"


@pytest.fixture
def known(tmp_path: Path) -> Path:
    write_keypoints(tmp_path / "truth.csv", annotations())
    return tmp_path / "truth.csv"


@pytest.fixture
def tracked_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[NDArray[np.float64]], None]:
    """Replace the tracker by one that gives these positions."""

    def replace(positions: NDArray[np.float64]) -> None:
        shape = positions.shape[:2]
        tracks = Tracks(positions, np.ones(shape), np.zeros(shape, np.int8))
        monkeypatch.setattr(track_benchmark_rows, "track_video", lambda *_a, **_k: tracks)

    return replace


def scores(video: Path, truth: Path, **changes: Any) -> dict[str, Any]:
    (row,) = benchmark(video, truth, (2,), **changes)["rows"]
    assert set(row) >= NEEDED
    return row


def test_a_perfect_tracker_scores_one(stack: Path, known: Path, tracked_as: Any) -> None:
    tracked_as(TRUTH)
    row = scores(stack, known)
    assert (row["accuracy"], row["accuracy_half"], row["mota"]) == (1, 1, 1)
    assert (row["mean_error_px"], row["identity_switches"], row["missing"]) == (0, 0, 0)
    assert row["frames"] == FRAMES - 2
    assert row["mean_error_um"] is None


def test_a_shifted_one_scores_zero(stack: Path, known: Path, tracked_as: Any) -> None:
    tracked_as(TRUTH + np.array([0, 4.0, 4.0]))
    row = scores(stack, known, pixel_size_um=0.5)
    assert (row["accuracy"], row["accuracy_half"], row["identity_switches"]) == (0, 0, 0)
    assert row["mean_error_px"] == pytest.approx(32**0.5)
    assert row["mean_error_um"] == pytest.approx(32**0.5 / 2)
    assert scores(stack, known, tolerance_px=6)["accuracy"] == 1


def test_swapped_identities_count_as_switches(stack: Path, known: Path, tracked_as: Any) -> None:
    tracked_as(TRUTH[:, [1, 0, 2]])
    row = scores(stack, known)
    assert row["identity_switches"] == 2 * (FRAMES - 2)
    assert row["accuracy"] == pytest.approx(1 / 3)


def test_what_was_given_is_not_scored(stack: Path, known: Path, tracked_as: Any) -> None:
    wrong = TRUTH + 30.0
    pin = int(np.random.default_rng(4).permutation(PARTS)[0])
    wrong[:, [part for part in range(PARTS) if part != pin]] -= 30.0
    tracked_as(wrong)
    assert scores(stack, known, partial=(1,), seed=4)["accuracy"] == 1
    assert scores(stack, known, partial=(0,), seed=4)["accuracy"] == pytest.approx(2 / 3)


def test_frames_cuts_the_video_short(stack: Path, known: Path, tracked_as: Any) -> None:
    tracked_as(TRUTH[:5])
    row = scores(stack, known, frames=5)
    assert row["frames"] == 3
    assert max(row["reference_frames"]) < 5


def test_unannotated_frames_are_neither_references_nor_scored(
    stack: Path, tmp_path: Path, tracked_as: Any
) -> None:
    tracked_as(TRUTH)
    write_keypoints(tmp_path / "some.csv", annotations(frames=(1, 4, 6)))
    row = scores(stack, tmp_path / "some.csv")
    assert row["frames"] == 1
    assert set(row["reference_frames"]) < {1, 4, 6}


def labelled_frames(folder: Path, order: Sequence[int]) -> tuple[Path, Path]:
    """A DeepLabCut project whose table lists the frames in some order."""
    home = folder / "project" / "labeled-data" / "day1"
    home.mkdir(parents=True)
    for number, image in enumerate(drawn()):
        Image.fromarray(np.repeat(image[..., None], 3, axis=2)).save(home / f"img{3 * number}.png")
    names = [f"labeled-data/day1/img{3 * number}.png" for number in order]
    table = home / "CollectedData_anna.csv"
    write_keypoints(table, annotations(names, order), "deeplabcut")
    return folder / "project", table


@pytest.mark.parametrize("form", ["project", "folder", "table"])
def test_labelled_images_of_deeplabcut_are_matched_by_name(
    tmp_path: Path, tracked_as: Any, form: str
) -> None:
    project, table = labelled_frames(tmp_path, (5, 0, 7, 2, 1, 3, 4, 6))
    video = project if form == "project" else table.parent
    tracked_as(TRUTH)
    row = scores(video, {"project": project, "folder": table.parent, "table": table}[form])
    assert row["accuracy"] == 1
    assert row["mean_error_px"] < 1e-9


def test_the_tracker_itself_follows_spots_in_a_folder_of_images(tmp_path: Path) -> None:
    project, table = labelled_frames(tmp_path, range(FRAMES))
    row = scores(project, table, frames=5, radius=4.0)
    assert row["accuracy"] > 0.9
    assert row["cpu_seconds_per_frame"] > 0
    assert row["peak_memory_mb"] is None or row["peak_memory_mb"] > 10


def test_a_video_file_is_benchmarked(tmp_path: Path, known: Path, tracked_as: Any) -> None:
    with av.open(str(tmp_path / "spots.avi"), "w") as container:
        stream: Any = container.add_stream("ffv1", rate=10)
        stream.height = stream.width = SIDE
        stream.pix_fmt = "gray"
        for image in drawn():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="gray")))
        container.mux(stream.encode(None))
    tracked_as(TRUTH)
    assert scores(tmp_path / "spots.avi", known)["accuracy"] == 1


def worms(folder: Path, volumes: int = 12, points: int = 14) -> Path:
    """A points file: a cloud that bends slightly, in shuffled order, some points unlabelled."""
    rng = np.random.default_rng(2)
    rest = rng.uniform(-1, 1, (points, 3)) * [0.3, 0.3, 1]
    rows = []
    for number in range(volumes):
        bent = rest + 0.05 * np.sin(2 * rest[:, [2]] + 0.3 * number)
        label = np.where(np.arange(points) < 2, -1, np.arange(points))
        rows.append(rng.permutation(np.column_stack([bent, label])))
    offset = np.arange(volumes + 1) * points
    np.savez(
        folder / "worm.npz",
        frame=np.arange(volumes) + 5,
        offset=offset,
        points=np.concatenate(rows),
    )
    return folder / "worm.npz"


def test_a_points_file_is_linked(tmp_path: Path) -> None:
    path = worms(tmp_path)
    rows = benchmark(path, path, (1, 3), partial=(0, 4), frames=6)["rows"]
    assert [(row["references"], row["partial"]) for row in rows] == [(1, 0), (1, 4), (3, 0), (3, 4)]
    for row in rows:
        assert set(row) >= NEEDED
        assert row["accuracy"] > 0.9
        assert row["frames"] == 6
        assert row["mean_error_px"] is row["accuracy_half"] is row["mean_error_um"] is None
    assert (
        benchmark(path, references=(1,), frames=6, seed=0)["rows"][0]["accuracy"]
        == (rows[0]["accuracy"])
    )


def test_references_of_a_points_file_are_evenly_spaced() -> None:
    assert evenly_spaced(np.arange(100, 110), 1).tolist() == [105]
    assert evenly_spaced(np.arange(100, 110), 5).tolist() == [101, 103, 105, 107, 109]


def test_what_a_points_file_cannot_do_is_said(tmp_path: Path, known: Path) -> None:
    path = worms(tmp_path)
    with pytest.raises(SettingError, match="zephir tracks in images"):
        benchmark(path, preset="zephir", references=(1,))
    with pytest.raises(InputError, match=r"truth\.csv: it is no points file"):
        benchmark(path, known, references=(1,))
    with pytest.raises(InputError, match="it holds 12 volumes"):
        benchmark(path, references=(12,))
    with pytest.raises(SettingError, match="--partial is 12"):
        benchmark(path, references=(1,), partial=(12,))


def test_settings_that_cannot_be_meant_are_refused(stack: Path, known: Path) -> None:
    for changes, said in (
        ({"tolerance_px": 0.0}, "--tolerance is 0"),
        ({"references": (0,)}, "--references must"),
        ({"partial": (-1,)}, "--partial must"),
        ({"frames": 0}, "--frames is 0"),
        ({"partial": (3,)}, "--partial is 3"),
        ({"preset": "other"}, "--preset"),
    ):
        with pytest.raises(SettingError, match=said):
            benchmark(stack, known, **({"references": (1,)} | changes))
    with pytest.raises(SettingError, match="--truth is missing"):
        benchmark(stack)


def test_more_references_than_annotated_frames_are_refused(stack: Path, known: Path) -> None:
    with pytest.raises(InputError, match=r"8 of the frames have .*at least 9"):
        benchmark(stack, known, (1, 9))


def test_frames_where_parts_are_out_of_sight_serve_as_references_if_need_be(
    stack: Path, tmp_path: Path, tracked_as: Any
) -> None:
    every = annotations()
    hidden = (every.keypoint == 2) & (every.frame > 1)
    write_keypoints(tmp_path / "truth.csv", every.chosen(~hidden))
    tracked_as(TRUTH)
    assert set(scores(stack, tmp_path / "truth.csv")["reference_frames"]) == {0, 1}
    (row,) = benchmark(stack, tmp_path / "truth.csv", (3,))["rows"]
    assert row["accuracy"] == 1


def test_keypoints_that_come_and_go_are_followed_from_where_they_are(
    stack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with cells: one is born after the reference, and can only be missing."""
    every = annotations()
    write_keypoints(tmp_path / "t.csv", every.chosen((every.keypoint < 2) | (every.frame > 5)))

    def perfect(*told: Any, **_: Any) -> Tracks:
        names = told[2].names
        found = TRUTH[:, [["nose", "ear", "tail"].index(name) for name in names]]
        return Tracks(found, np.ones(found.shape[:2]), np.zeros(found.shape[:2], np.int8))

    monkeypatch.setattr(track_benchmark_rows, "track_video", perfect)
    monkeypatch.setattr(track_benchmark, "frames_to_annotate", lambda *_: np.array([0, 1]))
    row = scores(stack, tmp_path / "t.csv")
    assert (row["missing"], row["identity_switches"]) == (2, 0)
    assert row["accuracy"] == pytest.approx(12 / 14)


def test_the_same_seed_gives_the_same_rows(stack: Path, known: Path) -> None:
    def measured() -> list[dict[str, Any]]:
        rows = benchmark(stack, known, (1,), partial=(1,), frames=3, seed=3, radius=4.0)["rows"]
        return [{k: v for k, v in row.items() if "seconds" not in k and "mb" not in k}
                for row in rows]  # fmt: skip

    assert measured() == measured()


def test_figures_and_a_movie_are_drawn_and_nothing_foreign_is_replaced(
    stack: Path, known: Path, tmp_path: Path, tracked_as: Any
) -> None:
    tracked_as(np.where(np.arange(PARTS)[:, None] == 1, TRUTH + 9, TRUTH))
    folder = tmp_path / "figures"
    for _ in range(2):  # earlier ones of ours are replaced
        told = benchmark(stack, known, (1, 2), partial=(0, 1), figures=folder)
    assert [Path(path).name for path in told["figures"]] == [
        "tracking.png", "tracking.svg", "tracks.mp4",
    ]  # fmt: skip
    with av.open(str(folder / "tracks.mp4")) as movie:
        pictures = [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]
    assert len(pictures) == FRAMES
    assert (np.ptp(pictures[0], axis=2) > 60).sum() > 100  # coloured rings and crosses
    (folder / "tracks.mp4").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="did not draw"):
        benchmark(stack, known, (1,), figures=folder)
    assert (folder / "tracks.mp4").read_text(encoding="utf-8") == "mine"


def test_the_command_line_writes_json_or_tables(
    stack: Path, known: Path, tmp_path: Path, tracked_as: Any
) -> None:
    tracked_as(TRUTH)
    words = ["track", "benchmark", str(stack), "--truth", str(known), "--references", "1,2"]
    words += ["--partial", "0,1", "--tolerance", "4", "--preset", "default", "--seed", "1"]
    done = CliRunner().invoke(app, [*words, "--json", str(tmp_path / "out.json")])
    assert done.exit_code == 0, done.output
    rows = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["rows"]
    assert [row["accuracy"] for row in rows] == [1, 1, 1, 1]
    done = CliRunner().invoke(app, [*words, "--json", "-"])
    assert json.loads(done.stdout)["rows"][0]["references"] == 1
    done = CliRunner().invoke(app, [*words, "--json", str(tmp_path / "out.json")])
    assert isinstance(done.exception, InputError)
    done = CliRunner().invoke(app, [*words, "--figures", str(tmp_path / "drawn")])
    assert done.exit_code == 0, done.output
    assert done.stdout.count("1.000") >= 4
    assert "tracks.mp4" in done.stdout
