"""Random order, and the order of the data."""

import numpy as np

from sightline.query.baselines import rank_as_given, rank_at_random
from sightline.query.pool import Pool


def pool(n: int, closed: tuple[int, ...] = (), order: list[int] | None = None) -> Pool:
    shut = np.isin(np.arange(n), closed)
    ranks = None if order is None else np.array(order)
    return Pool(np.zeros((n, 1), np.float32), shut, shut, order=ranks)


def test_the_same_seed_gives_the_same_random_order_and_another_another() -> None:
    first, again, other = (
        rank_at_random(pool(50), np.random.default_rng(seed)).order().tolist() for seed in (1, 1, 2)
    )
    assert first == again != other
    assert sorted(first) == list(range(50))


def test_every_open_item_is_equally_likely_to_come_first() -> None:
    rng = np.random.default_rng(0)
    drawn = [rank_at_random(pool(6, closed=(2,)), rng).first()[0] for _ in range(5000)]
    counts = np.bincount(drawn, minlength=6)
    assert counts[2] == 0
    expected = 1000
    chi_square = ((counts[[0, 1, 3, 4, 5]] - expected) ** 2 / expected).sum()
    assert chi_square < 18.5  # 99.9 % of chi-square with 4 degrees of freedom


def test_without_an_order_the_rows_are_asked_one_after_the_other() -> None:
    assert rank_as_given(pool(5, closed=(0, 3))).order().tolist() == [1, 2, 4]


def test_the_order_of_the_data_is_followed_ties_by_index() -> None:
    ranking = rank_as_given(pool(5, closed=(3,), order=[30, 10, 20, 0, 10]))
    assert ranking.order().tolist() == [1, 4, 2, 0]
    assert ranking.reason(1) == "number 2 in the order of the extraction"
