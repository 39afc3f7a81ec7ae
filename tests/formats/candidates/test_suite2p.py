"""Suite2p folders of every age, whole and damaged; its verdicts, read and written."""

import os
import pathlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

from sightline.errors import InputError
from sightline.formats.candidates.suite2p import SUITE2P_USER, read_suite2p, write_iscell
from sightline.formats.candidates.suite2p_files import suite2p_planes

HEIGHT, WIDTH, FRAMES = 12, 9, 20


def regions() -> list[dict[str, Any]]:
    """Three regions; the last reaches the image's last pixel."""
    places = [([1, 1, 2], [2, 3, 2]), ([5, 6], [0, 0]), ([10, 11, 11], [8, 7, 8])]
    return [
        {
            "ypix": np.array(y),
            "xpix": np.array(x),
            "lam": np.arange(1, len(y) + 1, dtype=np.float32),
            "overlap": np.zeros(len(y), bool),
            "med": [y[0], x[0]],
            "skew": np.float32(1.5),
        }
        for y, x in places
    ]


def ops() -> dict[str, Any]:
    return {
        "Ly": HEIGHT,
        "Lx": np.int64(WIDTH),
        "fs": 15.5,
        "neucoeff": 0.5,
        "save_path": pathlib.PurePosixPath("/data"),
        "meanImg": np.arange(HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH),
        "yrange": [1, HEIGHT],
        "xrange": np.array([2, WIDTH - 1]),
        "max_proj": np.full((HEIGHT - 1, WIDTH - 3), 7.0, np.float32),
        "Vcorr": np.full((HEIGHT - 1, WIDTH - 3), 0.5),
    }


def traces() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    raw, around = rng.normal(100, 10, (2, 3, FRAMES)).astype(np.float32)
    return raw, around


def folder(path: Path, **changed: Any) -> Path:
    """A plane's folder; a file given as None is left out."""
    raw, around = traces()
    files = {
        "stat": np.array(regions(), object),
        "ops": ops(),
        "F": raw,
        "Fneu": around,
        "iscell": np.array([[1, 0.9], [0, 0.2], [1, 0.6]]),
    } | changed
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if content is not None:
            np.save(path / f"{name}.npy", content, allow_pickle=True)
    return path


def images(candidates: Any) -> np.ndarray:
    return candidates.footprints.toarray().reshape(-1, *candidates.image_shape)


# --- what is read


def test_footprints_traces_rate_and_images_are_read(tmp_path):
    raw, around = traces()
    read = read_suite2p(folder(tmp_path / "plane0"))
    expected = np.zeros((3, HEIGHT, WIDTH))
    for number, region in enumerate(regions()):
        expected[number, region["ypix"], region["xpix"]] = region["lam"]
    np.testing.assert_array_equal(images(read), expected)
    np.testing.assert_allclose(read.traces, raw - 0.5 * around, rtol=1e-5)
    assert (read.format, read.trace_kind, read.frame_rate_hz) == ("suite2p", "mean", 15.5)
    assert read.identities == ("0", "1", "2")
    np.testing.assert_array_equal(read.images["mean"], ops()["meanImg"])
    assert "F - 0.5 Fneu" in " ".join(read.notes)


def test_images_that_suite2p_cropped_lie_where_they_were_cropped(tmp_path):
    read = read_suite2p(folder(tmp_path / "plane0"))
    expected = np.zeros((HEIGHT, WIDTH))
    expected[1:HEIGHT, 2 : WIDTH - 1] = 7
    np.testing.assert_array_equal(read.images["maximum"], expected)
    np.testing.assert_array_equal(read.images["correlation"], expected / 14)


