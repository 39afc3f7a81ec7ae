"""Several questions at once that are not near-copies of each other."""

import numpy as np
from numpy.typing import NDArray

from sightline.query.pool import Ranking

_LOOK_AHEAD = 20


def diverse_batch(
    ranking: Ranking, features: NDArray[np.float32], n: int, most_alike: float = 0.9
) -> NDArray[np.intp]:
    """Take the best-scored items, passing over any that is too like one already taken.

    Parameters
    ----------
    ranking
        Of the items that may be asked.
    features : (candidate, feature) float32
        Standardised.
    n
        Items wanted. Where too few unlike ones are among the best ``20 n``, those passed over fill
        up, best first.
    most_alike
        Largest cosine similarity of two items of a batch.

    Returns
    -------
    (n or fewer,) int
    """
    if n == 1:
        return ranking.first(1)
    best = ranking.first(_LOOK_AHEAD * n)
    rows = features[best]
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    taken: list[int] = []
    for place in range(len(best)):
        if len(taken) == n:
            break
        if not taken or (unit[taken] @ unit[place]).max() <= most_alike:
            taken.append(place)
    passed_over = [place for place in range(len(best)) if place not in set(taken)]
    return best[taken + passed_over[: n - len(taken)]]
