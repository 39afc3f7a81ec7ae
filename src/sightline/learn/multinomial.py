"""Softmax regression for more than two classes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MultinomialModel:
    """Weights of a fitted classifier of several classes.

    Parameters
    ----------
    coefficients : (class, feature) float64
    intercepts : (class,) float64
    """

    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    def probability(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        """Probability of each class, (candidate, class), in the precision of ``X``."""
        return _softmax(X @ self.coefficients.T.astype(X.dtype) + self.intercepts.astype(X.dtype))


def fit_multinomial(
    X: NDArray[np.floating],
    label: NDArray[np.integer],
    classes: int,
    *,
    l1: float = 0.0,
    l2: float = 0.0,
    weights: NDArray[np.floating] | None = None,
    start: MultinomialModel | None = None,
) -> MultinomialModel:
    """Minimise the weighted sum of cross-entropies plus l1 |W|_1 + l2/2 |W|^2, intercepts free.

    The L1 part is made smooth by writing the weights as a difference of two non-negative ones,
    which bounded L-BFGS then finds.

    Parameters
    ----------
    X : (example, feature) float
        Standardised, finite.
    label : (example,) int
        Class index, 0 to ``classes - 1``; a class without examples is allowed.
    classes
        Number of classes.
    l1, l2
        Penalties, relative to the sum of the losses.
    weights : (example,) float, optional
        Weight of each example's loss.
    start
        Solution of a similar problem, to start from.
    """
    X = X.astype(np.float64)
    wanted = np.eye(classes)[label]
    weight = np.ones(len(X)) if weights is None else weights.astype(np.float64)
    shape = (classes, X.shape[1])
    size = classes * X.shape[1]

    def unpack(theta: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return (theta[:size] - theta[size : 2 * size]).reshape(shape), theta[2 * size :]

    def objective(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        W, b = unpack(theta)
        p = _softmax(X @ W.T + b)
        loss = -weight @ np.log(np.maximum((p * wanted).sum(1), 1e-300))
        residual = weight[:, None] * (p - wanted)
        slope = (residual.T @ X + l2 * W).ravel()
        gradient = np.concatenate([slope + l1, l1 - slope, residual.sum(0)])
        penalty = l1 * theta[: 2 * size].sum() + 0.5 * l2 * (W * W).sum()
        return float(loss + penalty), gradient

    theta = np.zeros(2 * size + classes)
    if start is not None:
        flat = start.coefficients.ravel()
        theta = np.concatenate([np.maximum(flat, 0), np.maximum(-flat, 0), start.intercepts])
    bounds = [(0, None)] * (2 * size) + [(None, None)] * classes
    from scipy.optimize import minimize  # noqa: PLC0415 - a third of a second, for many classes only

    found = minimize(objective, theta, jac=True, method="L-BFGS-B", bounds=bounds)
    return MultinomialModel(*unpack(found.x))


def _softmax(logit: NDArray[np.floating]) -> NDArray[np.floating]:
    e = np.exp(logit - logit.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)
