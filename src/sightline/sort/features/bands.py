"""How a trace's power is spread over frequencies: features 30-34."""

import numpy as np
from numpy.typing import NDArray

from sightline.data.feature_set import BANDS
from sightline.sort.features.noise import round_half_up


def band_powers(trace: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the power in each of five bands; NaN if there is none.

    Parameters
    ----------
    trace : (frame,) float64
        Its mean counts as the lowest frequency.

    Returns
    -------
    (5,) float64
        For ``BANDS``, in shares of the highest frequency. Neighbouring bands share a bin, so that
        two pairs of these features say nearly the same.
    """
    bins = max(1, round_half_up(len(trace) / 2))
    power = np.abs(np.fft.rfft(trace)[:bins]) ** 2
    total = power.sum()
    if total == 0:
        return np.full(len(BANDS), np.nan)
    edges = [(max(1, round_half_up(low * bins)), round_half_up(high * bins)) for low, high in BANDS]
    return np.array([power[low - 1 : high].sum() for low, high in edges]) / total
