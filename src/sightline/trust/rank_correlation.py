"""Whether one number orders things as another does, with how far that may be chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST = 4
"""Pairs, below which no interval is told."""


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's correlation of ranks.

    Parameters
    ----------
    value
        -1 to 1; NaN of fewer than three pairs, or where one side is all equal.
    low, high
        Interval that holds as much of the resamples as asked for; NaN of too few pairs.
    pairs
        How many were compared.
    """

    value: float
    low: float
    high: float
    pairs: int


def rank_correlation(
    one: Sequence[float],
    other: Sequence[float],
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> RankCorrelation:
    """Correlate ranks, and resample the pairs.

    Parameters
    ----------
    one, other : (pair,)
        Pairs with a NaN are left out.
    level
        Of the interval, by the percentiles of the bootstrap.
    resamples
        How many.
    seed
        Of the resampling.
    """
    both = np.array([one, other], np.float64)
    both = both[:, np.isfinite(both).all(axis=0)]
    pairs = both.shape[1]
    value = _of_ranks(both)
    if pairs < FEWEST or math.isnan(value):
        return RankCorrelation(value, math.nan, math.nan, pairs)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(pairs, size=(resamples, pairs))
    found = np.array([_of_ranks(both[:, places]) for places in drawn])
    # a resample of equal values orders nothing
    ends = np.quantile(np.nan_to_num(found), [(1 - level) / 2, (1 + level) / 2])
    return RankCorrelation(value, float(ends[0]), float(ends[1]), pairs)


def _of_ranks(both: NDArray[np.float64]) -> float:
    if both.shape[1] < 3:
        return math.nan
    one, other = (_ranks(values) for values in both)
    one, other = one - one.mean(), other - other.mean()
    size = math.sqrt(float(one @ one) * float(other @ other))
    return float(one @ other) / size if size else math.nan


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0; equal values share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count) - 1
    return (last - (count - 1) / 2)[place]
