"""Features 12-29: what stands above the noise."""

import numpy as np
import pytest

from sightline.sort.features.events import above, active_fraction, event_count, event_power


def bumps(*frames: int, length: int = 100, height: float = 1.0) -> np.ndarray:
    trace = np.zeros(length)
    for frame in frames:
        trace[frame - 2 : frame + 3] += np.array([0.5, 0.9, 1.0, 0.9, 0.5]) * height
    return trace


def test_what_is_below_the_level_becomes_zero_and_the_level_itself_stays() -> None:
    assert above(np.array([-3, 1, 2, 3.0]), 2).tolist() == [0, 0, 2, 3]


def test_power_and_fraction_of_the_active_part() -> None:
    trace = np.array([1, -1, 2, 0, 4.0])
    active = above(trace, 2)
    assert event_power(active, trace) == pytest.approx(20 / 22)
    assert active_fraction(active) == pytest.approx(2 / 5)


def test_a_level_of_no_noise_keeps_all_power_of_a_positive_trace() -> None:
    trace = bumps(20, 60)
    assert event_power(above(trace, 0), trace) == 1


@pytest.mark.parametrize(("frames", "count"), [((20,), 1), ((20, 60), 2), ((10, 20, 30, 50), 4)])
def test_separate_bumps_are_counted(frames: tuple[int, ...], count: int) -> None:
    assert event_count(bumps(*frames), 0.2) == count


def test_bumps_closer_than_three_frames_count_once() -> None:
    trace = np.zeros(60)
    trace[20:26] = [1, 1, 1, 1, 1, 1]
    assert event_count(trace, 0.2) == 1
    trace[40:43] = 1
    assert event_count(trace, 0.2) == 2


def test_bumps_below_the_level_do_not_count() -> None:
    trace = bumps(20) + bumps(60, height=0.3)
    assert [event_count(trace, level) for level in (0.1, 0.2, 0.5, 1.1)] == [2, 2, 1, 0]


def test_single_frames_are_no_events_for_the_median_removes_them() -> None:
    trace = np.zeros(100)
    trace[[20, 50]] = 1
    assert event_count(trace, 0.1) == 0


def test_nothing_active_is_no_event() -> None:
    assert event_count(np.zeros(50), 0.1) == 0
    assert event_count(np.ones(1), 0.1) == 0


def test_the_reference_does_not_see_a_peak_in_the_frame_before_the_last() -> None:
    trace = np.zeros(30)
    trace[-4:] = [0.6, 0.8, 1, 1]
    assert (event_count(trace, 0.1), event_count(trace, 0.1, drop_last=True)) == (1, 0)
