"""What every format keeps of keypoints: one set of tests, all formats, written and read back."""

import contextlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from keypoints_made import by, made

from sightline.data.keypoints import Author, KeypointSet
from sightline.errors import InputError, SettingError
from sightline.formats.keypoints.open_keypoints import keypoint_format, open_keypoints
from sightline.formats.keypoints.write_keypoints import (
    CARRIED,
    WRITERS,
    path_beside,
    write_keypoints,
)

ENDINGS = {
    "csv": ".csv",
    "deeplabcut": ".csv",
    "sleap": ".slp",
    "sleap-analysis": ".h5",
    "nwb": ".nwb",
}
CASES = [*((form, ENDINGS.get(form, "")) for form in WRITERS), ("deeplabcut", ".h5")]
# Positions come back bit for bit, but for these, to within so many pixels.
WITHIN = {"zephir": 64 / 2**24, "ctc": 0.5}


@pytest.fixture(params=CASES, ids="".join)
def case(request: pytest.FixtureRequest) -> tuple[str, str]:
    if request.param[0] == "nwb":
        pytest.importorskip("ndx_pose", reason="NWB poses are written by pynwb and ndx-pose")
    return request.param


def fitting(form: str) -> KeypointSet:
    """Keypoints that a format can hold without refusing."""
    keypoints = made(depth="z" in CARRIED[form])
    if form == "ctc":  # each keypoint wants a voxel of its own
        keypoints = replace(keypoints, position=np.round(keypoints.position))
        order = np.argsort(keypoints.keypoint, kind="stable")
        assert len(order) == len(keypoints)
    if form == "deeplabcut":
        return by(keypoints, Author("", "DLC_net"))
    return keypoints


def written(form: str, ending: str, keypoints: KeypointSet, folder: Path) -> Path:
    path = folder / f"result{ending}"
    write_keypoints(path, keypoints, form)
    return path


def again(form: str, ending: str, keypoints: KeypointSet, folder: Path) -> KeypointSet:
    return open_keypoints(
        written(form, ending, keypoints, folder), image_shape=keypoints.image_shape
    )


def test_the_format_is_known_from_the_content(case: tuple[str, str], tmp_path: Path) -> None:
    path = written(*case, fitting(case[0]), tmp_path)
    assert keypoint_format(path)[0] == case[0]
    if path.is_file():
        renamed = path.rename(tmp_path / "renamed")
        assert keypoint_format(renamed)[0] == case[0]


def test_frames_and_positions_come_back(case: tuple[str, str], tmp_path: Path) -> None:
    keypoints = fitting(case[0])
    read = again(*case, keypoints, tmp_path)
    assert read.format == case[0]
    np.testing.assert_array_equal(read.frame, keypoints.frame)
    np.testing.assert_array_equal(read.keypoint, keypoints.keypoint)
    np.testing.assert_allclose(
        read.position, keypoints.position, rtol=0, atol=WITHIN.get(case[0], 0)
    )


def test_positions_at_whole_numbers_come_back_as_they_were(
    case: tuple[str, str], tmp_path: Path
) -> None:
    keypoints = fitting(case[0])
    keypoints = replace(keypoints, position=np.round(keypoints.position))
    within = 64 / 2**24 if case[0] == "zephir" else 0
    read = again(*case, keypoints, tmp_path)
    np.testing.assert_allclose(read.position, keypoints.position, rtol=0, atol=within)


def test_what_a_format_claims_to_carry_it_does(case: tuple[str, str], tmp_path: Path) -> None:
    keypoints = fitting(case[0])
    read = again(*case, keypoints, tmp_path)
    carried = CARRIED[case[0]]
    if "names" in carried and case[0] != "zephir":  # which cuts them, as its own test tells
        assert read.names == keypoints.names
    if "scores" in carried:
        np.testing.assert_array_equal(np.where(read.by_person, np.nan, read.score), keypoints.score)
    if "visibility" in carried:
        np.testing.assert_array_equal(read.hidden, keypoints.hidden)
    if "person or machine" in carried:
        np.testing.assert_array_equal(read.by_person, keypoints.by_person)
    if "annotators" in carried:
        said = [read.authors[number].annotator for number in read.author]
        assert said == [keypoints.authors[number].annotator for number in keypoints.author]
    if "skeleton" in carried:
        assert read.edges == keypoints.edges
    if "symmetries" in carried:
        assert read.symmetries == keypoints.symmetries
    if "frame names" in carried:
        used = np.unique(keypoints.frame)
        assert [read.frame_names[n] for n in used] == [keypoints.frame_names[n] for n in used]


