"""Local maxima are those that a maximum filter finds, and of near ones the first stays."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, maximum_filter

from sightline.track.local_maxima import below_a_pixel, first_of_near, local_maxima


@pytest.mark.parametrize("shape", [(9, 30, 40), (1, 50, 50), (3, 1, 20)])
@pytest.mark.parametrize("least", [-np.inf, 0.0, 1.0])
def test_they_are_what_a_maximum_filter_leaves(shape, least: float) -> None:
    noise = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    smooth = gaussian_filter(noise, 1)
    smooth /= smooth.std()
    expected = np.argwhere((smooth == maximum_filter(smooth, 3)) & (smooth > least))
    np.testing.assert_array_equal(local_maxima(smooth, least), expected)


def test_a_parabola_s_top_is_found_exactly() -> None:
    grid = np.stack(np.indices((7, 7, 7)), -1).astype(np.float64)
    image = (9 - ((grid - (3.2, 2.7, 3.4)) ** 2).sum(-1)).astype(np.float32)
    places = local_maxima(image, 0)
    np.testing.assert_array_equal(places, [[3, 3, 3]])
    np.testing.assert_allclose(places + below_a_pixel(image, places), [[3.2, 2.7, 3.4]], atol=1e-4)


def test_of_near_ones_the_first_stays_and_takes_no_second_with_it() -> None:
    places = np.array([[0, 0, 0], [0, 0, 2], [0, 0, 4], [0, 9, 0]], np.float64)
    np.testing.assert_array_equal(first_of_near(places, 3), [True, False, True, True])
    assert first_of_near(np.empty((0, 3)), 3).shape == (0,)
