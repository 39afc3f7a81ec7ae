"""Correlation of what candidates do, not of the noise they share."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter

from sightline.sort import correlation
from sightline.sort.correlation import signal_correlations

PAIR = np.array([[0, 1]])
FRAMES = 20_000


def slow(rng: np.random.Generator, count: int, frames: int = FRAMES) -> NDArray[np.float64]:
    """Independent signals of unit power that outlast a frame."""
    signal = lfilter([1], [1, -0.9], rng.standard_normal((count, frames)))
    return signal / signal.std(axis=1, keepdims=True)


def of(traces: NDArray[np.float64], pairs: NDArray[np.int64] = PAIR) -> NDArray[np.float32]:
    return signal_correlations(traces, traces, pairs)


@pytest.mark.parametrize("noise", [0.0, 1.0, -1.0])
@pytest.mark.parametrize("r", [0.0, 0.5, 0.9])
def test_noise_that_two_traces_share_or_oppose_does_not_count(noise: float, r: float) -> None:
    rng = np.random.default_rng(0)
    a, b = slow(rng, 2)
    shared = rng.standard_normal(FRAMES)
    traces = np.stack([a + shared, r * a + np.sqrt(1 - r**2) * b + noise * shared])
    assert of(traces)[0] == pytest.approx(r, abs=0.05)


def test_of_smooth_traces_it_is_pearsons_correlation() -> None:
    times = np.linspace(0, 6, 2000)
    traces = np.array([np.sin(times) + times, np.cos(3 * times) + 0.3 * times])
    assert of(traces)[0] == pytest.approx(np.corrcoef(traces)[0, 1], abs=2e-3)


def test_scale_and_offset_of_a_trace_do_not_count() -> None:
    traces = slow(np.random.default_rng(2), 2, 500)
    moved = traces * [[3], [1e-3]] + [[1e4], [-7]]
    np.testing.assert_allclose(of(moved), of(traces), atol=2e-3)


def test_what_the_whole_field_shares_is_taken_out() -> None:
    rng = np.random.default_rng(3)
    own, everywhere = slow(rng, 40, 4000), 2 * slow(rng, 1, 4000)
    own[1] = own[0]
    pairs = np.array([[0, 1], [2, 3]])
    assert of((own + everywhere)[:4], pairs) == pytest.approx([1, 0.8], abs=0.1)
    assert of(own + everywhere, pairs) == pytest.approx([1, 0], abs=0.2)


@pytest.mark.parametrize(
    "trace",
    [
        np.zeros(300),
        np.full(300, 1e6),
        np.random.default_rng(0).standard_normal(300),
        np.full(300, np.nan),
    ],
    ids=["zero", "constant", "noise", "not a number"],
)
def test_a_trace_without_a_signal_cannot_tell(trace: NDArray[np.float64]) -> None:
    other = slow(np.random.default_rng(4), 1, 300)[0]
    assert np.isnan(of(np.stack([trace, other])))


def test_a_movie_of_a_few_frames_cannot_tell() -> None:
    assert np.isnan(of(np.array([[0.0, 1, 2, 1], [0, 1, 2, 1]])))
    assert np.isnan(of(np.ones((2, 1))))


def test_frames_that_are_not_finite_count_as_zero() -> None:
    traces = slow(np.random.default_rng(5), 2, 300)
    holed, filled = traces.copy(), traces.copy()
    holed[0, 7], holed[1, 9] = np.nan, np.inf
    filled[0, 7], filled[1, 9] = 0, 0
    np.testing.assert_array_equal(of(holed), of(filled))


def test_in_blocks_it_is_the_same_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    traces = slow(np.random.default_rng(6), 30, 200)
    pairs = np.argwhere(np.triu(np.ones((30, 30)), 1))
    at_once = of(traces, pairs)
    monkeypatch.setattr(correlation, "_VALUES", 200 * 7)
    np.testing.assert_allclose(of(traces, pairs), at_once, rtol=1e-5)
