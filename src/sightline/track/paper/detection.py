"""The detection loss: points are drawn to where a detector says that there is something."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.track.paper.registration import values_at

_FAR = 0.5  # cost where there is nothing


def detection_cost(probability: NDArray[np.floating]) -> NDArray[np.float32]:
    """(z, y, x) cost from a detector's probability: 0 near its maximum, blurred in the plane.

    What is less than half as likely as the likeliest voxel costs half, the rest nothing; five taps
    of a Gaussian of 2 pixels blur the border. Where nothing is likely at all, the cost is flat.
    """
    seen = np.nan_to_num(np.asarray(probability, np.float32))
    top = float(seen.max(initial=0.0))
    if top <= 0:
        return np.full(seen.shape, _FAR, np.float32)
    cost = np.where((top - seen) / top < _FAR, 0.0, _FAR).astype(np.float32)
    taps = np.exp(-(np.arange(-2, 3) ** 2) / 8.0)
    for axis in (1, 2):
        cost = ndimage.correlate1d(cost, taps / taps.sum(), axis=axis, mode="constant")
    return np.asarray(cost, np.float32)


def detection_loss(
    cost: NDArray[np.float32], places: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Mean cost at points (point, 3), pixels, and its (point, 3) gradient a pixel."""
    values, slopes = values_at(cost, places)
    return float(values.mean()), slopes / len(places)
