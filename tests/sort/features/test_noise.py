"""White noise is told by its standard deviation, whatever slow signal it lies on."""

import numpy as np
import pytest
from scipy import signal as processing

from sightline.sort.features.noise import round_half_up, welch_noise, white_noise

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("frames", [4000, 4001])
def test_of_white_noise_it_is_the_standard_deviation(frames: int) -> None:
    noise = 3.0 * RNG.normal(size=(40, frames))
    assert white_noise(noise).mean() == pytest.approx(3.0, rel=0.01)
    assert [welch_noise(row) for row in noise[:5]] == pytest.approx([3.0] * 5, rel=0.1)


def test_slow_signals_and_offsets_are_not_noise() -> None:
    time = np.arange(4096)
    slow = 100 * np.sin(2 * np.pi * time / 64) + 7
    noise = RNG.normal(size=4096)
    assert white_noise(slow + noise) == pytest.approx(white_noise(noise), rel=1e-9)
    assert white_noise(slow) < 1e-9


def test_a_fast_sine_counts_with_the_power_of_its_upper_half_band() -> None:
    """Its power, 1/2, is taken for a quarter of the spectrum's width and so counts twice."""
    time = np.arange(4096)
    assert white_noise(np.sin(2 * np.pi * time * 0.375)) == pytest.approx(1.0, rel=2e-3)


def test_it_scales_with_the_signal() -> None:
    noise = RNG.normal(size=500)
    assert white_noise(4 * noise) == pytest.approx(4 * white_noise(noise))
    assert welch_noise(4 * noise) == pytest.approx(4 * welch_noise(noise))


@pytest.mark.parametrize("frames", [9, 22, 55, 1000])
def test_welch_agrees_with_scipy(frames: int) -> None:
    noise = 2 + RNG.normal(size=frames)
    length = int(frames / 4.5)
    frequency, density = processing.welch(
        noise,
        window=np.hamming(length),
        noverlap=length // 2,
        nfft=256,
        detrend=False,
    )
    expected = np.sqrt(np.exp(np.log(density[frequency >= 0.25] / 2).mean()))
    assert welch_noise(noise) == pytest.approx(expected)


def test_one_frame_has_no_fast_part_to_tell_noise_from() -> None:
    assert np.isfinite(white_noise(np.ones(1)))
    assert np.isnan(welch_noise(np.ones(4)))


def test_halves_round_upwards() -> None:
    assert [round_half_up(x) for x in (0, 0.4, 0.5, 1.49, 1.5, 2.5)] == [0, 0, 1, 1, 2, 3]
