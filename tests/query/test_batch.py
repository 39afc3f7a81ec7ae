"""The questions of one batch are not near-copies of each other, where that can be had."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.query.batch import diverse_batch
from sightline.query.pool import Ranking, rank


def ranking_of(score: list[float], closed: tuple[int, ...] = ()) -> Ranking:
    return rank(np.array(score), np.isin(np.arange(len(score)), closed), str)


def likeness(features: np.ndarray, items: np.ndarray) -> float:
    unit = features[items] / np.linalg.norm(features[items], axis=1, keepdims=True)
    return float(np.triu(unit @ unit.T, 1).max())


def plain_loop(score: np.ndarray, features: np.ndarray, n: int, most_alike: float) -> list[int]:
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    order = sorted(range(len(score)), key=lambda item: (-score[item], item))
    taken: list[int] = []
    for item in order:
        if len(taken) < n and all(unit[item] @ unit[other] <= most_alike for other in taken):
            taken.append(item)
    return taken + [item for item in order if item not in taken][: n - len(taken)]


def test_one_question_is_simply_the_best() -> None:
    assert diverse_batch(ranking_of([1, 3, 2]), np.ones((3, 2), np.float32), 1).tolist() == [1]


def test_a_near_copy_of_a_better_one_waits() -> None:
    features = np.array([[1, 0], [1, 0.01], [0, 1], [-1, 0]], np.float32)
    batch = diverse_batch(ranking_of([4, 3, 2, 1]), features, 3)
    assert batch.tolist() == [0, 2, 3]


def test_near_copies_fill_up_best_first_where_nothing_else_is_left() -> None:
    features = np.array([[1, 0], [1, 0.01], [0, 1], [1, 0.02]], np.float32)
    assert diverse_batch(ranking_of([1, 4, 2, 3]), features, 4).tolist() == [1, 2, 3, 0]


def test_closed_items_never_come_and_fewer_are_given_where_fewer_are_open() -> None:
    features = np.eye(5, dtype=np.float32)
    batch = diverse_batch(ranking_of([5, 4, 3, 2, 1], closed=(0, 2)), features, 4)
    assert batch.tolist() == [1, 3, 4]
    assert diverse_batch(ranking_of([1, 2], closed=(0, 1)), features[:2], 3).size == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 8), st.sampled_from([0.3, 0.9]))
def test_it_is_the_greedy_choice_of_a_plain_loop(seed: int, n: int, most_alike: float) -> None:
    rng = np.random.default_rng(seed)
    score, features = rng.random(30), rng.normal(size=(30, 3)).astype(np.float32)
    batch = diverse_batch(ranking_of(score.tolist()), features, n, most_alike)
    single = score.astype(np.float32)
    assert batch.tolist() == plain_loop(single, features, n, most_alike)


@pytest.mark.parametrize("n", [2, 5, 10])
def test_in_a_pool_of_pairs_of_twins_no_two_twins_are_asked_together(n: int) -> None:
    rng = np.random.default_rng(0)
    half = rng.normal(size=(50, 20)).astype(np.float32)
    features = np.repeat(half, 2, axis=0)
    batch = diverse_batch(ranking_of(np.repeat(rng.random(50), 2).tolist()), features, n)
    assert len(set(batch // 2)) == n
    assert likeness(features, batch) <= 0.9
