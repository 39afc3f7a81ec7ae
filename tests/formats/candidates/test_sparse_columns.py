"""Sparse matrices of others: put together as they are meant, refused where they do not fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from sightline.formats.candidates.sparse_columns import checked_columns, footprints_of_columns


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 6))
def test_parts_give_back_the_matrix_they_are_of(seed, rows, columns):
    matrix = sparse.random_array((rows, columns), density=0.4, rng=seed, format="csc")
    parts = matrix.data, matrix.indices, matrix.indptr
    again = checked_columns(*parts, (rows, columns))
    np.testing.assert_array_equal(again.toarray(), matrix.toarray())


@pytest.mark.parametrize(
    ("data", "indices", "starts", "message"),
    [
        ([1.0], [0], [0, 1], "starts do not give 2 columns"),
        ([1.0], [0], [1, 1, 1], "starts do not give"),
        ([1.0], [0], [0, 1, 0], "starts do not give"),
        ([1.0, 2.0], [0], [0, 1, 2], "2 values at 1 places"),
        ([1.0], [0], [0, 1, 9], "1 values at 1 places"),
        ([1.0], [3], [0, 1, 1], "outside of its 3 rows"),
        ([1.0], [-1], [0, 1, 1], "outside of its 3 rows"),
        ([None], [0], [0, 1, 1], "anything but numbers"),
        ([[1.0]], [0], [0, 1, 1], "anything but numbers"),
    ],
)
def test_parts_that_do_not_fit_are_refused(data, indices, starts, message):
    parts = (np.array(part) for part in (data, indices, starts))
    with pytest.raises(ValueError, match=message):
        checked_columns(*parts, (3, 2))


def test_columns_of_pixels_become_rows_of_images():
    images = np.arange(2 * 3 * 4.0).reshape(2, 3, 4)
    columns = sparse.csc_array(np.array([image.ravel(order="F") for image in images]).T)
    footprints = footprints_of_columns(columns, (3, 4))
    assert footprints.dtype == np.float32
    np.testing.assert_array_equal(footprints.toarray().reshape(2, 3, 4), images)
