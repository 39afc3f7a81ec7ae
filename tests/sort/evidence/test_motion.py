"""Residual motion: known shifts are found, and images without structure say nothing."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import shift

from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.movie_settings import MovieSettings
from sightline.sort.evidence.motion import estimate_shifts, sampled_frames

SETTINGS = MovieSettings(
    frames=240, height=96, width=120, cells=25, drift_px=4.0, jitter_px=1.0, bleaching=0.3, seed=2
)


def sampled(settings: MovieSettings) -> tuple[np.ndarray, np.ndarray]:
    """Every fourth frame, and how far it really moved."""
    movie = simulate_movie(settings)
    return movie.read(0, settings.frames)[::4].astype(np.float32), movie.truth.motion[::4]


@pytest.mark.parametrize("look", ["two-photon", "one-photon"])
def test_shifts_of_a_simulated_movie_are_found(look: str) -> None:
    if look == "one-photon":
        settings = replace(SETTINGS, look=look, photons=300.0, contrast=0.15, neuropil=0.02)
    else:
        settings = SETTINGS
    images, truth = sampled(settings)
    found = estimate_shifts(images)
    error = (found - np.median(found, 0)) - (truth - np.median(truth, 0))
    assert np.ptp(truth, axis=0).min() > 2
    assert np.sqrt((error**2).mean()) < 0.3
    assert np.abs(error).max() < 1


def test_an_image_that_is_moved_down_and_right_has_positive_shifts() -> None:
    still = simulate_movie(replace(SETTINGS, drift_px=0.0, jitter_px=0.0, frames=20))
    image = still.read(0, 20).mean(0)
    asked = [(0.0, 0.0), (5.0, 0.0), (0.0, -3.0), (-2.5, 1.5), (0.0, 0.0)]
    images = np.stack([shift(image, by, order=3, mode="nearest") for by in asked])
    found = estimate_shifts(images.astype(np.float32))
    np.testing.assert_allclose(found - found[0], asked, atol=0.3)


def test_a_still_movie_does_not_move() -> None:
    images, _ = sampled(replace(SETTINGS, drift_px=0.0, jitter_px=0.0))
    assert np.abs(estimate_shifts(images)).max() < 0.3


@pytest.mark.parametrize("value", [0.0, 1000.1, -3e5])
def test_an_image_without_structure_has_no_shift(value: float) -> None:
    images, _ = sampled(SETTINGS)
    images[7] = value
    found = estimate_shifts(images)
    assert np.isnan(found[7]).all()
    assert np.isfinite(np.delete(found, 7, 0)).all()
    assert np.isnan(estimate_shifts(images[7:8])).all()


def test_the_level_of_the_image_does_not_matter() -> None:
    images, _ = sampled(SETTINGS)
    offset = estimate_shifts(images + np.float32(1e5))
    np.testing.assert_allclose(offset, estimate_shifts(images), atol=0.02)


@pytest.mark.parametrize("shape", [(5, 1, 1), (5, 3, 40), (1, 16, 16)])
def test_images_too_small_to_tell_are_no_error(shape: tuple[int, int, int]) -> None:
    images = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    assert estimate_shifts(images).shape == (shape[0], 2)


@pytest.mark.parametrize(
    ("frames", "samples", "expected"),
    [(5, 10, [0, 1, 2, 3, 4]), (11, 3, [0, 5, 10]), (1, 3, [0]), (0, 3, []), (-1, 3, [])],
)
def test_sampled_frames_are_spread_over_the_movie(
    frames: int, samples: int, expected: list[int]
) -> None:
    assert sampled_frames(frames, samples).tolist() == expected
