"""DAL: ask what is least like anything decided so far."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.learn.logistic import LogisticModel, fit_logistic
from sightline.query.pool import Pool, Ranking, rank

MOST_COMPARED = 20_000


@dataclass(frozen=True)
class Novelty:
    """What the label classifier, decided against undecided, believes.

    Parameters
    ----------
    undecided_probability : (candidate,) float32
        Discriminative score d of equation S6; high where little like it has been decided.
    accuracy
        Share of all candidates that the label classifier puts on the right side of 1/2.
    model
        The label classifier, to start the next fit from.
    """

    undecided_probability: NDArray[np.float32]
    accuracy: float
    model: LogisticModel


def measure_novelty(
    pool: Pool,
    *,
    start: LogisticModel | None = None,
    seed: int = 0,
    most_compared: int = MOST_COMPARED,
) -> Novelty:
    """Fit the label classifier and apply it to all candidates (ActSort, equation S5).

    Paper and code balance the two sides by random over- and under-sampling, which is noisy and
    not reproducible. Here each side has the same total weight, that of the smaller one, with the
    same penalty (lambda = 1/n of that balanced set): the expectation of what they do. Above
    ``most_compared`` undecided candidates, a fixed random sample of them stands for all;
    ``benchmarks/sort_step.py`` states the error.

    Parameters
    ----------
    pool
        At least one candidate decided and one undecided.
    start
        Label classifier of the last step.
    seed
        Of the sample.
    most_compared
        Size of the sample.
    """
    known = np.flatnonzero(pool.decided)
    others = _sample_undecided(pool.decided, most_compared, seed)
    X = np.concatenate([pool.features[known], pool.features[others]])
    undecided = np.arange(len(X)) >= len(known)
    smaller = min(len(known), len(others))
    weights = np.where(undecided, smaller / len(others), smaller / len(known)).astype(np.float32)
    model = fit_logistic(X, undecided, l1=1.0, weights=weights, start=start, tolerance=1e-5)
    d = model.probability(pool.features)
    right = np.count_nonzero((d > 0.5) != pool.decided)
    return Novelty(d, right / len(d), model)


def rank_by_novelty(pool: Pool, novelty: Novelty) -> Ranking:
    """DAL, discriminative active learning: the most probably undecided first."""
    d = novelty.undecided_probability
    return rank(
        d, pool.closed, lambda item: f"little like it has been decided (novelty {d[item]:.2f})"
    )


def _sample_undecided(decided: NDArray[np.bool_], most: int, seed: int) -> NDArray[np.intp]:
    n = len(decided)
    if n <= most:
        return np.flatnonzero(~decided)
    drawn = np.random.default_rng(seed).integers(0, n, most)
    return drawn[~decided[drawn]]
