"""CaImAn's results in HDF5 and NPZ; its indices, read and written."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy import sparse

from sightline.errors import InputError
from sightline.formats.candidates.caiman import CAIMAN_USER, read_caiman, write_caiman_index

HEIGHT, WIDTH, CELLS, FRAMES = 5, 4, 3, 25


def stack() -> np.ndarray:
    """Footprints (cell, height, width), none symmetric."""
    images = np.zeros((CELLS, HEIGHT, WIDTH))
    images[0, 0, 1], images[0, 0, 2] = 1, 0.5
    images[1, 4, 3] = 2
    images[2, 1:3, 0] = [3, 4]
    return images


def columns() -> sparse.csc_matrix:
    """As CaImAn flattens: down the columns of the image."""
    return sparse.csc_matrix(np.array([image.ravel(order="F") for image in stack()]).T)


def signals() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    modelled, residual = rng.normal(size=(2, CELLS, FRAMES))
    return modelled, residual


def save_hdf5(path: Path, frame_rate: float = 12.5, **changed: Any) -> Path:
    """In the layout of ``cnmf.save``: sparse matrices in parts, what is None as text."""
    modelled, residual = signals()
    estimates = {
        "A": columns(),
        "C": modelled,
        "YrA": residual,
        "F_dff": None,
        "dims": None,
        "Cn": np.arange(HEIGHT * WIDTH, dtype=float).reshape(HEIGHT, WIDTH),
        "SNR_comp": np.array([3.0, 2.0, 1.0]),
        "r_values": None,
        "idx_components": np.array([0, 2]),
        "idx_components_bad": np.array([1]),
        "accepted_list": np.array([]),
        "rejected_list": np.array([]),
    } | changed
    with h5py.File(path, "w") as file:
        file["params/data/fr"] = frame_rate
        file["params/data/dims"] = np.array([HEIGHT, WIDTH])
        for name, value in estimates.items():
            if sparse.issparse(value):
                for part in ("data", "indices", "indptr", "shape"):
                    file[f"estimates/{name}/{part}"] = getattr(value, part)
            elif value is not None or name in {"F_dff", "dims", "r_values"}:
                file[f"estimates/{name}"] = "NoneType" if value is None else value
    return path


# --- HDF5


def test_components_come_with_their_noise_and_lie_where_they_are(tmp_path):
    modelled, residual = signals()
    read = read_caiman(save_hdf5(tmp_path / "one.hdf5"))
    np.testing.assert_array_equal(read.footprints.toarray().reshape(stack().shape), stack())
    np.testing.assert_allclose(read.traces, modelled + residual, rtol=1e-5)
    assert (read.recording, read.format, read.trace_kind) == ("one", "caiman", "model")
    assert (read.image_shape, read.frame_rate_hz) == ((HEIGHT, WIDTH), 12.5)
    assert read.identities == ("0", "1", "2")
    assert read.images["correlation"][1, 0] == 4
    np.testing.assert_array_equal(read.columns["snr"], [3, 2, 1])
    assert "spatial_correlation" not in read.columns


def test_without_residuals_the_traces_are_the_model_and_that_is_told(tmp_path):
    read = read_caiman(save_hdf5(tmp_path / "one.hdf5", YrA=None))
    np.testing.assert_allclose(read.traces, signals()[0], rtol=1e-6)
    assert any("denoised" in note for note in read.notes)


def test_the_default_frame_rate_is_told_to_be_one(tmp_path):
    read = read_caiman(save_hdf5(tmp_path / "one.hdf5", frame_rate=30))
    assert read.frame_rate_hz == 30
    assert any("where nobody says it" in note for note in read.notes)


def test_what_caiman_accepts_is_a_proposal(tmp_path):
    read = read_caiman(save_hdf5(tmp_path / "one.hdf5"))
    np.testing.assert_array_equal(read.proposal, [1, 0, 1])
    assert read.labels == {}


def test_without_evaluation_there_is_no_proposal(tmp_path):
    path = save_hdf5(tmp_path / "one.hdf5", idx_components=None, idx_components_bad=None)
    assert read_caiman(path).proposal is None


def test_what_was_decided_in_caimans_window_is_a_users(tmp_path):
    path = save_hdf5(
        tmp_path / "one.hdf5", accepted_list=np.array([1.0]), rejected_list=np.array([0.0])
    )
    read = read_caiman(path)
    np.testing.assert_array_equal(read.labels[CAIMAN_USER], [0, 1, -1])
    np.testing.assert_array_equal(read.proposal, [1, 0, 1])


def test_footprints_without_traces_are_read_and_told(tmp_path):
    read = read_caiman(save_hdf5(tmp_path / "one.hdf5", C=None, YrA=None))
    assert read.traces is None
    assert any("no traces" in note for note in read.notes)


def test_gaps_in_traces_become_0_and_are_told(tmp_path):
    modelled, _ = signals()
    modelled[2, 5] = np.inf
    read = read_caiman(save_hdf5(tmp_path / "one.hdf5", C=modelled))
    assert read.traces[2, 5] == 0
    assert any("1 values of the traces" in note for note in read.notes)


# --- NPZ


@pytest.mark.parametrize("sides", [{"dims": (HEIGHT, WIDTH)}, {"d1": HEIGHT, "d2": WIDTH}])
def test_an_npz_with_its_sizes_reads_as_the_hdf5(tmp_path, sides):
    modelled, residual = signals()
    np.savez(tmp_path / "one.npz", A=columns(), C=modelled, YrA=residual, **sides)
    read, expected = read_caiman(tmp_path / "one.npz"), read_caiman(save_hdf5(tmp_path / "o.hdf5"))
    np.testing.assert_array_equal(read.footprints.toarray(), expected.footprints.toarray())
    np.testing.assert_array_equal(read.traces, expected.traces)


def test_of_several_results_one_must_be_chosen(tmp_path):
    modelled, _ = signals()
    np.savez(
        tmp_path / "two.npz",
        A_full=columns(),
        C_full=modelled,
        A_patch=columns()[:, :2],
        C_patch=modelled[:2],
        dims=(HEIGHT, WIDTH),
    )
    with pytest.raises(InputError, match=r"full, patch; .*--which full"):
        read_caiman(tmp_path / "two.npz")
    with pytest.raises(InputError, match="no A_best"):
        read_caiman(tmp_path / "two.npz", which="best")
    assert len(read_caiman(tmp_path / "two.npz", which="full")) == 3
    assert len(read_caiman(tmp_path / "two.npz", which="patch")) == 2


def test_an_unknown_size_is_asked_for(tmp_path):
    np.savez(tmp_path / "one.npz", A=columns().toarray(), C=signals()[0])
    with pytest.raises(InputError, match="does not tell the size of the image of 20 pixels"):
        read_caiman(tmp_path / "one.npz")
    read = read_caiman(tmp_path / "one.npz", image_shape=(HEIGHT, WIDTH))
    np.testing.assert_array_equal(read.footprints.toarray().reshape(stack().shape), stack())


# --- what is refused


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"C": np.ones((2, FRAMES)), "YrA": None}, r"traces of shape \(2, 25\) for 3 footprints"),
        (
            {"A": sparse.csc_matrix((20, 0)), "idx_components": None, "idx_components_bad": None},
            "no candidates",
        ),
        ({"dims": np.array([5, 5])}, "footprints have 20 pixels and its image is 5 x 5"),
        ({"dims": np.array([-5, -4])}, "its image is -5 x -4"),
        ({"dims": np.array([5, 2, 2])}, "volume of 2 planes"),
        ({"idx_components": np.array([0, 3])}, "idx_components names a component"),
        ({"idx_components": np.array([-1])}, "idx_components names a component"),
        ({"accepted_list": np.array([0.5])}, "accepted_list names a component"),
    ],
)
def test_parts_that_do_not_fit_are_refused(tmp_path, changed, message):
    with pytest.raises(InputError, match=message):
        read_caiman(save_hdf5(tmp_path / "one.hdf5", **changed))


def test_a_movie_of_another_size_is_refused(tmp_path):
    with pytest.raises(InputError, match="4 x 5 as the movie"):
        read_caiman(save_hdf5(tmp_path / "one.hdf5"), image_shape=(WIDTH, HEIGHT))


def test_traces_without_footprints_are_refused(tmp_path):
    np.savez(tmp_path / "one.npz", C=signals()[0])
    with pytest.raises(InputError, match="it holds C but no A"):
        read_caiman(tmp_path / "one.npz")
    with h5py.File(tmp_path / "one.hdf5", "w") as file:
        file["estimates/C"] = signals()[0]
    with pytest.raises(InputError, match=r"it holds estimates but no estimates/A"):
        read_caiman(tmp_path / "one.hdf5")


@pytest.mark.parametrize("ending", ["hdf5", "npz"])
def test_a_file_cut_short_is_an_error_that_names_it(tmp_path, ending):
    path = tmp_path / f"one.{ending}"
    if ending == "hdf5":
        save_hdf5(path)
    else:
        np.savez(path, A=columns(), C=signals()[0], dims=(HEIGHT, WIDTH))
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 60):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match=rf"one\.{ending}.*cannot be read"):
            read_caiman(path)


def test_footprints_whose_indices_lead_outside_are_refused(tmp_path):
    bad = columns()
    bad.indices[-1] = 20
    with pytest.raises(InputError, match="outside of its 20 rows"):
        read_caiman(save_hdf5(tmp_path / "one.hdf5", A=bad))


def test_an_array_that_is_not_stored_takes_no_memory(tmp_path):
    path = save_hdf5(tmp_path / "one.hdf5", C=None, YrA=None)
    with h5py.File(path, "r+") as file:
        file.create_dataset("estimates/C", (CELLS, 1 << 36), "f8", chunks=(1, 1 << 20))
    with pytest.raises(InputError, match="bytes that the file does not hold"):
        read_caiman(path)


# --- indices written


@pytest.mark.parametrize("ending", ["hdf5", "npz"])
def test_written_indices_hold_all_and_apart_what_a_person_decided(tmp_path, ending):
    path = tmp_path / f"index.{ending}"
    accepted, decided = np.array([True, False, True]), np.array([True, True, False])
    write_caiman_index(path, accepted, decided=decided)
    if ending == "npz":
        with np.load(path) as file:
            written = dict(file)
    else:
        with h5py.File(path) as file:
            written = {name: values[()] for name, values in file["estimates"].items()}
    expected = {
        "idx_components": [0, 2],
        "idx_components_bad": [1],
        "accepted_list": [0],
        "rejected_list": [1],
    }
    assert {name: list(values) for name, values in written.items()} == expected


def test_written_indices_read_back_as_the_same_verdicts(tmp_path):
    write_caiman_index(
        tmp_path / "index.hdf5",
        np.array([False, True, True]),
        decided=np.array([False, True, False]),
    )
    with h5py.File(tmp_path / "index.hdf5") as file:
        index = {name: values[()] for name, values in file["estimates"].items()}
    read = read_caiman(save_hdf5(tmp_path / "one.hdf5", **index))
    np.testing.assert_array_equal(read.proposal, [0, 1, 1])
    np.testing.assert_array_equal(read.labels[CAIMAN_USER], [-1, 1, -1])


def test_indices_never_replace_a_file(tmp_path):
    path = save_hdf5(tmp_path / "one.hdf5")
    before = path.read_bytes()
    with pytest.raises(InputError, match="there already"):
        write_caiman_index(path, np.ones(3, bool))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["one.hdf5"]


# --- a real file


@pytest.mark.parametrize(("which", "count"), [("full", 58), ("patch", 69)])
def test_caimans_own_test_data_are_read_without_running_their_pickles(shared_data, which, count):
    path = shared_data / "caiman-cnmf-components" / "example.npz"
    read = read_caiman(path, which=which, image_shape=(170, 170))
    assert (len(read), read.traces.shape) == (count, (count, 3000))
    with np.load(path) as file:
        np.testing.assert_allclose(read.traces, file[f"C_{which}"], rtol=1e-5, atol=1e-6)
    areas = np.diff(read.footprints.indptr)
    assert 20 < np.median(areas) < 400
