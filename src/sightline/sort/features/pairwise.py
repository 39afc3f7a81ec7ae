"""The candidate against all others: features 35 and 46, linear in the number of candidates."""

from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.sort.features.trace_shape import median_of_three
from sightline.sort.overlap import blocks, overlapping_pairs, supports

_ALIKE: Final = 0.7
_FEWEST_OTHERS: Final = 50
_SAMPLE_BYTES: Final = 2**29
_BLOCK_BYTES: Final = 64 << 20


def correlated_fraction(
    traces: NDArray[np.float32], seed: int = 0, others: int = 2000
) -> NDArray[np.float64]:
    """Feature 35: share of the other candidates whose smoothed trace correlates above 0.7.

    Above ``others`` candidates, each is held against the same random sample of that many. The
    share f then has a standard error of at most sqrt(f (1 - f) / others): 0.011 at worst, 0.002 at
    f = 0.01, for 2,000.

    Parameters
    ----------
    traces : (candidate, frame)
        May be a memory map; read in blocks.
    seed
        Of the sample.
    others
        Largest number of candidates to compare with; fewer in recordings so long that these would
        take more than 512 MB.

    Returns
    -------
    (candidate,) float64
        NaN for a trace that is flat or not finite, or without any other.
    """
    count = len(traces)
    others = min(others, max(_FEWEST_OTHERS, _SAMPLE_BYTES // (4 * max(1, traces.shape[1]))))
    chosen = np.arange(count)
    if count > others:
        chosen = np.sort(np.random.default_rng(seed).choice(count, others, replace=False))
    rows = max(1, _BLOCK_BYTES // (4 * max(1, traces.shape[1])))
    sample = np.concatenate(
        [_unit_traces(traces[chosen[part]]) for part in blocks(len(chosen), rows)]
    )
    usable = sample.any(1)
    is_chosen = np.zeros(count, bool)
    is_chosen[chosen[usable]] = True
    fraction = np.full(count, np.nan)
    for part in blocks(count, rows):
        unit = _unit_traces(traces[part])
        alike = (unit @ sample.T > _ALIKE).sum(1) - is_chosen[part]
        compared = usable.sum() - is_chosen[part]
        known = unit.any(1) & (compared > 0)
        fraction[part][known] = alike[known] / compared[known]
    return fraction


def max_footprint_correlation(footprints: sparse.csr_array) -> NDArray[np.float64]:
    """Feature 46: highest Pearson correlation over all pixels with an overlapping footprint.

    Parameters
    ----------
    footprints : (candidate, pixel) CSR
        Zero or more, at any scale.

    Returns
    -------
    (candidate,) float64
        0 where no other footprint overlaps.
    """
    unit = supports(footprints, 0)
    sums = np.asarray(unit.sum(1), np.float64).ravel()
    _, pixels = cast("tuple[int, int]", footprints.shape)
    shares = sums / np.sqrt(pixels)  # cosine with an even image
    pairs, cosine = overlapping_pairs(unit, unit, float(np.finfo(np.float32).tiny))
    first, second = pairs[pairs[:, 0] != pairs[:, 1]].T
    cosine = cosine[pairs[:, 0] != pairs[:, 1]].astype(np.float64)
    spread = np.sqrt(np.maximum((1 - shares[first] ** 2) * (1 - shares[second] ** 2), 1e-12))
    highest = np.full(len(sums), -np.inf)
    np.maximum.at(highest, first, (cosine - shares[first] * shares[second]) / spread)
    return np.where(np.isfinite(highest), np.minimum(highest, 1), 0.0)


def _unit_traces(traces: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smoothed, centred and of norm 1; zero where that cannot be."""
    values = np.asarray(traces, np.float64)
    good = np.isfinite(values).all(1, keepdims=True)
    values = np.where(good, values, 0)
    largest = np.abs(values).max(1, keepdims=True, initial=0)
    # Centred first, so that an offset does not meet the zeros beyond the ends.
    smooth = median_of_three(values - values.mean(1, keepdims=True))
    smooth -= smooth.mean(1, keepdims=True)
    norm = np.sqrt(np.square(smooth).sum(1, keepdims=True))
    good &= norm > 1e-9 * largest  # less is the rounding of a flat trace
    return np.where(good, smooth / np.where(good, norm, 1), 0).astype(np.float32)
