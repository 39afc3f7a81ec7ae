"""Names of the 76 features, in the paper's order (ActSort, appendix A.1.3).

Units: frames for intervals and widths, pixels for lengths, pixels squared for areas; the others
have none. Version ``actsort-1`` is computed with the reference's formulas, its known unit slips
included, so a classifier trained on it applies to no other version.
"""

from typing import Final

ACTSORT_VERSION: Final = "actsort-1"

_EVENT_SCALES = (1, 3, 10, 30, 100, 300)
_QUANTILES = ("q01", "q25", "q50", "q75", "q99")

TRACE_FEATURES: Final = (
    "trace_snr",
    "temporal_corruption",
    "weak_peak_count",
    "top_decile_sd",
    "strong_peak_interval",
    "weak_peak_interval",
    "peak_interval",
    "peak_width_sum",
    "strong_peak_width_sum",
    "peak_width_sd",
    "strong_peak_width_sd",
    *(
        f"{name}_{scale}"
        for scale in _EVENT_SCALES
        for name in ("event_power", "active_fraction", "event_count")
    ),
    "band_power_0_5",
    "band_power_5_95",
    "band_power_50_100",
    "band_power_0_50",
    "band_power_95_100",
    "correlated_fraction",
    "top_percentile_sum",
)

FOOTPRINT_FEATURES: Final = (
    "footprint_area",
    "footprint_fragmented",
    "footprint_sum",
    "footprint_circumference",
    "edge_distance",
    "footprint_circularity",
    "footprint_elongation",
    "footprint_mean",
    "spatial_corruption",
    "max_footprint_correlation",
)

MOVIE_FEATURES: Final = (
    "contamination_mean",
    "contamination_min",
    "contamination_q10",
    "contamination_q20",
    "activity_image_similarity",
    *(f"unexplained_activity_{q}" for q in _QUANTILES),
    *(f"trace_over_surround_{q}" for q in _QUANTILES),
    *(f"roi_over_surround_{q}" for q in _QUANTILES),
    *(f"event_image_correlation_{share:02d}" for share in range(0, 100, 10)),
)

TRADITIONAL_FEATURES: Final = TRACE_FEATURES + FOOTPRINT_FEATURES
ACTSORT_FEATURES: Final = TRADITIONAL_FEATURES + MOVIE_FEATURES
