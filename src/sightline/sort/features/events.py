"""What of a trace stands above its noise: features 12-29, three at each of six levels."""

import numpy as np
from numpy.typing import NDArray

from sightline.sort.features.trace_shape import median_of_three

_KERNEL = np.array([0.1, 0.4, 1.0, 0.4, 0.1]) / 2
_CLOSEST = 3
_REACH = 2


def above(trace: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """The trace where it is at or above the level, else zero."""
    return np.where(trace >= level, trace, 0.0)


def event_power(active: NDArray[np.float64], trace: NDArray[np.float64]) -> float:
    """Power of the active part over that of the whole trace."""
    return float(np.square(active).sum() / np.square(trace).sum())


def active_fraction(active: NDArray[np.float64]) -> float:
    """Share of frames in which the active part is above zero."""
    return float((active > 0).mean())


def event_count(active: NDArray[np.float64], level: float, drop_last: bool = False) -> int:
    """Number of events: peaks of the smoothed active part.

    Parameters
    ----------
    active : (frame,) float64
        Of a trace that was divided by its maximum.
    level
        What a peak must exceed, as a share of the smoothed part's maximum.
    drop_last
        Leave out the last frame of the smoothed part, as the reference does by mistake.
    """
    if not active.any():
        return 0
    smooth = np.convolve(median_of_three(active), _KERNEL, mode="full")[2:-2]
    if drop_last:
        smooth = smooth[:-1]
    here = smooth[1:-1]
    is_peak = (here >= smooth[:-2]) & (here >= smooth[2:]) & (here > level * smooth.max(initial=0))
    frames = _keep_apart(np.flatnonzero(is_peak) + 1, smooth)
    return int((_highest_near(active)[frames] != 0).sum())


def _keep_apart(frames: NDArray[np.intp], smooth: NDArray[np.float64]) -> NDArray[np.intp]:
    """Of any two peaks that are too close drop the lower, until none are."""
    while len(close := np.flatnonzero(np.diff(frames) < _CLOSEST)):
        first_is_lower = smooth[frames[close]] <= smooth[frames[close + 1]]
        frames = np.delete(frames, np.where(first_is_lower, close, close + 1))
    return frames


def _highest_near(active: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maximum within two frames of each."""
    padded = np.pad(active, _REACH)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1).max(-1)
