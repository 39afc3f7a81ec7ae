"""Softmax regression for three classes and more, held against scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sightline.learn.logistic import fit_logistic
from sightline.learn.multinomial import MultinomialModel, fit_multinomial


def problem(seed: int = 0, n: int = 150, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    label = rng.integers(0, classes, n)
    label[:classes] = range(classes)
    X = rng.normal(size=(n, 6)) + rng.normal(size=(classes, 6))[label]
    return (X - X.mean(0)) / X.std(0, ddof=1), label


def objective(
    model: MultinomialModel, X: np.ndarray, label: np.ndarray, l1: float, l2: float
) -> float:
    logit = X @ model.coefficients.T + model.intercepts
    log_p = logit - np.logaddexp.reduce(logit, 1, keepdims=True)
    W = model.coefficients
    loss = -log_p[np.arange(len(X)), label].sum()
    return float(loss + l1 * np.abs(W).sum() + l2 / 2 * (W * W).sum())


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 1.0), (0.0, 60.0), (1.0, 0.0), (5.0, 0.0)])
def test_it_is_as_good_as_scikit_learn_and_predicts_the_same(l1: float, l2: float) -> None:
    X, label = problem()
    oracle = LogisticRegression(
        C=1 / (l1 + l2), l1_ratio=float(l1 > 0), solver="saga", tol=1e-6, max_iter=20_000
    ).fit(X, label)
    expected = MultinomialModel(oracle.coef_, oracle.intercept_)
    found = fit_multinomial(X, label, 3, l1=l1, l2=l2)
    best = objective(expected, X, label, l1, l2)
    assert objective(found, X, label, l1, l2) <= best * (1 + 1e-4)
    np.testing.assert_allclose(found.coefficients, expected.coefficients, atol=0.02)
    np.testing.assert_allclose(found.probability(X), oracle.predict_proba(X), atol=0.01)


def test_with_two_classes_it_agrees_with_logistic_regression() -> None:
    """A softmax of two classes shares each weight, so its L2 penalty counts half."""
    X, label = problem(classes=2)
    softmax = fit_multinomial(X, label, 2, l2=10.0)
    logistic = fit_logistic(X, label == 1, l2=5.0)
    np.testing.assert_allclose(softmax.probability(X)[:, 1], logistic.probability(X), atol=2e-3)


def test_probabilities_are_those_of_all_classes_and_sum_to_1() -> None:
    X, label = problem(1, classes=4)
    model = fit_multinomial(X, label, 4, l2=1.0)
    p = model.probability(X.astype(np.float32))
    assert (p.shape, p.dtype) == ((len(X), 4), np.float32)
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-5)
    assert np.isfinite(model.probability(1e6 * X)).all()


def test_a_weight_of_k_is_the_example_k_times() -> None:
    X, label = problem(2)
    times = np.random.default_rng(0).integers(0, 4, len(X))
    repeated = fit_multinomial(np.repeat(X, times, 0), np.repeat(label, times), 3, l2=5.0)
    weighted = fit_multinomial(X, label, 3, l2=5.0, weights=times.astype(float))
    np.testing.assert_allclose(weighted.probability(X), repeated.probability(X), atol=2e-3)


def test_where_it_starts_does_not_change_what_it_predicts() -> None:
    X, label = problem(3)
    rng = np.random.default_rng(0)
    start = MultinomialModel(rng.normal(size=(3, 6)), rng.normal(size=3))
    for l1, l2 in ((1.0, 0.0), (0.0, 5.0)):
        cold = fit_multinomial(X, label, 3, l1=l1, l2=l2)
        warm = fit_multinomial(X, label, 3, l1=l1, l2=l2, start=start)
        np.testing.assert_allclose(warm.probability(X), cold.probability(X), atol=5e-3)


def test_a_class_without_examples_is_held_improbable() -> None:
    X, label = problem(4)
    model = fit_multinomial(X, label, 4, l2=1.0)
    assert np.isfinite(model.coefficients).all()
    assert model.probability(X)[:, 3].max() < 0.01
