"""How clean and how skewed a trace is: features 1-4 and 36."""

import numpy as np
from numpy.typing import NDArray

from sightline.sort.features.peaks import Peaks


def median_of_three(trace: NDArray[np.float64]) -> NDArray[np.float64]:
    """Running median of three frames along the last axis; zeros stand beyond the ends."""
    padded = np.zeros((*trace.shape[:-1], trace.shape[-1] + 2), trace.dtype)
    padded[..., 1:-1] = trace
    before, here, after = padded[..., :-2], padded[..., 1:-1], padded[..., 2:]
    return np.maximum(np.minimum(before, here), np.minimum(np.maximum(before, here), after))


def quantile(values: NDArray[np.float64], share: float) -> float:
    """Quantile by the midpoint rule (MATLAB's); NaN of nothing."""
    return float(quantiles(values, (share,))[0])


def quantiles(values: NDArray[np.float64], shares: tuple[float, ...]) -> NDArray[np.float64]:
    """Several quantiles of the known values by the midpoint rule; NaN of nothing."""
    values = values[~np.isnan(values)]
    if not values.size:
        return np.full(len(shares), np.nan)
    return np.quantile(values, shares, method="hazen")


def standardised(values: NDArray[np.float64], less: int = 1) -> NDArray[np.float64]:
    """Centre and divide by the standard deviation (divisor n - ``less``); NaN if it is zero."""
    if not values.size or not np.ptp(values):
        return np.full_like(values, np.nan)
    centred = values - values.mean()
    return centred / np.sqrt(np.square(centred).sum() / (len(values) - less))


def trace_snr(trace: NDArray[np.float64], noise: float) -> float:
    """Feature 1: highest value of the smoothed trace over sqrt 2 times the noise."""
    return float(median_of_three(trace).max() / (np.sqrt(2) * np.float64(noise)))


def temporal_corruption(trace: NDArray[np.float64]) -> float:
    """Feature 2: mean relative distance from the smoothed trace, where that is above 0.3 max."""
    smooth = median_of_three(trace)
    active = smooth > 0.3 * smooth.max()
    if smooth.max() <= 0:
        return float("nan")
    distance = np.abs(trace - smooth)[active]
    return float((distance / np.maximum(smooth, trace)[active]).mean())


def weak_peak_count(peaks: Peaks, strong: float) -> int:
    """Feature 3: number of peaks whose prominence is below ``strong``."""
    return int((peaks.prominences < strong).sum())


def top_decile_sd(trace: NDArray[np.float64]) -> float:
    """Feature 4: standard deviation of the highest tenth of the standardised trace."""
    z = standardised(trace)
    top = z[z >= quantile(z, 0.9)]
    return float(top.std(ddof=1)) if len(top) > 1 else float("nan")


def top_percentile_sum(trace: NDArray[np.float64], mean: bool = False) -> float:
    """Feature 36: sum of the highest hundredth of the standardised smoothed trace, over sqrt n.

    Parameters
    ----------
    trace : (frame,) float64
    mean
        Give the mean of those values, which does not grow with the recording; NaN if the smoothed
        trace is flat.
    """
    z = standardised(median_of_three(trace), less=0)
    top = z[z >= quantile(z, 0.99)]
    if mean:
        return float(top.mean()) if len(top) else float("nan")
    return float(top.sum() / np.sqrt(len(z)))