def test_the_four_files_of_version_1_say_the_same_as_ops(tmp_path):
    old = read_suite2p(folder(tmp_path / "old" / "plane0"))
    known = ops()
    new = folder(
        tmp_path / "new" / "plane0",
        ops=None,
        db={"Ly": known["Ly"], "Lx": known["Lx"]},
        settings={"fs": known["fs"], "extraction": {"neuropil_coefficient": 0.5}},
        reg_outputs={name: known[name] for name in ("meanImg", "yrange", "xrange")},
        detect_outputs={name: known[name] for name in ("max_proj", "Vcorr")},
    )
    read = read_suite2p(new)
    assert (read.image_shape, read.frame_rate_hz) == (old.image_shape, old.frame_rate_hz)
    np.testing.assert_array_equal(read.traces, old.traces)
    assert read.images.keys() == old.images.keys()
    for name, image in old.images.items():
        np.testing.assert_array_equal(read.images[name], image)


def test_the_matlab_export_says_the_same_as_the_folder(tmp_path):
    raw, around = traces()
    known = {**ops(), "save_path": "/data"}
    scipy.io.savemat(
        tmp_path / "Fall.mat",
        {
            "stat": np.array(regions(), object),
            "ops": known,
            "F": raw,
            "Fneu": around,
            "spks": raw,
            "iscell": np.array([[1, 0.9], [0, 0.2], [1, 0.6]]),
            "redcell": np.array([]),
        },
    )
    read, expected = read_suite2p(tmp_path / "Fall.mat"), read_suite2p(folder(tmp_path / "plane0"))
    np.testing.assert_array_equal(images(read), images(expected))
    np.testing.assert_array_equal(read.traces, expected.traces)
    np.testing.assert_array_equal(read.proposal, expected.proposal)
    assert (read.image_shape, read.frame_rate_hz) == (expected.image_shape, 15.5)


def test_a_second_channel_gives_columns_and_its_traces_are_told(tmp_path):
    red = np.array([[1, 0.8], [0, 0.1], [0, 0.3]], np.float32)
    read = read_suite2p(folder(tmp_path / "plane0", redcell=red, F_chan2=traces()[0]))
    np.testing.assert_array_equal(read.columns["red_cell"], [1, 0, 0])
    np.testing.assert_array_equal(read.columns["red_probability"], red[:, 1])
    assert any("second channel" in note for note in read.notes)


# --- verdicts


def test_verdicts_that_follow_the_probability_are_a_proposal(tmp_path):
    read = read_suite2p(folder(tmp_path / "plane0"))
    np.testing.assert_array_equal(read.proposal, [1, 0, 1])
    np.testing.assert_allclose(read.columns["cell_probability"], [0.9, 0.2, 0.6])
    assert read.labels == {}


def test_verdicts_that_contradict_the_probability_are_the_users(tmp_path):
    verdicts = np.array([[0, 0.9], [1, 0.2], [1, 0.6]])
    read = read_suite2p(folder(tmp_path / "plane0", iscell=verdicts))
    np.testing.assert_array_equal(read.labels[SUITE2P_USER], [0, 1, -1])
    np.testing.assert_array_equal(read.proposal, [1, 0, 1])
    assert any("2 of 3 verdicts" in note for note in read.notes)


def test_another_threshold_on_the_probability_is_no_person(tmp_path):
    verdicts = np.array([[1, 0.9], [0, 0.2], [0, 0.6]])
    read = read_suite2p(folder(tmp_path / "plane0", iscell=verdicts))
    assert read.labels == {}
    np.testing.assert_array_equal(read.proposal, [1, 0, 0])


def test_without_verdicts_there_is_no_proposal(tmp_path):
    read = read_suite2p(folder(tmp_path / "plane0", iscell=None))
    assert read.proposal is None
    assert any("iscell.npy is not there" in note for note in read.notes)


def test_written_verdicts_are_what_suite2p_and_this_reader_take(tmp_path):
    path = folder(tmp_path / "plane0", iscell=None)
    accepted, probability = np.array([True, False, True]), np.array([0.9, 0.1, 0.4], np.float32)
    write_iscell(path / "iscell.npy", accepted, probability)
    written = np.load(path / "iscell.npy")
    assert (written.dtype, written.shape) == (np.float64, (3, 2))
    np.testing.assert_array_equal(written[:, 0], [1, 0, 1])
    read = read_suite2p(path)
    np.testing.assert_allclose(read.columns["cell_probability"], probability)


