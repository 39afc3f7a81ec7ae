"""Blobs are found where they were painted, whatever the voxels' shape, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from sightline.errors import SettingError
from sightline.simulate.deforming_settings import EASY, MEDIUM
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.track.detect import detect_blobs


def blob(size: tuple[int, int, int], centre, sigma) -> NDArray[np.float64]:
    grid = np.stack(np.indices(size), -1)
    return np.exp(-((((grid - centre) / sigma) ** 2).sum(-1)) / 2)


@pytest.mark.parametrize("centre", [(7.3, 20.6, 31.45), (5.0, 12.0, 40.0), (8.8, 30.2, 10.7)])
@pytest.mark.parametrize("voxel", [(1.0, 1.0, 1.0), (2.0, 1.0, 1.0)])
def test_a_blob_is_placed_within_a_tenth_of_a_pixel(centre, voxel) -> None:
    sigma = 2.4 / np.array(voxel)
    image = 100 * blob((16, 40, 56), centre, sigma) + 5
    noise = np.random.default_rng(0).normal(0, 0.2, image.shape)
    found = detect_blobs(image + noise, voxel, (2.4,))
    np.testing.assert_allclose(found.positions[0], centre, atol=0.1)
    assert found.strength[0] > 50
    assert (found.strength[1:] < 10).all()


def test_a_flat_image_gives_places_in_its_plane() -> None:
    image = blob((1, 50, 60), (0, 22.4, 31.7), (1, 3, 3)) + blob((1, 50, 60), (0, 5, 50), (1, 3, 3))
    noise = np.random.default_rng(1).normal(0, 0.01, image.shape)
    found = detect_blobs(image + noise, (1.0, 1.0, 1.0), (3.0,), least_strength=8)
    assert (found.positions[:, 0] == 0).all()
    order = found.positions[:2][np.argsort(found.positions[:2, 1])]
    np.testing.assert_allclose(order, [[0, 5, 50], [0, 22.4, 31.7]], atol=0.15)


def test_the_scale_of_the_strongest_response_is_the_blob_s() -> None:
    for radius in (2.0, 4.0):
        image = blob((1, 60, 60), (0, 30, 30), (1, radius, radius))
        image += np.random.default_rng(2).normal(0, 0.005, image.shape)
        found = detect_blobs(image, (1.0, 1.0, 1.0), (2.0, 4.0))
        assert found.radius[0] == radius


def test_noise_alone_is_not_a_blob() -> None:
    noise = np.random.default_rng(3).normal(100, 10, (12, 60, 60))
    assert len(detect_blobs(noise, (1.0, 1.0, 1.0), (2.0,)).positions) < 5


@pytest.mark.parametrize("value", [0.0, 5.0, np.nan])
def test_a_constant_image_has_none(value: float) -> None:
    found = detect_blobs(np.full((8, 20, 20), value), (1.0, 1.0, 1.0), (2.0,))
    assert found.positions.shape == (0, 3)


@pytest.mark.parametrize(("settings", "least"), [(EASY, 0.97), (MEDIUM, 0.9)])
def test_most_simulated_nuclei_are_found_within_two_pixels(settings, least: float) -> None:
    volume = simulate_deforming_volume(replace(settings, seed=5))
    truth = volume.truth(30).positions
    found = detect_blobs(
        volume.frame(30)[0], settings.voxel_size_um, (settings.radius_um,), most=2 * len(truth)
    )
    apart = cdist(truth, found.positions)
    rows, columns = linear_sum_assignment(apart)
    assert (apart[rows, columns] < 2).mean() >= least
    assert len(found.positions) < 1.3 * len(truth)


def test_only_the_strongest_are_kept_if_asked() -> None:
    random = np.random.default_rng(4)
    image = sum(k * blob((1, 90, 90), (0, 15 * k, 45), (1, 3, 3)) for k in range(1, 6))
    found = detect_blobs(image + random.normal(0, 0.01, (1, 90, 90)), (1, 1, 1), (3.0,), most=2)
    np.testing.assert_allclose(found.positions[:, 1], [75, 60], atol=0.3)


def test_radii_must_be_positive() -> None:
    for radii in ((), (0.0,)):
        with pytest.raises(SettingError, match="radii"):
            detect_blobs(np.zeros((1, 9, 9)), (1.0, 1.0, 1.0), radii)
