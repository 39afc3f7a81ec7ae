"""CAL and entropy: ask where the classifier doubts."""

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.query.pool import Pool, Ranking, rank


def doubt(probability: NDArray[np.floating]) -> NDArray[np.float32]:
    """How unsure the classifier is: 0 sure, 1 all classes equally likely.

    Two classes: 1 - 2 abs(p - 1/2) (ActSort, equation S6). More: the entropy, divided by that of
    equally likely classes; equation S4 names both.

    The doubt is about p = 1/2 whatever the decision threshold: what the annotator would say is
    least certain there, and a boundary that moves with every refit was no better on real data.

    Parameters
    ----------
    probability : (candidate,) or (candidate, class) float
    """
    p = np.asarray(probability, np.float32)
    if p.ndim == 1:
        return 1 - np.abs(2 * p - 1)
    safe = np.maximum(p, np.finfo(np.float32).tiny)
    return -(safe * np.log(safe)).sum(1) / np.log(np.float32(p.shape[1]))


def rank_by_doubt(pool: Pool) -> Ranking:
    """CAL, confidence-based active learning; with more than two classes, by entropy.

    Equation S4 asks for the smallest 1 - 2 abs(h - 1/2), which is a slip: it would pick the surest.
    As the reference code does, the most doubtful is asked.

    Raises
    ------
    SettingError
        If nothing has been fitted yet.
    """
    if pool.probability is None:
        raise SettingError("doubt needs a fitted classifier; ask at random or by novelty first.")
    score = doubt(pool.probability)
    return rank(
        score, pool.closed, lambda item: f"the classifier is unsure of it (doubt {score[item]:.2f})"
    )
