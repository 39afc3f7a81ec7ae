"""Events: the largest prominent peaks of a trace, far enough apart, with a whole window each."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import find_peaks, lfilter

from sightline.data.evidence import ABSENT
from sightline.sort.evidence.events import find_events
from sightline.sort.evidence.settings import EvidenceSettings

FRAMES = 1000


def bumps(places: Sequence[int], heights: Sequence[float], frames: int = FRAMES) -> np.ndarray:
    """Peaks of these heights that fall off to both sides within five frames."""
    time = np.arange(frames)
    each = [
        h * np.maximum(0, 1 - np.abs(time - p) / 5) for p, h in zip(places, heights, strict=True)
    ]
    return np.max(each, 0).astype(np.float32)


def test_they_come_largest_first() -> None:
    trace = bumps([100, 300, 500, 700, 900], [3, 5, 1, 4, 2])
    assert find_events(trace).tolist() == [300, 700, 100, 900, 500]


def test_of_more_than_five_the_largest_are_taken() -> None:
    trace = bumps([100, 200, 300, 400, 500, 600], [6, 5, 4, 3, 2, 1.5])
    assert find_events(trace).tolist() == [100, 200, 300, 400, 500]


def test_of_equal_heights_the_earlier_comes_first() -> None:
    assert find_events(bumps([700, 200, 500], [1, 1, 1])).tolist() == [200, 500, 700, -1, -1]


def test_of_two_that_are_too_close_the_larger_stays() -> None:
    trace = bumps([400, 408, 600], [2, 3, 1])  # 1 % of 1000 frames is 10
    assert find_events(trace).tolist() == [408, 600, ABSENT, ABSENT, ABSENT]
    nearer = EvidenceSettings(event_distance=0.008)
    assert find_events(trace, nearer).tolist() == [408, 400, 600, ABSENT, ABSENT]


def test_one_dropped_for_closeness_does_not_drop_others() -> None:
    trace = bumps([400, 408, 416], [3, 2, 1])
    assert find_events(trace).tolist()[:2] == [400, 416]


@pytest.mark.parametrize(("place", "found"), [(4, False), (5, True), (994, True), (995, False)])
def test_the_window_lies_wholly_inside(place: int, found: bool) -> None:
    trace = bumps([place, 500], [3, 1])
    assert (place in find_events(trace)) == found
    assert 500 in find_events(trace)


@pytest.mark.parametrize("value", [0.0, 7.5, -1e6])
def test_a_flat_trace_has_none(value: float) -> None:
    assert (find_events(np.full(FRAMES, value, np.float32)) == ABSENT).all()


def test_peaks_that_are_less_prominent_than_the_trace_spreads_are_none() -> None:
    climb = np.linspace(0, 1, FRAMES).astype(np.float32)
    climb[100:700:20] += 0.2  # the spread is 0.29
    assert find_events(climb).tolist() == [994, -1, -1, -1, -1]
    climb[300] += 0.2
    assert find_events(climb).tolist() == [994, 300, -1, -1, -1]


@pytest.mark.parametrize("frames", [1, 2, 10, 11])
def test_a_trace_hardly_longer_than_the_window_gives_what_fits(frames: int) -> None:
    events = find_events(np.arange(frames, dtype=np.float32))
    assert (events == ABSENT).all()  # one frame alone does not vary
    assert find_events(np.arange(frames + 12, dtype=np.float32))[0] == frames + 12 - 6


def test_a_slower_movie_keeps_its_own_window_inside() -> None:
    settings = EvidenceSettings(half_window=3)
    trace = bumps([11, 12, 500, 995], [1, 4, 2, 3], frames=1003)
    # 250 movie frames: their frames 3 to 246 have three before and after, which are 12 to 987
    assert find_events(trace, settings, movie_downsampled=4).tolist() == [12, 500, -1, -1, -1]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    half_window=st.integers(0, 8),
    count=st.integers(1, 8),
    distance=st.sampled_from([0.0, 0.01, 0.1]),
)
def test_they_are_what_taking_the_highest_peak_again_and_again_gives(
    seed: int, half_window: int, count: int, distance: float
) -> None:
    rng = np.random.default_rng(seed)
    trace = lfilter([1], [1, -0.8], rng.exponential(1, 300) ** 2).astype(np.float32)
    chosen = EvidenceSettings(events=count, half_window=half_window, event_distance=distance)
    inner = trace[half_window : 300 - half_window].astype(float)
    framed = np.r_[-1e9, inner, -1e9]
    # the frame is lower than anything, so a prominence from it says nothing: cut at the minimum
    peaks, _ = find_peaks(framed)
    left = [framed[1 : p + 1] for p in peaks]
    right = [framed[p:-1] for p in peaks]
    prominent = []
    for peak, before, after in zip(peaks, left, right, strict=True):
        top = framed[peak]
        higher_before = np.flatnonzero(before > top)
        higher_after = np.flatnonzero(after > top)
        base_before = before[higher_before[-1] :].min() if higher_before.size else None
        base_after = after[: higher_after[0] + 1].min() if higher_after.size else None
        edge = inner.min()  # a trace is taken to begin and end at its minimum
        bases = [edge if base is None else base for base in (base_before, base_after)]
        if top - max(bases) >= inner.std():
            prominent.append((float(top), int(peak) - 1 + half_window))
    left_over = sorted(prominent, key=lambda peak: (-peak[0], peak[1]))
    expected: list[int] = []
    while left_over and len(expected) < count:
        best = left_over.pop(0)[1]
        expected.append(best)
        left_over = [p for p in left_over if abs(p[1] - best) >= max(1, round(distance * 300))]
    found = find_events(trace, chosen)
    assert found[found != ABSENT].tolist() == (expected or [half_window + int(inner.argmax())])
    assert found.shape == (count,)
