"""Features 1-4 and 36 on traces whose values are known."""

import numpy as np
import pytest
from scipy.signal import medfilt
from scipy.stats import norm

from sightline.sort.features.peaks import find_peaks
from sightline.sort.features.trace_shape import (
    median_of_three,
    quantile,
    quantiles,
    standardised,
    temporal_corruption,
    top_decile_sd,
    top_percentile_sum,
    trace_snr,
    weak_peak_count,
)

RNG = np.random.default_rng(0)


def test_the_running_median_is_scipys() -> None:
    traces = RNG.normal(size=(3, 101))
    for trace, smooth in zip(traces, median_of_three(traces), strict=True):
        np.testing.assert_array_equal(smooth, medfilt(trace, 3))


def test_quantiles_follow_the_midpoint_rule() -> None:
    assert quantile(np.arange(1.0, 6.0), 0.9) == 5.0  # (0.9 * 5 + 0.5)th of 1 2 3 4 5
    assert quantile(np.arange(1.0, 5.0), 0.5) == 2.5
    assert quantile(np.arange(1.0, 5.0), 0.25) == 1.5
    assert quantile(np.array([1, np.nan, 2, 3]), 0.5) == 2
    assert np.isnan(quantiles(np.empty(0), (0.1, 0.2))).all()


def test_standardising_a_flat_trace_is_impossible() -> None:
    assert np.isnan(standardised(np.full(5, 0.1))).all()
    z = standardised(RNG.normal(5, 3, 100))
    assert (z.mean(), z.std(ddof=1)) == (pytest.approx(0), pytest.approx(1))


def test_snr_is_the_peak_of_the_smoothed_trace_over_root_two_noise() -> None:
    trace = np.zeros(100)
    trace[50:53] = 6  # three frames survive the median
    trace[80] = 99  # one does not
    assert trace_snr(trace, 2.0) == pytest.approx(6 / (2 * np.sqrt(2)))


def test_a_smooth_trace_is_not_corrupted() -> None:
    slope = np.arange(50.0)  # 0 stands beyond its end, so that the last frame is 48
    assert temporal_corruption(slope) == pytest.approx(1 / 49 / 35)
    assert temporal_corruption(np.sin(np.linspace(0, 3, 1000))) < 1e-4


def test_corruption_is_the_mean_relative_distance_of_active_frames() -> None:
    trace = np.array([0, 4, 4, 8, 4, 4, 0.0])  # the median leaves 4 for 8
    assert temporal_corruption(trace) == pytest.approx((8 - 4) / 8 / 5)


def test_corruption_grows_with_noise() -> None:
    clean = np.sin(np.linspace(0, 20, 1000))
    levels = [temporal_corruption(clean + sd * RNG.normal(size=1000)) for sd in (0, 0.1, 0.3)]
    assert levels == sorted(levels)


def test_weak_peaks_are_those_below_the_threshold() -> None:
    peaks = find_peaks(np.array([0, 1, 0, 5, 0, 2, 0, 2.5, 0.0]))
    assert [weak_peak_count(peaks, least) for least in (0.5, 2, 2.2, 9)] == [0, 1, 2, 4]


def test_top_decile_of_normal_noise_spreads_as_the_truncated_normal() -> None:
    cut = norm.isf(0.1)
    mean = norm.pdf(cut) / 0.1
    expected = np.sqrt(1 + cut * mean - mean**2)
    assert top_decile_sd(RNG.normal(3, 7, 200_000)) == pytest.approx(expected, rel=0.02)


def test_top_percentile_of_one_long_event_in_a_hundred_frames() -> None:
    """A share f at height 1: its z-score is sqrt((1 - f) / f)."""
    trace = np.zeros(1000)
    trace[100:110] = 1
    z = np.sqrt(0.99 / 0.01)
    assert top_percentile_sum(trace, mean=True) == pytest.approx(z)
    assert top_percentile_sum(trace) == pytest.approx(10 * z / np.sqrt(1000))


def test_single_frames_that_smoothing_takes_away_leave_no_top_percentile() -> None:
    trace = np.zeros(1000)
    trace[::100] = 1
    assert np.isnan(top_percentile_sum(trace, mean=True))
    assert top_percentile_sum(trace) == 0


def test_the_mean_of_the_top_percentile_does_not_grow_with_the_recording() -> None:
    short, long = RNG.normal(size=10_000), RNG.normal(size=40_000)
    ratio = top_percentile_sum(long, mean=True) / top_percentile_sum(short, mean=True)
    assert ratio == pytest.approx(1, abs=0.05)
    assert top_percentile_sum(long) / top_percentile_sum(short) == pytest.approx(2, rel=0.05)
