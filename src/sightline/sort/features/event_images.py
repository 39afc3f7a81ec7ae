"""Whether frames look like the footprint when the trace says so: features 67-76."""

import numpy as np
from numpy.typing import NDArray

from sightline.sort.features.trace_shape import standardised


def frame_correlations(
    weights: NDArray[np.float64], movie: NDArray[np.float64], centred: bool = True
) -> NDArray[np.float64]:
    """Correlation of the footprint with each frame.

    Parameters
    ----------
    weights : (pixel,) float64
        Of the footprint, over the pixels to compare.
    movie : (frame, pixel) float64
    centred
        Pearson's correlation. Otherwise frames are not centred and the footprint is standardised
        with divisor n - 1, so that a frame like the footprint stays below 1 (the reference).

    Returns
    -------
    (frame,) float64
        NaN where the footprint is flat or the frame is.
    """
    if not weights.size:
        return np.full(len(movie), np.nan)
    pattern = standardised(weights, less=not centred) / np.sqrt(weights.size)
    frames = movie - movie.mean(1, keepdims=True) if centred else movie
    norms = np.sqrt(np.square(frames).sum(1))
    least = 1e-12 * np.abs(movie).max(1, initial=0)  # rounding of a flat frame
    return frames @ pattern / np.where(norms > least, norms, np.nan)


def event_image_correlation(
    correlations: NDArray[np.float64], trace: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean correlation, weighted by the trace, of the frames above 0, 0.1, ..., 0.9 of its maximum.

    Parameters
    ----------
    correlations, trace : (frame,) float64

    Returns
    -------
    (10,) float64
        NaN where no frame is above, or a frame that counts has no correlation.
    """
    if trace.max(initial=0) <= 0:
        return np.full(10, np.nan)
    relative = trace / trace.max()
    weights = np.where(relative > np.arange(10)[:, None] / 10, relative, 0)
    totals = weights.sum(1)
    sums = np.where(weights > 0, weights * correlations, 0).sum(1)
    return sums / np.where(totals > 0, totals, np.nan)
