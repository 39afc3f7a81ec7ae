"""Pairs that look like one cell are offered, with what speaks for it."""

import numpy as np
import pytest
from numpy.typing import NDArray
from overlapping_cells import SHAPE, simulate
from scipy import sparse

from sightline.errors import SettingError
from sightline.sort.duplicates import DuplicateSettings, above_crosstalk, find_duplicates

BOX = (20, 30)


def boxes(*places: tuple[slice, slice]) -> sparse.csr_array:
    """Footprints that are 1 in a rectangle each."""
    dense = np.zeros((len(places), *BOX), np.float32)
    for footprint, place in zip(dense, places, strict=True):
        footprint[place] = 1
    return sparse.csr_array(dense.reshape(len(places), -1))


@pytest.fixture
def activity() -> NDArray[np.float64]:
    """Traces of three cells, slow against a frame."""
    rng = np.random.default_rng(0)
    events = (rng.random((3, 1000)) < 0.02) * 1.0
    decay = np.exp(-np.arange(60) / 10)
    return np.array([np.convolve(event, decay)[:1000] for event in events])


LEFT, RIGHT, BOTH = np.s_[4:12, 4:8], np.s_[4:12, 8:12], np.s_[4:12, 4:12]


def test_the_same_place_found_twice_is_a_duplicate(activity: NDArray[np.float64]) -> None:
    footprints = boxes(np.s_[4:12, 5:13], np.s_[15:18, 20:25], BOTH)
    (pair,) = find_duplicates(footprints, activity[[0, 1, 0]], BOX)
    assert (pair.first, pair.second, pair.kind) == (0, 2, "duplicate")
    assert pair.overlap == pytest.approx(7 / 8)
    assert pair.containment == pytest.approx(7 / 8)
    assert pair.trace_correlation == pytest.approx(1, abs=1e-3)
    assert pair.distance_px == pytest.approx(1)
    assert pair.score == pytest.approx(1, abs=1e-3)


def test_two_halves_that_do_the_same_are_a_split(activity: NDArray[np.float64]) -> None:
    (pair,) = find_duplicates(boxes(LEFT, RIGHT), activity[[0, 0]], BOX)
    assert (pair.kind, pair.overlap, pair.contact, pair.distance_px) == ("split", 0, 0.75, 4)


def test_two_halves_that_do_different_things_are_two_cells(activity: NDArray[np.float64]) -> None:
    assert find_duplicates(boxes(LEFT, RIGHT), activity[:2], BOX) == ()


def test_neighbours_that_only_touch_are_two_cells_whatever_they_do(
    activity: NDArray[np.float64],
) -> None:
    corner = np.s_[12:20, 8:16]
    assert find_duplicates(boxes(np.s_[4:12, 0:8], corner), activity[[0, 0]], BOX) == ()


def test_far_cells_that_do_the_same_are_two_cells(activity: NDArray[np.float64]) -> None:
    assert find_duplicates(boxes(LEFT, np.s_[4:12, 13:17]), activity[[0, 0]], BOX) == ()


def test_a_part_inside_a_whole_is_found_without_its_trace(activity: NDArray[np.float64]) -> None:
    (pair,) = find_duplicates(boxes(LEFT, BOTH), None, BOX)
    assert (pair.kind, pair.containment) == ("duplicate", 1)
    assert pair.overlap == pytest.approx(np.sqrt(0.5))
    assert np.isnan(pair.trace_correlation)
    assert pair.score == pair.overlap


def test_without_traces_no_split_is_claimed() -> None:
    assert find_duplicates(boxes(LEFT, RIGHT), None, BOX) == ()


def test_the_likeliest_pair_comes_first(activity: NDArray[np.float64]) -> None:
    noise = np.random.default_rng(1).standard_normal((4, 1000))
    traces = activity[[0, 0, 1, 1]] + noise * [[0.1], [0.1], [2], [2]]
    footprints = boxes(BOTH, np.s_[4:12, 5:13], np.s_[4:12, 20:28], np.s_[5:13, 21:29])
    found = find_duplicates(footprints, traces, BOX)
    assert [(pair.first, pair.second) for pair in found] == [(0, 1), (2, 3)]
    assert found[0].score > found[1].score


def test_hostile_candidates_are_no_trouble() -> None:
    footprints = boxes(np.s_[0:0, 0:0], np.s_[0:1, 0:1], np.s_[:, :], np.s_[0:0, 0:0])
    traces = np.array([[np.nan] * 50, [0.0] * 50, [np.inf] * 50, [1.0] * 50])
    assert find_duplicates(footprints, traces, BOX) == ()
    assert find_duplicates(footprints[:0], traces[:0], BOX) == ()


def test_independent_signals_of_overlapping_means_have_nothing_above_crosstalk() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 100_000))
    for cosine in (0.0, 0.3, 0.6):
        r = np.corrcoef(a + cosine * b, cosine * a + b)[0, 1]
        excess = above_crosstalk(np.array([r], np.float32), np.array([cosine], np.float32))
        assert excess == pytest.approx(0, abs=0.05)
    assert above_crosstalk(np.float32([1]), np.float32([0.5])) == 1
    assert np.isnan(above_crosstalk(np.float32([1]), np.float32([1])))


@pytest.mark.parametrize(
    ("trace_kind", "neuropil", "precision"),
    [("model", 0.3, 0.9), ("model", 0.9, 0.85), ("mean", 0.3, 0.85), ("mean", 0.9, 0.7)],
)
def test_most_pairs_of_a_crowded_field_are_found_and_few_wrong_ones(
    trace_kind: str, neuropil: float, precision: float
) -> None:
    right, wrong, found_splits, found_copies = 0, 0, 0, 0
    for seed in range(2):
        field = simulate(np.random.default_rng(seed), trace_kind, neuropil)
        for pair in find_duplicates(field.footprints, field.traces, SHAPE):
            same = field.same(pair.first, pair.second)
            right, wrong = right + same, wrong + (not same)
            found_splits += same and bool(field.part[pair.first])
            found_copies += same and not field.part[pair.first]
    assert right / (right + wrong) >= precision
    assert found_copies >= 0.9 * 16
    assert found_splits >= 0.75 * 16


@pytest.mark.parametrize("wrong", [{"overlap": 0.0}, {"contact": 1.1}, {"gap_px": -1.0}])
def test_settings_outside_their_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match="Shares must be above 0"):
        DuplicateSettings(**wrong)
