"""Logistic regression, held against scikit-learn and against the conditions of an optimum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from sightline.learn.logistic import LogisticModel, fit_logistic, sigmoid


def problem(seed: int = 0, n: int = 120, features: int = 12) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, features)) @ rng.normal(size=(features, features))
    X = (X - X.mean(0)) / X.std(0, ddof=1)
    truth = rng.normal(size=features) * (rng.random(features) < 0.5)
    positive = rng.random(n) < sigmoid(X @ truth + 0.7)
    positive[:2] = [True, False]
    return X, positive


def objective(
    model: LogisticModel,
    X: np.ndarray,
    positive: np.ndarray,
    l1: float = 0.0,
    l2: float = 0.0,
    weights: np.ndarray | float = 1.0,
) -> float:
    logit = X @ model.coefficients + model.intercept
    loss = weights * np.logaddexp(0, np.where(positive, -logit, logit))
    w = model.coefficients
    return float(loss.sum() + l1 * np.abs(w).sum() + l2 / 2 * (w @ w))


def from_scikit(oracle: LogisticRegression) -> LogisticModel:
    return LogisticModel(oracle.coef_[0], float(oracle.intercept_[0]))


def assert_alike(found: LogisticModel, expected: LogisticModel, within: float) -> None:
    np.testing.assert_allclose(found.coefficients, expected.coefficients, atol=within)
    assert found.intercept == pytest.approx(expected.intercept, abs=within)


@pytest.mark.parametrize("l1", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_l1_is_never_worse_than_scikit_learn_and_finds_the_same_weights(
    l1: float, seed: int
) -> None:
    X, positive = problem(seed)
    oracle = LogisticRegression(C=1 / l1, l1_ratio=1, solver="saga", tol=1e-6, max_iter=20_000)
    expected = from_scikit(oracle.fit(X, positive))
    found = fit_logistic(X, positive, l1=l1, tolerance=1e-10)
    assert objective(found, X, positive, l1) <= objective(expected, X, positive, l1) + 1e-6
    assert_alike(found, expected, 2e-3)
    np.testing.assert_array_equal(found.coefficients == 0, np.abs(expected.coefficients) < 1e-9)


def test_the_papers_classifier_is_that_of_liblinear_with_a_hardly_penalised_intercept() -> None:
    X, positive = problem(2)
    oracle = LogisticRegression(
        C=1, l1_ratio=1, solver="liblinear", intercept_scaling=1000, tol=1e-8, max_iter=10_000,
        random_state=0,
    )  # fmt: skip
    found = fit_logistic(X, positive, l1=1.0, tolerance=1e-10)
    assert_alike(found, from_scikit(oracle.fit(X, positive)), 5e-3)


@pytest.mark.parametrize("l2", [0.5, 10.0, 60.0])
def test_l2_is_never_worse_than_scikit_learn_and_finds_the_same_weights(l2: float) -> None:
    X, positive = problem(3)
    oracle = LogisticRegression(C=1 / l2, tol=1e-8, max_iter=10_000).fit(X, positive)
    expected = from_scikit(oracle)
    found = fit_logistic(X, positive, l2=l2, tolerance=1e-10)
    assert objective(found, X, positive, 0, l2) <= objective(expected, X, positive, 0, l2) + 1e-6
    assert_alike(found, expected, 1e-3)


def test_both_penalties_together_are_the_elastic_net() -> None:
    X, positive = problem(4)
    oracle = LogisticRegression(C=1 / 4, l1_ratio=0.5, solver="saga", tol=1e-6, max_iter=20_000)
    assert_alike(
        fit_logistic(X, positive, l1=2.0, l2=2.0, tolerance=1e-10),
        from_scikit(oracle.fit(X, positive)),
        1e-3,
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.1, 1.0, 10.0]), st.sampled_from([0.0, 1.0]))
def test_the_solution_meets_the_conditions_of_an_optimum(seed: int, l1: float, l2: float) -> None:
    """Karush-Kuhn-Tucker: the slope balances the penalty, or is too small to leave zero."""
    X, positive = problem(seed, n=60, features=20)
    model = fit_logistic(X, positive, l1=l1, l2=l2, tolerance=1e-12)
    w = model.coefficients
    residual = sigmoid(X @ w + model.intercept) - positive
    slope = X.T @ residual + l2 * w
    used = w != 0
    near = 2e-3 * (1 + l1)
    np.testing.assert_allclose(slope[used], -l1 * np.sign(w[used]), atol=near)
    assert (np.abs(slope[~used]) <= l1 + near).all()
    assert residual.sum() == pytest.approx(0, abs=near)


def test_a_large_enough_l1_leaves_only_the_share_of_positives() -> None:
    X, positive = problem()
    steepest = np.abs(X.T @ (positive - positive.mean())).max()
    model = fit_logistic(X, positive, l1=1.001 * steepest, tolerance=1e-12)
    assert not model.coefficients.any()
    assert sigmoid(np.array(model.intercept)) == pytest.approx(positive.mean(), abs=1e-4)
    assert fit_logistic(X, positive, l1=0.99 * steepest, tolerance=1e-12).coefficients.any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([(1.0, 0.0), (0.0, 10.0)]))
def test_neither_the_order_of_examples_nor_that_of_features_matters(
    seed: int, penalties: tuple[float, float]
) -> None:
    X, positive = problem(seed, n=60, features=8)
    l1, l2 = penalties
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(X)), rng.permutation(X.shape[1])
    model = fit_logistic(X, positive, l1=l1, l2=l2, tolerance=1e-12)
    other = fit_logistic(X[rows][:, columns], positive[rows], l1=l1, l2=l2, tolerance=1e-12)
    assert_alike(other, LogisticModel(model.coefficients[columns], model.intercept), 1e-3)


@pytest.mark.parametrize(("l1", "l2"), [(1.0, 0.0), (0.0, 10.0)])
def test_turning_the_classes_round_turns_the_weights_round(l1: float, l2: float) -> None:
    X, positive = problem(5)
    model = fit_logistic(X, positive, l1=l1, l2=l2, tolerance=1e-12)
    turned = fit_logistic(X, ~positive, l1=l1, l2=l2, tolerance=1e-12)
    assert_alike(turned, LogisticModel(-model.coefficients, -model.intercept), 1e-3)


@pytest.mark.parametrize(("l1", "l2"), [(1.0, 0.0), (0.0, 10.0)])
def test_a_weight_of_k_is_the_example_k_times(l1: float, l2: float) -> None:
    X, positive = problem(6)
    times = np.random.default_rng(0).integers(0, 4, len(X))
    repeated = fit_logistic(
        np.repeat(X, times, 0), np.repeat(positive, times), l1=l1, l2=l2, tolerance=1e-12
    )
    weighted = fit_logistic(X, positive, l1=l1, l2=l2, weights=times.astype(float), tolerance=1e-12)
    assert_alike(weighted, repeated, 1e-3)


def test_where_it_starts_does_not_change_where_it_ends() -> None:
    X, positive = problem(7)
    start = LogisticModel(np.random.default_rng(0).normal(size=X.shape[1]) * 3, -2.0)
    for l1, l2 in ((1.0, 0.0), (0.0, 10.0)):
        cold = fit_logistic(X, positive, l1=l1, l2=l2, tolerance=1e-12)
        warm = fit_logistic(X, positive, l1=l1, l2=l2, start=start, tolerance=1e-12)
        assert_alike(warm, cold, 1e-3)


def test_the_default_tolerance_leaves_the_objective_within_a_thousandth() -> None:
    X, positive = problem(8)
    best = objective(fit_logistic(X, positive, l1=1.0, tolerance=1e-12), X, positive, 1.0)
    assert objective(fit_logistic(X, positive, l1=1.0), X, positive, 1.0) < 1.001 * best


def test_shrinking_towards_a_model_is_ridge_about_a_shifted_centre() -> None:
    """Substituting u = w - v turns it into plain ridge with a known offset, solved here anew."""
    X, positive = problem(9)
    centre = LogisticModel(np.linspace(-1, 1, X.shape[1]), 0.4)
    l2 = 8.0
    found = fit_logistic(X, positive, l2=l2, towards=centre, tolerance=1e-12)
    A = np.column_stack([X, np.ones(len(X))])
    offset = A @ np.append(centre.coefficients, centre.intercept)
    u = np.zeros(A.shape[1])
    for _ in range(50):
        p = sigmoid(A @ u + offset)
        hessian = (A.T * (p * (1 - p))) @ A + l2 * np.eye(len(u))
        u -= np.linalg.solve(hessian, A.T @ (p - positive) + l2 * u)
    shifted = LogisticModel(centre.coefficients + u[:-1], centre.intercept + u[-1])
    assert_alike(found, shifted, 1e-3)


def test_the_more_it_is_pulled_the_closer_it_stays_to_the_earlier_model() -> None:
    X, positive = problem(10)
    centre = LogisticModel(np.ones(X.shape[1]), -1.0)
    away = [
        np.abs(fit_logistic(X, positive, l2=l2, towards=centre).coefficients - 1).max()
        for l2 in (1.0, 100.0, 1e6)
    ]
    assert away[0] > away[1] > away[2]
    assert away[2] < 1e-3


def test_equal_features_share_their_weight_and_constant_ones_get_none() -> None:
    X, positive = problem(11)
    doubled = np.column_stack([X, X[:, 0], np.zeros(len(X))])
    for l1, l2 in ((1.0, 0.0), (0.0, 10.0)):
        model = fit_logistic(doubled, positive, l1=l1, l2=l2, tolerance=1e-12)
        assert np.isfinite(model.coefficients).all()
        assert model.coefficients[-1] == pytest.approx(0, abs=1e-9)
    assert model.coefficients[0] == pytest.approx(model.coefficients[-2], abs=1e-4)


def test_more_features_than_examples_and_separable_classes_have_a_finite_solution() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 76)).astype(np.float32)
    positive = np.arange(8) < 4
    for l1, l2 in ((1.0, 0.0), (0.0, 60.0)):
        model = fit_logistic(X, positive, l1=l1, l2=l2)
        p = model.probability(X)
        assert np.isfinite(model.coefficients).all()
        assert p[positive].min() > p[~positive].max()


def test_single_precision_and_many_examples_give_the_same_weights() -> None:
    X, positive = problem(12, n=6000)
    precise = fit_logistic(X[:4000], positive[:4000], l1=1.0, tolerance=1e-10)
    single = fit_logistic(X[:4000].astype(np.float32), positive[:4000], l1=1.0, tolerance=1e-10)
    assert_alike(single, precise, 1e-3)
    many = fit_logistic(X.astype(np.float32), positive, l1=1.0)
    assert objective(many, X, positive, 1.0) < 1.001 * objective(
        fit_logistic(X, positive, l1=1.0, tolerance=1e-12), X, positive, 1.0
    )


def test_probability_is_the_sigmoid_of_the_logit_in_the_precision_of_the_features() -> None:
    model = LogisticModel(np.array([1.0, -2.0]), 0.5)
    X = np.array([[0, 0], [2, 1], [1000, 0], [-1000, 0]], np.float32)
    p = model.probability(X)
    assert p.dtype == model.logit(X).dtype == np.float32
    np.testing.assert_allclose(p, [0.62245935, 0.62245935, 1, 0], rtol=1e-6)


@given(st.floats(-1e6, 1e6))
def test_the_sigmoid_never_overflows_and_is_symmetric(x: float) -> None:
    low, high = sigmoid(np.array([x, -x]))
    assert 0 <= low <= 1
    assert low + high == pytest.approx(1)


@pytest.mark.parametrize("rows", [0, 1, 4095, 4096, 10_001])
def test_probabilities_of_any_number_of_candidates_are_the_formula_s(rows: int) -> None:
    rng = np.random.default_rng(rows)
    X = (3 * rng.normal(size=(rows, 5))).astype(np.float32)
    model = LogisticModel(rng.normal(size=5), 0.3)
    found = model.probability(X)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-X @ model.coefficients - 0.3)), atol=1e-6)
