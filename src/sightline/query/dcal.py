"""DCAL: ask where the classifier doubts and little like it has been decided."""

import numpy as np

from sightline.errors import SettingError
from sightline.query.doubt import doubt
from sightline.query.novelty import Novelty
from sightline.query.pool import Pool, Ranking, rank


def adaptive_weight(weight: float, accuracy: float) -> float:
    """Weight of novelty, w = w0 * 2 (accuracy - 1/2) (ActSort, equation S8).

    Clipped to [0, w0]: the reference lets it go negative where the label classifier is worse than
    chance, which would reward what is like the decided.

    Raises
    ------
    SettingError
        If ``weight`` is outside [0, 1].
    """
    if not 0 <= weight <= 1:
        raise SettingError(f"The weight of DCAL is {weight}; it must lie between 0 and 1.")
    return weight * min(max(2 * (accuracy - 0.5), 0.0), 1.0)


def rank_by_dcal(pool: Pool, novelty: Novelty, weight: float = 0.5) -> Ranking:
    """Rank by w d + (1 - w) c (ActSort, equation S7).

    Parameters
    ----------
    pool
        With the classifier's probabilities.
    novelty
        Discriminative score d and the label classifier's accuracy.
    weight
        w0, before it is adapted.

    Raises
    ------
    SettingError
        If nothing has been fitted yet, or the weight is outside [0, 1].
    """
    if pool.probability is None:
        raise SettingError("DCAL needs a fitted classifier; ask at random or by novelty first.")
    w = np.float32(adaptive_weight(weight, novelty.accuracy))
    c = doubt(pool.probability)
    d = novelty.undecided_probability
    return rank(
        w * d + (1 - w) * c,
        pool.closed,
        lambda item: (
            f"unsure of it (doubt {c[item]:.2f}), little like it decided "
            f"(novelty {d[item]:.2f}, weight {w:.2f})"
        ),
    )
