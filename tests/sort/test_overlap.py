"""Footprints near each other are found without comparing all with all."""

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import cdist

from sightline.sort.overlap import (
    centres,
    contact,
    likeness,
    near_pairs,
    overlapping_pairs,
    supports,
)

SHAPE = (40, 50)


@pytest.fixture
def footprints() -> sparse.csr_array:
    """Sixty random blobs, some with a far second part; the tenth is empty."""
    rng = np.random.default_rng(0)
    dense = np.zeros((60, *SHAPE), np.float32)
    for row in dense:
        for _ in range(rng.integers(1, 3)):
            y, x = rng.integers(0, 36), rng.integers(0, 46)
            row[y : y + rng.integers(1, 5), x : x + rng.integers(1, 5)] = rng.uniform(1, 9)
    dense[10] = 0
    return sparse.csr_array(dense.reshape(60, -1))


def test_faint_weights_are_left_out_and_the_rest_has_unit_norm() -> None:
    kept = supports(sparse.csr_array(np.array([[0.0, 3, 4, 0.5], [0, 0, 0, 0]])), 0.2).toarray()
    np.testing.assert_allclose(kept, [[0, 0.6, 0.8, 0], [0, 0, 0, 0]], rtol=1e-6)


@pytest.mark.parametrize("gap", [0.0, 1.0, 2.0, 3.5])
def test_no_near_pair_is_missed_and_no_far_one_is_given(
    footprints: sparse.csr_array, gap: float
) -> None:
    support = supports(footprints, 0.2)
    places = [np.argwhere(row.reshape(SHAPE)) for row in support.toarray()]
    distance = np.full((60, 60), np.inf)
    for i, j in zip(*np.triu_indices(60, 1), strict=True):
        if len(places[i]) and len(places[j]):
            distance[i, j] = cdist(places[i], places[j]).min()
    found = {tuple(pair) for pair in near_pairs(support, SHAPE, gap).tolist()}
    near = {tuple(pair) for pair in np.argwhere(distance <= gap).tolist()}
    # tiles are two pixels wide or more, and diagonals are longer
    far = {tuple(pair) for pair in np.argwhere(distance > 2 * np.sqrt(2) * max(gap + 1, 2))}
    assert near <= found
    assert not far & found


def test_looking_for_pairs_leaves_the_footprints_as_they_were(footprints: sparse.csr_array) -> None:
    support = supports(footprints, 0.2)
    before = support.toarray()
    near_pairs(support, SHAPE, 2)
    np.testing.assert_array_equal(support.toarray(), before)


def test_cosine_and_shared_pixels_are_those_of_dense_arithmetic(
    footprints: sparse.csr_array,
) -> None:
    support = supports(footprints, 0.2)
    dense = support.toarray().astype(np.float64)
    pairs = np.argwhere(np.triu(np.ones((60, 60)), 1)).astype(np.int32)
    cosine, shared = likeness(support, support, pairs)
    np.testing.assert_allclose(cosine, (dense @ dense.T)[*pairs.T], atol=1e-6)
    np.testing.assert_array_equal(shared, ((dense > 0) @ (dense > 0).T.astype(int))[*pairs.T])


def test_pairs_across_two_sets_are_those_whose_cosine_is_high_enough(
    footprints: sparse.csr_array,
) -> None:
    support = supports(footprints, 0.2)
    first, second = support[:25], support[25:]
    pairs, cosine = overlapping_pairs(first, second, 0.1)
    dense = (first @ second.T).toarray()
    np.testing.assert_array_equal(pairs, np.argwhere(dense >= 0.1))
    np.testing.assert_allclose(cosine, dense[dense >= 0.1], rtol=1e-6)


def test_a_centre_is_weighted_and_that_of_nothing_is_not_a_number() -> None:
    footprint = np.zeros((2, 4, 5))
    footprint[0, 1, 1], footprint[0, 3, 1] = 3, 1
    found = centres(sparse.csr_array(footprint.reshape(2, -1)), (4, 5))
    np.testing.assert_array_equal(found, [[1.5, 1], [np.nan, np.nan]])


def test_contact_is_the_share_of_the_smaller_footprint_within_the_gap() -> None:
    footprint = np.zeros((2, 6, 9))
    footprint[0, :, :3] = 1
    footprint[1, :2, 4:8] = 1
    support = sparse.csr_array(footprint.reshape(2, -1))
    assert [contact(support, (6, 9), (0, 1), gap) for gap in (1, 2, 3, 9)] == [0, 0.25, 0.5, 1]
    assert contact(support, (6, 9), (1, 0), 2) == 0.25
