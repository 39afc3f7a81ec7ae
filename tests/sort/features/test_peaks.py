"""Peaks are those of MATLAB's findpeaks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import signal as processing

from sightline.sort.features.peaks import find_peaks, half_height_widths


def array(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


def prominence_by_definition(trace: np.ndarray, frame: int) -> float:
    """Walk out until something is higher; the higher of the two lowest points is the base."""
    height = trace[frame]
    lowest = []
    for side in (trace[frame::-1], trace[frame:]):
        higher = np.flatnonzero(side > height)
        lowest.append(side[: higher[0] if len(higher) else None].min())
    return height - max(lowest)


def test_of_a_plateau_the_first_frame_is_the_peak() -> None:
    assert find_peaks(array(0, 1, 3, 3, 3, 1, 2, 2, 0)).frames.tolist() == [2, 6]


def test_a_rising_step_and_the_ends_are_no_peaks() -> None:
    assert find_peaks(array(5, 1, 2, 2, 3, 1, 4)).frames.tolist() == [4]
    assert find_peaks(array(5, 5, 1, 1, 4, 4)).frames.tolist() == []


@pytest.mark.parametrize("trace", [array(1), array(1, 2), array(2, 2, 2)])
def test_short_and_flat_traces_have_none(trace: np.ndarray) -> None:
    peaks = find_peaks(trace)
    assert len(peaks) == 0
    assert half_height_widths(trace, peaks).tolist() == []


@given(arrays(np.float64, st.integers(1, 40), elements=st.integers(-4, 4).map(float)))
def test_prominence_is_as_defined(trace: np.ndarray) -> None:
    peaks = find_peaks(trace)
    expected = [prominence_by_definition(trace, frame) for frame in peaks.frames]
    assert peaks.prominences.tolist() == expected


def test_without_plateaus_they_are_those_of_scipy() -> None:
    trace = np.random.default_rng(0).normal(size=2000)
    expected, properties = processing.find_peaks(trace, prominence=1.0)
    peaks = find_peaks(trace, least_prominence=1.0)
    np.testing.assert_array_equal(peaks.frames, expected)
    np.testing.assert_array_equal(peaks.prominences, properties["prominences"])


def test_prominence_is_judged_before_distance() -> None:
    """The shoulder of 6 would drop the peak of 5 near it, if it were not dropped itself before."""
    trace = array(0, 5, 0, 6, 5.9, 8, 12, 16, 20, 0)
    assert find_peaks(trace, least_prominence=1, least_distance=3).frames.tolist() == [1, 8]
    assert processing.find_peaks(trace, prominence=1, distance=4)[0].tolist() == [8]
    assert find_peaks(trace, least_distance=3).frames.tolist() == [3, 8]


def test_of_peaks_within_the_distance_the_highest_stays_and_of_equals_the_first() -> None:
    trace = array(0, 4, 0, 5, 0, 4, 0, 0, 4, 0, 4, 0)
    assert find_peaks(trace, least_distance=2).frames.tolist() == [3, 8]


def test_a_triangle_is_half_as_wide_at_half_its_height() -> None:
    trace = array(0, 0, 1, 2, 3, 4, 3, 2, 1, 0, 0)
    assert half_height_widths(trace, find_peaks(trace)).tolist() == [4.0]


def test_half_height_is_interpolated_and_relative_to_zero() -> None:
    trace = array(0, 4, 1, 0)
    assert half_height_widths(trace, find_peaks(trace)).tolist() == [pytest.approx(0.5 + 2 / 3)]
    raised = array(1, 1, 4, 1, 1)  # prominence 3, height 4: the line is at 2
    assert half_height_widths(raised, find_peaks(raised)).tolist() == [pytest.approx(4 / 3)]


def test_a_width_ends_at_the_valley_towards_its_neighbour() -> None:
    trace = array(0, 8, 6, 7, 0)
    widths = half_height_widths(trace, find_peaks(trace))
    assert widths.tolist() == [pytest.approx(1.5), pytest.approx(1 + 0.5)]


@pytest.mark.parametrize("neighbour", [5, 8, 30])
def test_of_a_flat_valley_the_first_frame_ends_the_width(neighbour: float) -> None:
    """Whether the neighbour is higher or lower."""
    trace = array(0, neighbour, 4.5, 4.5, 4.5, 8, 0)
    assert half_height_widths(trace, find_peaks(trace))[1] == pytest.approx(3.5)


def test_neighbours_that_are_not_given_bound_nothing() -> None:
    trace = array(0, 8, 6, 7, 0)
    peaks = find_peaks(trace)
    highest = peaks.select(peaks.prominences > 5)
    assert half_height_widths(trace, highest).tolist() == [pytest.approx(0.5 + 2 + 3 / 7)]


def test_where_the_trace_never_falls_the_width_ends_with_it() -> None:
    trace = array(5, 6, 5)
    assert half_height_widths(trace, find_peaks(trace)).tolist() == [2.0]


def test_peaks_below_zero_have_no_width() -> None:
    trace = array(-3, -1, -3, 2, 0)
    assert len(find_peaks(trace)) == 2
    assert len(half_height_widths(trace, find_peaks(trace))) == 1


@given(arrays(np.float64, st.integers(3, 60), elements=st.integers(0, 6).map(float)))
def test_widths_of_all_peaks_never_overlap(trace: np.ndarray) -> None:
    widths = half_height_widths(trace, find_peaks(trace))
    assert (widths > 0).all()
    assert widths.sum() <= len(trace) - 1
