"""Features 5-11: how far apart peaks are and how long they last."""

import numpy as np
import pytest

from sightline.sort.features.intervals import peak_interval, peak_width_sd, peak_width_sum
from sightline.sort.features.peaks import Peaks, find_peaks


def comb(period: int, peaks: int) -> Peaks:
    trace = np.zeros(period * (peaks + 1))
    trace[period::period] = 1
    return find_peaks(trace)


def test_the_mean_interval_of_a_regular_comb_is_its_period() -> None:
    assert peak_interval(comb(7, 10), per_interval=True) == 7
    assert peak_interval(comb(7, 10)) == pytest.approx(7 * 9 / 10)  # the reference's


def test_fewer_than_two_peaks_have_no_interval() -> None:
    assert np.isnan(peak_interval(comb(7, 1), per_interval=True))
    assert np.isnan(peak_interval(comb(7, 0), per_interval=True))
    assert [peak_interval(comb(7, count)) for count in (0, 1)] == [0, 0]


def test_widths_are_summed_or_averaged() -> None:
    widths = np.array([1, 2, 6.0])
    assert (peak_width_sum(widths), peak_width_sum(widths, mean=True)) == (9, 3)
    assert peak_width_sum(np.empty(0)) == 0
    assert np.isnan(peak_width_sum(np.empty(0), mean=True))


def test_the_spread_of_widths_needs_two() -> None:
    assert peak_width_sd(np.array([1, 2, 6.0])) == pytest.approx(np.sqrt(7))
    assert np.isnan(peak_width_sd(np.array([4.0])))
    assert peak_width_sd(np.array([4.0]), least=1) == 0
    assert np.isnan(peak_width_sd(np.empty(0), least=1))
