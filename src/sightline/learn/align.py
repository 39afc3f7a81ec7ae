"""Give one recording's features the correlations of another's (CORAL)."""

import numpy as np
from numpy.typing import NDArray

_SHRINKAGE = 0.1


def align(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float32]:
    """Whiten the source and colour it like the target (Sun, Feng & Saenko, AAAI 2016).

    A classifier trained on the result sees features that vary together as the target's do. The
    covariances are shrunk by a tenth towards their diagonals, for features that are nearly copies.

    Parameters
    ----------
    source : (candidate, column) float32
        Standardised, of the earlier recording.
    target : (candidate, column) float32
        Standardised, of the new one.

    Returns
    -------
    (candidate, column) float32
        The source, aligned.
    """
    transform = _root(source, -0.5) @ _root(target, 0.5)
    centre = source.mean(0)
    return ((source - centre) @ transform.astype(np.float32) + target.mean(0)).astype(np.float32)


def _root(X: NDArray[np.float32], power: float) -> NDArray[np.float64]:
    """Power of the shrunk covariance, (column, column)."""
    covariance = np.atleast_2d(np.cov(X, rowvar=False))
    diagonal = np.diag(np.diag(covariance))
    spread, axes = np.linalg.eigh((1 - _SHRINKAGE) * covariance + _SHRINKAGE * diagonal)
    return (axes * np.maximum(spread, 1e-6) ** power) @ axes.T
