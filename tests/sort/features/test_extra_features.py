"""Features beyond the 76: each chosen by name, each on a case whose value is known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from sightline.data.evidence import CandidateEvidence
from sightline.errors import SettingError
from sightline.sort.features.extra import (
    EXTRA_FEATURES,
    NEIGHBOUR_FEATURES,
    Beside,
    correlation_image_agreement,
    event_asymmetry,
    extra_features,
    mean_image_agreement,
    motion_correlation,
    movie_trace_correlation,
    neighbour_features,
    surround_correlation,
    trace_skewness,
)

Make = Callable[..., CandidateEvidence]


def square(top: int, left: int, height: int = 10, width: int = 10) -> np.ndarray:
    image = np.zeros((60, 60))
    image[top : top + height, left : left + width] = 1
    return image.ravel()


def slow(count: int, seed: int = 0) -> np.ndarray:
    """Independent traces that stay for some frames, with a little noise."""
    rng = np.random.default_rng(seed)
    signals = np.repeat(rng.normal(size=(count, 100)), 10, axis=1)
    return signals + 0.1 * rng.normal(size=signals.shape)


def test_rare_rises_are_skewed_and_noise_is_not(candidate: Make) -> None:
    noise = np.random.default_rng(0).normal(size=20_000)
    assert abs(trace_skewness(candidate(trace=noise))) < 0.06
    rare = np.zeros(1000)
    rare[:10] = 1
    assert trace_skewness(candidate(trace=rare)) == pytest.approx(0.98 / np.sqrt(0.01 * 0.99))


def test_calcium_falls_longer_than_it_rises_and_motion_does_not(candidate: Make) -> None:
    cell = candidate(noise=0.01)
    assert event_asymmetry(cell) > 0.6
    hill = np.maximum(1 - np.abs(np.arange(2000) - 500) / 10, 0)
    assert event_asymmetry(replace(cell, trace=hill, events=np.array([500], np.int32))) == 0
    backwards = replace(cell, trace=cell.trace[::-1], events=1999 - cell.events)
    assert event_asymmetry(backwards) == pytest.approx(-event_asymmetry(cell))


def test_the_movie_confirms_the_trace_of_a_cell_but_not_another_trace(candidate: Make) -> None:
    cell = candidate(movie_noise=0.02, noise=0.01)
    assert movie_trace_correlation(cell) > 0.98
    other = np.random.default_rng(0).normal(size=cell.snapshot_traces.shape)
    assert abs(movie_trace_correlation(replace(cell, snapshot_traces=other))) < 0.5


def test_activity_all_around_correlates_with_the_surround(candidate: Make) -> None:
    cell = candidate()
    assert cell.snapshots is not None
    neuropil = replace(cell, snapshots=cell.snapshots + cell.snapshot_traces[:, :, None, None])
    assert surround_correlation(neuropil) > 0.9
    assert abs(surround_correlation(cell)) < 0.5


def test_a_trace_that_jumps_when_the_image_moves_is_found(candidate: Make) -> None:
    motion = np.random.default_rng(0).exponential(size=2000)
    jumps = np.concatenate([[0], np.cumsum(motion[:-1] * np.tile([1, -1], 1000)[:-1])])
    assert motion_correlation(candidate(trace=jumps), Beside(motion)) == pytest.approx(1)
    assert abs(motion_correlation(candidate(), Beside(motion))) < 0.1
    assert np.isnan(motion_correlation(candidate()))
    assert np.isnan(motion_correlation(candidate(), Beside(motion[:5])))


def test_a_footprint_agrees_with_an_image_that_shows_it(candidate: Make) -> None:
    cell = candidate()
    image = np.zeros(cell.image_shape)
    top, left, bottom, right = cell.crop
    image[top:bottom, left:right] = 40 + 3 * cell.footprint
    assert mean_image_agreement(cell, Beside(images={"mean": image})) == pytest.approx(1)
    inverted = Beside(images={"correlation": -image})
    assert correlation_image_agreement(cell, inverted) == pytest.approx(-1)
    assert np.isnan(mean_image_agreement(cell, inverted))


def test_duplicates_and_fragments_are_known_by_their_neighbours() -> None:
    traces = slow(5)
    traces[1] = traces[0] + 0.1 * np.random.default_rng(1).normal(size=1000)
    traces[3] = traces[2] + 0.1 * np.random.default_rng(2).normal(size=1000)
    footprints = sparse.csr_array(
        np.stack([square(5, 5), square(5, 5), square(30, 5), square(30, 5, 10, 4), square(30, 9)])
    )
    values, names = neighbour_features(traces, footprints, (60, 60))
    assert names == NEIGHBOUR_FEATURES
    duplicate, fragment = values.T
    assert duplicate[:2] == pytest.approx([1, 1], abs=0.05)
    assert duplicate[3] == pytest.approx(np.sqrt(0.4), abs=0.05)
    assert duplicate[4] < 0.2
    assert fragment[3] == pytest.approx(1, abs=0.05)  # whole inside a larger one with its signal
    assert fragment[[0, 1, 2]].max() < 0.1


def test_without_traces_or_neighbours_there_is_nothing_to_fear() -> None:
    footprints = sparse.csr_array(np.stack([square(5, 5), square(30, 30), 0 * square(0, 0)]))
    for traces in (None, slow(3)):
        values, _ = neighbour_features(traces, footprints, (60, 60), ["fragment_share"])
        assert values.tolist() == [[0]] * 3


def test_features_come_by_name_in_the_order_asked(candidate: Make) -> None:
    chosen = ("surround_correlation", "trace_skewness")
    values, names = extra_features(candidate(), chosen)
    assert names == chosen
    assert values == pytest.approx([surround_correlation(candidate()), trace_skewness(candidate())])
    assert extra_features(candidate())[1] == EXTRA_FEATURES


def test_an_unknown_name_is_refused_with_those_that_are_known(candidate: Make) -> None:
    with pytest.raises(SettingError, match=r"'colour'.*trace_skewness"):
        extra_features(candidate(), ["colour"])
    with pytest.raises(SettingError, match=r"'colour'.*fragment_share"):
        neighbour_features(None, sparse.csr_array((1, 9)), (3, 3), ["colour"])


@pytest.mark.parametrize(
    "change",
    [
        {"footprint": np.zeros((30, 30))},
        {"footprint": np.ones((30, 30))},
        {"trace": np.zeros(2000)},
        {"trace": np.ones(1)},
        {"trace": np.full(2000, np.nan)},
        {"snapshots": None},
        {"snapshots": np.zeros((5, 11, 30, 30))},
    ],
    ids=["no footprint", "full", "zero", "one frame", "not finite", "no movie", "black"],
)
def test_hostile_candidates_give_numbers_or_missing_values(
    change: dict[str, np.ndarray], candidate: Make
) -> None:
    cell = candidate()
    if len(change.get("trace", cell.trace)) == 1:
        change = {**change, "events": cell.events[:0]}
    images = {"mean": np.ones(cell.image_shape), "correlation": np.full(cell.image_shape, np.nan)}
    values, _ = extra_features(replace(cell, **change), beside=Beside(np.ones(2000), images))
    assert not np.isinf(values).any()
