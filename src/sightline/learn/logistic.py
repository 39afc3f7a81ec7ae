"""Logistic regression with an elastic-net penalty and a free intercept, fast to refit.

Minimises  sum_i weight_i log(1 + exp(-s_i (x_i w + b))) + l1 |w|_1 + l2/2 |w - v|_2^2,
s_i = +-1, where v is 0 or an earlier recording's classifier.

With ``l1=1, l2=0`` this is ActSort's cell classifier (equation S2 with lambda = 1/n; the paper adds
the penalty to a likelihood that it maximises, which is a slip of sign), and scikit-learn's L1
logistic regression with C = 1. Proximal Newton: each step solves the local quadratic problem
exactly by an active-set method, and the Hessian, which is what costs time, is kept as long as the
steps shrink fast, so that a refit after one more answer needs it once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RIDGE = 1e-7  # relative; makes the solution unique where two features are the same
_MOST_STEPS = 100
_SLOW = 0.1  # a step that promises more than this share of the last needs a new Hessian
_FEW = 4096  # examples up to which double precision costs little
_ROWS = 4096  # scored at a time: what stays in the cache, and is not worth waking BLAS threads for


@dataclass(frozen=True)
class LogisticModel:
    """Weights of a fitted classifier; apply to features standardised as in training.

    Parameters
    ----------
    coefficients : (feature,) float64
    intercept
    """

    coefficients: NDArray[np.float64]
    intercept: float

    def logit(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        """Log-odds of the positive class, (candidate,), in the precision of ``X``."""
        return X @ self.coefficients.astype(X.dtype) + X.dtype.type(self.intercept)

    def probability(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        """Probability of the positive class, (candidate,)."""
        found = np.empty(len(X), X.dtype)
        for start in range(0, len(X), _ROWS):
            rows = slice(start, start + _ROWS)
            found[rows] = sigmoid(self.logit(X[rows]))
        return found


def sigmoid(x: NDArray[np.floating]) -> NDArray[np.floating]:
    """1 / (1 + exp(-x)), without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def fit_logistic(
    X: NDArray[np.floating],
    positive: NDArray[np.bool_],
    *,
    l1: float = 0.0,
    l2: float = 0.0,
    weights: NDArray[np.floating] | None = None,
    start: LogisticModel | None = None,
    towards: LogisticModel | None = None,
    tolerance: float = 1e-8,
) -> LogisticModel:
    """Fit by proximal Newton steps from ``start``, or from zero.

    Parameters
    ----------
    X : (example, feature) float
        Standardised features, finite.
    positive : (example,) bool
    l1, l2
        Penalties on the coefficients, relative to the SUM of the losses.
    weights : (example,) float, optional
        Weight of each example's loss; 1 if not given.
    start
        Solution of a similar problem, to start from.
    towards
        Model that the L2 penalty pulls to instead of zero, its intercept included; without it the
        intercept is free.
    tolerance
        Stop when a step promises to lower the objective by less than this share of it; what single
        precision cannot resolve is not asked of it.
    """
    X = X.astype(np.float64) if len(X) <= _FEW else X
    tolerance = max(tolerance, 10 * float(np.finfo(X.dtype).eps))
    problem = _Problem(
        X,
        positive.astype(X.dtype),
        np.ones(len(X), X.dtype) if weights is None else weights.astype(X.dtype),
        np.append(np.full(X.shape[1], l1), 0.0),
        np.append(np.full(X.shape[1], l2), l2 if towards else 0.0),
        _vector(towards, X.shape[1]),
    )
    w = _vector(start or towards, X.shape[1])
    logit = problem.logit(w)
    value = problem.objective(w, logit)
    curvature, last_promise = problem.curvature(logit), np.inf
    for _ in range(_MOST_STEPS):
        gradient = problem.gradient(w, logit)
        step = _solve_l1_quadratic(curvature, curvature @ w - gradient, problem.l1, w) - w
        promise = -float(gradient @ step + problem.l1 @ (np.abs(w + step) - np.abs(w)))
        if promise <= tolerance * abs(value):
            break
        if promise > _SLOW * last_promise:
            curvature, last_promise = problem.curvature(logit), np.inf
            continue
        last_promise = promise
        along, size = problem.logit(step), 1.0
        trial = problem.objective(w + step, logit + along)
        while trial > value - 1e-4 * size * promise and size > 1e-6:
            size /= 2
            trial = problem.objective(w + size * step, logit + X.dtype.type(size) * along)
        if trial >= value:
            break
        w, logit, value = w + size * step, logit + X.dtype.type(size) * along, trial
    return LogisticModel(w[:-1], float(w[-1]))


