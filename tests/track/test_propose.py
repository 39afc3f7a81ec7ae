"""Where nobody annotated anything, bright blobs are proposed, of a radius read off the frame."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from sightline.errors import SettingError
from sightline.simulate.deforming_settings import EASY, MEDIUM
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.track.propose import blob_radius, propose

PIXELS = (1.0, 1.0, 1.0)


def blobs(sigma: float, shape=(1, 120, 160), number: int = 8, seed: int = 0):
    rng, grid = np.random.default_rng(seed), np.stack(np.indices(shape), -1)
    image = rng.normal(0, 0.02, shape)
    for y in np.linspace(25, 95, number // 4):
        for x in np.linspace(20, 140, 4):
            centre = ((shape[0] - 1) / 2, y, x)
            image += np.exp(-(((grid - centre) / sigma) ** 2).sum(-1) / 2)
    return image.astype(np.float32)


@pytest.mark.parametrize("sigma", [1.5, 3.0, 6.0])
def test_the_radius_of_flat_blobs_is_found(sigma: float) -> None:
    assert blob_radius(blobs(sigma), PIXELS) == pytest.approx(sigma, rel=0.15)


@pytest.mark.parametrize("sigma", [1.5, 2.5])
def test_the_radius_of_balls_is_found(sigma: float) -> None:
    assert blob_radius(blobs(sigma, (24, 120, 160)), PIXELS) == pytest.approx(sigma, rel=0.15)


def test_the_radius_is_in_the_voxels_unit() -> None:
    image = blobs(3.0)
    half = blob_radius(image, (0.5, 0.5, 0.5))
    assert half == pytest.approx(blob_radius(image, PIXELS) / 2)


@pytest.mark.parametrize("settings", [EASY, MEDIUM])
def test_simulated_nuclei_are_proposed_without_being_told_anything(settings) -> None:
    video = simulate_deforming_volume(replace(settings, seed=41))
    truth = video.truth(0).positions
    found = propose(video.frame(0), settings.voxel_size_um, most=len(truth)).positions
    size = np.array(settings.voxel_size_um) / 0.6
    near = cdist(truth * size, found * size) < 5
    assert near.any(axis=1).mean() > 0.93
    assert near.any(axis=0).mean() > 0.93


def test_the_strongest_come_first_and_only_so_many() -> None:
    frame = blobs(3.0)[None]
    every = propose(frame, PIXELS)
    assert (np.diff(every.strength) <= 0).all()
    np.testing.assert_array_equal(propose(frame, PIXELS, most=3).positions, every.positions[:3])


def test_a_channel_of_noise_does_not_hide_the_others() -> None:
    frame = np.stack([np.random.default_rng(1).normal(0, 50, (1, 120, 160)), blobs(3.0)])
    found = propose(frame.astype(np.float32), PIXELS, 3.0)
    assert len(found.positions) == 8


@pytest.mark.parametrize("value", [0.0, 3.0, np.nan])
def test_a_constant_frame_tells_no_radius(value: float) -> None:
    with pytest.raises(SettingError, match="give one"):
        propose(np.full((1, 1, 40, 40), value, np.float32), PIXELS)
    assert len(propose(np.full((1, 1, 40, 40), value, np.float32), PIXELS, 2.0).positions) == 0
