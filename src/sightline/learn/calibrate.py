"""Make a fitted classifier as sure as it is right, from the very answers that trained it.

A strong penalty ranks well but is too unsure. Each answer is predicted by the classifier that the
other answers would have given (approximately, by one Newton step), and two numbers, slope and
shift, are fitted to those predictions (Platt scaling). Answers chosen by a query strategy serve as
well as random ones: which candidates were asked depends on their features alone.
"""

import numpy as np
from numpy.typing import NDArray

from sightline.learn.logistic import LogisticModel, sigmoid

_SLOPE_PRIOR = 2.0  # holds the slope near 1 while answers are few
_SLOPES = (0.5, 3.0)


def calibrate(
    model: LogisticModel, X: NDArray[np.floating], positive: NDArray[np.bool_], l2: float
) -> LogisticModel:
    """Return the model with its log-odds stretched and shifted to fit left-out answers.

    Parameters
    ----------
    model
        As `fit_logistic` gave it for these answers with this penalty.
    X : (example, feature) float
    positive : (example,) bool
        With both classes.
    l2
        The penalty of the fit, above 0.
    """
    slope, shift = _fit_line(leave_one_out(model, X, positive, l2), positive.astype(np.float64))
    return LogisticModel(model.coefficients * slope, model.intercept * slope + shift)


def leave_one_out(
    model: LogisticModel, X: NDArray[np.floating], positive: NDArray[np.bool_], l2: float
) -> NDArray[np.float64]:
    """Log-odds of each example by the model without it, to first order, (example,)."""
    rows = np.column_stack([X, np.ones(len(X))]).astype(np.float64)
    logit = rows @ np.append(model.coefficients, model.intercept)
    p = sigmoid(logit)
    h = p * (1 - p)
    curvature = (rows * h[:, None]).T @ rows
    curvature[np.diag_indices_from(curvature)] += np.append(np.full(X.shape[1], l2), 1e-6)
    leverage = ((rows @ np.linalg.inv(curvature)) * rows).sum(1)
    return logit - leverage / (1 - np.minimum(h * leverage, 0.99)) * (positive - p)


def _fit_line(logit: NDArray[np.float64], target: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and shift of the log-odds that fit the target best, by Newton steps."""
    line = np.array([1.0, 0.0])
    basis = np.column_stack([logit, np.ones(len(logit))])
    prior = np.diag([_SLOPE_PRIOR, 1e-3])
    for _ in range(50):
        p = sigmoid(basis @ line)
        gradient = basis.T @ (p - target) + prior @ (line - [1, 0])
        step = np.linalg.solve(basis.T @ (basis * (p * (1 - p))[:, None]) + prior, gradient)
        line -= np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-8:
            break
    return float(np.clip(line[0], *_SLOPES)), float(line[1])
