"""Pieces of snapshots: equal to slices of the movie, whatever blocks it is read in."""

import numpy as np
import pytest

from sightline.sort.evidence.windows import Windows, cut_pieces, plan_windows

RNG = np.random.default_rng(0)
MOVIE = RNG.integers(0, 60_000, (90, 20, 24)).astype(np.uint16)
CROPS = np.array([[0, 0, 5, 6], [3, 4, 20, 24], [19, 23, 20, 24], [0, 0, 20, 24]], np.int32)
EVENTS = np.array([[30, 5, 84], [31, 29, -1], [-1, -1, -1], [30, 60, 45]], np.int32)


def cut_in_blocks(movie: np.ndarray, windows: Windows, length: int) -> np.ndarray:
    parts = [
        cut_pieces(movie[first : first + length], first, windows)
        for first in range(0, len(movie), length)
    ]
    return np.concatenate(parts)


def snapshots(windows: Windows, pixels: np.ndarray, candidate: int) -> list[np.ndarray]:
    """A candidate's snapshots, put together from the pieces."""
    top, left, bottom, right = CROPS[candidate]
    pieces = windows.of_candidate[candidate]
    return [
        np.stack([pixels[windows.start[p] : windows.start[p + 1]] for p in event]).reshape(
            -1, bottom - top, right - left
        )
        for event in pieces[pieces[:, 0] >= 0]
    ]


@pytest.mark.parametrize("length", [1, 7, 16, 90])
def test_pieces_are_slices_of_the_movie_whatever_the_blocks(length: int) -> None:
    windows = plan_windows(EVENTS, CROPS, half_window=5)
    pixels = cut_in_blocks(MOVIE, windows, length)
    for candidate, (top, left, bottom, right) in enumerate(CROPS):
        events = EVENTS[candidate][EVENTS[candidate] >= 0]
        found = snapshots(windows, pixels, candidate)
        assert len(found) == len(events)
        for event, snapshot in zip(events, found, strict=True):
            expected = MOVIE[event - 5 : event + 6, top:bottom, left:right]
            np.testing.assert_array_equal(snapshot, expected)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.int64, np.float32, np.float64])
def test_values_keep_their_type(dtype: type) -> None:
    movie = (MOVIE % 200).astype(dtype)
    windows = plan_windows(EVENTS, CROPS, half_window=2)
    pixels = cut_in_blocks(movie, windows, 40)
    assert pixels.dtype == dtype
    np.testing.assert_array_equal(snapshots(windows, pixels, 3)[1], movie[58:63])


def test_frames_ascend_and_pixels_follow_each_other() -> None:
    windows = plan_windows(EVENTS, CROPS, half_window=5)
    assert (np.diff(windows.frame) >= 0).all()
    area = (windows.crop[:, 2] - windows.crop[:, 0]) * (windows.crop[:, 3] - windows.crop[:, 1])
    np.testing.assert_array_equal(np.diff(windows.start), area)
    assert sorted(windows.of_candidate[windows.of_candidate >= 0]) == list(range(len(area)))


def test_a_slower_movie_is_cut_at_the_frame_that_holds_the_event() -> None:
    events = np.array([[12, 13, 14, 15]], np.int32)
    windows = plan_windows(events, CROPS[:1], half_window=1, movie_downsampled=3)
    middle = windows.frame[windows.of_candidate[0, :, 1]]
    assert middle.tolist() == [4, 4, 4, 5]


def test_frames_without_an_event_give_nothing() -> None:
    windows = plan_windows(EVENTS, CROPS, half_window=2)
    assert cut_pieces(MOVIE[70:75], 70, windows).shape == (0,)


def test_no_event_at_all_is_planned_too() -> None:
    windows = plan_windows(np.full((2, 5), -1, np.int32), CROPS[:2], half_window=5)
    assert (windows.of_candidate == -1).all()
    assert cut_pieces(MOVIE, 0, windows).shape == (0,)


def test_reading_leaves_a_plan_on_disk_as_it_is(tmp_path: object) -> None:
    windows = plan_windows(EVENTS, CROPS, half_window=5)
    for array in (windows.frame, windows.crop, windows.start, windows.of_candidate):
        array.setflags(write=False)
    frames = MOVIE.copy()
    frames.setflags(write=False)
    np.testing.assert_array_equal(cut_pieces(frames, 0, windows), cut_in_blocks(MOVIE, windows, 13))
