"""Intraclass correlation: how much of the ratings' variance is the candidates' own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError


@dataclass(frozen=True, slots=True)
class Reliability:
    """An intraclass correlation with its confidence bounds.

    Parameters
    ----------
    value
        The correlation; 1 is perfect consistency, about 0 or below is none.
    low, high
        Two-sided confidence bounds.
    candidates
        How many candidates, those rated by every annotator, it rests on.
    """

    value: float
    low: float
    high: float
    candidates: int


def intraclass_correlation(
    ratings: NDArray[Any], confidence: float = 0.95
) -> tuple[Reliability, Reliability]:
    """Measure the consistency of one annotator, and of the mean of all of them.

    Two-way mixed model, consistency: annotators may differ in how lenient they are, which does not
    count against them. ICC(3,1) and ICC(3,k) of Shrout & Fleiss (1979); ICC(C,1) and ICC(C,k) of
    McGraw & Wong (1996), whose exact F bounds these are. For labels, which are not normally
    distributed, the bounds are approximate.

    Parameters
    ----------
    ratings
        (candidate, annotator) labels or scores; candidates with a NaN are left out, so replace
        undecided labels by NaN.
    confidence
        Coverage of the two-sided bounds.

    Returns
    -------
    single : Reliability
        ICC(3,1), of an annotator alone.
    average : Reliability
        ICC(3,k), of the mean over the annotators.

    Raises
    ------
    InputError
        If fewer than two annotators or two completely rated candidates are given, or all their
        ratings are equal, so that there is nothing to correlate.
    """
    complete = _complete_rows(np.asarray(ratings, dtype=np.float64))
    n, k = complete.shape
    grand = complete.mean()
    of_candidates = complete.mean(axis=1, keepdims=True)
    of_annotators = complete.mean(axis=0, keepdims=True)
    between = k * float(((of_candidates - grand) ** 2).sum()) / (n - 1)
    residual = complete - of_candidates - of_annotators + grand
    error = float((residual**2).sum()) / ((n - 1) * (k - 1))
    # Rounding leaves about 1e-32 where annotators concur perfectly.
    if error <= 1e-12 * between:
        perfect = Reliability(1.0, 1.0, 1.0, n)
        return perfect, perfect

    from scipy.special import fdtri  # noqa: PLC0415 - a tenth of a second, seldom needed

    within = 1 - (1 - confidence) / 2
    ratio = between / error
    low = ratio / float(fdtri(n - 1, (n - 1) * (k - 1), within))
    high = ratio * float(fdtri((n - 1) * (k - 1), n - 1, within))
    return _from_ratios((ratio, low, high), k, n)


def _from_ratios(
    ratios: tuple[float, float, float], k: int, n: int
) -> tuple[Reliability, Reliability]:
    value, low, high = ((ratio - 1) / (ratio + k - 1) for ratio in ratios)
    single = Reliability(value, low, high, n)
    value, low, high = (1 - 1 / ratio if ratio > 0 else -np.inf for ratio in ratios)
    return single, Reliability(value, low, high, n)


def _complete_rows(ratings: NDArray[np.float64]) -> NDArray[np.float64]:
    found = f"an array of shape {ratings.shape}"
    if ratings.ndim == 2:
        ratings = ratings[np.isfinite(ratings).all(axis=1)]
        found = f"{len(ratings)} candidates rated by all of {ratings.shape[1]} annotators"
    if ratings.ndim != 2 or min(ratings.shape) < 2:
        raise InputError(
            "ratings",
            found,
            "at least two of each",
            "Add annotators, or leave out those who rated little.",
        )
    if np.ptp(ratings) == 0:
        raise InputError(
            "ratings",
            "the same rating everywhere",
            "ratings that vary",
            "A correlation is not defined here; report plain agreement.",
        )
    return ratings
