"""Candidates in MATLAB files: each extractor's own layout, names of the user's, and what is wrong.

Files of v7.3 are made in MATLAB's layout by hand, those of v5 by SciPy.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from matlab_samples import NdSparse, footprints_and_traces, write_v73
from scipy import sparse

from sightline.errors import InputError
from sightline.formats.candidates.matlab import read_matlab
from sightline.formats.candidates.matlab_verdicts import CIATAH_USER, EXTRACT_USER

HEIGHT, WIDTH, CELLS, FRAMES = 6, 5, 4, 30
IMAGES, TRACES = footprints_and_traces(HEIGHT, WIDTH, CELLS, FRAMES)
Writer = Callable[[Path, dict[str, Any]], Any]


def write_v5(path: Path, variables: dict[str, Any]) -> Path:
    """SciPy makes cell arrays of object arrays."""

    def prepared(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: prepared(one) for name, one in value.items()}
        if isinstance(value, list):
            cells = np.empty((1, len(value)), object)
            for place, one in enumerate(value):
                cells[0, place] = one
            return cells
        return value

    scipy.io.savemat(path, prepared(variables))
    return path


EITHER_KIND = pytest.mark.parametrize("write", [write_v5, write_v73])


def columns() -> sparse.csc_array:
    """Pixels x candidates, as MATLAB reshapes an image: down its columns."""
    return sparse.csc_array(IMAGES.reshape(-1, CELLS, order="F"))


def assert_same(read: Any, images: np.ndarray = IMAGES, traces: np.ndarray | None = TRACES) -> None:
    expected = np.moveaxis(images, -1, 0)
    np.testing.assert_array_equal(read.footprints.toarray().reshape(expected.shape), expected)
    if traces is None:
        assert read.traces is None
    else:
        np.testing.assert_array_equal(read.traces, traces)


def extract(**changed: Any) -> dict[str, Any]:
    output = {
        "spatial_weights": IMAGES,
        "temporal_weights": TRACES.T,
        "info": {"max_image": IMAGES.max(2), "version": "1.3.0"},
        "config": {"preprocess": 1.0},
    }
    return {"output": output | changed}


# --- extractors


@EITHER_KIND
def test_extract_has_images_and_frames_first(tmp_path, write):
    read = read_matlab(write(tmp_path / "day1.mat", extract()))
    assert_same(read)
    assert (read.recording, read.format, read.image_shape) == ("day1", "extract", (HEIGHT, WIDTH))
    assert read.identities == ("1", "2", "3", "4")
    np.testing.assert_allclose(read.images["maximum"], IMAGES.max(2))


def test_extracts_sparse_objects_are_read(tmp_path):
    path = write_v73(tmp_path / "one.mat", extract(spatial_weights=NdSparse(IMAGES)))
    assert_same(read_matlab(path))


def test_the_right_object_of_many_is_read(tmp_path):
    other = NdSparse(np.ones((2, 2, 3)))
    variables = {"a": other, **extract(spatial_weights=NdSparse(IMAGES), other=other), "z": other}
    assert_same(read_matlab(write_v73(tmp_path / "one.mat", variables)))


def test_a_single_candidate_is_one_image(tmp_path):
    one = extract(spatial_weights=NdSparse(IMAGES[..., :1]), temporal_weights=TRACES[:1].T)
    read = read_matlab(write_v73(tmp_path / "one.mat", one))
    assert_same(read, IMAGES[..., :1], TRACES[:1])
    one = extract(spatial_weights=IMAGES[..., 0], temporal_weights=TRACES[:1].T)
    assert_same(read_matlab(write_v73(tmp_path / "two.mat", one)), IMAGES[..., :1], TRACES[:1])


@EITHER_KIND
@pytest.mark.parametrize("full", [False, True])
def test_cnmf_e_has_columns_of_pixels_and_says_the_images_size(tmp_path, write, full):
    neuron = {
        "A": columns().toarray() if full else columns(),
        "C": np.zeros((CELLS, FRAMES)),
        "C_raw": TRACES,
        "options": {"d1": float(HEIGHT), "d2": float(WIDTH)},
        "Fs": 7.5,
        "Cn": np.arange(HEIGHT * WIDTH, dtype=float).reshape(HEIGHT, WIDTH),
        "ids": np.array([3.0, 1.0, 12.0, 7.0]),
    }
    read = read_matlab(write(tmp_path / "one.mat", {"results": neuron}))
    assert_same(read)
    assert (read.format, read.frame_rate_hz) == ("cnmf-e", 7.5)
    assert read.identities == ("3", "1", "12", "7")
    np.testing.assert_array_equal(read.images["correlation"], neuron["Cn"])


@EITHER_KIND
@pytest.mark.parametrize(
    ("struct", "images", "signals"),
    [
        ("cnmfeAnalysisOutput", "extractedImages", "extractedSignals"),
        ("extractAnalysisOutput", "filters", "traces"),
        ("cellmaxAnalysisOutput", "cellImages", "scaledProbability"),
    ],
)
def test_ciatah_has_images_first_and_frames_last(tmp_path, write, struct, images, signals):
    read = read_matlab(write(tmp_path / "one.mat", {struct: {images: IMAGES, signals: TRACES}}))
    assert_same(read)


@EITHER_KIND
@pytest.mark.parametrize(("order", "axes"), [("xyz", (0, 1, 2)), ("zxy", (2, 0, 1))])
def test_pca_ica_says_its_order(tmp_path, write, order, axes):
    cube, traces = footprints_and_traces(5, 5, 5)
    output = {
        "IcaFilters": np.transpose(cube, axes),
        "IcaTraces": traces,
        "imageSaveDimOrder": order,
    }
    read = read_matlab(write(tmp_path / "one.mat", {"pcaicaAnalysisOutput": output}))
    assert_same(read, cube, traces)
    assert read.format == "pca-ica"


# --- names of the user's


@EITHER_KIND
@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("first", [False, True])
def test_sizes_settle_the_order_of_the_users_arrays(tmp_path, write, first, wide):
    variables = {
        "mine": {"masks": np.moveaxis(IMAGES, -1, 0) if first else IMAGES},
        "activity": TRACES if wide else TRACES.T,
    }
    path = write(tmp_path / "one.mat", variables)
    assert_same(read_matlab(path, footprints="masks", traces="activity"))
    assert_same(read_matlab(path, footprints="mine.masks", traces="activity"))
    size = {"image_shape": (HEIGHT, WIDTH)}
    assert_same(read_matlab(path, footprints="masks", **size), traces=None)


@EITHER_KIND
def test_a_cell_array_of_images_is_read(tmp_path, write):
    cells = [IMAGES[..., cell] for cell in range(CELLS)]
    path = write(tmp_path / "one.mat", {"masks": cells, "F": TRACES})
    assert_same(read_matlab(path, footprints="masks", traces="F"))


@EITHER_KIND
def test_columns_of_pixels_need_the_images_size(tmp_path, write):
    path = write(tmp_path / "one.mat", {"W": columns(), "F": TRACES})
    names = {"footprints": "W", "traces": "F"}
    with pytest.raises(InputError, match=r"W \(30 x 4\) and F \(4 x 30\).*whose size is not known"):
        read_matlab(path, **names)
    assert_same(read_matlab(path, **names, image_shape=(HEIGHT, WIDTH)))
    with pytest.raises(InputError, match="images of 6 x 6"):
        read_matlab(path, **names, image_shape=(6, 6))


def test_two_ways_to_read_are_an_error_that_the_images_size_settles(tmp_path):
    images, traces = footprints_and_traces(4, 5, 4)
    path = write_v73(tmp_path / "one.mat", {"masks": images, "F": traces})
    with pytest.raises(InputError, match="can be read in 2 ways: height x width x candidates"):
        read_matlab(path, footprints="masks", traces="F")
    read = read_matlab(path, footprints="masks", traces="F", image_shape=(4, 5))
    assert_same(read, images, traces)


# --- verdicts


def test_extracts_cell_check_gives_the_users_labels_and_a_proposal(tmp_path):
    labels = {
        "user_labels": np.array([1.0, -1.0, 0.0, 2.0]),
        "extract_labels": np.array([1.0, 1.0, -1.0, 0.0]),
    }
    read = read_matlab(write_v73(tmp_path / "one.mat", extract(**labels)))
    np.testing.assert_array_equal(read.labels[EXTRACT_USER], [1, 0, -1, -1])
    np.testing.assert_array_equal(read.proposal, [1, 1, 0, -1])
    assert any("1 labelled as dendrites" in note for note in read.notes)


def test_what_extract_calls_bad_is_a_proposal(tmp_path):
    info = {"cellcheck": {"is_bad": np.array([0.0, 1.0, 0.0, 1.0])}}
    read = read_matlab(write_v73(tmp_path / "one.mat", extract(info=info)))
    np.testing.assert_array_equal(read.proposal, [1, 0, 1, 0])
    assert read.labels == {}


@EITHER_KIND
def test_ciatahs_sorting_is_the_users(tmp_path, write):
    output = {"extractedImages": IMAGES, "extractedSignals": TRACES}
    variables = {"cnmfeAnalysisOutput": output, "validCNMFE": np.array([1.0, 0.0, 1.0, 3.0])}
    read = read_matlab(write(tmp_path / "one.mat", variables))
    np.testing.assert_array_equal(read.labels[CIATAH_USER], [1, 0, 1, -1])


# --- what is wrong


@EITHER_KIND
def test_footprints_without_traces_are_read_and_told(tmp_path, write):
    variables = extract()
    del variables["output"]["temporal_weights"]
    read = read_matlab(write(tmp_path / "one.mat", variables))
    assert_same(read, traces=None)
    assert any("no traces" in note for note in read.notes)


@EITHER_KIND
def test_traces_without_footprints_are_refused_with_what_is_there(tmp_path, write):
    path = write(tmp_path / "one.mat", {"output": {"temporal_weights": TRACES.T, "note": "x"}})
    with pytest.raises(InputError, match=r"output\.temporal_weights \(30 x 4\).*--footprints NAME"):
        read_matlab(path)
    with pytest.raises(InputError, match="nothing of the name 'masks'"):
        read_matlab(path, footprints="masks")


@EITHER_KIND
def test_footprints_that_are_there_twice_are_asked_for(tmp_path, write):
    variables = {**extract(), "again": extract()["output"]}
    path = write(tmp_path / "one.mat", variables)
    with pytest.raises(InputError, match=r"2 times: .*output\.spatial_weights"):
        read_matlab(path)
    assert_same(read_matlab(path, footprints="again.spatial_weights"))


@EITHER_KIND
def test_sizes_that_do_not_fit_are_refused_with_both_shapes(tmp_path, write):
    path = write(tmp_path / "one.mat", extract(temporal_weights=TRACES[:3].T))
    with pytest.raises(InputError, match=r"\(6 x 5 x 4\).*\(30 x 3\) do not fit each other"):
        read_matlab(path)
    with pytest.raises(InputError, match="do not fit each other"):
        read_matlab(write(tmp_path / "two.mat", extract()), image_shape=(5, 6))


def test_no_candidates_are_refused(tmp_path):
    variables = extract(spatial_weights=IMAGES[..., :0], temporal_weights=TRACES[:0].T)
    with pytest.raises(InputError, match="no footprints"):
        read_matlab(write_v73(tmp_path / "one.mat", variables))


@EITHER_KIND
def test_gaps_and_negative_weights_become_0_and_are_told(tmp_path, write):
    traces, images = TRACES.T.copy(), IMAGES.copy()
    traces[3, 1], images[0, 0, 0] = np.nan, -0.5
    variables = extract(spatial_weights=images, temporal_weights=traces)
    read = read_matlab(write(tmp_path / "one.mat", variables))
    assert read.traces[1, 3] == 0
    assert read.footprints.toarray().min() >= 0
    notes = " ".join(read.notes)
    assert "1 values of the traces of 1 candidates" in notes
    assert "1 footprint weights were negative" in notes


@EITHER_KIND
def test_a_file_cut_short_is_an_error_that_names_it(tmp_path, write):
    path = write(tmp_path / "one.mat", extract())
    whole = path.read_bytes()
    for length in (0, 100, 200, len(whole) // 2, len(whole) - 300):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"one\.mat"):
            read_matlab(path)
    with pytest.raises(InputError, match=r"none\.mat"):
        read_matlab(tmp_path / "none.mat")
