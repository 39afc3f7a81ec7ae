"""ActSort's sorting files and labels, read and written."""

import numpy as np
import pytest
import scipy.io
from matlab_samples import NdSparse, footprints_and_traces, write_v73

from sightline.errors import InputError
from sightline.formats.candidates.actsort_candidates import (
    read_actsort_labels,
    read_actsort_precomputed,
    write_actsort_labels,
)

IMAGES, TRACES = footprints_and_traces()


def sorting_file(path):
    """As ActSort's precomputation leaves it, with more sparse objects than one."""
    output = {
        "spatial_weights": NdSparse(IMAGES),
        "traces": TRACES.T,
        "max_im": IMAGES.max(2),
        "snapshot_filters": [NdSparse(IMAGES[:3, :3, [cell, cell]]) for cell in range(4)],
        "snapshots": [np.ones((3, 3, 11)) for _ in range(4)],
        "features": np.zeros((4, 76)),
        "INFO": {"mat_file_name": "m1.mat", "dt": 1.0},
    }
    return write_v73(path, {"precomputedOutput": output})


def labels(*values):
    return np.array(values, np.int8)


def test_a_sorting_file_gives_candidates(tmp_path):
    read = read_actsort_precomputed(sorting_file(tmp_path / "precomputed_m1.mat"))
    footprints = read.footprints.toarray().reshape(4, 6, 5)
    np.testing.assert_array_equal(footprints, np.moveaxis(IMAGES, -1, 0))
    np.testing.assert_array_equal(read.traces, TRACES)
    np.testing.assert_allclose(read.images["maximum"], IMAGES.max(2))
    assert (read.recording, read.format) == ("m1", "actsort")
    assert read.identities == ("1", "2", "3", "4")


def test_another_matlab_file_is_refused(tmp_path):
    write_v73(tmp_path / "one.mat", {"output": {"spatial_weights": IMAGES}})
    with pytest.raises(InputError, match=r"precomputedOutput\.spatial_weights"):
        read_actsort_precomputed(tmp_path / "one.mat")


def test_labels_written_are_read_and_lie_as_actsort_wants_them(tmp_path):
    human, model, merged = labels(1, -1, 0, -1), labels(1, 1, 0, 0), labels(1, 1, 0, 0)
    path = tmp_path / "precomputed_m1_LABELS.mat"
    write_actsort_labels(path, human, model, merged)
    read = read_actsort_labels(path)
    np.testing.assert_array_equal(read["human"], human)
    np.testing.assert_array_equal(read["model"], model)
    np.testing.assert_array_equal(read["merged"], merged)
    struct = scipy.io.loadmat(path)["labels"][0, 0]
    assert set(struct.dtype.names) == {"labels_ex", "labels_ml", "labels_overall"}
    assert (struct["labels_ex"].shape, struct["labels_ex"].dtype) == ((4, 1), np.float64)
    np.testing.assert_array_equal(struct["labels_ex"].ravel(), [1, 0, -1, 0])


def test_other_numbers_than_labels_are_refused(tmp_path):
    scipy.io.savemat(tmp_path / "x.mat", {"labels": {"labels_ex": np.array([1.0, 0.5])}})
    with pytest.raises(InputError, match=r"label 0\.5 for candidate 1"):
        read_actsort_labels(tmp_path / "x.mat")


def test_a_file_without_labels_or_cut_short_is_refused(tmp_path):
    path = tmp_path / "x.mat"
    scipy.io.savemat(path, {"other": np.ones(3)})
    with pytest.raises(InputError, match="it holds other"):
        read_actsort_labels(path)
    three = labels(1, 0, -1)
    write_actsort_labels(tmp_path / "y.mat", three, three, three)
    path.write_bytes((tmp_path / "y.mat").read_bytes()[:-20])
    with pytest.raises(InputError, match=r"x\.mat.*cannot be read"):
        read_actsort_labels(path)


def test_labels_never_replace_a_file(tmp_path):
    path, three = tmp_path / "x_LABELS.mat", labels(1, 0, -1)
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match="there already"):
        write_actsort_labels(path, three, three, three)
    assert path.read_bytes() == b"mine"
