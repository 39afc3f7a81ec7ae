"""Features beyond the 76, each chosen by name: what the paper lists as missing.

Duplicates and fragments of one cell, motion, and the surroundings' activity. Of those that were
tried (`benchmarks/extra_features.py`) only ``duplicate_overlap`` is in the default set.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.evidence import CandidateEvidence
from sightline.errors import SettingError
from sightline.sort.correlation import signal_correlations
from sightline.sort.features.snapshot_movie import present_windows
from sightline.sort.features.surround import neighbourhood, responses
from sightline.sort.features.trace_shape import standardised
from sightline.sort.overlap import likeness, near_pairs, supports

_SUPPORT: Final = 0.2
_EDGE: Final = 0.01
_EVENT_FRAMES: Final = 25


@dataclass(frozen=True)
class Beside:
    """What is known of the recording besides the candidate.

    Parameters
    ----------
    motion : (frame,) or None
        How far the image moved from each frame of the trace to the next, at any scale.
    images
        Summary images (height, width), such as ``"mean"`` and ``"correlation"``.
    """

    motion: NDArray[np.floating] | None = None
    images: Mapping[str, NDArray[np.floating]] = field(default_factory=dict)


NOTHING_BESIDE: Final = Beside()


def trace_skewness(evidence: CandidateEvidence, _: Beside = NOTHING_BESIDE) -> float:
    """Third moment of the standardised trace: rare rises make it high, noise has 0."""
    return float(np.mean(standardised(evidence.trace.astype(np.float64), less=0) ** 3))


def event_asymmetry(evidence: CandidateEvidence, _: Beside = NOTHING_BESIDE) -> float:
    """How much longer events fall than rise: 1 only fall, 0 alike (motion), -1 only rise.

    The difference of the trace's area in the 25 frames after its events and before them, over
    their sum, above its median.
    """
    trace = evidence.trace.astype(np.float64)
    trace = np.maximum(trace - np.median(trace), 0)
    steps = np.arange(1, _EVENT_FRAMES + 1)
    inside = (evidence.events >= _EVENT_FRAMES) & (evidence.events + _EVENT_FRAMES < len(trace))
    events = evidence.events[inside, None].astype(np.intp)
    before, after = trace[events - steps].sum(), trace[events + steps].sum()
    return float((after - before) / (after + before)) if after + before > 0 else float("nan")


def movie_trace_correlation(evidence: CandidateEvidence, _: Beside = NOTHING_BESIDE) -> float:
    """Correlation over the snapshots of the trace with the movie at the footprint."""
    return _snapshot_correlation(evidence, evidence.footprint.astype(np.float64))


def surround_correlation(evidence: CandidateEvidence, _: Beside = NOTHING_BESIDE) -> float:
    """Correlation over the snapshots of the trace with the mean around the footprint.

    High where neuropil or a larger structure is active.
    """
    footprint = evidence.footprint.astype(np.float64)
    ring = neighbourhood(footprint, wide=True) & (footprint <= _EDGE)
    return _snapshot_correlation(evidence, ring.astype(np.float64))


def motion_correlation(evidence: CandidateEvidence, beside: Beside = NOTHING_BESIDE) -> float:
    """Correlation of the size of the trace's changes with how far the image moved."""
    motion, trace = beside.motion, evidence.trace.astype(np.float64)
    if motion is None or len(motion) != len(trace) or len(trace) < 3:
        return float("nan")
    return _correlation(np.abs(np.diff(trace)), np.asarray(motion[:-1], np.float64))


def mean_image_agreement(evidence: CandidateEvidence, beside: Beside = NOTHING_BESIDE) -> float:
    """Correlation of the footprint with the mean image, over its neighbourhood."""
    return _image_correlation(evidence, beside.images.get("mean"))


def correlation_image_agreement(
    evidence: CandidateEvidence, beside: Beside = NOTHING_BESIDE
) -> float:
    """Correlation of the footprint with the correlation image, over its neighbourhood."""
    return _image_correlation(evidence, beside.images.get("correlation"))


