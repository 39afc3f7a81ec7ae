"""The features of candidates, in one of two sets: the 76, and what the default adds to them."""

from types import ModuleType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.evidence import CandidateEvidence
from sightline.data.feature_set import (
    ACTSORT_FEATURES,
    ACTSORT_VERSION,
    FOOTPRINT_FEATURES,
    OWN_FEATURES,
    SIGHTLINE_FEATURES,
    SIGHTLINE_VERSION,
    TRACE_FEATURES,
    FeatureSet,
)
from sightline.errors import SettingError
from sightline.sort.features import actsort_set, sightline_set
from sightline.sort.features.footprint_shape import Footprint
from sightline.sort.features.pairwise import correlated_fraction, max_footprint_correlation
from sightline.sort.features.snapshot_movie import five_windows, present_windows

_VERSIONS: Final = {"actsort": ACTSORT_VERSION, "sightline": SIGHTLINE_VERSION}
_FILLED_FIRST: Final = (41, 44, *range(50, 66))

PAIRWISE_COLUMNS: Final = (
    ACTSORT_FEATURES.index("correlated_fraction"),
    ACTSORT_FEATURES.index("max_footprint_correlation"),
)
OWN_COLUMNS: Final = tuple(SIGHTLINE_FEATURES.index(name) for name in OWN_FEATURES)


def feature_names(feature_set: FeatureSet = "sightline") -> tuple[str, ...]:
    """Names of the columns: the 76, which ``"sightline"`` follows with `OWN_FEATURES`.

    Raises
    ------
    SettingError
        If there is no such set.
    """
    feature_version(feature_set)
    return SIGHTLINE_FEATURES if feature_set == "sightline" else ACTSORT_FEATURES


def feature_version(feature_set: FeatureSet = "sightline") -> str:
    """Version to keep with the values, such as ``"sightline-1"``.

    Raises
    ------
    SettingError
        If there is no such set.
    """
    if feature_set not in _VERSIONS:
        raise SettingError(
            f"features is {feature_set!r}; it must be one of {', '.join(_VERSIONS)}."
        )
    return _VERSIONS[feature_set]


def candidate_features(
    evidence: CandidateEvidence, feature_set: FeatureSet = "sightline"
) -> NDArray[np.float64]:
    """Compute all features that need one candidate only.

    Parameters
    ----------
    evidence
        Of one candidate; snapshots before any lossy coding.
    feature_set
        ``"sightline"``, or ``"actsort"`` for the reference's formulas.

    Returns
    -------
    (feature,) float64
        In the order of `feature_names`. NaN is missing; ``"actsort"`` may also hold infinities.
        `PAIRWISE_COLUMNS` (features 35 and 46) and `OWN_COLUMNS` (77) are NaN: `pairwise_features`
        and `neighbour_features` give them.

    Raises
    ------
    SettingError
        If there is no such set.
    """
    feature_version(feature_set)
    formulas: ModuleType = actsort_set if feature_set == "actsort" else sightline_set
    trace = np.asarray(evidence.trace, np.float64)
    weights = _weights(evidence)
    footprint = Footprint(weights, evidence.crop, evidence.image_shape)
    values = np.full(len(feature_names(feature_set)), np.nan)
    first_movie = len(TRACE_FEATURES) + len(FOOTPRINT_FEATURES)
    with np.errstate(all="ignore"):
        if trace.size and np.isfinite(trace).all():
            values[: len(TRACE_FEATURES)] = formulas.trace_features(trace)
        values[len(TRACE_FEATURES) : first_movie] = formulas.footprint_features(footprint)
        movie = (five_windows if feature_set == "actsort" else present_windows)(evidence)
        if movie is not None and len(movie.trace) and weights.any():
            values[first_movie : len(ACTSORT_FEATURES)] = formulas.movie_features(weights, movie)
    if feature_set == "sightline":
        values[~np.isfinite(values)] = np.nan
    return values


def pairwise_features(
    traces: NDArray[np.float32] | None,
    footprints: sparse.csr_array,
    feature_set: FeatureSet = "sightline",
    seed: int = 0,
    others: int = 2000,
) -> NDArray[np.float64]:
    """Compute features 35 and 46, which need all candidates.

    Parameters
    ----------
    traces : (candidate, frame) float32 or None
        May be a memory map. Without them feature 35 is missing.
    footprints : (candidate, pixel) CSR
        Zero or more, over all pixels of the image.
    feature_set
        ``"actsort"`` gives 0 where feature 35 is missing.
    seed, others
        Above this many candidates feature 35 is an estimate from a random sample of so many, with
        a standard error of at most 0.5 / sqrt(others).

    Returns
    -------
    (candidate, 2) float64

    Raises
    ------
    SettingError
        If there is no such set.
    """
    feature_version(feature_set)
    values = np.full((len(footprints.indptr) - 1, 2), np.nan)
    if traces is not None:
        values[:, 0] = correlated_fraction(traces, seed, others)
        if feature_set == "actsort":
            values[:, 0] = np.nan_to_num(values[:, 0])
    values[:, 1] = max_footprint_correlation(footprints)
    return values


def complete(
    matrix: NDArray[np.float64], feature_set: FeatureSet = "sightline"
) -> NDArray[np.float64]:
    """Do with missing values what the set does with them.

    ``"sightline"`` keeps them missing: NaN. ``"actsort"`` fills them as the reference does:
    in features 42, 45 and 51-66 infinities become ten times the largest finite value and NaN the
    mean; elsewhere infinities become 0 and NaN the sum of the others over the number of all rows.

    Parameters
    ----------
    matrix : (candidate, feature) float64
        Of all candidates of a recording.

    Returns
    -------
    (candidate, feature) float64
        A new matrix.

    Raises
    ------
    SettingError
        If there is no such set.
    """
    feature_version(feature_set)
    if feature_set == "sightline":
        return np.where(np.isfinite(matrix), matrix, np.nan)
    filled = np.array(matrix, np.float64)
    for index in _FILLED_FIRST:
        column = filled[:, index]
        finite = column[np.isfinite(column)]
        if finite.size:
            column[np.isinf(column)] = 10 * finite.max()
            column[np.isnan(column)] = np.nanmean(column)
    filled[np.isinf(filled)] = 0
    shrunk = np.nansum(filled, 0) / max(1, len(filled))
    return np.where(np.isnan(filled), shrunk, filled)


def _weights(evidence: CandidateEvidence) -> NDArray[np.float64]:
    """The cropped footprint with a maximum of 1; bad and negative weights are 0."""
    weights = evidence.footprint.astype(np.float64)
    weights = np.where(np.isfinite(weights), np.maximum(weights, 0), 0)
    top = weights.max(initial=0)
    return weights / top if top > 0 else weights
