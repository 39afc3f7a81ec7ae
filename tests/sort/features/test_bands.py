"""Features 30-34: shares of the power."""

import numpy as np
import pytest

from sightline.data.feature_set import BANDS
from sightline.sort.features.bands import band_powers

TIME = np.arange(2000)


@pytest.mark.parametrize("frequency", [0.01, 0.1, 0.3, 0.6, 0.8, 0.97])
def test_a_sine_has_all_its_power_in_the_bands_it_lies_in(frequency: float) -> None:
    sine = np.sin(np.pi * frequency * TIME)
    expected = [float(low <= frequency < high) for low, high in BANDS]
    assert band_powers(sine) == pytest.approx(expected, abs=1e-6)


def test_white_noise_has_power_as_wide_as_the_bands() -> None:
    noise = np.random.default_rng(0).normal(size=200_000)
    assert band_powers(noise) == pytest.approx([high - low for low, high in BANDS], abs=0.02)


def test_the_mean_counts_as_the_lowest_frequency() -> None:
    assert band_powers(np.full(100, 3.0)) == pytest.approx([1, 0, 0, 1, 0], abs=1e-12)


def test_no_power_has_no_shares() -> None:
    assert np.isnan(band_powers(np.zeros(100))).all()


def test_neighbouring_bands_share_a_bin() -> None:
    power = band_powers(np.random.default_rng(1).normal(size=400))
    assert power[0] + power[1] + power[4] > 1
    assert power[2] + power[3] == pytest.approx(1, abs=0.05)
