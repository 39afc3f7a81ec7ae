"""From a video, and perhaps a few annotated frames, to keypoints to begin with, by the verb."""

import json
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import tifffile
from PIL import Image
from scipy.spatial.distance import cdist
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.simulate.deforming_settings import EASY
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.workflows.track_detect import detect, matched

MADE = replace(EASY, frames=4, points=25, planes=14, height=88, width=144, seed=5)
VIDEO = simulate_deforming_volume(MADE)
TRUTH = np.stack([VIDEO.truth(frame).positions for frame in range(MADE.frames)])
SIZE = MADE.voxel_size_um
READ = {"axes": "tczyx", "pixel_size_um": SIZE}


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "worm.h5"
    with h5py.File(path, "w") as file:
        file["data"] = np.stack([VIDEO.frame(frame) for frame in range(MADE.frames)])
    return path


def annotated(path: Path, frames: tuple[int, ...], annotator: str = "anna", score=np.nan) -> Path:
    rows = len(frames) * MADE.points
    keypoints = KeypointSet(
        names=tuple(f"neuron {index}" for index in range(MADE.points)),
        source="",
        format="csv",
        frame=np.repeat(frames, MADE.points),
        keypoint=np.tile(np.arange(MADE.points), len(frames)),
        position=TRUTH[list(frames)].reshape(-1, 3),
        score=np.broadcast_to(score, rows),
        hidden=np.zeros(rows, bool),
        author=np.zeros(rows, np.int64),
        authors=(Author(annotator, "" if annotator else "a tool"),),
    )
    write_keypoints(path, check_keypoints(keypoints))
    return path


def found_near(truth, path: str, frame: int = 0) -> tuple[float, float]:
    """Recall and precision within 5 pixels."""
    keypoints = open_keypoints(path)
    found = keypoints.position[keypoints.frame == frame]
    right = matched(truth, found, SIZE)
    return right / len(truth), right / len(found)


def test_keypoints_are_proposed_from_nothing(video: Path) -> None:
    told = detect(video, **READ)
    assert told["output"] == str(video.with_name("worm_points_sightline.csv"))
    assert min(found_near(TRUTH[0], told["output"])) > 0.9
    keypoints = open_keypoints(told["output"])
    assert keypoints.names[:2] == ("point 1", "point 2")
    assert not keypoints.by_person.any()
    assert {author.tool for author in keypoints.authors} == {"Sightline"}
    assert (np.diff(keypoints.score) <= 0).all()
    assert told["radius"] == pytest.approx(MADE.radius_um, rel=0.25)
    assert told["trained_on"] == []


def test_a_detector_is_trained_on_what_is_annotated(video: Path, tmp_path: Path) -> None:
    known = annotated(tmp_path / "anna.csv", (0, 2, 3))
    told = detect(video, frames=(1,), annotations=known, **READ)
    assert min(found_near(TRUTH[1], told["output"], 1)) > 0.9
    assert told["trained_on"] == told["held_out"] == [0, 2, 3]
    assert told["recall"] > 0.9
    assert told["precision"] > 0.9
    assert told["share_annotated"] > 0.9
    score = open_keypoints(told["output"]).score
    assert ((score >= 0.5) & (score <= 1)).all()


def test_one_annotated_frame_leaves_none_out(video: Path, tmp_path: Path) -> None:
    told = detect(video, annotations=annotated(tmp_path / "anna.csv", (2,)), **READ)
    assert told["trained_on"] == [2]
    assert "recall" not in told


def test_what_a_machine_said_teaches_nothing_where_a_person_spoke(
    video: Path, tmp_path: Path
) -> None:
    known = annotated(tmp_path / "anna.csv", (0, 2))
    lines = known.read_text(encoding="utf-8").splitlines()
    of_two = [line.replace("anna,", ",a tool") if line.startswith("2,") else line for line in lines]
    known.write_text("\n".join(of_two) + "\n", encoding="utf-8")
    assert detect(video, annotations=known, **READ)["trained_on"] == [0]


def test_only_so_many_are_given_in_each_frame(video: Path) -> None:
    told = detect(video, frames=(2, 0, 2), number=7, radius=1.5, **READ)
    assert told["frames"] == [0, 2]
    assert told["detections"] == [7, 7]
    keypoints = open_keypoints(told["output"])
    assert len(keypoints.names) == 14
    assert keypoints.names[7] == "frame 2 point 1"
    assert any("no identity" in note for note in told["notes"])


def test_points_from_elsewhere_replace_ours(video: Path, tmp_path: Path) -> None:
    points = annotated(tmp_path / "theirs.csv", (0, 1), annotator="", score=0.8)
    told = detect(video, points=points, **READ)
    found = open_keypoints(told["output"])
    assert told["radius"] is None
    order = np.lexsort(found.position.T), np.lexsort(TRUTH[0].T)
    np.testing.assert_array_equal(found.position[order[0]], TRUTH[0][order[1]])
    assert (found.score == 0.8).all()
    with pytest.raises(InputError, match="nothing was detected in frame 3"):
        detect(video, tmp_path / "new.csv", frames=(3,), points=points, **READ)


def label_image(truth) -> np.ndarray:
    grid = np.stack(np.indices((MADE.planes, MADE.height, MADE.width)), -1).reshape(-1, 3)
    apart = cdist(grid * SIZE, truth * SIZE)
    near = np.where(apart.min(axis=1) < 1.8, apart.argmin(axis=1) + 1, 0)
    return near.reshape(MADE.planes, MADE.height, MADE.width).astype(np.uint16)


