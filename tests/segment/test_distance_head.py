"""Maps of middles: worked by hand, and there and back on discs and on nuclei people outlined."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from sightline.segment.distance_head import middle_map, objects_from_middles
from sightline.trust.mask_scores import object_scores


def touching_discs(size: int = 120, count: int = 40, seed: int = 0) -> NDArray[np.int32]:
    """Discs of radius 7 to 11, each pixel of the nearest's; many share long borders."""
    rng = np.random.default_rng(seed)
    centres, radii = rng.uniform(0, size, (count, 2)), rng.uniform(7, 11, count)
    y, x = np.mgrid[:size, :size]
    near = np.stack([np.hypot(y - row, x - column) - radius
                     for (row, column), radius in zip(centres, radii, strict=True)])  # fmt: skip
    labels = np.where(near.min(axis=0) < 0, near.argmin(axis=0) + 1, 0).astype(np.int32)
    areas = np.bincount(labels.ravel())
    return np.where(areas[labels] >= 60, labels, 0).astype(np.int32)


def precision(found: NDArray[np.int32], truth: NDArray[np.int32]) -> float:
    return float(object_scores(found, truth, (0.5,)).precision[0])


def test_a_square_rises_from_its_border_to_one_in_its_middle() -> None:
    square = np.zeros((9, 9), np.int32)
    square[2:7, 2:7] = 4
    found = middle_map(square)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[4], [0, 0, 0.2, 0.6, 1, 0.6, 0.2, 0, 0], atol=1e-6)


def test_it_is_low_where_objects_touch_and_high_where_the_image_cuts_one() -> None:
    halves = np.zeros((20, 20), np.int32)
    halves[:, 0:10], halves[:, 10:20] = 1, 2
    found = middle_map(halves)
    assert (found[:, 9:11] < 0.1).all()
    np.testing.assert_allclose(found[:, [0, 19]], 1)
    np.testing.assert_array_equal(middle_map(np.ones((5, 5), np.int32)), 1)
    np.testing.assert_array_equal(middle_map(np.zeros((5, 5), np.int32)), 0)


def test_objects_small_and_large_reach_one() -> None:
    truth = touching_discs()
    highest = ndimage.maximum(middle_map(truth), truth, np.unique(truth[truth > 0]))
    np.testing.assert_allclose(highest, 1)


@pytest.mark.parametrize("seed", range(3))
def test_discs_that_touch_come_back(seed: int) -> None:
    truth = touching_discs(seed=seed)
    classes = (truth > 0).astype(np.int16)
    together = int(ndimage.label(classes)[1])  # pyright: ignore
    assert together < 0.6 * len(np.unique(truth[truth > 0]))
    assert precision(objects_from_middles(classes, middle_map(truth)), truth) > 0.95


def test_discs_come_back_from_a_map_as_blurred_and_noisy_as_a_networks() -> None:
    truth = touching_discs(seed=4)
    noise = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=truth.shape), 1)
    predicted = ndimage.gaussian_filter(middle_map(truth), 1) + 0.1 * noise / noise.std()
    probability = ndimage.gaussian_filter((truth > 0).astype(np.float32), 1)
    assert precision(objects_from_middles(probability, predicted), truth) > 0.85


def test_the_mask_says_where_objects_are_whatever_the_map_says() -> None:
    truth = touching_discs()
    rng = np.random.default_rng(0)
    probability = (truth > 0).astype(np.float32)
    found = objects_from_middles(probability, rng.normal(size=truth.shape))
    np.testing.assert_array_equal(found > 0, truth > 0)


@pytest.mark.slow
def test_nuclei_that_people_outlined_come_back(shared_data: Path) -> None:
    scores = []
    for path in sorted((shared_data / "dsb2018-fluorescence" / "labels").glob("*.png"))[1::8]:
        truth = np.asarray(Image.open(path)).astype(np.int32)
        found = objects_from_middles((truth > 0).astype(np.int16), middle_map(truth))
        scores.append(precision(found, truth))
    assert np.mean(scores) > 0.97
