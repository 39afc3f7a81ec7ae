"""Rank correlation: another implementation, and intervals that hold what they promise."""

import math

import numpy as np
import pytest
from scipy.stats import spearmanr

from sightline.trust.rank_correlation import rank_correlation


@pytest.mark.parametrize("seed", range(5))
def test_it_is_scipys_with_and_without_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 6 + 40 * seed, (2, 30)).astype(float)
    expected = spearmanr(one, other).statistic  # pyright: ignore[reportAttributeAccessIssue]
    assert rank_correlation(one.tolist(), other.tolist()).value == pytest.approx(expected)


def test_only_order_counts() -> None:
    one = [0.1, 0.2, 0.3, 0.4, 0.5]
    assert rank_correlation(one, [math.exp(9 * x) for x in one]).value == pytest.approx(1)
    assert rank_correlation(one, [-(x**3) for x in one]).value == pytest.approx(-1)


def test_pairs_with_an_unknown_are_left_out() -> None:
    found = rank_correlation([1, 2, 3, math.nan, 5], [5, 4, math.nan, 1, 1])
    assert (found.value, found.pairs) == (pytest.approx(-1), 3)
    assert math.isnan(found.low)


@pytest.mark.parametrize("one", [[], [1.0, 2.0], [1.0, 1.0, 1.0, 1.0]])
def test_too_few_or_equal_values_tell_nothing(one: list[float]) -> None:
    assert math.isnan(rank_correlation(one, list(range(len(one)))).value)


def test_its_interval_holds_the_true_correlation_about_as_often_as_promised() -> None:
    rng = np.random.default_rng(1)
    true = 6 / np.pi * np.arcsin(0.6 / 2)  # of ranks, where that of normal values is .6
    held = 0
    for trial in range(100):
        one = rng.normal(size=40)
        other = 0.6 * one + 0.8 * rng.normal(size=40)
        found = rank_correlation(one.tolist(), other.tolist(), resamples=200, seed=trial)
        held += found.low <= true <= found.high
    assert 85 <= held <= 100


def test_it_is_the_same_for_a_seed() -> None:
    rng = np.random.default_rng(2)
    one, other = rng.normal(size=(2, 12)).tolist()
    assert rank_correlation(one, other, seed=3) == rank_correlation(one, other, seed=3)
