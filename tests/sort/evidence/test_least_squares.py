"""Traces of given footprints: those the movie was made of, also where footprints overlap."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from sightline.sort.evidence.least_squares import (
    hold_last,
    make_trace_model,
    project_frames,
    solve_traces,
)

SHAPE = (48, 56)
FRAMES = 40
RNG = np.random.default_rng(0)


def blobs(*centres: tuple[float, float], radius: float = 4.0) -> sparse.csr_array:
    """Round footprints that fall to 0 at their radius."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    images = [np.maximum(0, 1 - np.hypot(y - cy, x - cx) / radius).ravel() for cy, cx in centres]
    return sparse.csr_array(np.stack(images).astype(np.float32))


APART = ((10, 10), (30, 40), (40, 12))
OVERLAPPING = ((20, 20), (20, 23), (23, 21), (30, 40))


def background(kind: str) -> NDArray[np.float64]:
    """(frame, height, width) that changes over time: even, or a slope."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] / SHAPE[0]
    course = 200 + 30 * np.sin(np.arange(FRAMES) / 3)[:, None, None]
    return course * {"none": 0 * x, "even": 1 + 0 * x, "slope": 1 + y - 0.5 * x}[kind]


def movie_of(
    footprints: sparse.csr_array, traces: NDArray[np.float64], kind: str = "even"
) -> NDArray[np.float32]:
    images = (footprints.T @ traces).T.reshape(FRAMES, *SHAPE)
    return (images + background(kind)).astype(np.float32)


def estimated(footprints: sparse.csr_array, movie: NDArray) -> NDArray[np.float32]:
    model = make_trace_model(footprints, SHAPE)
    return solve_traces(model, project_frames(model, movie))


def activity(count: int) -> NDArray[np.float64]:
    return RNG.gamma(0.5, 60, (count, FRAMES))


@pytest.mark.parametrize("kind", ["none", "even", "slope"])
@pytest.mark.parametrize("places", [APART, OVERLAPPING])
def test_a_movie_without_noise_gives_the_traces_it_was_made_of(
    places: tuple[tuple[float, float], ...], kind: str
) -> None:
    footprints, traces = blobs(*places), activity(len(places))
    found = estimated(footprints, movie_of(footprints, traces, kind))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, traces, atol=0.005 * traces.max())


def test_it_is_what_dense_least_squares_gives() -> None:
    footprints, traces = blobs(*OVERLAPPING), activity(4)
    noisy = movie_of(footprints, traces, "slope") + RNG.normal(0, 20, (FRAMES, *SHAPE))
    model = make_trace_model(footprints, SHAPE)
    dense = np.concatenate([footprints.toarray(), np.kron(model.down, model.right)])
    expected = np.linalg.lstsq(dense.T, noisy.reshape(FRAMES, -1).T, rcond=None)[0][:4]
    found = estimated(footprints, noisy.astype(np.float32))
    np.testing.assert_allclose(found, expected, atol=0.005 * np.abs(expected).max())


def test_any_type_of_number_will_do() -> None:
    footprints, traces = blobs(*APART), activity(3).round() * 4
    movie = movie_of(footprints, traces)
    for dtype in (np.uint16, np.float64):
        found = estimated(footprints, movie.astype(dtype))
        np.testing.assert_allclose(found, traces, atol=2)


def test_identical_footprints_share_what_there_is() -> None:
    one, traces = blobs((20, 20)), activity(1)
    twice = sparse.csr_array(sparse.vstack([one, one]))
    found = estimated(twice, movie_of(one, traces))
    np.testing.assert_allclose(found[0], found[1], atol=1e-3 * traces.max())
    np.testing.assert_allclose(found.sum(0), traces[0], atol=0.01 * traces.max())


def test_an_empty_footprint_has_a_trace_of_zeros() -> None:
    footprints = blobs(*APART).tolil()
    footprints[1] = 0
    traces = activity(3)
    found = estimated(sparse.csr_array(footprints), movie_of(blobs(*APART), traces))
    assert (found[1] == 0).all()
    np.testing.assert_allclose(found[0], traces[0], atol=0.05 * traces.max())


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_frame_with_a_value_that_is_not_finite_has_no_traces(bad: float) -> None:
    footprints, traces = blobs(*APART), activity(3)
    movie = movie_of(footprints, traces)
    movie[7, 0, 0] = bad
    found = estimated(footprints, movie)
    assert np.isnan(found[:, 7]).all()
    np.testing.assert_allclose(
        np.delete(found, 7, 1), np.delete(traces, 7, 1), atol=0.005 * traces.max()
    )


def test_no_good_frame_at_all_is_no_error() -> None:
    movie = np.full((FRAMES, *SHAPE), np.nan, np.float32)
    assert np.isnan(estimated(blobs(*APART), movie)).all()


def test_gaps_hold_the_frame_before_and_zero_at_first() -> None:
    traces = np.array([[np.nan, 1, np.nan, np.nan, 2, np.nan]] * 2, np.float32)
    assert hold_last(traces).tolist() == [[0, 1, 1, 1, 2, 2]] * 2
    assert hold_last(np.full((1, 3), np.nan, np.float32)).tolist() == [[0, 0, 0]]
    assert hold_last(np.zeros((2, 0), np.float32)).shape == (2, 0)


@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (3, 3), (200, 9)])
def test_the_background_of_an_image_of_any_size_is_even_where_it_is_even(
    shape: tuple[int, int],
) -> None:
    model = make_trace_model(sparse.csr_array((2, shape[0] * shape[1]), dtype=np.float32), shape)
    np.testing.assert_allclose(np.kron(model.down, model.right).sum(0), 1, rtol=1e-5)
    assert (
        solve_traces(model, project_frames(model, np.ones((4, *shape)))).tolist() == [[0] * 4] * 2
    )