def test_verdicts_never_replace_those_that_are_there(tmp_path):
    path = folder(tmp_path / "plane0") / "iscell.npy"
    before = path.read_bytes()
    with pytest.raises(InputError, match="there already"):
        write_iscell(path, np.ones(3, bool), np.ones(3))
    assert path.read_bytes() == before


# --- planes and names


def test_planes_are_found_in_their_order_and_one_must_be_chosen(tmp_path):
    for name in ("plane10", "plane2", "combined"):
        folder(tmp_path / "mouse" / "suite2p" / name)
    (tmp_path / "mouse" / "suite2p" / "plane3").mkdir()
    for root in (tmp_path / "mouse", tmp_path / "mouse" / "suite2p"):
        assert suite2p_planes(root) == ["plane2", "plane10"]
        with pytest.raises(InputError, match=r"plane2, plane10;.*--plane"):
            read_suite2p(root)
        assert read_suite2p(root, plane="10").recording == "mouse-plane10"
        assert read_suite2p(root, plane="plane2").recording == "mouse-plane2"
        assert read_suite2p(root, plane="combined").recording == "mouse-combined"
        with pytest.raises(InputError, match="no plane3"):
            read_suite2p(root, plane="3")


@pytest.mark.parametrize("inner", ["", "suite2p/plane0", "suite2p/plane0/stat.npy"])
def test_the_only_plane_needs_no_choice(tmp_path, inner):
    folder(tmp_path / "mouse" / "suite2p" / "plane0")
    read = read_suite2p(tmp_path / "mouse" / inner)
    assert (read.recording, len(read)) == ("mouse-plane0", 3)


# --- what is missing


def test_without_sizes_the_image_reaches_to_the_last_pixel_or_is_given(tmp_path):
    path = folder(tmp_path / "one", ops=None)
    read = read_suite2p(path)
    assert (read.recording, read.image_shape) == ("one", (12, 9))
    assert any("12 x 9, up to the last pixel" in note for note in read.notes)
    assert any("F - 0.7 Fneu (suite2p's default" in note for note in read.notes)
    assert read_suite2p(path, image_shape=(20, 30)).image_shape == (20, 30)


def test_footprints_without_traces_are_read_and_told(tmp_path):
    read = read_suite2p(folder(tmp_path / "plane0", F=None, Fneu=None))
    assert read.traces is None
    assert any("no traces" in note for note in read.notes)


def test_traces_without_neuropil_are_read_and_told(tmp_path):
    read = read_suite2p(folder(tmp_path / "plane0", Fneu=None))
    np.testing.assert_array_equal(read.traces, traces()[0])
    assert any("Fneu.npy is not there" in note for note in read.notes)


def test_gaps_in_traces_become_0_and_are_told(tmp_path):
    raw, _ = traces()
    raw[1, :4] = np.nan
    read = read_suite2p(folder(tmp_path / "plane0", F=raw))
    np.testing.assert_array_equal(read.traces[1, :4], 0)
    assert np.isfinite(read.traces).all()
    assert any("4 values of the traces of 1 candidates" in note for note in read.notes)


def test_a_folder_without_stat_is_refused(tmp_path):
    folder(tmp_path / "plane0", stat=None)
    for path in (tmp_path, tmp_path / "plane0"):
        with pytest.raises(InputError, match=r"no stat\.npy"):
            read_suite2p(path)
    with pytest.raises(InputError, match="no such folder"):
        read_suite2p(tmp_path / "none")


def test_no_regions_are_refused(tmp_path):
    empty = np.zeros((0, FRAMES), np.float32)
    nothing = folder(
        tmp_path / "plane0",
        stat=np.array([], object),
        F=empty,
        Fneu=empty,
        iscell=np.zeros((0, 2)),
    )
    with pytest.raises(InputError, match="no candidates"):
        read_suite2p(nothing)


