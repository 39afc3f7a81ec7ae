"""Pairs of candidates that look like one cell: duplicates, and fragments of a cell cut in two."""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.errors import SettingError
from sightline.sort.correlation import signal_correlations
from sightline.sort.overlap import centres, contact, likeness, near_pairs, supports

PairKind = Literal["duplicate", "split"]


@dataclass(frozen=True)
class DuplicateSettings:
    """When two candidates look like one cell.

    The defaults were set on simulated movies, with traces by least squares and by averaging, and
    neuropil from weak to as strong as the cells. A person judges each suggestion, so a missed pair
    costs more than one offered in vain.

    Parameters
    ----------
    support
        Weights below this fraction of a footprint's maximum do not count as its pixels.
    overlap
        Least cosine of duplicates; distinct neighbours rarely reach it. Traces do not decide here,
        for extractors that demix share one cell's activity out among its duplicates.
    containment, overlap_inside
        Share of the smaller footprint inside the larger, and cosine, from which it is a part of it.
    split_correlation
        Least trace correlation of fragments, also of smaller parts inside a larger footprint, on
        a scale from what their overlap alone would give (0) to 1.
    contact
        Least share of the smaller fragment's pixels within ``gap_px`` of the larger: fragments meet
        along a cut, neighbours in a few pixels.
    gap_px
        Farthest that pixels in contact lie apart; 3 allows for a seam of two that both lost.

    Raises
    ------
    SettingError
        If a share is outside 0 to 1, or the gap is negative or not finite.
    """

    support: float = 0.2
    overlap: float = 0.65
    containment: float = 0.8
    overlap_inside: float = 0.5
    split_correlation: float = 0.85
    contact: float = 0.3
    gap_px: float = 3.0

    def __post_init__(self) -> None:
        shares = (self.support, self.overlap, self.containment, self.overlap_inside)
        shares += (self.split_correlation, self.contact)
        if not all(0 < share <= 1 for share in shares) or not 0 <= self.gap_px < math.inf:
            raise SettingError(
                f"Shares must be above 0 and at most 1, the gap 0 pixels or more; got {self}."
            )


DEFAULT: Final = DuplicateSettings()


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two candidates that look like one cell, and what speaks for it.

    Parameters
    ----------
    first, second
        Rows of the candidates, the first the lower.
    kind
        ``"duplicate"``: one cell found twice; ``"split"``: two fragments of a cell cut in two.
    overlap
        Cosine of the footprints.
    containment
        Share of the smaller footprint's pixels that are the larger's too.
    contact
        Share of the smaller one's pixels within the gap of the larger.
    trace_correlation
        As `signal_correlations` has it; NaN where traces cannot tell or there are none.
    distance_px
        Between the weighted centres, pixels.
    score
        From 0 to 1, higher is likelier one cell. Duplicates: 1 - (1 - overlap)(1 - correlation),
        splits: the correlation on its scale above what overlap alone gives.
    """

    first: int
    second: int
    kind: PairKind
    overlap: float
    containment: float
    contact: float
    trace_correlation: float
    distance_px: float
    score: float


def find_duplicates(
    footprints: sparse.csr_array,
    traces: NDArray[np.floating] | None,
    image_shape: tuple[int, int],
    settings: DuplicateSettings = DEFAULT,
) -> tuple[DuplicatePair, ...]:
    """Find the pairs of candidates that look like one cell.

    Only candidates that overlap or come within the gap are compared: time and memory grow with the
    candidates and their neighbours, never with their square.

    Parameters
    ----------
    footprints : (candidate, pixel) CSR
        Weights, zero or more, of pixel ``y * width + x``.
    traces : (candidate, frame) or None
        Activity at full rate; without it only footprints that are nearly the same are found.
    image_shape
        (height, width).
    settings
        Thresholds.

    Returns
    -------
    tuple of DuplicatePair
        By score, highest first; ties by row.
    """
    support = supports(footprints, settings.support)
    pairs = near_pairs(support, image_shape, settings.gap_px)
    overlap, shared = likeness(support, support, pairs)
    containment = shared / np.diff(support.indptr)[pairs].min(axis=1)
    correlation = np.full(len(pairs), np.nan, np.float32)
    if traces is not None:
        correlation = signal_correlations(traces, traces, pairs)
    excess = above_crosstalk(correlation, overlap)
    # a comparison with NaN is false, as it should be
    alike = excess >= settings.split_correlation
    inside = (containment >= settings.containment) & ((overlap >= settings.overlap_inside) | alike)
    duplicate = (overlap >= settings.overlap) | inside
    centre = centres(support, image_shape)
    found = []
    for index in np.flatnonzero(duplicate | alike).tolist():
        first, second = pairs[index].tolist()
        touch = contact(support, image_shape, (first, second), settings.gap_px)
        if not duplicate[index] and touch < settings.contact:
            continue
        known = float(np.nan_to_num(max(correlation[index], 0)))
        score = 1 - (1 - float(overlap[index])) * (1 - known)
        found.append(
            DuplicatePair(
                first,
                second,
                "duplicate" if duplicate[index] else "split",
                float(overlap[index]),
                float(containment[index]),
                touch,
                float(correlation[index]),
                float(np.hypot(*(centre[first] - centre[second]))),
                score if duplicate[index] else float(excess[index]),
            )
        )
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second)))


def above_crosstalk(
    correlation: NDArray[np.float32], overlap: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Correlation on a scale from what overlap alone gives (0) to 1.

    Projected onto footprints of unit norm and cosine k, two independent signals of the same power
    leave the traces a + kb and ka + b, which correlate by 2k / (1 + k²).

    Parameters
    ----------
    correlation, overlap : (pair,)

    Returns
    -------
    (pair,) float32
        At most 1; NaN where the correlation is, or the footprints are the same.
    """
    crosstalk = 2 * overlap / (1 + overlap**2)
    room = np.where(crosstalk < 1, 1 - crosstalk, np.nan)
    return ((correlation - crosstalk) / room).astype(np.float32)
