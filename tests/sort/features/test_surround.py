"""Features 51-66: the candidate against what surrounds it."""

import numpy as np
import pytest

from sightline.sort.features.surround import (
    active_runs,
    activity_image,
    activity_image_similarity,
    excess,
    in_movie_units,
    neighbourhood,
    responses,
    surround,
)


def spot(side: int = 41) -> np.ndarray:
    weights = np.zeros((side, side))
    weights[side // 2, side // 2] = 1
    return weights


@pytest.mark.parametrize(("wide", "sd", "reach"), [(False, 2.4, 6), (True, 4.8, 12)])
def test_the_neighbourhood_of_a_pixel_is_where_a_gaussian_exceeds_a_hundredth(
    wide: bool, sd: float, reach: int
) -> None:
    y, x = np.mgrid[-20:21, -20:21]
    square = (np.abs(y) <= reach) & (np.abs(x) <= reach)
    expected = square & (np.exp(-(x**2 + y**2) / (2 * sd**2)) > 0.01)
    np.testing.assert_array_equal(neighbourhood(spot(), wide), expected)


def test_nothing_has_no_neighbourhood() -> None:
    assert not neighbourhood(np.zeros((9, 9))).any()


def test_the_activity_image_sums_frames_in_which_the_trace_stands_out() -> None:
    movie = np.array([[1.0, 2], [10, 20], [100, 200]])
    assert activity_image(movie, np.array([3, 5, 6.0]), 4.0).tolist() == [210, 420]


def test_similarity_is_the_cosine_near_the_footprint() -> None:
    footprint = np.array([0, 1, 1, 0.0])
    near = np.array([True, True, True, False])
    assert activity_image_similarity(3 * footprint, footprint, near) == pytest.approx(1)
    assert activity_image_similarity(np.array([1, 0, 0, 9.0]), footprint, near) == 0
    assert activity_image_similarity(np.array([1, 1, 1, 9.0]), footprint, near) == pytest.approx(
        2 / np.sqrt(6)
    )
    assert np.isnan(activity_image_similarity(np.zeros(4), footprint, near))


def test_the_surround_is_what_is_active_beside_the_footprint() -> None:
    image = np.array([5, 4, -3, 2, 8.0])
    footprint = np.array([1, 0.01, 0, 0, 0])
    wide = np.array([True, True, True, True, False])
    assert surround(image, footprint, wide).tolist() == [0, 1, 0, 0.5, 0]
    assert not surround(-np.abs(image), footprint, wide).any()
    assert surround(1e-9 * image, footprint, wide, least=1e-6).max() == pytest.approx(0.004)


def test_responses_give_back_the_activity_of_a_movie_made_of_the_footprint() -> None:
    rng = np.random.default_rng(0)
    footprint, activity = rng.uniform(0.1, 1, 50), rng.uniform(0, 5, 30)
    footprint /= footprint.max()
    found = responses(activity[:, None] * footprint, footprint)
    np.testing.assert_allclose(found.peak, activity)
    np.testing.assert_allclose(found.norm, activity * np.linalg.norm(footprint))
    assert not responses(np.ones((3, 2)), np.zeros(2)).peak.any()


def test_a_trace_is_brought_to_movie_units() -> None:
    activity = np.random.default_rng(0).uniform(0, 5, 40)
    np.testing.assert_allclose(in_movie_units(300 + 0.1 * activity, activity), activity)


def test_a_trace_that_runs_against_the_movie_is_not_turned_over() -> None:
    activity = np.random.default_rng(0).uniform(0, 5, 40)
    np.testing.assert_allclose(in_movie_units(-activity, activity), activity.mean())
    np.testing.assert_allclose(in_movie_units(np.ones(40), activity), activity.mean())


def test_runs_are_numbered_and_end_with_their_window_if_asked() -> None:
    trace = np.array([0, 6, 9, 0, 10, 10, 10, 5.0])
    window = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    assert active_runs(trace).tolist() == [0, 1, 1, 0, 2, 2, 2, 0]
    assert active_runs(trace, window).tolist() == [0, 1, 1, 0, 2, 2, 3, 0]
    assert active_runs(np.zeros(3)).tolist() == [0, 0, 0]


def test_excess_is_summed_over_each_run() -> None:
    runs = np.array([1, 1, 0, 2])
    part = np.array([4, 1, 9, 2.0])
    other = np.array([1, 2, 0, 2.0])
    assert excess(part, other, part, runs).tolist() == [3 / 5, 0]
    assert np.isnan(excess(part, other, np.array([0, 0, 1, 2.0]), runs)).tolist() == [True, False]
    assert excess(part, other, part, np.zeros(4, int)).size == 0
