"""Foveated patches lie where the paper's do, and are sampled between pixels as elsewhere."""

import numpy as np
import pytest
from scipy import ndimage

from sightline.track.paper.coordinates import to_pixels, to_unit
from sightline.track.paper.foveated import blur_kernels, foveated_grid, intensities
from sightline.track.paper.registration import cut_patches, target_at, values_at
from sightline.track.paper.settings import PaperSettings


def image(shape=(2, 7, 40, 44), seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def test_pixels_and_units_agree_at_edges_and_centres_and_round_trip() -> None:
    shape = (5, 20, 30)
    edges = np.array([[-0.5, -0.5, -0.5], [4.5, 19.5, 29.5], [2, 9.5, 14.5]])
    np.testing.assert_allclose(to_unit(edges, shape), [[-1] * 3, [1] * 3, [0] * 3], atol=1e-15)
    np.testing.assert_allclose(to_pixels(to_unit(edges, shape), shape), edges, atol=1e-12)


def test_a_patch_of_25_reaches_17_and_a_half_pixels_and_3_and_a_half_planes() -> None:
    grid = foveated_grid(PaperSettings(), planes=24)
    assert grid.x[[0, -1]] == pytest.approx([-17.5, 17.5])
    assert grid.z == pytest.approx([-3.5, -1.25, 0, 1.25, 3.5])
    np.testing.assert_allclose(np.diff(grid.x)[6:18], 25 / 24)  # dense inside
    np.testing.assert_allclose(np.diff(grid.x)[:5], 25 / 24 + 1)  # sparse outside
    np.testing.assert_allclose(grid.x, -grid.x[::-1], atol=1e-12)


def test_thirteen_of_25_samples_are_not_dimmed_and_none_more_than_the_edge_weight() -> None:
    weights = foveated_grid(PaperSettings(patch_sigma=None), planes=24).weights
    assert (weights[2, 12] == 1).sum() == 13
    assert set(np.unique(weights)) == {0.1, 1.0}
    foveal = foveated_grid(PaperSettings(), planes=24).weights
    assert foveal[2, 12, 12] == 1
    assert foveal.min() == 0.1
    assert foveal[2, 12, 14] == pytest.approx(np.exp(-(2**2) / (2 * 2.5**2)))


@pytest.mark.parametrize(("planes", "samples"), [(1, 1), (2, 1), (3, 3), (4, 3), (5, 5), (30, 5)])
def test_a_thin_recording_has_thin_patches(planes, samples) -> None:
    grid = foveated_grid(PaperSettings(), planes)
    assert len(grid.z) == samples
    assert grid.z[samples // 2] == 0


def test_samples_are_linear_between_pixels_and_the_border_goes_on() -> None:
    light, grid = image(), foveated_grid(PaperSettings(), planes=7)
    places = np.array([[3.2, 20.7, 21.1], [0.1, 1.0, 43.0], [6.9, 39.4, -0.4]])
    patches = cut_patches(light, places, grid)
    at = np.stack(np.meshgrid(grid.z, grid.y, grid.x, indexing="ij"))
    for place, patch in zip(places, patches, strict=True):
        for channel, values in zip(light, patch, strict=True):
            there = ndimage.map_coordinates(
                channel, at + place[:, None, None, None], order=1, mode="nearest"
            )
            np.testing.assert_allclose(values, there * grid.weights, atol=1e-5)


def test_single_values_are_linear_between_pixels() -> None:
    places = np.random.default_rng(1).uniform(-1, 8, (20, 3))
    values, _ = values_at(image()[0], places)
    there = ndimage.map_coordinates(image()[0], places.T, order=1, mode="nearest")
    np.testing.assert_allclose(values, there, atol=1e-6)


def test_the_blur_falls_from_nine_samples_to_none_and_keeps_to_zero_outside() -> None:
    widths = [len(blur_kernels(step)[1]) for step in range(40)]
    assert widths == [9] * 4 + [7] * 5 + [5] * 5 + [1] * 26
    patches = cut_patches(
        image(), np.array([[3.0, 20, 20]]), foveated_grid(PaperSettings(), planes=7)
    )
    for step in (0, 5, 10, 20):
        across, along = blur_kernels(step)
        blurred = patches[0].astype(float)
        for axis, kernel in ((1, across), (2, along), (3, along)):
            blurred = ndimage.correlate1d(blurred, kernel, axis=axis, mode="constant")
        target = target_at(patches, step)
        np.testing.assert_allclose(target.wanted[0], blurred - blurred.mean(), atol=1e-6)
        assert target.deviation[0] == pytest.approx(blurred.std(ddof=1))


def test_brightness_is_the_root_of_the_share_of_the_brightest_of_all_channels() -> None:
    light = image() * 50 - 5
    light[0, 0, 0, 0] = np.nan
    share = np.maximum(np.nan_to_num(light), 0) / np.nanmax(light)
    np.testing.assert_allclose(intensities(light, PaperSettings()), share**0.5, rtol=1e-5)
    one = intensities(light, PaperSettings(channel=1, gamma=3))
    np.testing.assert_allclose(one, share[1:] ** (1 / 3), rtol=1e-5)
    both = intensities(light, PaperSettings(channel="brightest"))
    np.testing.assert_allclose(both[0], share.max(axis=0) ** 0.5, rtol=1e-5)


def test_a_frame_without_light_stays_dark() -> None:
    assert not intensities(np.zeros((1, 3, 9, 9), np.float32), PaperSettings()).any()
