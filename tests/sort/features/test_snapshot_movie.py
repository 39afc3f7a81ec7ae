"""Snapshots as a short movie: what is absent is absent, except in the reference."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sightline.data.evidence import CandidateEvidence
from sightline.sort.features.snapshot_movie import five_windows, present_windows

Make = Callable[..., CandidateEvidence]


def test_movie_and_trace_are_zero_at_the_quiet_level(candidate: Make) -> None:
    movie = present_windows(candidate())
    assert movie is not None
    quiet = np.argsort(movie.trace)[:11]
    assert movie.frames.shape == (55, 900)
    assert np.abs(movie.frames[quiet].mean(0)).max() < 1e-12
    assert abs(movie.trace[quiet].mean()) < 1e-12
    assert movie.window.tolist() == [window for window in range(5) for _ in range(11)]


def test_a_background_image_and_an_offset_of_the_trace_do_not_matter(candidate: Make) -> None:
    given = candidate()
    background = 1000 * np.random.default_rng(0).random((30, 30))
    assert given.snapshots is not None
    raw = replace(
        given, snapshots=given.snapshots + background, snapshot_traces=given.snapshot_traces + 50
    )
    first, second = present_windows(given), present_windows(raw)
    assert first is not None
    assert second is not None
    np.testing.assert_allclose(second.frames, first.frames, atol=1e-9)
    np.testing.assert_allclose(second.trace, first.trace, atol=1e-9)


def test_frames_that_are_not_finite_are_left_out(candidate: Make) -> None:
    given = candidate()
    assert given.snapshots is not None
    given.snapshots[1, 3, 4, 5] = np.nan
    given.snapshots[2, 0] = np.inf
    movie = present_windows(given)
    assert movie is not None
    assert len(movie.trace) == 53
    assert np.isfinite(movie.frames).all()
    assert five_windows(given) is None


@pytest.mark.parametrize("read", [present_windows, five_windows])
def test_without_a_movie_there_is_none(read: Callable, candidate: Make) -> None:
    assert read(candidate(snapshots=None)) is None


def test_a_movie_in_which_nothing_changes_says_nothing(candidate: Make) -> None:
    assert present_windows(candidate(snapshots=np.full((5, 11, 30, 30), 7.0))) is None


def test_absent_events_are_absent(candidate: Make) -> None:
    movie = present_windows(candidate(events=2))
    assert movie is not None
    assert movie.frames.shape == (22, 900)
    assert present_windows(candidate(events=0)) is None


def test_in_the_reference_they_are_zeros_beside_the_first_frames_of_the_trace(
    candidate: Make,
) -> None:
    given = candidate(events=2)
    movie = five_windows(given)
    assert movie is not None
    assert movie.frames.shape == (55, 900)
    np.testing.assert_array_equal(movie.frames[:22], given.snapshots.reshape(22, 900))  # pyright: ignore
    assert not movie.frames[22:].any()
    np.testing.assert_array_equal(movie.trace[:22], given.snapshot_traces.ravel())
    for window in range(2, 5):
        values = movie.trace[11 * window : 11 * window + 11]
        assert not values[:6].any()
        np.testing.assert_array_equal(values[6:], given.trace[:5])
