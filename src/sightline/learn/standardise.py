"""Bring the features of one recording onto a common scale."""

import numpy as np
from numpy.typing import NDArray

_ROWS = 65_536  # rows standardised at a time, so that no second full copy is made


def standardise(values: NDArray[np.floating], clip: float | None = None) -> NDArray[np.float32]:
    """Z-score each column of one recording by itself (divisor n - 1), and clip.

    Parameters
    ----------
    values : (candidate, feature) float
        Finite.
    clip
        Largest absolute z-score kept; ``None`` keeps all, as the reference does.

    Returns
    -------
    (candidate, feature) float32
        A constant column becomes 0.
    """
    mean = values.mean(0, dtype=np.float64)
    scale = values.std(0, ddof=1, dtype=np.float64)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 1e-12 * (1 + abs(mean)))
    out = np.empty(values.shape, np.float32)
    for start in range(0, len(values), _ROWS):
        rows = slice(start, start + _ROWS)
        out[rows] = (values[rows] - mean) * inverse
        if clip is not None:
            np.clip(out[rows], -clip, clip, out=out[rows])
    return out


def oddness(Z: NDArray[np.float32], clip: float = 4.0) -> NDArray[np.float32]:
    """How unlike the typical candidate each one is, whatever the direction, in two ways.

    False candidates lie outside the bulk on either side of many features (too small or too large,
    too quiet or too active), which no linear classifier of the features themselves can see.

    Parameters
    ----------
    Z : (candidate, feature) float32
        Standardised features of one recording.
    clip
        Largest absolute value returned.

    Returns
    -------
    (candidate, 2) float32
        Mean of abs(z) over the features, and over the principal components, each divided by the
        root of its standard deviation; both standardised.
    """
    spread, axes = np.linalg.eigh(np.asarray(Z.T @ Z, np.float64) / max(len(Z) - 1, 1))
    kept = spread > 1e-6 * spread[-1]
    rotation = (axes[:, kept] * spread[kept] ** -0.25).astype(np.float32)
    raw = np.empty((len(Z), 2), np.float32)
    for start in range(0, len(Z), _ROWS):
        rows = Z[start : start + _ROWS]
        raw[start : start + _ROWS, 0] = np.abs(rows).mean(1)
        raw[start : start + _ROWS, 1] = np.abs(rows @ rotation).mean(1)
    return standardise(raw, clip)