# --- what does not fit


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"F": np.ones((2, FRAMES), np.float32)}, r"F has shape \(2, 20\) for 3 regions"),
        ({"Fneu": np.ones((3, 7), np.float32)}, r"F has shape \(3, 20\) and Fneu \(3, 7\)"),
        ({"iscell": np.ones((4, 2))}, r"iscell has shape \(4, 2\) for 3 regions"),
        ({"redcell": np.ones((3, 1))}, r"redcell has shape \(3, 1\)"),
        ({"ops": {"Ly": 7, "Lx": 9}}, "region 2 has pixels outside of the image"),
        ({"stat": np.array([{"ypix": np.arange(2)}], object)}, "region 0 of stat has no ypix"),
        ({"stat": np.array([1, 2, 3])}, "region 0 of stat has no ypix"),
        ({"ops": np.arange(4)}, r"ops\.npy: it holds no dictionary"),
        ({"ops": {"Ly": 1 << 40, "Lx": 1 << 40}}, "images would have"),
        (
            {
                "ops": None,
                "stat": np.array(
                    [{name: np.array([1 << 62]) for name in ("ypix", "xpix", "lam")}], object
                ),
            },
            "images would have",
        ),
    ],
)
def test_files_of_different_runs_are_refused(tmp_path, changed, message):
    with pytest.raises(InputError, match=message):
        read_suite2p(folder(tmp_path / "plane0", **changed))


def test_a_movie_of_another_size_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"images are 12 x 9; expected 9 x 12"):
        read_suite2p(folder(tmp_path / "plane0"), image_shape=(9, 12))


@pytest.mark.parametrize("name", ["stat", "ops", "F", "iscell"])
def test_a_file_cut_short_is_an_error_that_names_it(tmp_path, name):
    path = folder(tmp_path / "plane0") / f"{name}.npy"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match=rf"{name}\.npy.*cannot be read"):
        read_suite2p(path.parent)


def test_a_damaged_matlab_export_is_an_error(tmp_path):
    (tmp_path / "Fall.mat").write_bytes(b"MATLAB 5.0 MAT-file" + bytes(200))
    with pytest.raises(InputError, match=r"Fall\.mat.*cannot be read"):
        read_suite2p(tmp_path / "Fall.mat")


class RunsCommand:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


@pytest.mark.parametrize("name", ["stat", "ops"])
def test_a_file_that_would_run_code_is_refused_and_runs_nothing(tmp_path, name):
    touched = tmp_path / "touched"
    bad = RunsCommand(f"echo > {touched}")
    content = np.array([{**regions()[0], "bad": bad}], object) if name == "stat" else {"bad": bad}
    path = folder(tmp_path / "plane0", **{name: content})
    with pytest.raises(InputError, match=rf"{name}\.npy.*system"):
        read_suite2p(path)
    assert not touched.exists()


# --- real folders


def test_a_real_folder_reads_as_numpy_reads_it(shared_data):
    path = shared_data / "suite2p-outputs" / "inscopix54"
    read = read_suite2p(path)
    saved = {name: np.load(path / f"{name}.npy") for name in ("F", "Fneu", "iscell")}
    assert (len(read), read.image_shape) == (54, (512, 512))
    np.testing.assert_allclose(read.traces, saved["F"] - 0.7 * saved["Fneu"], rtol=1e-4)
    np.testing.assert_array_equal(read.proposal, saved["iscell"][:, 0])
    assert read.labels == {}
    assert read.frame_rate_hz == pytest.approx(29.874, abs=1e-3)
    assert {"mean", "maximum"} <= read.images.keys()


def test_a_real_folder_with_human_edits_and_without_ops_is_read(shared_data):
    path = shared_data / "suite2p-outputs" / "datasim170"
    read, saved = read_suite2p(path), np.load(path / "iscell.npy")
    assert (len(read), read.traces) == (170, None)
    decided = read.labels[SUITE2P_USER] >= 0
    assert decided.sum() == 37
    final = np.where(decided, read.labels[SUITE2P_USER], read.proposal)
    np.testing.assert_array_equal(final, saved[:, 0])
    assert {"red_cell", "red_probability"} <= read.columns.keys()