def test_what_is_lost_is_told_and_nothing_else(case: tuple[str, str], tmp_path: Path) -> None:
    told = " ".join(write_keypoints(tmp_path / f"all{case[1]}", fitting(case[0]), case[0]))
    lost = told.partition("does not carry ")[2].partition(".")[0]
    for part in ("scores", "visibility", "skeleton", "symmetries", "frame names"):
        there = part != "scores" or np.isfinite(fitting(case[0]).score).any()
        assert (part in lost) == (part not in CARRIED[case[0]] and bool(there)), part


def test_read_and_written_again_nothing_changes(case: tuple[str, str], tmp_path: Path) -> None:
    first = again(*case, fitting(case[0]), tmp_path)
    (tmp_path / "again").mkdir()
    second = again(*case, first, tmp_path / "again")
    for name in ("frame", "keypoint", "position", "score", "hidden", "author"):
        np.testing.assert_array_equal(getattr(second, name), getattr(first, name))
    for name in (
        "names",
        "authors",
        "edges",
        "symmetries",
        "frame_names",
        "image_shape",
        "colours",
    ):
        assert getattr(second, name) == getattr(first, name)


def test_nothing_is_ever_written_over(case: tuple[str, str], tmp_path: Path) -> None:
    path = written(*case, fitting(case[0]), tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    with pytest.raises(InputError, match="there already"):
        write_keypoints(path, fitting(case[0]), case[0])
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_a_name_beside_the_original_is_free_and_of_the_same_kind(
    case: tuple[str, str], tmp_path: Path
) -> None:
    read = open_keypoints(written(*case, fitting(case[0]), tmp_path), image_shape=(6, 48, 64)) \
        if "z" in CARRIED[case[0]] else again(*case, fitting(case[0]), tmp_path)  # fmt: skip
    beside = path_beside(read)
    assert not beside.exists()
    assert beside.parent == Path(read.source).parent
    write_keypoints(beside, read)
    assert keypoint_format(beside)[0] == case[0]


def test_markup_in_names_is_text_and_comes_back(case: tuple[str, str], tmp_path: Path) -> None:
    keypoints = fitting(case[0])
    hostile = ("<b>x", "=1+1", '"q",', "'); --", "../up", "{{7*7}}", "ä<ß>", "&lt;")
    names = tuple(name.replace("/", "_") for name in hostile)
    keypoints = replace(keypoints, names=names, edges=(), symmetries=())
    read = again(*case, keypoints, tmp_path)
    if "names" in CARRIED[case[0]]:
        assert read.names == names
    np.testing.assert_array_equal(read.keypoint, keypoints.keypoint)


def test_a_truncated_file_is_one_clear_error(case: tuple[str, str], tmp_path: Path) -> None:
    path = written(*case, fitting(case[0]), tmp_path)
    files = [path] if path.is_file() else sorted(f for f in path.iterdir() if f.is_file())
    whole = {file: file.read_bytes() for file in files}
    # A table of text that is cut at the end of a line is a table.
    for kept in [0.0] if path.suffix == ".csv" else [0.0, 0.3, 0.9]:
        for file, content in whole.items():
            file.write_bytes(content[: int(len(content) * kept)])
        with pytest.raises(InputError) as told:
            open_keypoints(path, image_shape=fitting(case[0]).image_shape)
        assert "result" in str(told.value)


def test_damage_anywhere_is_an_error_of_ours_or_none(case: tuple[str, str], tmp_path: Path) -> None:
    path = written(*case, fitting(case[0]), tmp_path)
    files = [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.is_file())
    rng = np.random.default_rng(0)
    for _ in range(20):
        file = files[rng.integers(len(files))]
        whole = file.read_bytes()
        damaged = bytearray(whole)
        for place in rng.integers(len(whole), size=4):
            damaged[place] = rng.integers(256)
        file.write_bytes(damaged)
        with contextlib.suppress(InputError):
            open_keypoints(path, image_shape=fitting(case[0]).image_shape)
        file.write_bytes(whole)


@pytest.mark.parametrize("form", [form for form in WRITERS if "z" not in CARRIED[form]])
def test_flat_formats_refuse_depth_rather_than_lose_it(form: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="have a z"):
        write_keypoints(tmp_path / "result", made(depth=True), form)
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="must be one of csv"):
        write_keypoints(tmp_path / "result", made(), "made")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"a,b,c\n1,2,3\n", "its first line is 'a,b,c'"),
        (b"\x80\x05K\x01.\0\0", "no known format"),
        (b"{}", "its first line"),
    ],
)
def test_what_is_none_of_these_is_said_so(content: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(InputError, match=told):
        open_keypoints(tmp_path / "file")


def test_a_file_that_is_not_there_and_an_empty_folder_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_keypoints(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="holds none of these"):
        open_keypoints(tmp_path)
