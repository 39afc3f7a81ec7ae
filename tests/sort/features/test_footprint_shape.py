"""Features 37-45 on footprints whose values are known."""

import numpy as np
import pytest
from scipy import ndimage

from sightline.sort.features.footprint_shape import (
    Footprint,
    circularity,
    circularity_of_centres,
    edge_distance_of_centre,
    edge_distance_of_peak,
    elongation,
    footprint_area,
    footprint_bodies,
    footprint_circumference,
    footprint_fragmented,
    footprint_sum,
    largest_body,
    spatial_corruption,
)

IMAGE = (128, 160)


def disc(radius: float, side: int = 61) -> np.ndarray:
    y, x = np.mgrid[:side, :side] - side // 2
    return (y**2 + x**2 <= radius**2).astype(float)


def bump(side: int = 31, sd: float = 3.0) -> np.ndarray:
    y, x = np.mgrid[:side, :side] - side // 2
    return np.exp(-(y**2 + x**2) / (2 * sd**2))


def placed(weights: np.ndarray, top: int = 20, left: int = 30) -> Footprint:
    height, width = weights.shape
    return Footprint(weights, (top, left, top + height, left + width), IMAGE)


def whole(footprint: Footprint) -> np.ndarray:
    image = np.zeros(footprint.image_shape)
    top, left, bottom, right = footprint.crop
    image[top:bottom, left:right] = footprint.weights
    return image


def test_area_counts_pixels_above_a_tenth() -> None:
    weights = np.array([[1, 0.1, 0.11], [0.05, 0.5, 0]])
    assert footprint_area(placed(weights)) == 3
    assert footprint_sum(placed(weights)) == pytest.approx(1.76)


def test_bodies_are_counted_above_a_tenth() -> None:
    weights = np.zeros((20, 20))
    weights[2:5, 2:5], weights[10:13, 10:13], weights[16, 3] = 1, 0.5, 0.05
    assert footprint_bodies(placed(weights)) == 2
    assert footprint_bodies(placed(np.zeros((5, 5)))) == 0


