"""Candidates with a known truth, seen through the features that a judge would have."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.data.features import FeatureTable, check_features
from sightline.errors import SettingError

VERSION = "simulated-1"

_FEATURES = (
    "trace_snr",
    "weak_peak_count",
    "peak_interval",
    "peak_width_sd",
    "event_power_10",
    "active_fraction_3",
    "event_count_10",
    "band_power_0_5",
    "footprint_area",
    "footprint_circumference",
    "edge_distance",
    "footprint_circularity",
    "footprint_elongation",
    "max_footprint_correlation",
    "contamination_mean",
    "activity_image_similarity",
    "roi_over_surround_q50",
    "event_image_correlation_50",
)

# How each kind of false candidate differs from a cell, in standard deviations of the cells.
_FALSE_KINDS: dict[str, dict[str, float]] = {
    "noise": {
        "trace_snr": -2.2,
        "weak_peak_count": 1.8,
        "event_power_10": -2.0,
        "activity_image_similarity": -1.8,
        "event_image_correlation_50": -2.0,
    },
    "vessel": {
        "footprint_elongation": 2.4,
        "footprint_circularity": -2.0,
        "peak_width_sd": 1.6,
        "band_power_0_5": 1.5,
        "footprint_circumference": 1.4,
    },
    "motion": {
        "edge_distance": -1.0,
        "peak_interval": -1.8,
        "event_count_10": 1.8,
        "contamination_mean": 1.4,
        "roi_over_surround_q50": -1.8,
    },
    "duplicate": {
        "max_footprint_correlation": 2.6,
        "footprint_area": -1.0,
        "contamination_mean": 1.0,
    },
    "merged": {
        "footprint_area": 2.2,
        "footprint_circumference": 1.8,
        "event_count_10": 1.2,
        "activity_image_similarity": -1.0,
    },
}


@dataclass(frozen=True)
class SimulatedCandidates:
    """Candidates whose truth is known.

    Parameters
    ----------
    features
        Correlated and heavy-tailed, as real ones are.
    cell : (candidate,) bool
        The truth.
    kind
        ``"cell"``, or what kind of false candidate each one is.
    clarity : (candidate,) float
        How plain the case is, 0 to 1: where it is low, judges disagree.
    """

    features: FeatureTable
    cell: NDArray[np.bool_]
    kind: tuple[str, ...]
    clarity: NDArray[np.float64]


def simulate_candidates(
    candidates: int, rng: np.random.Generator, *, cell_share: float = 0.7, name: str = "simulated"
) -> SimulatedCandidates:
    """Draw cells and false candidates of five kinds: noise, vessels, motion, duplicates, merged.

    Parameters
    ----------
    candidates
        How many.
    rng
        Source of randomness.
    cell_share
        Expected share of true cells.
    name
        Name of the recording.

    Raises
    ------
    SettingError
        If the share is not between 0 and 1.
    """
    if not 0 <= cell_share <= 1:
        raise SettingError(f"The share of cells is {cell_share}; it must lie between 0 and 1.")
    kinds = ("cell", *_FALSE_KINDS)
    chances = [cell_share, *[(1 - cell_share) / len(_FALSE_KINDS)] * len(_FALSE_KINDS)]
    kind = rng.choice(len(kinds), candidates, p=chances)
    shifts = np.zeros((len(kinds), len(_FEATURES)))
    for row, moved in enumerate(_FALSE_KINDS.values(), start=1):
        for feature, size in moved.items():
            shifts[row, _FEATURES.index(feature)] = size
    # A case is plain where its kind shows fully, and a matter of opinion where it hardly does.
    extent = rng.gamma(4, 0.45, candidates)
    common = rng.standard_normal((candidates, 3)) @ rng.normal(0, 0.3, (3, len(_FEATURES)))
    own = rng.standard_t(5, (candidates, len(_FEATURES))) * 0.6
    latent = common + own + extent[:, None] * shifts[kind]
    values = np.where(np.arange(len(_FEATURES)) % 3 == 0, np.exp(latent / 2), latent)
    features = check_features(values, source=name, recording=name, names=_FEATURES, version=VERSION)
    clarity = np.where(kind == 0, rng.beta(6, 1, candidates), 1 - np.exp(-1.5 * extent))
    return SimulatedCandidates(features, kind == 0, tuple(kinds[k] for k in kind), clarity)