_OF_EVIDENCE: Final[Mapping[str, Callable[[CandidateEvidence, Beside], float]]] = {
    "trace_skewness": trace_skewness,
    "event_asymmetry": event_asymmetry,
    "movie_trace_correlation": movie_trace_correlation,
    "surround_correlation": surround_correlation,
    "motion_correlation": motion_correlation,
    "mean_image_agreement": mean_image_agreement,
    "correlation_image_agreement": correlation_image_agreement,
}
EXTRA_FEATURES: Final = tuple(_OF_EVIDENCE)
NEIGHBOUR_FEATURES: Final = ("duplicate_overlap", "fragment_share")


def extra_features(
    evidence: CandidateEvidence,
    names: Sequence[str] = EXTRA_FEATURES,
    beside: Beside = NOTHING_BESIDE,
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Compute some of `EXTRA_FEATURES` of one candidate.

    Returns
    -------
    values : (feature,) float64
        NaN where it cannot be known.
    names
        As asked.

    Raises
    ------
    SettingError
        If there is no feature of that name.
    """
    _check(names, EXTRA_FEATURES)
    with np.errstate(all="ignore"):
        values = np.array([_OF_EVIDENCE[name](evidence, beside) for name in names], np.float64)
    return np.where(np.isfinite(values), values, np.nan), tuple(names)


def neighbour_features(
    traces: NDArray[np.floating] | None,
    footprints: sparse.csr_array,
    image_shape: tuple[int, int],
    names: Sequence[str] = NEIGHBOUR_FEATURES,
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Compute some of `NEIGHBOUR_FEATURES` of all candidates, from those that overlap.

    ``duplicate_overlap``: the highest cosine of the footprint with another, times the correlation
    of their signals. ``fragment_share``: the largest share of the footprint that lies inside a
    larger one, times that correlation. 0 without such a neighbour.

    Parameters
    ----------
    traces : (candidate, frame) or None
        None, or a pair whose signals are unknown, counts as uncorrelated.
    footprints : (candidate, pixel) CSR
        Zero or more.
    image_shape
        (height, width).
    names
        Which.

    Returns
    -------
    values : (candidate, feature) float64
    names
        As asked.

    Raises
    ------
    SettingError
        If there is no feature of that name.
    """
    _check(names, NEIGHBOUR_FEATURES)
    support = supports(footprints, _SUPPORT)
    pairs = near_pairs(support, image_shape, 0)
    cosine, shared = likeness(support, support, pairs)
    alike = np.zeros(len(pairs))
    if traces is not None and len(pairs):
        alike = np.maximum(np.nan_to_num(signal_correlations(traces, traces, pairs)), 0)
    area = np.diff(support.indptr)
    columns = {name: np.zeros(len(area)) for name in NEIGHBOUR_FEATURES}
    for own, other in (pairs.T, pairs.T[::-1]):
        np.maximum.at(columns["duplicate_overlap"], own, cosine * alike)
        inside = np.where(area[other] > area[own], shared / np.maximum(area[own], 1), 0)
        np.maximum.at(columns["fragment_share"], own, inside * alike)
    return np.stack([columns[name] for name in names], axis=1), tuple(names)


def _check(names: Sequence[str], known: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SettingError(
            f"there is no extra feature {unknown[0]!r}; it must be one of {', '.join(known)}."
        )


def _snapshot_correlation(evidence: CandidateEvidence, weights: NDArray[np.float64]) -> float:
    movie = present_windows(evidence)
    if movie is None or not weights.any():
        return float("nan")
    return _correlation(movie.trace, responses(movie.frames, weights.ravel()).norm)


def _image_correlation(evidence: CandidateEvidence, image: NDArray[np.floating] | None) -> float:
    if image is None or not evidence.footprint.any():
        return float("nan")
    top, left, bottom, right = evidence.crop
    footprint = evidence.footprint.astype(np.float64)
    near = neighbourhood(footprint)
    return _correlation(footprint[near], np.asarray(image[top:bottom, left:right], float)[near])


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Pearson's; NaN where one of them is flat or not finite."""
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return float("nan")
    return float(np.mean(standardised(first, less=0) * standardised(second, less=0)))
