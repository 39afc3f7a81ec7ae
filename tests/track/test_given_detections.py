"""Detections from elsewhere are taken as they are given, and joined without near duplicates."""

import numpy as np
import pytest
from scipy import ndimage

from sightline.errors import SettingError
from sightline.track.detect import Detections
from sightline.track.given_detections import (
    detections_by_function,
    detections_of_labels,
    detections_of_map,
    detections_of_points,
    join_detections,
)

PIXELS = (1.0, 1.0, 1.0)


def test_points_are_sorted_by_their_score() -> None:
    found = detections_of_points([[0, 1, 2], [0, 3, 4], [0, 5, 6]], [0.2, np.nan, 0.9])
    np.testing.assert_array_equal(found.positions[:, 1], [3, 5, 1])
    np.testing.assert_array_equal(found.probability, [1, 0.9, 0.2])


def test_scores_above_1_are_an_order_only() -> None:
    found = detections_of_points([[0, 1, 2], [0, 3, 4]], [3.0, 17.0])
    np.testing.assert_array_equal(found.positions[:, 1], [3, 1])
    np.testing.assert_array_equal(found.probability, [1, 1])


def test_no_points_are_no_detections() -> None:
    assert detections_of_points(np.empty((0, 3))).positions.shape == (0, 3)


@pytest.mark.parametrize("positions", [[[1, 2]], [[1, 2, np.nan]], [1, 2, 3]])
def test_points_are_three_numbers(positions) -> None:
    with pytest.raises(SettingError, match="z, y, x in pixels"):
        detections_of_points(positions)


def test_each_point_has_one_score() -> None:
    with pytest.raises(SettingError, match="one for each"):
        detections_of_points([[0, 1, 2]], [0.1, 0.2])


@pytest.mark.parametrize("shape", [(6, 40, 50), (1, 60, 60)])
def test_labels_are_found_at_scipy_s_centres_of_mass(shape) -> None:
    noise = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=shape), 2)
    labels, count = ndimage.label(noise > noise.std())
    labels[labels == 2] = 70_000
    found = detections_of_labels(labels, PIXELS)
    ids = np.unique(labels)[1:]
    expected = np.array(ndimage.center_of_mass(labels > 0, labels, ids))
    assert len(found.positions) == count
    order = np.lexsort(found.positions.T), np.lexsort(expected.T)
    np.testing.assert_allclose(found.positions[order[0]], expected[order[1]])
    assert (np.diff(found.strength) <= 0).all()


def test_a_ball_s_radius_is_its_deviation_along_an_axis() -> None:
    grid = np.stack(np.indices((31, 31, 31)), -1) - 15.0
    ball = (grid**2).sum(-1) <= 12**2
    found = detections_of_labels(ball.astype(np.uint8), PIXELS)
    assert found.radius[0] == pytest.approx(np.argwhere(ball)[:, 0].std(), rel=0.02)
    disk = ball[15:16]
    found = detections_of_labels(disk.astype(np.uint8), PIXELS)
    assert found.radius[0] == pytest.approx(np.argwhere(disk)[:, 1].std(), rel=0.02)


def test_voxels_count_by_their_size() -> None:
    labels = np.ones((4, 8, 8), np.uint8)
    one = detections_of_labels(labels, PIXELS).radius[0]
    assert detections_of_labels(labels, (8.0, 1.0, 1.0)).radius[0] == pytest.approx(2 * one)


@pytest.mark.parametrize("labels", [np.full((1, 4, 4), 0.5), np.full((1, 4, 4), -1), np.ones(3)])
def test_labels_are_whole_numbers_of_a_volume(labels) -> None:
    with pytest.raises(SettingError, match="whole numbers"):
        detections_of_labels(labels, PIXELS)


def test_peaks_of_a_map_are_placed_below_a_pixel() -> None:
    grid = np.stack(np.indices((1, 60, 60)), -1)
    places = np.array([[0, 20.3, 30.6], [0, 40.8, 12.2]])
    image = sum(
        peak * np.exp(-(((grid - place) / 3) ** 2).sum(-1) / 2)
        for place, peak in zip(places, (0.6, 0.9), strict=True)
    )
    found = detections_of_map(image, PIXELS, 3.0)
    np.testing.assert_allclose(found.positions, places[::-1], atol=0.1)
    np.testing.assert_allclose(found.probability, [0.9, 0.6], atol=0.05)
    assert len(detections_of_map(image, PIXELS, 3.0, 0.7).positions) == 1


def test_a_plateau_is_one_thing() -> None:
    mask = np.zeros((1, 50, 50))
    mask[0, 10:17, 10:17] = mask[0, 30:37, 25:32] = 1
    found = detections_of_map(mask, PIXELS, 4.0)
    order = np.argsort(found.positions[:, 1])
    np.testing.assert_allclose(found.positions[order], [[0, 13, 13], [0, 33, 28]], atol=0.5)


@pytest.mark.parametrize("image", [np.full((1, 9, 9), 255), np.full((1, 9, 9), -0.1), np.ones(4)])
def test_probabilities_are_between_0_and_1(image) -> None:
    with pytest.raises(SettingError, match="from 0 to 1"):
        detections_of_map(image, PIXELS, 2.0)


def test_values_that_are_no_numbers_are_no_probabilities() -> None:
    with pytest.raises(SettingError, match="from 0 to 1"):
        detections_of_map(np.full((1, 9, 9), np.nan), PIXELS, 2.0)


def test_a_function_gives_places_or_detections() -> None:
    frame = np.zeros((1, 1, 8, 8), np.float32)
    found = detections_by_function(lambda _frame: [[0, 1, 2]], frame)
    assert detections_by_function(lambda _frame: found, frame) is found
    with pytest.raises(SettingError, match="z, y, x in pixels"):
        detections_by_function(lambda _frame: [[1, 2]], frame)


def test_of_near_duplicates_the_most_probable_stays() -> None:
    ours = Detections(
        np.array([[0, 5, 5], [0, 20, 20], [2, 5, 5]], np.float64),
        np.ones(3), np.ones(3), np.array([0.9, 0.8, 0.7]),
    )  # fmt: skip
    given = detections_of_points([[0, 5, 6], [0, 40, 40]], [0.95, 0.6])
    found = join_detections([given, ours], (3.0, 1.0, 1.0), 2.0)
    np.testing.assert_array_equal(found.positions, [[0, 5, 6], [0, 20, 20], [2, 5, 5], [0, 40, 40]])
    np.testing.assert_array_equal(found.probability, [0.95, 0.8, 0.7, 0.6])


def test_without_probabilities_those_that_are_given_first_stay() -> None:
    plain = Detections(np.array([[0, 5.0, 5]]), np.ones(1), np.ones(1))
    found = join_detections([detections_of_points([[0, 5, 6]]), plain], PIXELS, 2.0)
    np.testing.assert_array_equal(found.positions, [[0, 5, 6]])
