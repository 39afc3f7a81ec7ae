"""How alike the activity of chosen pairs is, a few traces in memory at a time."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.sort.overlap import blocks

Traces = NDArray[np.floating]

# values of one block; several arrays of this size are held at once
_VALUES: Final = 1 << 22
_FEWEST_FOR_SHARED: Final = 20
_SAMPLE_BYTES: Final = 2**29
_MOST_FOR_SHARED: Final = 1000


@dataclass(frozen=True)
class _Compared:
    """One side of some pairs: unit traces, their neighbouring frames, what they share and own."""

    unit: NDArray[np.float32]
    beside: NDArray[np.float32]
    loading: NDArray[np.float32]
    signal: NDArray[np.float32]


def signal_correlations(
    first: Traces, second: Traces, pairs: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Correlation of the slow signals of each pair, without noise and without what all share.

    Noise of overlapping candidates is not independent: means over shared pixels share it, and
    least squares makes it opposite. It is white in time, though, while a calcium signal outlasts a
    frame: so each trace is compared with the mean of the other's two neighbouring frames, which is
    the covariance at a lag of one frame, and is divided by the same of each with itself.
    What the whole field shares (neuropil, bleaching, lamp) makes all neighbours alike: the median
    over the first candidates is taken out of both, where there are at least 20.

    Parameters
    ----------
    first, second : (candidate, frame)
        Of the same frames; may be the same array, and memory maps. Values that are not finite
        count as 0.
    pairs : (pair, 2)
        A row of ``first`` and a row of ``second``.

    Returns
    -------
    (pair,) float32
        Between -1 and 1; NaN where a trace's signal is within three standard errors of white noise,
        as for a flat trace, a deconvolved one, or one of a few frames.
    """
    frames = first.shape[1]
    shared = _shared_signal(first)
    beside_shared = _neighbours(shared[None])[0]
    power = float(shared @ beside_shared)
    least = 3 / np.sqrt(frames)
    # of the shared signal that each trace holds, if there is one
    scale = 1 / power if power > least else 0.0
    correlation = np.full(len(pairs), np.nan, np.float32)
    for part in blocks(len(pairs), max(1, _VALUES // frames)):
        a = _compared(first, pairs[part, 0], beside_shared, scale)
        b = _compared(second, pairs[part, 1], beside_shared, scale)
        both = np.einsum("pf,pf->p", a.unit, b.beside) - scale * a.loading * b.loading
        known = np.minimum(a.signal, b.signal) > least
        size = np.sqrt(a.signal * b.signal, where=known, out=np.ones(len(both)))
        correlation[part] = np.where(known, np.clip(both / size, -1, 1), np.nan)
    return correlation


def _compared(
    traces: Traces, rows: NDArray[np.integer], beside_shared: NDArray[np.float32], scale: float
) -> _Compared:
    """These rows, which may repeat."""
    once, place = np.unique(rows, return_inverse=True)
    unit = _unit(traces[once])
    beside = _neighbours(unit)
    loading = unit @ beside_shared
    signal = np.einsum("tf,tf->t", unit, beside) - scale * loading**2
    return _Compared(unit[place], beside[place], loading[place], signal[place])


def _shared_signal(traces: Traces) -> NDArray[np.float32]:
    """The median over evenly spaced candidates, of unit norm; zero for a few candidates."""
    count, frames = traces.shape
    if count < _FEWEST_FOR_SHARED:
        return np.zeros(frames, np.float32)
    fit = max(_FEWEST_FOR_SHARED, _SAMPLE_BYTES // (4 * max(1, frames)))
    rows = np.unique(np.linspace(0, count - 1, min(count, _MOST_FOR_SHARED, fit)).astype(int))
    median = np.empty(frames, np.float32)
    unit = _unit(traces[rows])
    for part in blocks(frames, 4096):
        median[part] = np.median(unit[:, part], axis=0)
    return _unit(median[None])[0]


def _unit(traces: Traces) -> NDArray[np.float32]:
    """Each trace with mean 0 and sum of squares 1; zero for a flat one."""
    values = np.array(traces, np.float32)
    values[~np.isfinite(values)] = 0
    largest = np.abs(values).max(axis=1, keepdims=True)
    values /= np.where(largest > 0, largest, 1)
    values -= values.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
    norm = np.sqrt(np.einsum("tf,tf->t", values, values))
    # rounding of a constant is no signal
    values /= np.where(norm > 1e-5, norm, np.inf)[:, None]
    return values


def _neighbours(traces: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of the frames before and after each frame; 0 beyond the ends."""
    mean = np.zeros_like(traces)
    mean[:, 1:] += traces[:, :-1] / 2
    mean[:, :-1] += traces[:, 1:] / 2
    return mean
