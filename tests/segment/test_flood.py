"""Basins of landscapes whose answer is seen at a glance, and scikit-image's for random ones."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import h_maxima, local_maxima
from skimage.segmentation import watershed

from sightline.segment.flood import renumbered, split_basins
from sightline.trust.mask_scores import object_scores


def split(*heights: float, least_dip: float = 0.0, pass_ratio: float = 1.0) -> list[int]:
    """Basins of a line of pixels, all of one piece."""
    line = np.array([heights], np.float32)
    mask = np.ones(line.shape, bool)
    return split_basins(mask, line, least_dip=least_dip, pass_ratio=pass_ratio)[0].tolist()


def hills(seed: int, size: int = 150) -> NDArray[np.float32]:
    return ndimage.gaussian_filter(np.random.default_rng(seed).random((size, size)), 4).astype(
        np.float32
    )


def test_a_pass_divides_two_peaks_and_a_slope_none() -> None:
    assert split(3, 5, 1, 4, 2) in ([1, 1, 1, 2, 2], [1, 1, 2, 2, 2])
    assert split(1, 2, 3, 4, 5) == [1] * 5


def test_a_pass_near_the_lower_peak_divides_nothing() -> None:
    assert split(9, 10, 4, 5, 3, pass_ratio=0.79) == [1] * 5
    assert max(split(9, 10, 4, 5, 3, pass_ratio=0.81)) == 2


def test_a_shallow_dip_divides_nothing() -> None:
    assert split(9, 10, 4, 5, 3, least_dip=1.1) == [1] * 5
    assert max(split(9, 10, 4, 5, 3, least_dip=0.9)) == 2


def test_ripples_join_a_peak_and_the_deep_pass_beyond_still_divides() -> None:
    heights = (5, 4.9, 5.1, 4.8, 5, 1, 6, 5.9, 6.1)
    found = split(*heights, least_dip=0.5)
    assert found[:5] == [1] * 5
    assert found[6:] == [2] * 3


def test_a_plateau_is_one_basin() -> None:
    assert split(2, 2, 2, 2) == [1] * 4


def test_basins_do_not_reach_over_the_border_of_a_piece() -> None:
    pieces = np.array([[1, 1, 2, 2]])
    found = split_basins(pieces, np.array([[1, 2, 3, 4]], np.float32), pass_ratio=0.0)
    assert found.tolist() == [[1, 1, 2, 2]]


@pytest.mark.parametrize("seed", range(3))
def test_without_merging_each_local_maximum_has_its_basin(seed: int) -> None:
    landscape = hills(seed)
    found = split_basins(np.ones(landscape.shape, bool), landscape)
    peaks = local_maxima(landscape, connectivity=1)
    assert found.max() == peaks.sum()
    assert len(np.unique(found[peaks.astype(bool)])) == peaks.sum()


@pytest.mark.parametrize("seed", range(3))
def test_basins_are_those_of_a_watershed_from_peaks_of_that_dip(seed: int) -> None:
    landscape, dip = hills(seed), 0.02
    seeds, count = ndimage.label(h_maxima(landscape, dip))  # pyright: ignore
    theirs = watershed(-landscape, seeds)
    ours = split_basins(np.ones(landscape.shape, bool), landscape, least_dip=dip)
    assert count > 5
    assert object_scores(ours, theirs, (0.8,)).precision[0] > 0.9


def test_numbers_close_ranks_in_the_order_of_first_pixels() -> None:
    labels = np.array([[0, 7, 0], [3, 7, 9]], np.int32)
    assert renumbered(labels).tolist() == [[0, 1, 0], [2, 1, 3]]
    assert renumbered(np.zeros((0, 4), np.int32)).shape == (0, 4)