def _vector(model: LogisticModel | None, features: int) -> NDArray[np.float64]:
    """Coefficients and intercept in one vector, (feature + 1,)."""
    if model is None:
        return np.zeros(features + 1)
    return np.append(model.coefficients, model.intercept)


@dataclass(frozen=True)
class _Problem:
    """The objective; the last element of each vector belongs to the intercept."""

    X: NDArray[np.floating]
    target: NDArray[np.floating]
    weights: NDArray[np.floating]
    l1: NDArray[np.float64]
    l2: NDArray[np.float64]
    centre: NDArray[np.float64]

    def logit(self, w: NDArray[np.float64]) -> NDArray[np.floating]:
        v = w.astype(self.X.dtype)
        return self.X @ v[:-1] + v[-1]

    def objective(self, w: NDArray[np.float64], logit: NDArray[np.floating]) -> float:
        loss = self.weights @ (np.logaddexp(0, logit) - self.target * logit)
        away = w - self.centre
        return float(loss + self.l1 @ np.abs(w) + 0.5 * self.l2 @ (away * away))

    def gradient(self, w: NDArray[np.float64], logit: NDArray[np.floating]) -> NDArray[np.float64]:
        """Gradient of the smooth part, (feature + 1,)."""
        residual = self.weights * (sigmoid(logit) - self.target)
        slope = np.append(residual @ self.X, residual.sum())
        return slope + self.l2 * (w - self.centre)

    def curvature(self, logit: NDArray[np.floating]) -> NDArray[np.float64]:
        """Hessian of the smooth part, (feature + 1, feature + 1)."""
        p = sigmoid(logit)
        h = self.weights * p * (1 - p)
        scaled = self.X * np.sqrt(h)[:, None]
        curvature = np.empty((len(self.l2), len(self.l2)))
        curvature[:-1, :-1] = scaled.T @ scaled  # as a symmetric product, half the work
        curvature[-1, :-1] = curvature[:-1, -1] = h @ self.X
        curvature[-1, -1] = h.sum()
        curvature[np.diag_indices_from(curvature)] += self.l2 + _RIDGE * curvature.diagonal().mean()
        return curvature


def _solve_l1_quadratic(
    A: NDArray[np.float64],
    b: NDArray[np.float64],
    penalty: NDArray[np.float64],
    start: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Minimise w A w / 2 - b w + penalty |w| exactly, by an active-set method.

    On the orthant of the present signs the problem is a linear system; where its solution leaves
    the orthant, the first coefficient to reach zero is dropped, and once it stays inside, the zero
    coefficient that would lower the objective fastest joins.
    """
    if not penalty.any():
        return np.linalg.solve(A, b).astype(np.float64)
    w: NDArray[np.float64] = start.copy()
    sign = np.sign(w)
    free = penalty == 0
    slack = 1e-9 * (np.abs(b).max() + penalty.max())
    for _ in range(20 * len(w)):
        active = np.flatnonzero(free | (sign != 0))
        pulled = b[active] - penalty[active] * sign[active]
        goal = np.linalg.solve(A[np.ix_(active, active)], pulled)
        crosses = ~free[active] & (goal * sign[active] < 0)
        if crosses.any():
            now = w[active]
            share = np.where(crosses, now / np.where(crosses, now - goal, 1), np.inf)
            first = np.argmin(share)
            w[active] = now + share[first] * (goal - now)
            w[active[first]] = sign[active[first]] = 0
            continue
        w[active] = goal
        pull = b - A @ w
        excess = np.where(sign == 0, np.abs(pull) - penalty, -np.inf)
        excess[free] = -np.inf
        join = np.argmax(excess)
        if excess[join] <= slack:
            break
        sign[join] = np.sign(pull[join])
    return w
