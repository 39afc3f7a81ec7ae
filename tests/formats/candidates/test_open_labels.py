"""Labels from beside candidates: whoever decided, each candidate has its own."""

import h5py
import numpy as np
import pytest
import scipy.io
from scipy import sparse

from sightline.data.candidate_set import CandidateSet
from sightline.errors import InputError
from sightline.formats.candidates.actsort_candidates import write_actsort_labels
from sightline.formats.candidates.caiman import write_caiman_index
from sightline.formats.candidates.open_labels import open_labels
from sightline.formats.candidates.suite2p import write_iscell


@pytest.fixture
def candidates():
    return CandidateSet(
        recording="mouse",
        source="mouse",
        format="made",
        image_shape=(2, 2),
        footprints=sparse.csr_array((4, 4), dtype=np.float32),
        traces=None,
        identities=("a", "b", "c", "d/e"),
    )


@pytest.fixture
def table(tmp_path):
    """Write lines as a CSV file."""

    def write(*lines, name="sorted.csv"):
        (tmp_path / name).write_text("\n".join(lines), "utf-8")
        return tmp_path / name

    return write


def as_lists(labels):
    return {name: values.tolist() for name, values in labels.items()}


def test_suite2ps_iscell_is_its_users(tmp_path, candidates):
    accepted = np.array([True, False, True, False])
    write_iscell(tmp_path / "iscell.npy", accepted, np.full(4, 0.5))
    read = open_labels(tmp_path / "iscell.npy", candidates)
    assert as_lists(read) == {"suite2p-user": [1, 0, 1, 0]}


def test_actsorts_labels_are_the_persons_of_the_files_name(tmp_path, candidates):
    human, model = np.array([1, 0, -1, -1], np.int8), np.array([1, 1, 1, 0], np.int8)
    write_actsort_labels(tmp_path / "koala_LABELS.mat", human, model, model)
    read = open_labels(tmp_path / "koala_LABELS.mat", candidates)
    assert as_lists(read) == {"koala": [1, 0, -1, -1]}


def test_actsorts_choices_are_one_annotator_each(tmp_path, candidates):
    scipy.io.savemat(
        tmp_path / "m.mat", {"lion_choices": [1, -1, 0, 1], "panda_choices": [1, 1, 1, 1]}
    )
    read = open_labels(tmp_path / "m.mat", candidates)
    assert as_lists(read) == {"lion": [1, 0, -1, 1], "panda": [1, 1, 1, 1]}


@pytest.mark.parametrize("ending", ["npz", "hdf5"])
def test_caimans_lists_are_what_a_person_decided(tmp_path, candidates, ending):
    accepted = np.array([True, True, False, False])
    path = tmp_path / f"index.{ending}"
    write_caiman_index(path, accepted, decided=np.array([True, False, True, False]))
    assert as_lists(open_labels(path, candidates)) == {"caiman-user": [1, -1, 0, -1]}


def test_where_nobody_decided_caimans_own_components_count(tmp_path, candidates):
    write_caiman_index(tmp_path / "index.npz", np.array([True, True, False, False]))
    assert as_lists(open_labels(tmp_path / "index.npz", candidates)) == {
        "caiman-user": [1, 1, 0, 0]
    }


def test_a_table_names_its_candidates_in_any_order(table, candidates):
    path = table("identity,verdict", "c,not cell", "a,cell")
    assert as_lists(open_labels(path, candidates)) == {"sorted": [1, -1, 0, -1]}


def test_our_own_results_come_back_without_what_the_machine_decided(table, candidates):
    path = table(
        "item,verdict,decided_by,probability",
        "mouse/a,cell,Ann,0.9",
        "mouse/b,cell,machine,0.8",
        "mouse/c,not cell,Ben,0.1",
        "mouse/d/e,not cell,Ann,0.1",
    )
    assert as_lists(open_labels(path, candidates)) == {
        "Ann": [1, -1, -1, 0],
        "Ben": [-1, -1, 0, -1],
    }


def test_choices_of_several_annotators_may_stand_side_by_side(table, candidates):
    path = table("candidate\tAnn_choices\tBen_choices", "a\t1\t-1", "d/e\t0\t1", name="t.tsv")
    assert as_lists(open_labels(path, candidates)) == {
        "Ann": [1, -1, -1, -1],
        "Ben": [0, -1, -1, 1],
    }


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("identity,verdict", "z,cell"), "candidate 'z' is not there"),
        (("identity,verdict", "a,cell", "a,not cell"), "comes twice"),
        (("identity,verdict", "a,perhaps"), "label 'perhaps'"),
        (("identity,size", "a,5"), "a column verdict"),
        (("verdict", "cell"), "does not name the candidates"),
    ],
)
def test_a_table_that_does_not_fit_is_told(table, candidates, lines, told):
    with pytest.raises(InputError, match=told):
        open_labels(table(*lines), candidates)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.zeros((3, 2)), "labels of the 4 candidates"),
        (np.full(4, 2), "other numbers than 0 and 1"),
        (np.array(["x"] * 4), "cannot be read"),
    ],
)
def test_an_iscell_that_does_not_fit_is_told(tmp_path, candidates, values, told):
    np.save(tmp_path / "iscell.npy", values)
    with pytest.raises(InputError, match=told):
        open_labels(tmp_path / "iscell.npy", candidates)


def test_actsort_labels_of_others_are_told(tmp_path, candidates):
    few = np.array([1, 0], np.int8)
    write_actsort_labels(tmp_path / "koala_LABELS.mat", few, few, few)
    with pytest.raises(InputError, match="labels of the 4 candidates"):
        open_labels(tmp_path / "koala_LABELS.mat", candidates)


def test_components_that_are_not_there_are_told(tmp_path, candidates):
    with h5py.File(tmp_path / "index.h5", "w") as file:
        file["estimates/accepted_list"] = [0, 9]
    with pytest.raises(InputError, match="a component that is not there"):
        open_labels(tmp_path / "index.h5", candidates)


def test_an_index_without_lists_is_told(tmp_path, candidates):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(InputError, match="it has no accepted_list"):
        open_labels(tmp_path / "other.npz", candidates)


def test_unknown_and_absent_files_are_told(tmp_path, candidates):
    (tmp_path / "labels.txt").write_text("a", "utf-8")
    with pytest.raises(InputError, match=r"labels of type \.txt are not known"):
        open_labels(tmp_path / "labels.txt", candidates)
    with pytest.raises(InputError, match="no such file"):
        open_labels(tmp_path / "none.csv", candidates)
