"""A strongly penalised classifier is made as sure as it is right, from its own answers."""

import numpy as np
import pytest

from sightline.learn.calibrate import calibrate, leave_one_out
from sightline.learn.logistic import LogisticModel, fit_logistic, sigmoid


def problem(seed: int, n: int, strength: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 10))
    return X, rng.random(n) < sigmoid(strength * X.sum(1) + 0.5)


def log_loss(model: LogisticModel, X: np.ndarray, positive: np.ndarray) -> float:
    logit = model.logit(X)
    return float(np.logaddexp(0, np.where(positive, -logit, logit)).mean())


@pytest.mark.parametrize("l2", [5.0, 60.0])
def test_left_out_predictions_are_those_of_real_refits_without_each_answer(l2: float) -> None:
    X, positive = problem(0, 60)
    model = fit_logistic(X, positive, l2=l2, tolerance=1e-12)
    refitted = []
    for left_out in range(len(X)):
        rest = np.arange(len(X)) != left_out
        without = fit_logistic(X[rest], positive[rest], l2=l2, tolerance=1e-12)
        refitted.append(without.logit(X[[left_out]])[0])
    found = leave_one_out(model, X, positive, l2)
    np.testing.assert_allclose(found, refitted, atol=0.15)
    assert np.corrcoef(found, refitted)[0, 1] > 0.995


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_classifier_that_is_too_unsure_predicts_new_candidates_better(seed: int) -> None:
    X, positive = problem(seed, 200)
    unsure = fit_logistic(X, positive, l2=30.0)
    calibrated = calibrate(unsure, X, positive, 30.0)
    fresh = problem(seed + 100, 20_000)
    assert log_loss(calibrated, *fresh) < log_loss(unsure, *fresh) - 0.02
    p = calibrated.probability(fresh[0])
    sure = p > 0.8
    assert fresh[1][sure].mean() == pytest.approx(p[sure].mean(), abs=0.05)


def test_the_ranking_of_candidates_stays() -> None:
    X, positive = problem(4, 100)
    model = fit_logistic(X, positive, l2=60.0)
    calibrated = calibrate(model, X, positive, 60.0)
    np.testing.assert_array_equal(
        np.argsort(calibrated.logit(X)), np.argsort(model.logit(X))
    )


def test_a_classifier_that_is_already_right_hardly_changes() -> None:
    X, positive = problem(5, 5000)
    model = fit_logistic(X, positive, l2=1.0)
    np.testing.assert_allclose(
        calibrate(model, X, positive, 1.0).probability(X), model.probability(X), atol=0.03
    )


def test_a_few_separable_answers_do_not_make_it_certain() -> None:
    X = np.array([[-1.0], [-2.0], [1.0], [2.0]])
    positive = X[:, 0] > 0
    model = fit_logistic(X, positive, l2=60.0)
    calibrated = calibrate(model, X, positive, 60.0)
    assert np.abs(calibrated.coefficients) <= 3 * np.abs(model.coefficients) + 1e-12
    assert np.isfinite(calibrated.intercept)


def test_answers_that_the_features_do_not_explain_do_not_turn_it_round() -> None:
    rng = np.random.default_rng(6)
    X, positive = rng.normal(size=(40, 10)), rng.random(40) < 0.5
    model = fit_logistic(X, positive, l2=20.0)
    calibrated = calibrate(model, X, positive, 20.0)
    assert calibrated.coefficients @ model.coefficients > 0
    assert np.abs(calibrated.logit(X)).mean() < np.abs(model.logit(X)).mean()
