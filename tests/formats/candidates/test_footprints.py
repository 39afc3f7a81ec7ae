"""Footprints from lists of pixels."""

import numpy as np
import pytest

from sightline.errors import InputError
from sightline.formats.candidates.footprints import footprints_from_pixels, known_image_shape


def test_pixels_land_at_row_times_width_plus_column():
    footprints, outside = footprints_from_pixels(
        np.array([0, 1, 1]), np.array([2, 0, 2]), np.array([0.5, 1, 2]), [1, 2], (2, 3)
    )
    assert footprints.toarray().tolist() == [[0, 0, 0.5, 0, 0, 0], [0, 0, 0, 1, 0, 2]]
    assert footprints.dtype == np.float32
    assert outside.tolist() == [0, 0]


def test_pixels_outside_of_the_image_are_counted_for_each_candidate():
    rows, columns = np.array([-1, 0, 2, 0]), np.array([0, 0, 0, 3])
    footprints, outside = footprints_from_pixels(rows, columns, np.ones(4), [2, 0, 2], (2, 3))
    assert footprints.toarray()[0].tolist() == [1, 0, 0, 0, 0, 0]
    assert outside.tolist() == [1, 0, 2]


def test_a_pixel_listed_twice_has_the_sum_of_its_weights():
    footprints, _ = footprints_from_pixels(
        np.array([1, 1]), np.array([1, 1]), np.array([1, 2]), [2], (2, 2)
    )
    assert footprints.toarray().tolist() == [[0, 0, 0, 3]]


def test_an_image_size_that_nobody_said_is_asked_for():
    with pytest.raises(InputError, match="Give the movie too"):
        known_image_shape(None, "regions.json")
