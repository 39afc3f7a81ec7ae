"""ActSort's benchmark files, of either MATLAB kind, whole and damaged."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io

from sightline.data.feature_set import ACTSORT_FEATURES
from sightline.errors import InputError
from sightline.formats.open_features import read_labelled

Arrays = dict[str, np.ndarray]
Writer = Callable[[Path, Arrays], None]


def content(n: int = 20, columns: int = 76) -> Arrays:
    rng = np.random.default_rng(0)
    return {
        "metrics": rng.normal(size=(n, columns)),
        "koala_choices": rng.choice([-1.0, 0.0, 1.0], n),
        "anna_choices": rng.choice([-1.0, 1.0], n),
    }


def write_v5(path: Path, arrays: Arrays) -> None:
    scipy.io.savemat(path, arrays)


def write_v73_as_matlab(path: Path, arrays: Arrays) -> None:
    """MATLAB stores columns first, so HDF5 shows every matrix transposed."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, values in arrays.items():
            file[name] = values.T if values.ndim == 2 else values[None, :]
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file")


def write_v73_by_rows(path: Path, arrays: Arrays) -> None:
    """As the published files are, and as somebody writes it who takes HDF5 at its word."""
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file[name] = values if values.ndim == 2 else values[:, None]


EITHER_KIND = pytest.mark.parametrize("write", [write_v5, write_v73_as_matlab, write_v73_by_rows])


@EITHER_KIND
@pytest.mark.parametrize("n", [6, 20, 75, 77, 100])
def test_features_and_labels_are_read_whichever_way_they_lie(
    tmp_path: Path, write: Writer, n: int
) -> None:
    arrays = content(n)
    write(tmp_path / "m1.mat", arrays)
    read = read_labelled(tmp_path / "m1.mat")
    np.testing.assert_array_equal(read.features.values, arrays["metrics"].astype(np.float32))
    assert (read.features.recording, read.features.version) == ("m1", "actsort-1")
    assert read.features.names == ACTSORT_FEATURES
    assert list(read.labels) == ["anna", "koala"]
    for annotator, labels in read.labels.items():
        numbers = arrays[f"{annotator}_choices"]
        assert labels.tolist() == [{1: 1, -1: 0, 0: -1}[int(number)] for number in numbers]


@EITHER_KIND
def test_features_without_labels_are_read_too(tmp_path: Path, write: Writer) -> None:
    write(tmp_path / "m1.mat", {"metrics": content()["metrics"]})
    read = read_labelled(str(tmp_path / "m1.mat"))
    assert read.labels == {}
    assert read.features.values.shape == (20, 76)


@EITHER_KIND
def test_missing_values_and_constant_columns_are_made_harmless_and_told(
    tmp_path: Path, write: Writer
) -> None:
    arrays = content()
    arrays["metrics"][3, 4], arrays["metrics"][5, 6] = np.nan, -np.inf
    arrays["metrics"][:, 10] = 2.5
    write(tmp_path / "m1.mat", arrays)
    features = read_labelled(tmp_path / "m1.mat").features
    assert np.isfinite(features.values).all()
    assert "2 values are missing (NaN or infinite) in 2 features" in features.notes[0]
    assert "'strong_peak_width_sd'" in features.notes[1]


@EITHER_KIND
def test_a_square_table_is_refused_for_it_could_lie_either_way(
    tmp_path: Path, write: Writer
) -> None:
    write(tmp_path / "m1.mat", content(76))
    with pytest.raises(InputError, match=r"as many candidates as features, 76.*CSV"):
        read_labelled(tmp_path / "m1.mat")


def test_one_class_only_is_read_as_it_is(tmp_path: Path) -> None:
    write_v5(tmp_path / "m1.mat", content() | {"anna_choices": np.ones(20)})
    assert read_labelled(tmp_path / "m1.mat").labels["anna"].tolist() == [1] * 20


def replaced(**arrays: np.ndarray) -> Arrays:
    return content() | arrays


@EITHER_KIND
@pytest.mark.parametrize(
    ("arrays", "found", "expected"),
    [
        (content(columns=75), r"shape \(.*75.*\)", "76"),
        (content(columns=3), r"shape \(.*3.*\)", "76"),
        (content(n=5), "5 candidates", "at least 6"),
        (replaced(anna_choices=np.ones(19)), "anna has 19 labels", "20, one a candidate"),
        (replaced(anna_choices=np.ones(21)), "anna has 21 labels", "20, one a candidate"),
        (replaced(koala_choices=np.full(20, 2.0)), "koala has the label 2", r"\+1 \(cell\)"),
        (replaced(koala_choices=np.full(20, 0.5)), "koala has the label 0.5", r"\+1 \(cell\)"),
        (replaced(koala_choices=np.full(20, np.nan)), "koala has the label nan", r"\+1 \(cell\)"),
        ({"anna_choices": np.ones(20)}, "it holds anna_choices", "`metrics`"),
        ({}, "it holds nothing", "`metrics`"),
    ],
)
def test_what_does_not_fit_is_refused_with_file_found_expected_and_remedy(
    tmp_path: Path, write: Writer, arrays: Arrays, found: str, expected: str
) -> None:
    path = tmp_path / "m1.mat"
    write(path, arrays)
    with pytest.raises(
        InputError, match=f"m1.mat: .*{found}.*; expected .*{expected}.*"
    ) as refusal:
        read_labelled(path)
    assert refusal.value.where == str(path)
    assert refusal.value.remedy


def test_the_candidate_with_the_wrong_label_is_named(tmp_path: Path) -> None:
    labels = np.ones(20)
    labels[13] = 7
    write_v5(tmp_path / "m1.mat", replaced(anna_choices=labels))
    with pytest.raises(InputError, match="anna has the label 7 for candidate 13"):
        read_labelled(tmp_path / "m1.mat")


@EITHER_KIND
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, write: Writer, share: float) -> None:
    path = tmp_path / "m1.mat"
    write(path, content())
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError, match=r"m1.mat: it (cannot be read|holds)"):
        read_labelled(path)


@pytest.mark.parametrize(
    "rubbish", [b"", b"size,snr\n1,2\n", b"\x89PNG\r\n\x1a\n" + bytes(500), b"\x80\x04pickle" * 50]
)
def test_what_is_no_matlab_file_is_refused(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / "m1.mat").write_bytes(rubbish)
    with pytest.raises(InputError, match=r"m1.mat: it (cannot be read|holds nothing)"):
        read_labelled(tmp_path / "m1.mat")


def test_text_in_place_of_features_is_refused(tmp_path: Path) -> None:
    write_v5(tmp_path / "m1.mat", {"metrics": np.array(["a", "b"])})
    with pytest.raises(InputError, match="it holds nothing"):
        read_labelled(tmp_path / "m1.mat")


def test_a_matrix_larger_than_any_memory_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m1.mat", "w") as file:
        file.create_dataset("metrics", shape=(10**13, 76), chunks=(1000, 76), dtype="f8")
    with pytest.raises(InputError, match="it cannot be read"):
        read_labelled(tmp_path / "m1.mat")


def test_the_published_recordings_are_read_whole(shared_data: Path) -> None:
    """The paper counts 6,691 candidates, 2,345 of them false."""
    read = read_labelled(shared_data / "actsort-benchmark" / "ebrahimi_reanalysis.mat")
    assert read.features.values.shape == (6691, 76)
    assert len(read.labels) == 4
    cells = np.mean([labels == 1 for labels in read.labels.values()])
    assert cells == pytest.approx(1 - 2345 / 6691, abs=0.03)
