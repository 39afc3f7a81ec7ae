"""DAL asks what is least like anything decided so far."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sightline.query.novelty import Novelty, measure_novelty, rank_by_novelty
from sightline.query.pool import Pool


def pool(n: int = 80, decided: int = 20, seed: int = 0) -> Pool:
    """The decided lie on one side of the first feature."""
    X = np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32)
    done = np.zeros(n, bool)
    done[np.argsort(-X[:, 0])[:decided]] = True
    return Pool(X, done, done)


@pytest.mark.parametrize("decided", [20, 40, 70])
def test_the_label_classifier_is_an_l1_logistic_regression_with_both_sides_balanced(
    decided: int,
) -> None:
    """Reference: scikit-learn with each side weighing as much as the smaller one (equation S5)."""
    given = pool(decided=decided)
    smaller = min(decided, 80 - decided)
    weights = np.where(given.decided, smaller / decided, smaller / (80 - decided))
    oracle = LogisticRegression(C=1, l1_ratio=1, solver="saga", tol=1e-7, max_iter=50_000)
    oracle.fit(given.features, ~given.decided, sample_weight=weights)
    found = measure_novelty(given)
    expected = oracle.predict_proba(given.features)[:, 1]
    np.testing.assert_allclose(found.undecided_probability, expected, atol=0.01)
    assert found.accuracy == np.mean((found.undecided_probability > 0.5) == ~given.decided)


def test_what_lies_far_from_the_decided_is_the_most_novel() -> None:
    given = pool()
    novelty = measure_novelty(given)
    assert novelty.accuracy > 0.9
    ranking = rank_by_novelty(given, novelty)
    assert not given.decided[ranking.order()].any()
    farthest = np.argsort(given.features[:, 0])[:10]
    assert np.mean(np.isin(ranking.first(10), farthest)) >= 0.8


def test_where_the_decided_are_a_random_sample_nothing_is_novel() -> None:
    X = np.random.default_rng(1).normal(size=(4000, 4)).astype(np.float32)
    done = np.arange(4000) % 2 == 0
    novelty = measure_novelty(Pool(X, done, done))
    assert novelty.accuracy == pytest.approx(0.5, abs=0.05)
    np.testing.assert_allclose(novelty.undecided_probability, 0.5, atol=0.1)


def test_the_most_probably_undecided_is_asked_first_ties_by_index_and_nothing_closed() -> None:
    given = pool(n=6, decided=2)
    closed = given.decided.copy()
    closed[np.flatnonzero(~closed)[0]] = True
    d = np.array([0.2, 0.8, 0.8, 0.1, 0.9, 0.2], np.float32)
    novelty = Novelty(d, 0.5, measure_novelty(given).model)
    plain = sorted(np.flatnonzero(~closed).tolist(), key=lambda item: (-d[item], item))
    ranking = rank_by_novelty(Pool(given.features, given.decided, closed), novelty)
    assert ranking.order().tolist() == plain
    assert "0.80" in ranking.reason(1)


def test_starting_from_the_last_step_changes_nothing_but_the_way() -> None:
    cold = measure_novelty(pool(decided=21))
    warm = measure_novelty(pool(decided=21), start=measure_novelty(pool()).model)
    np.testing.assert_allclose(warm.undecided_probability, cold.undecided_probability, atol=0.01)


def test_a_sample_of_the_undecided_stands_for_all_and_is_the_same_each_time() -> None:
    given = pool(n=6000, decided=60)
    whole = measure_novelty(given)
    sampled = measure_novelty(given, most_compared=2000)
    assert len(sampled.undecided_probability) == 6000
    assert sampled.accuracy == pytest.approx(whole.accuracy, abs=0.02)
    likeness = np.corrcoef(sampled.undecided_probability, whole.undecided_probability)[0, 1]
    assert likeness > 0.99
    again = measure_novelty(given, most_compared=2000)
    np.testing.assert_array_equal(again.undecided_probability, sampled.undecided_probability)


def test_one_decided_and_one_undecided_candidate_are_enough() -> None:
    for decided in (1, 79):
        assert np.isfinite(measure_novelty(pool(decided=decided)).undecided_probability).all()
