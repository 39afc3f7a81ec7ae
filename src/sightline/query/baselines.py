"""The two strategies that learn nothing: random, and the order that came with the data."""

import numpy as np

from sightline.query.pool import Pool, Ranking, rank


def rank_at_random(pool: Pool, rng: np.random.Generator) -> Ranking:
    """Ask in random order (ActSort, equation S3)."""
    score = rng.random(len(pool.closed), dtype=np.float32)
    return rank(score, pool.closed, lambda _: "drawn at random")


def rank_as_given(pool: Pool) -> Ranking:
    """Ask in the order that came with the data ("algo-rank"), or in that of the rows."""
    place = np.arange(len(pool.closed)) if pool.order is None else np.asarray(pool.order)
    position = np.empty(len(place), np.intp)
    position[np.argsort(place, kind="stable")] = np.arange(len(place))
    return rank(
        -position.astype(np.float32),
        pool.closed,
        lambda item: f"number {position[item] + 1} in the order of the extraction",
    )
