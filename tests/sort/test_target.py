"""The threshold gives what the user wants of the labels, and its cost is stated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sightline.errors import SettingError
from sightline.sort.target import BALANCED, Target, decide, expect, parse_target

PROBABILITIES = arrays(
    np.float32,
    st.integers(1, 40),
    elements=st.sampled_from([0, 0.25, 0.5, 0.75, 1]) | st.floats(0, 1, width=32),
)
SHARES = st.floats(0, 1)


def every_way_to_accept(p: np.ndarray) -> list[np.ndarray]:
    """All sets that some threshold accepts, from nothing to everything."""
    return [p > np.float32(threshold) for threshold in (np.inf, *np.unique(p), -1)]


def expected_balanced_accuracy(p: np.ndarray, accepted: np.ndarray) -> float:
    q = p.astype(np.float64)
    return (q[accepted].sum() / q.sum() + (1 - q[~accepted]).sum() / (1 - q).sum()) / 2


@given(PROBABILITIES)
def test_balanced_maximises_the_expected_balanced_accuracy(p: np.ndarray) -> None:
    if not 0 < p.astype(np.float64).sum() < len(p):
        return
    best = max(expected_balanced_accuracy(p, accepted) for accepted in every_way_to_accept(p))
    found = decide(p, BALANCED)
    assert found.balanced_accuracy == pytest.approx(best, abs=1e-6)


@given(PROBABILITIES, SHARES)
def test_false_cells_keeps_to_its_share_and_accepts_all_it_may(p: np.ndarray, share: float) -> None:
    found = decide(p, Target("false-cells", share))
    accepted = p > np.float32(found.threshold)
    if accepted.any():
        assert (1 - p[accepted].astype(np.float64)).mean() <= share + 1e-9
    allowed = [
        way.sum()
        for way in every_way_to_accept(p)
        if way.any() and (1 - p[way].astype(np.float64)).mean() <= share - 1e-9
    ]
    assert accepted.sum() >= max(allowed, default=0)


@given(PROBABILITIES, SHARES)
def test_cells_kept_keeps_its_share_and_accepts_no_more_than_it_must(
    p: np.ndarray, share: float
) -> None:
    found = decide(p, Target("cells-kept", share))
    accepted = p > np.float32(found.threshold)
    cells = p.sum(dtype=np.float64)
    assert p[accepted].sum(dtype=np.float64) >= share * cells * (1 - 1e-9)
    if accepted.any():
        fewer = accepted & (p > p[accepted].min())
        assert p[fewer].sum(dtype=np.float64) <= share * cells * (1 + 1e-9)


def test_a_share_that_the_surest_candidate_exceeds_accepts_nothing() -> None:
    found = decide(np.array([0.5, 0.8]), Target("false-cells", 0.1))
    assert (found.threshold, found.recall) == (np.float32(0.8), 0)
    assert np.isnan(found.precision)


def test_all_cells_can_be_kept() -> None:
    p = np.random.default_rng(0).random(10_000).astype(np.float32)
    assert decide(p, Target("cells-kept", 1.0)).recall == 1


def test_the_annotator_decides_at_a_half_and_a_threshold_is_taken_as_given() -> None:
    p = np.array([0.1, 0.5, 0.6, 0.9])
    assert decide(p, Target("as-annotator")).threshold == 0.5
    assert decide(p, Target("threshold", 0.65)).threshold == 0.65
    assert expect(p, 0.65).precision == pytest.approx(0.9)


def test_of_calibrated_probabilities_the_stated_costs_come_true() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(0.6, 0.3, 200_000)
    truth = rng.random(len(p)) < p
    for target in (
        BALANCED,
        Target("false-cells", 0.05),
        Target("cells-kept", 0.95),
        Target("threshold", 0.65),
    ):
        stated = decide(p, target)
        accepted = p > stated.threshold
        assert stated.cells == pytest.approx(truth.sum(), rel=0.01)
        assert stated.precision == pytest.approx(truth[accepted].mean(), abs=0.005)
        assert stated.recall == pytest.approx(accepted[truth].mean(), abs=0.005)
        assert stated.true_negative_rate == pytest.approx((~accepted)[~truth].mean(), abs=0.01)


def test_what_cannot_be_counted_is_nan() -> None:
    sure = expect(np.ones(4), 0.5)
    assert (sure.precision, sure.recall, sure.cells) == (1, 1, 4)
    assert np.isnan(sure.true_negative_rate)
    assert np.isnan(expect(np.zeros(4), 0.5).recall)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("balanced", Target("balanced")),
        (" as-annotator ", Target("as-annotator")),
        ("false-cells=5%", Target("false-cells", 0.05)),
        ("false-cells=0.05", Target("false-cells", 0.05)),
        ("cells-kept=95%", Target("cells-kept", 0.95)),
        ("threshold=0.65", Target("threshold", 0.65)),
    ],
)
def test_a_target_is_written_in_words_and_comes_back(text: str, target: Target) -> None:
    assert parse_target(text) == target
    assert parse_target(str(target)) == target


@pytest.mark.parametrize(
    "text",
    ["", "best", "balanced=5%", "threshold", "threshold=", "threshold=2", "threshold=-1%",
     "false-cells=five", "cells-kept=nan", "cells-kept=101%"],
)  # fmt: skip
def test_what_is_no_target_is_refused_with_examples(text: str) -> None:
    with pytest.raises(SettingError, match="false-cells=5%"):
        parse_target(text)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_share_lies_in_0_to_1(value: float) -> None:
    with pytest.raises(SettingError, match="0 to 1"):
        Target("cells-kept", value)


def test_a_kind_of_target_that_is_not_known_is_refused() -> None:
    with pytest.raises(SettingError, match="cells-kept"):
        Target("best")  # pyright: ignore[reportArgumentType]
