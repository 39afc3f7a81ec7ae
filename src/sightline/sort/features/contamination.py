"""How much of what is bright at a footprint is not the candidate's: features 47-50.

One component is fitted to each frame by a one-sided Huber loss: residuals below a multiple kappa
of the noise count as noise, those above as contamination, whose share eps and kappa are estimated
in turn (Inan, Erdogdu and Schnitzer 2017, as in EXTRACT; constants are the reference's fits).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

_ITERATIONS = 30
_UPDATES = (15, 20, 23)


def contamination(
    footprint: NDArray[np.float64], movie: NDArray[np.float64], noise: float
) -> NDArray[np.float64]:
    """Estimate the share of contaminated pixels, frame by frame.

    Parameters
    ----------
    footprint : (pixel,) float64
        Zero or more; only pixels above zero matter.
    movie : (frame, pixel) float64
    noise
        Standard deviation of a pixel's noise, in the movie's units.

    Returns
    -------
    (frame,) float64
        0.001 to 0.99, high is contaminated; empty without a footprint.
    """
    a = footprint[footprint > 0]
    if not a.size:
        return np.empty(0)
    M = movie[:, footprint > 0]
    share_weight = 1 / (1 + a)
    share_weight /= share_weight.sum()
    pull = 0.05 * a.mean() * a.sum() / np.square(a).sum()
    activity = np.maximum(M @ a / np.square(a).sum(), 0)
    kappa = np.ones(len(M))
    share = np.full(len(M), 0.001)
    for iteration in range(1, _ITERATIONS + 1):
        residual = M - activity[:, None] * a
        if iteration in _UPDATES:
            positive = (residual > 0) @ share_weight
            kappa = _threshold(_share(positive, kappa, pull))
            share = _share(positive, kappa, pull)
        activity = _activity(M, a, residual >= noise * kappa[:, None], noise * kappa, activity)
    return share


def _activity(
    M: NDArray[np.float64],
    a: NDArray[np.float64],
    outside: NDArray[np.bool_],
    limit: NDArray[np.float64],
    before: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Activity that balances the residuals; as before where all pixels are contaminated."""
    inside = ~outside
    force = np.where(inside, M, 0) @ a + limit * (outside @ a)
    weight = inside @ np.square(a)
    return np.where(weight > 0, np.maximum(force, 0) / np.maximum(weight, 1e-300), before)


def _threshold(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """The kappa that suits a share of contamination."""
    return -0.3775 * np.log(np.maximum(share, 0.001)) - 0.0597 * share + 0.0544


def _share(
    positive: NDArray[np.float64], kappa: NDArray[np.float64], pull: float
) -> NDArray[np.float64]:
    """The contaminated share that explains how many residuals are positive."""
    density = np.exp(-np.square(kappa) / 2) / np.sqrt(2 * np.pi)
    below = ndtr(kappa)
    balanced = 1 - 1 / (density / kappa + below)
    slope = 0.5 - 0.3989 * pull * (density / below + kappa)
    share = np.clip(balanced - ((1 + balanced) / 2 - positive) / slope, 0.001, 0.99)
    for low in (0.3, 0.5, 0.7):
        share = np.where((share > low) & (share < low + 0.2), low + 0.2, share)
    return share
