"""How far apart peaks are and how long they last: features 5-11."""

import numpy as np
from numpy.typing import NDArray

from sightline.sort.features.peaks import Peaks


def peak_interval(peaks: Peaks, per_interval: bool = False) -> float:
    """Features 5-7: time from the first peak to the last over the number of peaks, frames.

    Parameters
    ----------
    peaks
        All, the strong or the weak ones.
    per_interval
        Divide by the number of intervals instead, so that it is their mean; NaN below two peaks.
    """
    if per_interval and len(peaks) < 2:
        return float("nan")
    if len(peaks) == 0:
        return 0.0
    return float((peaks.frames[-1] - peaks.frames[0]) / (len(peaks) - per_interval))


def peak_width_sum(widths: NDArray[np.float64], mean: bool = False) -> float:
    """Features 8 and 9: sum of the widths of all or the strong peaks, or their mean; frames."""
    if mean:
        return float(widths.mean()) if len(widths) else float("nan")
    return float(widths.sum())


def peak_width_sd(widths: NDArray[np.float64], least: int = 2) -> float:
    """Features 10 and 11: standard deviation of the widths, frames; NaN of fewer than ``least``."""
    if len(widths) < least:
        return float("nan")
    return float(widths.std(ddof=1)) if len(widths) > 1 else 0.0
