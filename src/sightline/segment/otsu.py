"""Otsu's threshold: the plainest of segmentations, that nothing is tuned for."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.segment.difference_of_gaussians import finite_channel

_BINS: Final = 256


def otsu_threshold(values: NDArray[Any]) -> float:
    """The brightness that parts values in two classes which differ most.

    Parameters
    ----------
    values : any shape
        Finite numbers; a histogram of 256 bins from the least to the largest is looked at. Of equal
        ones, their value.

    References
    ----------
    Otsu, A threshold selection method from gray-level histograms (1979), equation 18.
    """
    counts, edges = np.histogram(np.asarray(values, np.float64), _BINS)
    middle = (edges[1:] + edges[:-1]) / 2
    below = counts.cumsum()
    above = counts.sum() - below
    mass = (counts * middle).cumsum()
    low = np.divide(mass, below, out=np.zeros(_BINS), where=below > 0)
    high = np.divide(mass[-1] - mass, above, out=np.zeros(_BINS), where=above > 0)
    between = below * above * (high - low) ** 2
    return float(middle[int(between.argmax())]) if between.any() else float(np.max(values))


def mark_above_otsu(pixels: NDArray[Any], label: int = 1) -> NDArray[np.int16]:
    """(y, x) the class where the mean of the channels (channel, y, x) is above the threshold."""
    grey = np.mean([finite_channel(pixels, channel) for channel in range(len(pixels))], axis=0)
    return (grey > otsu_threshold(grey)).astype(np.int16) * np.int16(label)
