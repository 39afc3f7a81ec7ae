"""An earlier recording's answers join the training and are let go one by one (Algorithm S2)."""

import numpy as np
import pytest

from sightline.learn.logistic import LogisticModel, fit_logistic
from sightline.sort.pretraining import EarlierAnswers

MODEL = LogisticModel(np.array([1.0]), 0.0)


def earlier(n: int = 6, drop: str = "contradicting") -> EarlierAnswers:
    X = np.linspace(-3, 3, n, dtype=np.float32)[:, None]
    return EarlierAnswers(X, (X[:, 0] > 0).astype(np.int8), drop)  # pyright: ignore


@pytest.mark.parametrize(("new", "old"), [(2, 6), (6, 6), (9, 6)])
def test_each_of_the_two_recordings_weighs_as_much_as_the_larger_one(new: int, old: int) -> None:
    X, label = np.ones((new, 1), np.float32), np.zeros(new, np.int8)
    rows, labels, weights = earlier(old).join(X, label)
    np.testing.assert_array_equal(rows, np.concatenate([X, earlier(old).X]))
    np.testing.assert_array_equal(labels, np.concatenate([label, earlier(old).label]))
    np.testing.assert_allclose(weights[:new].sum(), max(new, old))
    np.testing.assert_allclose(weights[new:].sum(), max(new, old))


def test_weighing_is_what_repeating_the_smaller_one_amounts_to() -> None:
    rng = np.random.default_rng(0)
    X, label = rng.normal(size=(5, 1)).astype(np.float32), np.array([0, 1, 1, 0, 1], np.int8)
    rows, labels, weights = earlier(20).join(X, label)
    weighted = fit_logistic(rows, labels == 1, l1=1.0, weights=weights, tolerance=1e-12)
    repeated = fit_logistic(
        np.concatenate([np.tile(X, (4, 1)), earlier(20).X]),
        np.concatenate([np.tile(label, 4), earlier(20).label]) == 1,
        l1=1.0,
        tolerance=1e-12,
    )
    np.testing.assert_allclose(weighted.coefficients, repeated.coefficients, atol=1e-4)


@pytest.mark.parametrize(("new", "old"), [(0, 6), (3, 0), (0, 0)])
def test_where_one_has_no_answers_the_other_stands_alone(new: int, old: int) -> None:
    answers = EarlierAnswers(earlier().X[:old], earlier().label[:old])
    rows, labels, weights = answers.join(np.ones((new, 1), np.float32), np.ones(new, np.int8))
    assert len(rows) == len(labels) == new + old
    assert weights.tolist() == [1] * (new + old)


def test_by_the_paper_the_most_uncertain_answer_is_let_go() -> None:
    given = earlier(7, "uncertain")  # -3, -2, -1, 0, 1, 2, 3; the classifier doubts 0
    assert given.drop_one(MODEL).X[:, 0].tolist() == [-3, -2, -1, 1, 2, 3]


def test_by_the_code_the_answer_that_contradicts_the_classifier_most_is_let_go() -> None:
    given = earlier(6)
    given.label[1] = 1  # a cell at -1.8
    given.label[4] = 0  # none at 1.8
    given.label[0] = 1  # a cell at -3: the least probable of all
    left = given.drop_one(MODEL)
    assert left.label.tolist() == given.label[1:].tolist()
    assert left.drop_one(MODEL).label.tolist() == given.label[2:].tolist()


@pytest.mark.parametrize("drop", ["uncertain", "contradicting"])
def test_one_goes_each_time_until_none_is_left_and_the_original_stays(drop: str) -> None:
    original = earlier(4, drop)
    answers = original
    for left in (3, 2, 1, 0, 0):
        answers = answers.drop_one(MODEL)
        assert (len(answers.label), len(answers.X), answers.drop) == (left, left, drop)
    assert len(original.label) == 4
