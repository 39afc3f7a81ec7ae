"""Features 35 and 46: the candidate against all others."""

import numpy as np
import pytest
from scipy import sparse

from sightline.sort.features.pairwise import correlated_fraction, max_footprint_correlation
from sightline.sort.features.trace_shape import median_of_three


def grouped_traces(*sizes: int, seed: int = 0) -> np.ndarray:
    """Groups that share a slow signal, independent of each other's."""
    rng = np.random.default_rng(seed)
    signals = np.repeat(rng.normal(size=(len(sizes), 100)), 5, axis=1)
    traces = np.repeat(signals, sizes, axis=0)
    return (traces + 0.1 * rng.normal(size=traces.shape)).astype(np.float32)


def footprints(*images: np.ndarray) -> sparse.csr_array:
    return sparse.csr_array(np.stack([image.ravel() for image in images]))


def square(top: int, left: int, size: int = 6, value: float = 1.0) -> np.ndarray:
    image = np.zeros((40, 40))
    image[top : top + size, left : left + size] = value
    return image


def test_it_is_the_share_of_the_others_that_correlate() -> None:
    found = correlated_fraction(grouped_traces(3, 2, 1))
    assert found.tolist() == [2 / 5] * 3 + [1 / 5] * 2 + [0]


def test_it_agrees_with_numpy_pair_by_pair() -> None:
    rng = np.random.default_rng(1)
    traces = rng.normal(size=(30, 400)) + 1.15 * np.repeat(rng.normal(size=80), 5)
    alike = np.corrcoef(median_of_three(traces - traces.mean(1, keepdims=True))) > 0.7
    expected = (alike.sum(1) - 1) / 29
    assert 0.1 < expected.mean() < 0.9
    assert correlated_fraction(traces).tolist() == pytest.approx(expected.tolist())


def test_a_sample_of_the_others_estimates_it_within_its_standard_error() -> None:
    traces = grouped_traces(150, 50, 100)
    exact = correlated_fraction(traces)
    found = correlated_fraction(traces, seed=3, others=100)
    error = np.sqrt(exact * (1 - exact) / 100)
    assert np.abs(found - exact).max() > 0
    assert (np.abs(found - exact) < 3 * error + 0.01).all()
    np.testing.assert_array_equal(found, correlated_fraction(traces, seed=3, others=100))


def test_flat_and_broken_traces_have_none_and_count_for_nobody() -> None:
    traces = grouped_traces(3, 1)
    traces = np.concatenate([traces, np.full((2, 500), 0.1), traces[:1]])
    traces[-1, 7] = np.nan
    found = correlated_fraction(traces)
    assert np.isnan(found[4:]).all()
    assert found[:4].tolist() == pytest.approx([2 / 3] * 3 + [0])
    assert np.isnan(correlated_fraction(traces[:1])).all()


def test_shifting_and_scaling_traces_changes_nothing() -> None:
    traces = grouped_traces(4, 4)
    moved = 3 * traces.astype(np.float64) + 700
    np.testing.assert_array_equal(correlated_fraction(moved), correlated_fraction(traces))


def test_identical_footprints_correlate_fully_at_any_scale() -> None:
    found = max_footprint_correlation(footprints(square(5, 5), square(5, 5, value=9)))
    assert found == pytest.approx([1, 1], abs=1e-6)


def test_footprints_that_do_not_overlap_have_none() -> None:
    assert max_footprint_correlation(footprints(square(5, 5), square(20, 20))).tolist() == [0, 0]
    assert max_footprint_correlation(footprints(square(5, 5))).tolist() == [0]


def test_it_is_the_highest_over_all_pixels_of_the_image() -> None:
    rng = np.random.default_rng(0)
    images = [square(5, 5), square(7, 5), square(9, 9), square(30, 2)]
    images = [image * rng.uniform(0.5, 1, image.shape) for image in images]
    r = np.corrcoef([image.ravel() for image in images])
    overlap = np.array([[(a * b).sum() > 0 for a in images] for b in images])
    expected = np.where(overlap & ~np.eye(4, dtype=bool), r, -np.inf).max(1)
    expected[3] = 0
    assert max_footprint_correlation(footprints(*images)) == pytest.approx(expected, abs=1e-6)


def test_empty_footprints_have_none() -> None:
    empty = np.zeros((40, 40))
    assert max_footprint_correlation(footprints(empty, square(1, 1), empty)).tolist() == [0] * 3
