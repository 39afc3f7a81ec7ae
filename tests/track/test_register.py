"""Registration finds sub-pixel moves of patches, holds what a person fixed, and tells how alike."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from sightline.track.patches import patch_grid, pyramid, sample
from sightline.track.register import RegisterSettings, cut_patches, register_points, scores

SETTINGS = RegisterSettings(patch_sigma=3.0)
UNIT = (1.0, 1.0, 1.0)


def texture(shape: tuple[int, ...], seed: int = 0) -> NDArray[np.float32]:
    noise = np.random.default_rng(seed).standard_normal((1, *shape))
    sigma = [0, *(2.0 if size > 1 else 0 for size in shape)]
    return (100 * ndimage.gaussian_filter(noise, sigma)).astype(np.float32)


def moved(frame: NDArray[np.float32], by) -> NDArray[np.float32]:
    return ndimage.shift(frame, (0, *by), order=3, mode="nearest")


def follow(reference, frame, places, settings=SETTINGS, voxel=UNIT, start=None, fixed=None):
    before = pyramid(reference, voxel, settings.levels)
    patches = cut_patches(before, places, voxel, settings)
    after = pyramid(frame, voxel, settings.levels)
    return register_points(
        after, patches, places if start is None else start, voxel, settings, fixed
    )


def places_in(shape: tuple[int, ...], count: int = 12) -> NDArray[np.float64]:
    size = np.array(shape, float)
    return np.random.default_rng(1).uniform(0.25, 0.75, (count, 3)) * (size - 1)


@pytest.mark.parametrize("shape", [(1, 80, 90), (20, 60, 70)])
@pytest.mark.parametrize("by", [(0, 0.4, -0.7), (0, -3.3, 4.6), (1.6, 2.2, 0.0)])
def test_a_shift_is_found_to_a_twentieth_of_a_pixel(shape, by) -> None:
    by = np.array(by) * (np.array(shape) > 1)
    frame = texture(shape)
    found = follow(frame, moved(frame, by), places_in(shape))
    error = found.positions - places_in(shape) - by
    assert np.abs(np.median(error, axis=0)).max() < 0.05
    assert (np.linalg.norm(error, axis=1) < 0.2).mean() > 0.9
    assert np.median(found.score) > 0.98


def test_brightness_and_contrast_do_not_matter() -> None:
    frame = texture((1, 80, 90))
    plain = follow(frame, moved(frame, (0, 1.5, 2)), places_in((1, 80, 90)))
    other = follow(frame, 0.3 * moved(frame, (0, 1.5, 2)) + 900, places_in((1, 80, 90)))
    np.testing.assert_allclose(other.positions, plain.positions, atol=0.05)


def test_a_voxel_of_another_shape_is_a_sampling_of_the_same_body() -> None:
    frame = texture((40, 60, 70))
    after = moved(frame, (2.0, 1.0, -1.5))
    places = places_in((40, 60, 70))
    thin = places / (2, 1, 1)
    found = follow(frame[:, ::2], after[:, ::2], thin, voxel=(2.0, 1.0, 1.0))
    error = np.linalg.norm((found.positions - thin) * (2, 1, 1) - (2, 1, -1.5), axis=1)
    assert np.median(error) < 0.2


def test_what_a_person_fixed_stays_to_the_last_bit_and_pulls_its_neighbours() -> None:
    blank = np.zeros((1, 1, 60, 60), np.float32)
    frame = texture((1, 60, 60))
    places = np.array([[0, 20.0, 20], [0, 26, 20], [0, 40, 40]])
    start = places.copy()
    start[1] += (0, 1.25, 0)
    fixed = np.array([False, True, False])
    found = follow(frame, moved(frame, (0, 2, 0)), places, start=start, fixed=fixed)
    assert (found.positions[1] == start[1]).all()
    np.testing.assert_allclose(found.positions[[0, 2]] - places[[0, 2]], [[0, 2, 0]] * 2, atol=0.1)
    still = follow(frame, blank, places, start=start, fixed=fixed)
    np.testing.assert_array_equal(still.positions, start)
    assert (still.score == 0).all()


def test_springs_carry_a_point_that_sees_nothing() -> None:
    frame = texture((1, 90, 90))
    after = moved(frame, (0, 2.5, -2))
    after[0, 0, 37:60, 35:56] = after.mean()
    places = np.array([[0, y, x] for y in (28.0, 46, 64) for x in (26.0, 46, 66)])
    settings = RegisterSettings(patch_sigma=3.0, stiffness=0.05, neighbours=4)
    found = follow(frame, after, places, settings)
    np.testing.assert_allclose(found.positions[4] - places[4], (0, 2.5, -2), atol=0.7)
    assert found.score[4] < 0.5 < np.median(found.score)


def test_the_score_is_the_weighted_correlation() -> None:
    before, after = texture((1, 50, 50)), texture((1, 50, 50), seed=4)
    place = np.array([[0, 20.0, 30.0]])
    one, two = (pyramid(frame, UNIT, 1) for frame in (before, after))
    settings = RegisterSettings(patch_sigma=3.0, levels=1)
    found = scores(two, cut_patches(one, place, UNIT, settings), place, UNIT, settings)
    grid = patch_grid(3.0, np.ones(3), (1, 50, 50))
    at = (place + grid.offsets).astype(int)
    a, b = one[0][0][0][tuple(at.T)], two[0][0][0][tuple(at.T)]
    cov = np.cov(a, b, aweights=grid.weights, ddof=0)
    assert found[0] == pytest.approx(cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1]), abs=1e-5)


def test_samples_and_slopes_are_those_of_linear_interpolation() -> None:
    frame = texture((6, 20, 22))
    places = np.array([[2.3, 8.8, 9.1], [4.9, 18.2, 0.4]])
    values, slopes = sample(frame, places, np.zeros((1, 3)))
    wanted = ndimage.map_coordinates(frame[0], places.T, order=1)
    np.testing.assert_allclose(values[:, 0, 0], wanted, rtol=1e-4)
    for axis in range(3):
        step = 0.01 * np.eye(3)[axis]
        ahead = sample(frame, places + step, np.zeros((1, 3)))[0][:, 0, 0]
        np.testing.assert_allclose(
            slopes[:, 0, 0, axis], (ahead - values[:, 0, 0]) / 0.01, rtol=1e-3
        )


def test_no_points_and_one_point_are_no_trouble() -> None:
    frame = texture((1, 40, 40))
    assert follow(frame, frame, np.empty((0, 3))).positions.shape == (0, 3)
    alone = follow(frame, moved(frame, (0, 1, 0)), np.array([[0, 20.0, 20]]))
    np.testing.assert_allclose(alone.positions, [[0, 21, 20]], atol=0.1)