@pytest.mark.parametrize(
    ("frames", "axes"), [(1, "TZYX"), (MADE.frames, "TZYX"), (MADE.frames, "ZCYX")]
)
def test_label_images_give_their_centroids_whatever_their_axes_are_called(
    video: Path, tmp_path: Path, frames: int, axes: str
) -> None:
    labels = np.stack([label_image(TRUTH[frame]) for frame in range(frames)])
    path = tmp_path / "labels.tif"
    tifffile.imwrite(path, labels, imagej=True, metadata={"axes": axes})
    told = detect(video, labels=path, **READ)
    assert min(found_near(TRUTH[0], told["output"])) > 0.95


def test_peaks_of_probability_maps_join_ours(video: Path, tmp_path: Path) -> None:
    maps = (label_image(TRUTH[0][:20]) > 0).astype(np.float32)[None] * 0.9
    lonely = (0, slice(2, 5), slice(2, 7), slice(130, 135))
    maps[lonely] = 0.7
    path = tmp_path / "maps.npy"
    np.save(path, maps)
    read = {**READ, "radius": 1.5}
    alone = detect(video, tmp_path / "alone.csv", probability=path, **read)
    assert found_near(TRUTH[0][:20], alone["output"])[0] > 0.9
    own = detect(video, tmp_path / "own.csv", **read)
    both = detect(video, tmp_path / "both.csv", probability=path, join=True, **read)
    assert found_near(TRUTH[0], both["output"])[0] >= found_near(TRUTH[0], own["output"])[0]
    assert own["detections"][0] < both["detections"][0] <= own["detections"][0] + 4
    near = np.linalg.norm(open_keypoints(both["output"]).position - (3, 4, 132), axis=1)
    assert near.min() < 2


def test_a_function_can_detect(video: Path) -> None:
    told = detect(video, function=lambda frame: [[0, 1, frame.shape[-1] - 9]], **READ)
    np.testing.assert_array_equal(open_keypoints(told["output"]).position, [[0, 1, MADE.width - 9]])


def test_the_picture_shows_the_frame(video: Path, tmp_path: Path) -> None:
    told = detect(video, picture=tmp_path / "seen.png", **READ)
    with Image.open(told["picture"]) as image:
        width, height = image.size
        assert len(image.convert("RGB").getcolors(1 << 24) or ()) > 50
    assert width > height > 400


def test_results_take_the_annotations_form_or_the_one_asked_for(
    video: Path, tmp_path: Path
) -> None:
    known = annotated(tmp_path / "anna.csv", (0,))
    told = detect(video, tmp_path / "zephir", annotations=known, to="zephir", **READ)
    assert open_keypoints(told["output"], image_shape=(14, 88, 144)).format == "zephir"


def test_nothing_is_written_over(video: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken.csv"
    taken.write_text("mine")
    for where in ({"output": taken}, {"picture": taken}):
        with pytest.raises(InputError, match="is there already"):
            detect(video, **where, **READ)
    assert taken.read_text() == "mine"
    assert not video.with_name("worm_points_sightline.csv").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"frames": (4,)}, "frames 0 to 3"),
        ({"frames": (-1,)}, "frames 0 to 3"),
        ({"frames": ()}, "frames 0 to 3"),
        ({"number": 0}, "--number is 0"),
        ({"radius": 0.0}, "--radius is 0"),
        ({"radius": float("nan")}, "--radius is nan"),
        ({"least_probability": 1.5}, "--least-probability is 1.5"),
        ({"to": "psd"}, "must be one of"),
    ],
)
def test_settings_are_checked(video: Path, wrong, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        detect(video, **{**READ, **wrong})


def test_images_of_another_size_are_refused(video: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "maps.npy", np.zeros((1, 14, 88, 100), np.float32))
    with pytest.raises(InputError, match=r"14 x 88 x 144 \(z, y, x\)"):
        detect(video, probability=tmp_path / "maps.npy", radius=1.5, **READ)


def test_what_is_no_probability_is_said_with_its_file(video: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "maps.npy", np.full((1, 14, 88, 144), 255, np.float32))
    with pytest.raises(SettingError, match=r"maps\.npy: .*from 0 to 1"):
        detect(video, probability=tmp_path / "maps.npy", radius=1.5, **READ)


def test_a_frame_without_blobs_asks_for_a_radius(tmp_path: Path) -> None:
    path = tmp_path / "dark.h5"
    with h5py.File(path, "w") as file:
        file["data"] = np.zeros((2, 1, 4, 30, 30), np.float32)
    with pytest.raises(SettingError, match="give one"):
        detect(path, axes="tczyx")
    with pytest.raises(InputError, match="nothing was detected"):
        detect(path, axes="tczyx", radius=2.0)


def test_the_command_line_says_the_same(video: Path, tmp_path: Path) -> None:
    known = annotated(tmp_path / "anna.csv", (0, 2))
    words = ["track", "detect", str(video), "-a", str(known), "--frame", "1", "--frame", "3"]
    words += ["--axes", "tczyx", "--pixel-size", "1.5,0.6,0.6", "-o", str(tmp_path / "d.csv")]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["frames"] == [1, 3]
    assert told["recall"] > 0.9
    assert min(found_near(TRUTH[3], told["output"], 3)) > 0.9
