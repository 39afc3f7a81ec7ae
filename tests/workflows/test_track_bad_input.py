"""What tracking makes of bad input: one clear sentence, or a result that says what it is."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sightline import cli
from sightline.data.keypoints import KeypointSet, check_keypoints
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.open_keypoints import open_keypoints
from sightline.formats.keypoints.write_keypoints import write_keypoints
from sightline.simulate.animal_settings import ONE_MOUSE
from sightline.simulate.animal_video import simulate_animal_video
from sightline.simulate.deforming_settings import EASY
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.simulate.truth import WithTruth, true_keypoints
from sightline.workflows.track_recommend import recommend
from sightline.workflows.track_run import run as run_on_all_cores

run = partial(run_on_all_cores, workers=1)

WORM = simulate_deforming_volume(
    replace(EASY, frames=5, points=8, planes=8, height=48, width=64, seed=3)
)
MOUSE = simulate_animal_video(
    replace(ONE_MOUSE, frames=5, height=64, width=96, length_px=24, roam=0.5, seed=1)
)
VOLUMES: NDArray[np.float32] = WORM.read(0, 5)
IMAGES: NDArray[np.uint8] = MOUSE.read(0, 5)
AS_VOLUMES = {"axes": "tczyx", "pixel_size_um": WORM.settings.voxel_size_um}
AS_IMAGES = {"axes": "tyx"}
MARKUP = "<script>alert(1)</script>"
TERMINAL_MARKUP = "[bold red]x[/]"


def write_volumes(folder: Path, frames: NDArray[Any] = VOLUMES, name: str = "worm.h5") -> Path:
    with h5py.File(folder / name, "w") as file:
        file["data"] = frames
    return folder / name


def write_images(folder: Path, frames: NDArray[Any] = IMAGES) -> Path:
    np.save(folder / "mouse.npy", frames)
    return folder / "mouse.npy"


def annotate(
    folder: Path,
    source: WithTruth = WORM,
    frames: tuple[int, ...] = (0, 3),
    names: tuple[str, ...] = (),
    to: str = "csv",
) -> Path:
    """Write the truth of some frames as annotations; of an animal its first parts alone."""
    said = only(true_keypoints(source, frames, "anna"), 3 if source is MOUSE else 8)
    if names:
        said = check_keypoints(replace(said, names=names))
    path = folder / {"csv": "anna.csv", "deeplabcut": "anna.h5"}.get(to, f"anna-{to}")
    write_keypoints(path, said, to)
    return path


def write_rows(folder: Path, *rows: str, header: str = "frame,keypoint,z,y,x") -> Path:
    path = folder / "points.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def dense(path: str | Path, frames: int = 5) -> NDArray[np.float64]:
    return open_keypoints(path).dense(np.arange(frames))


def off_the_truth(found: NDArray[np.float64], source: WithTruth) -> NDArray[np.float64]:
    """(frame, keypoint) distance in pixels."""
    truth = np.array([source.truth(frame).positions for frame in range(len(found))])
    return np.linalg.norm(found - truth[:, : found.shape[1]], axis=2)


def machine_positions(told: dict[str, Any]) -> int:
    return told["seen"] + told["hidden"] + told["left_the_view"] + told["not_tracked"]


def only(keypoints: KeypointSet, count: int) -> KeypointSet:
    """The same with the first keypoints alone."""
    rows = np.flatnonzero(keypoints.keypoint < count)
    return check_keypoints(
        replace(
            keypoints,
            names=keypoints.names[:count],
            frame=keypoints.frame[rows],
            keypoint=keypoints.keypoint[rows],
            position=keypoints.position[rows],
            score=keypoints.score[rows],
            hidden=keypoints.hidden[rows],
            author=keypoints.author[rows],
            edges=(),
            symmetries=(),
        )
    )


# --- no reference frame


@pytest.mark.parametrize("rows", [[], ["0,a,,,", "1,b,,,"]])
def test_annotations_without_a_position_are_refused(tmp_path: Path, rows: list[str]) -> None:
    with pytest.raises(InputError, match=r"points\.csv: .*[Aa]nnotate one"):
        run(write_volumes(tmp_path), write_rows(tmp_path, *rows), **AS_VOLUMES)
    assert not list(tmp_path.glob("*.sightline"))


def test_without_a_reference_frame_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    path = write_rows(tmp_path, "0,a,3,20,30", "1,b,3,20,30", "2,c,3,20,30")
    with pytest.raises(InputError, match=r"no frame has more than 1 of the 3 .* track recommend"):
        run(write_volumes(tmp_path), path, **AS_VOLUMES)
    told = recommend(tmp_path / "worm.h5", 2, annotations=path, axes="tczyx")
    assert len(told["frames"]) == 2


def test_frames_to_skip_must_be_there(tmp_path: Path) -> None:
    video, path = write_volumes(tmp_path), annotate(tmp_path)
    for skip in (77, -1):
        with pytest.raises(SettingError, match=rf"skip is {skip}; .* between 0 and 4"):
            run(video, path, skip=[skip], **AS_VOLUMES)
        with pytest.raises(SettingError, match=rf"skip is {skip}"):
            recommend(video, 2, skip=[skip], axes="tczyx")


def test_a_video_of_one_frame_has_nothing_to_track(tmp_path: Path) -> None:
    video, path = write_volumes(tmp_path, VOLUMES[:1]), annotate(tmp_path, frames=(0,))
    told = run(video, path, **AS_VOLUMES)
    assert (told["frames"], machine_positions(told), told["score"]) == (1, 0, None)
    np.testing.assert_array_equal(dense(told["output"], 1), dense(path, 1))


# --- one keypoint, duplicates


def test_one_keypoint_alone_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    write_keypoints(path, only(true_keypoints(WORM, (0, 3), "anna"), 1))
    told = run(write_volumes(tmp_path), path, **AS_VOLUMES)
    assert machine_positions(told) == 3
    assert off_the_truth(dense(told["output"]), WORM).max() < 2


def test_one_keypoint_of_a_flat_video_is_followed_or_missing(tmp_path: Path) -> None:
    path = write_rows(tmp_path, "0,a,30,40", header="frame,keypoint,y,x")
    told = run(write_images(tmp_path), path, **AS_IMAGES)
    assert machine_positions(told) == 4
    found = dense(told["output"])[:, 0]
    assert np.isfinite(found).all(axis=1).sum() == 1 + told["seen"] + told["hidden"]
    np.testing.assert_array_equal(found[0], (0, 30, 40))


def test_an_identity_that_comes_twice_in_a_frame_is_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path, "0,a,3,20,30", "0,a,3,25,30", "0,b,3,10,10")
    for verb in (run, recommend):
        with pytest.raises(InputError, match="'a' comes twice in frame 0"):
            verb(write_volumes(tmp_path), annotations=path, **AS_VOLUMES)


@pytest.mark.parametrize("flat", [False, True])
def test_two_keypoints_at_one_place_have_a_position_each(tmp_path: Path, flat: bool) -> None:
    path = write_rows(tmp_path, "0,a,0,20,30", "0,b,0,20,30")
    video, read_as = write_volumes(tmp_path), AS_VOLUMES
    if flat:
        video, read_as = write_images(tmp_path), AS_IMAGES
    told = run(video, path, **read_as)
    assert machine_positions(told) == 8
    assert open_keypoints(told["output"]).names == ("a", "b")


# --- positions outside, no numbers


def test_a_position_outside_of_the_volume_is_kept_and_said(tmp_path: Path) -> None:
    path = annotate(tmp_path, frames=(0,))
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(lines[0].split(","), lines[1].split(","), strict=True)) | {"y": "500"}
    path.write_text("\n".join([lines[0], ",".join(cells.values()), *lines[2:]]), encoding="utf-8")
    told = run(write_volumes(tmp_path), path, **AS_VOLUMES)
    assert any("1 positions lie outside of the image" in note for note in told["notes"])
    found = dense(told["output"])
    assert found[0, 0, 1] == 500
    inside = found[1:, 0] < np.array(VOLUMES.shape[2:])
    assert inside.all() or np.isnan(found[1:, 0]).any()
    assert np.median(off_the_truth(found, WORM)[1:, 1:]) < 1


def test_positions_that_all_lie_outside_are_of_another_video(tmp_path: Path) -> None:
    path = write_rows(tmp_path, "0,a,3,2000,30", "0,b,-40,10,10")
    for verb in (run, recommend):
        with pytest.raises(InputError, match=r"all 2 positions lie outside .* 8 x 48 x 64"):
            verb(write_volumes(tmp_path), annotations=path, **AS_VOLUMES)
    with pytest.raises(InputError, match="all 16 positions lie outside"):
        run(write_images(tmp_path), annotate(tmp_path), **AS_IMAGES)


@pytest.mark.parametrize("value", ["nan", "inf", "", "1e400", "abc"])
def test_coordinates_that_are_no_numbers_are_refused(tmp_path: Path, value: str) -> None:
    path = write_rows(tmp_path, f"0,a,3,{value},30", "0,b,3,25,30")
    with pytest.raises(InputError, match=r"points\.csv: .*expected (a number|numbers)"):
        run(write_volumes(tmp_path), path, **AS_VOLUMES)


@pytest.mark.parametrize("value", ["-1", "1.5", "nan", "9" * 20])
def test_frames_that_are_no_frames_are_refused(tmp_path: Path, value: str) -> None:
    path = write_rows(tmp_path, f"{value},a,3,20,30", "0,b,3,25,30")
    with pytest.raises(InputError, match=r"points\.csv: .*from 0"):
        run(write_volumes(tmp_path), path, **AS_VOLUMES)


def test_pixels_that_are_no_numbers_do_not_reach_other_frames(tmp_path: Path) -> None:
    hurt = VOLUMES.copy()
    hurt[1, 0, 0] = np.inf
    hurt[2] = np.nan
    hurt[4, 0, :, :3] = -np.inf
    told = run(write_volumes(tmp_path, hurt), annotate(tmp_path), **AS_VOLUMES)
    assert told["seen"] <= 16  # none of them in the frame that is not there
    assert (off_the_truth(dense(told["output"]), WORM)[[1, 4]] < 5).mean() > 0.8
    assert len(recommend(tmp_path / "worm.h5", 2, axes="tczyx")["frames"]) == 2


def test_pixels_of_a_flat_video_that_are_no_numbers_do_not_reach_other_frames(
    tmp_path: Path,
) -> None:
    path = annotate(tmp_path, MOUSE)
    plain = run(write_images(tmp_path), path, tmp_path / "plain.csv", **AS_IMAGES)
    hurt = IMAGES.astype(np.float32)
    hurt[2, 60:] = np.nan
    hurt[2, :2] = np.inf
    (tmp_path / "hurt").mkdir()
    path = annotate(tmp_path / "hurt", MOUSE)
    told = run(write_images(tmp_path / "hurt", hurt), path, **AS_IMAGES)
    assert told["not_tracked"] == plain["not_tracked"]
    found, wanted = dense(told["output"])[[1, 4]], dense(plain["output"])[[1, 4]]
    apart = np.linalg.norm(found - wanted, axis=2)
    assert (apart[np.isfinite(apart)] < 3).mean() > 0.8


# --- sizes, truncated and lying files


def test_images_of_other_sizes_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for number, image in enumerate(IMAGES):
        shown = image if number != 3 else image[:50, :70]
        Image.fromarray(shown).save(folder / f"img{number:03d}.png")
    with pytest.raises(InputError, match=r"img003\.png: it is of 70 x 50 .* 96 x 64"):
        run(folder, annotate(tmp_path, MOUSE))
    with pytest.raises(InputError, match=r"img003\.png"):
        recommend(folder, 2)


def test_annotations_of_images_of_another_size_are_refused(tmp_path: Path) -> None:
    path = annotate(tmp_path, to="zephir")
    shape = dict(zip(("t", "c", "z", "y", "x"), VOLUMES.shape, strict=True)) | {"x": 63}
    told = {f"shape_{axis}": length for axis, length in shape.items()}
    (path / "metadata.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError, match=r"\(8, 48, 63\); expected \(8, 48, 64\)"):
        run(write_volumes(tmp_path), path, **AS_VOLUMES)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.95])
def test_a_truncated_video_is_said_to_be_one(tmp_path: Path, share: float) -> None:
    video, path = write_volumes(tmp_path), annotate(tmp_path)
    content = video.read_bytes()
    video.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError, match=r"worm\.h5: it cannot be read .*truncated"):
        run(video, path, **AS_VOLUMES)
    with pytest.raises(InputError, match=r"worm\.h5"):
        recommend(video, 2, axes="tczyx")


@pytest.mark.parametrize("to", ["zephir", "deeplabcut"])
def test_truncated_annotations_are_said_to_be_so(tmp_path: Path, to: str) -> None:
    path = annotate(tmp_path, MOUSE, to=to)
    file = path / "annotations.h5" if path.is_dir() else path
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"anna.*cannot be read"):
        run(write_images(tmp_path), path, **AS_IMAGES)


@pytest.mark.parametrize("change", [{"shape_x": 63}, {"shape_t": 50}, {"shape_z": None}, None])
def test_metadata_that_lie_about_the_shape_are_refused(
    tmp_path: Path, change: dict[str, Any] | None
) -> None:
    axes = zip(("t", "c", "z", "y", "x"), VOLUMES.shape, strict=True)
    told = {f"shape_{axis}": length for axis, length in axes} | (change or {})
    text = json.dumps(told) if change else "{"
    (tmp_path / "metadata.json").write_text(text, encoding="utf-8")
    video, path = write_volumes(tmp_path, name="data.h5"), annotate(tmp_path)
    with pytest.raises(InputError, match=r"metadata\.json: it (says|cannot be read)"):
        run(video, path)
    with pytest.raises(InputError, match=r"metadata\.json"):
        recommend(video, 2)


# --- names


def test_markup_in_a_name_is_only_text(tmp_path: Path) -> None:
    names = (MARKUP, TERMINAL_MARKUP, "a,b", '"q"', "=1+1", "{x}", "%s", "plain")
    told = run(write_volumes(tmp_path), annotate(tmp_path, names=names), **AS_VOLUMES)
    assert open_keypoints(told["output"]).names == names


@pytest.mark.parametrize("name", ["\x1b[31mred", "a\nb", "", " "])
def test_names_that_cannot_be_seen_are_refused(tmp_path: Path, name: str) -> None:
    quoted = f'"{name}"'
    path = write_rows(tmp_path, f"0,{quoted},3,20,30", "0,b,3,25,30")
    with pytest.raises(InputError) as said:
        run(write_volumes(tmp_path), path, **AS_VOLUMES)
    assert "\x1b" not in str(said.value)
    assert "\n" not in str(said.value)


def test_names_that_the_format_of_the_result_cuts_are_told(tmp_path: Path) -> None:
    names = tuple(f"a nucleus with a long name {number}" for number in range(8))
    path, target = annotate(tmp_path, names=names), tmp_path / "out"
    told = run(write_volumes(tmp_path), path, target, to="zephir", **AS_VOLUMES)
    (note,) = [note for note in told["notes"] if "cut" in note]
    assert names[7] in note
    kept = open_keypoints(target, image_shape=VOLUMES.shape[2:])
    assert len(set(kept.names)) == 8  # cut, but not confused
    before = dense(path)[[0, 3]]
    after = kept.dense(np.array([0, 3]))
    np.testing.assert_allclose(after, before, atol=1e-3)


# --- nothing to see


@pytest.mark.parametrize("value", [0, 7])
@pytest.mark.parametrize("flat", [False, True])
def test_in_a_constant_video_nothing_is_seen_and_what_was_said_stays(
    tmp_path: Path, flat: bool, value: int
) -> None:
    if flat:
        video, read_as = write_images(tmp_path, np.full_like(IMAGES, value)), AS_IMAGES
    else:
        video, read_as = write_volumes(tmp_path, np.full_like(VOLUMES, value)), AS_VOLUMES
    path = annotate(tmp_path, MOUSE if flat else WORM)
    told = run(video, path, **read_as)
    assert told["seen"] == 0
    assert machine_positions(told) == 3 * (3 if flat else 8)
    np.testing.assert_array_equal(dense(told["output"])[[0, 3]], dense(path)[[0, 3]])
    assert len(recommend(video, 2, axes=read_as["axes"])["frames"]) == 2


def test_in_one_empty_frame_nothing_is_seen_and_the_others_are_tracked(tmp_path: Path) -> None:
    gone = VOLUMES.copy()
    gone[2] = 0
    told = run(write_volumes(tmp_path, gone), annotate(tmp_path), **AS_VOLUMES)
    assert told["seen"] == 16
    assert (off_the_truth(dense(told["output"]), WORM)[[1, 4]] < 5).all()


def test_in_frames_that_are_all_the_same_points_stay_where_they_are(tmp_path: Path) -> None:
    video = write_volumes(tmp_path, np.repeat(VOLUMES[:1], 5, axis=0))
    path = annotate(tmp_path, frames=(0,))
    found = dense(run(video, path, **AS_VOLUMES)["output"])
    assert np.abs(found - found[0]).max() < 1


# --- the command line


Program = Callable[..., tuple[int, str, str]]


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    monkeypatch.chdir(tmp_path)

    def called(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sightline", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return called


def truncated(folder: Path) -> tuple[Path, Path]:
    video = write_volumes(folder)
    video.write_bytes(video.read_bytes()[:5000])
    return video, annotate(folder)


BAD: dict[str, Callable[[Path], tuple[Path, Path]]] = {
    "no position": lambda folder: (write_volumes(folder), write_rows(folder)),
    "twice": lambda folder: (
        write_volumes(folder),
        write_rows(folder, f"0,{TERMINAL_MARKUP},3,20,30", f"0,{TERMINAL_MARKUP},3,25,30"),
    ),
    "nan": lambda folder: (write_volumes(folder), write_rows(folder, "0,a,3,nan,30")),
    "outside": lambda folder: (write_volumes(folder), write_rows(folder, "0,a,3,999,30")),
    "truncated": truncated,
    "no video": lambda folder: (folder / "nothing.h5", annotate(folder)),
}


@pytest.mark.parametrize("case", BAD)
def test_the_command_line_ends_with_one_sentence_and_status_2(
    tmp_path: Path, program: Program, case: str
) -> None:
    video, path = BAD[case](tmp_path)
    for words in (
        ("run", video, "-a", path, "--axes", "tczyx"),
        ("recommend", video, "--annotations", path, "--axes", "tczyx"),
    ):
        code, out, err = program("track", *words)
        assert (code, out) == (2, "")
        assert err.startswith("sightline: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
        if case == "twice":
            assert TERMINAL_MARKUP in err  # as it is written, not obeyed