@pytest.mark.parametrize(("top", "left"), [(20, 30), (0, 0), (97, 129), (0, 129), (50, 0)])
def test_fragmentation_is_judged_by_the_local_mean_of_the_whole_image(top: int, left: int) -> None:
    """Against a box mean over the image, in which border pixels are repeated."""
    rng = np.random.default_rng(top + left)
    for weights in (bump(), ndimage.gaussian_filter(rng.random((31, 31)), 2), disc(9, 31)):
        footprint = placed(weights / weights.max(), top, left)
        image = whole(footprint)
        size = [2 * (side // 16) + 1 for side in IMAGE]
        local = ndimage.uniform_filter(image, size, mode="nearest")
        parts = ndimage.label(image > np.minimum(1.1 * local, 1) + 1e-12, np.ones((3, 3)))[1]
        assert footprint_fragmented(footprint) == (parts != 1)


def test_two_bodies_are_fragmented_and_so_is_none() -> None:
    weights = np.zeros((20, 20))
    weights[2:5, 2:5] = weights[10:13, 10:13] = 1
    assert footprint_fragmented(placed(weights)) == 1
    assert footprint_fragmented(placed(np.zeros((5, 5)))) == 1
    assert footprint_fragmented(placed(bump())) == 0


def test_circumference_is_that_of_all_parts_above_the_threshold() -> None:
    weights = np.zeros((12, 12))
    weights[1:4, 1:4], weights[7:9, 7:9] = 1, 0.08
    assert footprint_circumference(placed(weights), 0) == 8 + 4
    assert footprint_circumference(placed(weights), 0.1) == 8


def one_pixel(top: int, left: int) -> Footprint:
    return Footprint(np.ones((1, 1)), (top, left, top + 1, left + 1), IMAGE)


@pytest.mark.parametrize(
    ("place", "reference", "corrected"),
    [
        ((0, 80), 1, 0.5),
        ((127, 80), 0, 0.5),
        ((60, 0), 1, 0.5),
        ((60, 159), 0, 0.5),
        ((10, 80), 11, 10.5),
        ((60, 150), 9, 9.5),
    ],
)
def test_edge_distance_is_the_same_on_all_sides_but_not_in_the_reference(
    place: tuple[int, int], reference: float, corrected: float
) -> None:
    assert edge_distance_of_peak(one_pixel(*place)) == reference
    assert edge_distance_of_centre(one_pixel(*place)) == corrected


def test_of_equally_bright_pixels_the_middle_one_column_by_column_is_the_peak() -> None:
    weights = np.zeros((3, 5))
    weights[0, 0] = weights[2, 1] = weights[0, 4] = 1
    assert edge_distance_of_peak(placed(weights, top=1, left=60)) == 1 + 2 + 1


def test_the_centre_is_weighted() -> None:
    weights = np.zeros((1, 5))
    weights[0, 0], weights[0, 4] = 1, 0.25
    assert edge_distance_of_centre(placed(weights, top=60, left=3)) == pytest.approx(3.5 + 0.8)


def test_the_largest_body_is_taken_above_three_tenths() -> None:
    weights = np.zeros((20, 20))
    weights[2:4, 2:4], weights[10:13, 10:13], weights[10:13, 13] = 1, 0.4, 0.3
    body = largest_body(placed(weights))
    assert body.sum() == 9
    assert body[10:13, 10:13].all()
    assert not largest_body(placed(np.zeros((4, 4)))).any()


@pytest.mark.parametrize("radius", [2.5, 4.5, 8.5, 15.5, 25.5])
def test_a_disc_has_circularity_one(radius: float) -> None:
    assert circularity(disc(radius) > 0) == pytest.approx(1, abs=0.08)


def test_the_references_circularity_exceeds_one_for_small_bodies() -> None:
    assert circularity_of_centres(np.ones((3, 3), bool)) == pytest.approx(2.0235, abs=1e-4)
    assert circularity_of_centres(disc(25) > 0) == pytest.approx(1, abs=0.06)
    assert circularity_of_centres(np.ones((1, 1), bool)) == np.inf


def test_stretching_lowers_circularity() -> None:
    line, square = np.ones((2, 40), bool), np.ones((9, 9), bool)
    assert circularity(line) < 0.3 < circularity(square) < circularity(disc(9) > 0)


@pytest.mark.parametrize("length", [1, 2, 7, 30])
def test_a_line_is_as_elongated_as_it_is_long(length: int) -> None:
    assert elongation(np.ones((1, length), bool)) == pytest.approx(length)
    assert elongation(np.ones((length, 1), bool)) == pytest.approx(length)


def test_elongation_does_not_depend_on_direction() -> None:
    y, x = np.mgrid[-30:31, -30:31]
    for angle in (0.0, 0.4, np.pi / 4, 1.2):
        along = x * np.cos(angle) + y * np.sin(angle)
        across = y * np.cos(angle) - x * np.sin(angle)
        ellipse = (along / 24) ** 2 + (across / 12) ** 2 <= 1
        assert elongation(ellipse) == pytest.approx(2, rel=0.02)
    assert np.isnan(elongation(np.zeros((3, 3), bool)))


@pytest.mark.parametrize(("top", "left"), [(20, 30), (0, 0), (1, 129), (97, 1)])
def test_spatial_corruption_is_that_of_the_whole_image(top: int, left: int) -> None:
    rng = np.random.default_rng(5)
    weights = bump() * rng.uniform(0.7, 1, (31, 31))
    footprint = placed(weights / weights.max(), top, left)
    image = whole(footprint)
    padded = np.pad(image, 2, mode="edge")
    height, width = IMAGE
    local = np.zeros(IMAGE)
    for down in range(-1, 3):
        for right in range(-1, 3):
            local += padded[2 + down : 2 + down + height, 2 + right : 2 + right + width] / 16
    mask = image > 1e-3
    mean = image[mask].mean()
    near = ((image - local) ** 2 / np.maximum(local, 0.01))[mask].mean()
    far = ((image - mean) ** 2 / max(mean, 0.01))[mask].mean()
    assert spatial_corruption(footprint) == pytest.approx(near / far)


def test_speckled_footprints_are_more_corrupted_than_smooth_ones() -> None:
    speckled = bump() * np.random.default_rng(0).uniform(0, 1, (31, 31))
    assert spatial_corruption(placed(speckled / speckled.max())) > 2 * spatial_corruption(
        placed(bump())
    )
