"""Features 47-50: what is bright at a footprint but not its own."""

import numpy as np
import pytest
from scipy.stats import norm

from sightline.sort.features.contamination import _share, _threshold, contamination


def movie(overlap: float, strength: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A cell of 100 pixels, and a second one, independent of it, over a share of its pixels."""
    rng = np.random.default_rng(seed)
    footprint = rng.uniform(0.5, 1, 100)
    own, other = rng.uniform(3, 10, (2, 55))
    shared = np.arange(100) < 100 * overlap
    frames = own[:, None] * footprint + strength * other[:, None] * shared
    return footprint, frames + rng.normal(size=frames.shape)


def test_a_clean_cell_has_next_to_none() -> None:
    share = contamination(*movie(0, 0), noise=1.0)
    assert share.shape == (55,)
    assert np.median(share) < 0.05


def test_it_grows_with_the_overlap() -> None:
    means = [contamination(*movie(overlap, 3), 1.0).mean() for overlap in (0, 0.2, 0.4, 0.5)]
    assert means == sorted(means)
    assert means[1] == pytest.approx(0.2, abs=0.12)
    assert means[-1] > 0.4


def test_it_is_a_share_between_its_limits() -> None:
    share = contamination(*movie(0.5, 50), 1.0)
    assert ((share >= 0.001) & (share <= 0.99)).all()


def test_scaling_the_movie_with_its_noise_changes_nothing() -> None:
    footprint, frames = movie(0.3, 2)
    np.testing.assert_allclose(
        contamination(footprint, 8 * frames, 8.0), contamination(footprint, frames, 1.0)
    )


def test_pixels_outside_the_footprint_do_not_matter() -> None:
    footprint, frames = movie(0.3, 2)
    wide = np.concatenate([footprint, np.zeros(20)])
    bright = np.concatenate([frames, np.full((55, 20), 99.0)], axis=1)
    np.testing.assert_array_equal(
        contamination(wide, bright, 1.0), contamination(footprint, frames, 1.0)
    )


def test_without_a_footprint_there_is_nothing_to_judge() -> None:
    assert contamination(np.zeros(4), np.ones((55, 4)), 1.0).size == 0


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_the_estimate_inverts_the_share_of_positive_residuals(share: float) -> None:
    """With a balanced fit, positive are those contaminated and half of the others, less a shift."""
    kappa = _threshold(np.array([share]))
    balanced = 1 - 1 / (norm.pdf(kappa) / kappa + norm.cdf(kappa))
    positive = 1 - (1 - balanced) / 2
    assert _share(positive, kappa, pull=0.0) == pytest.approx(balanced)
    assert balanced == pytest.approx(share, abs=0.05)


def test_middling_shares_are_raised_to_the_next_step() -> None:
    kappa = np.full(200, 1.0)
    found = _share(np.linspace(0.3, 1.1, 200), kappa, pull=0.0)
    for low in (0.3, 0.5, 0.7):
        assert not ((found > low) & (found < low + 0.2)).any()
