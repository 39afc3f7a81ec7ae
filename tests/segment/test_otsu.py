"""Otsu's threshold, against another implementation."""

import numpy as np
import pytest

from sightline.segment.otsu import mark_above_otsu, otsu_threshold


@pytest.mark.parametrize("seed", range(4))
def test_is_the_threshold_of_scikit_image(seed: int) -> None:
    filters = pytest.importorskip("skimage.filters")
    random = np.random.default_rng(seed)
    values = np.concatenate([random.normal(20, 4, 900), random.normal(60, 9, 300)])
    assert otsu_threshold(values) == pytest.approx(filters.threshold_otsu(values))


def test_marks_the_brighter_side_of_the_mean_of_channels() -> None:
    pixels = np.zeros((2, 8, 8))
    pixels[0, 2:5, 3:6] = 90
    pixels[1, 2:5, 3:6] = 30
    marked = mark_above_otsu(pixels, label=2)
    assert set(np.unique(marked)) == {0, 2}
    np.testing.assert_array_equal(marked > 0, pixels[0] > 0)


def test_nothing_is_marked_in_a_constant_image() -> None:
    assert not mark_above_otsu(np.full((1, 6, 6), 4.0)).any()
