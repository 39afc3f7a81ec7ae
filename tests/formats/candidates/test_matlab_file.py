"""MATLAB files as a tree: both kinds alike, objects included, and damage told."""

import h5py
import numpy as np
import pytest
import scipy.io
from matlab_samples import NdSparse, write_v73
from scipy import sparse

from sightline.errors import InputError
from sightline.formats.candidates.matlab_file import (
    Cells,
    Sparse,
    find_all,
    list_arrays,
    open_matlab,
)

MATRIX = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 3.0]])


def content() -> dict:
    return {
        "matrix": MATRIX,
        "weights": sparse.csc_array(MATRIX),
        "nothing": sparse.csc_array((4, 2)),
        "inner": {"word": "xyz", "deep": {"matrix": MATRIX + 1}},
    }


@pytest.mark.parametrize("write", [scipy.io.savemat, write_v73])
def test_both_kinds_give_the_same_tree(tmp_path, write):
    write(tmp_path / "one.mat", content())
    with open_matlab(tmp_path / "one.mat") as tree:
        np.testing.assert_array_equal(np.asarray(tree["matrix"]).T, MATRIX)
        assert isinstance(tree["weights"], Sparse)
        np.testing.assert_array_equal(tree["weights"].read().toarray(), MATRIX)
        assert tree["nothing"].read().shape == (4, 2)
        assert tree["inner"]["word"] == "xyz"
        assert {place for place, _ in find_all(tree, "matrix")} == {"matrix", "inner.deep.matrix"}
        assert [place for place, _ in find_all(tree, "inner.deep.matrix")] == ["inner.deep.matrix"]
        assert set(list_arrays(tree)) == {
            "matrix (2 x 3)",
            "weights (2 x 3)",
            "nothing (4 x 2)",
            "inner.deep.matrix (2 x 3)",
        }


def test_cells_are_read_in_matlabs_order(tmp_path):
    cells = np.empty((2, 2), object)
    cells[0, 0], cells[1, 0], cells[0, 1], cells[1, 1] = 1.0, 2.0, 3.0, 4.0
    scipy.io.savemat(tmp_path / "one.mat", {"c": cells})
    with open_matlab(tmp_path / "one.mat") as tree:
        assert isinstance(tree["c"], Cells)
        assert [float(cell[0, 0]) for cell in tree["c"]] == [1, 2, 3, 4]


def test_structs_of_v5_that_stand_in_a_row_are_cells(tmp_path):
    rows = np.array([(1.0,), (2.0,)], dtype=[("a", object)])
    scipy.io.savemat(tmp_path / "one.mat", {"s": rows})
    with open_matlab(tmp_path / "one.mat") as tree:
        assert [float(one["a"][0, 0]) for one in tree["s"]] == [1, 2]


def test_an_object_gives_its_properties(tmp_path):
    full = np.arange(24.0).reshape(2, 3, 4)
    write_v73(tmp_path / "one.mat", {"other": NdSparse(full * 0), "mine": {"it": NdSparse(full)}})
    with open_matlab(tmp_path / "one.mat") as tree:
        held = tree["mine"]["it"]
        np.testing.assert_array_equal(np.ravel(held["ndShape"][:]), [2, 3, 4])
        np.testing.assert_array_equal(held["data"].read().toarray(), full.reshape(6, 4, order="F"))


@pytest.mark.parametrize("place", range(8, 40, 4))
def test_a_damaged_table_of_objects_is_an_error(tmp_path, place):
    path = write_v73(tmp_path / "one.mat", {"it": NdSparse(np.ones((2, 2, 2)))})
    with h5py.File(path, "r+") as file:
        table = file[file["#subsystem#/MCOS"][0, 0]]
        changed = table[()]
        changed.ravel()[place : place + 4] = 255
        table[...] = changed
    try:
        with open_matlab(path) as tree:
            assert set(tree["it"]) <= {"data", "ndShape"}
    except InputError as told:
        assert "one.mat" in str(told)  # noqa: PT017 -- regions that are not needed may be damaged


def test_structs_that_hold_each_other_are_refused(tmp_path):
    with h5py.File(tmp_path / "one.mat", "w") as file:
        file.create_group("a")["b"] = h5py.SoftLink("/a")
        inner = file.create_group("c")
        inner["d"] = inner
    with pytest.raises(InputError, match="cannot be read"), open_matlab(tmp_path / "one.mat"):
        pass


def test_an_array_that_is_not_stored_takes_no_memory(tmp_path):
    with h5py.File(tmp_path / "one.mat", "w") as file:
        file.create_dataset("big", (1 << 20, 1 << 20), "f8", chunks=(1 << 8, 1 << 8))
    with (
        pytest.raises(InputError, match="bytes that the file does not hold"),
        open_matlab(tmp_path / "one.mat"),
    ):
        pass


def test_a_sparse_matrix_whose_rows_lead_outside_is_refused(tmp_path):
    path = write_v73(tmp_path / "one.mat", {"weights": sparse.csc_array(MATRIX)})
    with h5py.File(path, "r+") as file:
        file["weights"].attrs["MATLAB_sparse"] = np.uint64(1)
    with pytest.raises(InputError, match="outside of its 1 rows"), open_matlab(path) as tree:
        tree["weights"].read()
