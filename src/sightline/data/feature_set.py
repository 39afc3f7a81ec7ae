"""The 76 features in the paper's order (ActSort, appendix A.1.3), and ours: names, units, meaning.

``actsort-1`` follows the reference's formulas of the 76, its known slips included; ``sightline-1``
corrects them, each row of ``FEATURES`` says how, and what earned its place beyond the paper follows
them. A classifier trained on one version applies to no other.
"""

from dataclasses import dataclass
from typing import Final, Literal

FeatureSet = Literal["actsort", "sightline"]

ACTSORT_VERSION: Final = "actsort-1"
SIGHTLINE_VERSION: Final = "sightline-1"

EVENT_SCALES: Final = (1, 3, 10, 30, 100, 300)
BANDS: Final = ((0.0, 0.05), (0.05, 0.95), (0.5, 1.0), (0.0, 0.5), (0.95, 1.0))
RUN_QUANTILES: Final = (0.01, 0.25, 0.5, 0.75, 0.99)


@dataclass(frozen=True)
class Feature:
    """One column.

    Parameters
    ----------
    number
        In the paper, from 1; above 76 it is none of the paper's, and of ``sightline`` alone.
    name
        Never changes.
    unit
        Of the ``sightline`` set; empty for a ratio.
    meaning
        What it measures, and its direction where the paper gives one.
    source
        Section or earlier tool it comes from.
    correction
        What ``sightline`` does otherwise than ``actsort``; empty where they agree.
    """

    number: int
    name: str
    unit: str
    meaning: str
    source: str = "A.1.3"
    correction: str = ""


_BASELINE: Final = "trace above its median"
_STRONG: Final = (
    "a rate; strong is half the top decile, a tenth of the maximum or three noise levels, "
    "whichever is most"
)
_UNEXPLAINED: Final = (
    "trace brought to the movie's units by least squares; a share of what is larger, movie or "
    "trace, so that it is at most 1; runs end with a window"
)
_ACTIVITY: Final = (
    "movie and trace above their quiet level; a trace that hardly stands out is taken above half "
    "its maximum; absent events are absent"
)
_PEARSON: Final = (
    "Pearson's, over the footprint and its neighbourhood, so that equal weights have one too; "
    "movie and trace above their quiet level"
)
_ROWS: Final = (
    ("trace_snr", "", "peak of the smoothed trace over its noise", "EXTRACT", _BASELINE),
    (
        "temporal_corruption",
        "",
        "mean distance of active frames from the smoothed trace, high is noisy",
        "EXTRACT",
        _BASELINE,
    ),
    (
        "weak_peak_count",
        "per 1,000 frames",
        "peaks that are not strong",
        "A.1.3",
        _STRONG,
    ),
    ("top_decile_sd", "sd", "spread of the highest tenth of the standardised trace", "A.1.3", ""),
    *(
        (
            f"{kind}peak_interval",
            "frames",
            f"mean time between consecutive {words}peaks",
            "A.1.3",
            "strong as in 3; divided by the number of intervals; missing below two peaks",
        )
        for kind, words in (("strong_", "strong "), ("weak_", "weak "), ("", ""))
    ),
    *(
        (
            f"{kind}peak_width_sum",
            "frames",
            f"mean width of {words}peaks at half height",
            "A.1.3",
            "strong as in 3; a mean, as in the paper, not a sum; height above the median",
        )
        for kind, words in (("", ""), ("strong_", "strong "))
    ),
    *(
        (
            f"{kind}peak_width_sd",
            "frames",
            f"spread of the widths of {words}peaks",
            "A.1.3",
            "strong as in 3; height above the median; missing below two peaks",
        )
        for kind, words in (("", ""), ("strong_", "strong "))
    ),
    *(
        row
        for k in EVENT_SCALES
        for row in (
            (
                f"event_power_{k}",
                "",
                f"share of the trace's power at or above {k} times the noise",
                "A.1.3",
                f"noise and {_BASELINE} in the same units",
            ),
            (
                f"active_fraction_{k}",
                "",
                f"share of frames at or above {k} times the noise",
                "A.1.3",
                f"noise and {_BASELINE} in the same units",
            ),
            (
                f"event_count_{k}",
                "per 1,000 frames",
                f"events of the trace above {k} times the noise",
                "A.1.3",
                f"a rate; noise and {_BASELINE} in the same units",
            ),
        )
    ),
    *(
        (
            f"band_power_{100 * low:.0f}_{100 * high:.0f}",
            "",
            f"share of the power between {low:g} and {high:g} of the highest frequency",
            "A.1.3",
            "without the mean",
        )
        for low, high in BANDS
    ),
    (
        "correlated_fraction",
        "",
        "share of the other candidates whose smoothed trace correlates above 0.7",
        "A.1.3",
        "missing for a flat trace",
    ),
    (
        "top_percentile_sum",
        "sd",
        "mean of the highest hundredth of the standardised smoothed trace",
        "A.1.3",
        "a mean, so that it does not grow with the recording",
    ),
    ("footprint_area", "pixels", "pixels above a tenth of the maximum", "A.1.3", ""),
    (
        "footprint_fragmented",
        "",
        "distinct bodies of the pixels above a tenth of the maximum, many is bad",
        "A.1.3",
        "a count, as in the paper, where the reference says whether it is not one",
    ),
    ("footprint_sum", "pixels", "sum of the weights", "A.1.3", ""),
    (
        "footprint_circumference",
        "pixels",
        "length of the outer boundaries through the pixels' centres",
        "A.1.3",
        "of the pixels above a tenth of the maximum, where the reference takes all above 0",
    ),
    (
        "edge_distance",
        "pixels",
        "distance of the centre from the image's nearest edge",
        "A.1.3",
        "of the weighted centre, the same on all sides; the reference takes the brightest pixel",
    ),
    (
        "footprint_circularity",
        "",
        "4 pi area / circumference squared of the largest body above 0.3, high is round",
        "EXTRACT",
        "circumference around the pixels instead of through their centres, so that a disc has 1",
    ),
    (
        "footprint_elongation",
        "",
        "major over minor axis of the same body, high is stretched",
        "EXTRACT",
        "",
    ),
    ("footprint_mean", "", "mean weight over the whole image", "A.1.3", ""),
    (
        "spatial_corruption",
        "",
        "local over overall variation of the weights, high is speckled",
        "EXTRACT",
        "",
    ),
    (
        "max_footprint_correlation",
        "",
        "highest correlation with an overlapping footprint, 0 if there is none",
        "EXTRACT",
        "",
    ),
    *(
        (
            f"contamination_{kind}",
            "",
            f"{words} over snapshot frames of the share of activity that is not the candidate's",
            "A.1.3; one-sided Huber fit as in EXTRACT",
            "movie above its quiet level; absent events are absent",
        )
        for kind, words in (
            ("mean", "mean"),
            ("min", "least"),
            ("q10", "0.1 quantile"),
            ("q20", "0.2 quantile"),
        )
    ),
    (
        "activity_image_similarity",
        "",
        "cosine of the footprint with the movie's image of the trace's events",
        "EXTRACT",
        _ACTIVITY,
    ),
    *(
        (
            f"{name}_q{100 * q:02.0f}",
            "",
            f"{q:g} quantile over events of {words}",
            "EXTRACT",
            correction,
        )
        for name, words, correction in (
            (
                "unexplained_activity",
                "the movie at the footprint that the trace leaves unexplained, high is bad",
                _UNEXPLAINED,
            ),
            (
                "trace_over_surround",
                "the trace's excess over the surround, high is good",
                "trace brought to the movie's units by least squares; runs end with a window",
            ),
            (
                "roi_over_surround",
                "the footprint's excess over the surround, high is good",
                "movie above its quiet level; runs end with a window",
            ),
        )
        for q in RUN_QUANTILES
    ),
    *(
        (
            f"event_image_correlation_{share:02d}",
            "",
            f"mean correlation with frames above {share / 100:g} of the trace's maximum, by trace",
            "EXTRACT",
            _PEARSON,
        )
        for share in range(0, 100, 10)
    ),
)

_OWN_ROWS: Final = (
    (
        "duplicate_overlap",
        "",
        "highest cosine with another footprint times the correlation of their signals, high is bad",
        "benchmarks/extra_features.py",
        "not in the paper, nor in `actsort`",
    ),
)

FEATURES: Final = tuple(
    Feature(number, *row) for number, row in enumerate((*_ROWS, *_OWN_ROWS), start=1)
)

SIGHTLINE_FEATURES: Final = tuple(feature.name for feature in FEATURES)
ACTSORT_FEATURES: Final = SIGHTLINE_FEATURES[: len(_ROWS)]
OWN_FEATURES: Final = SIGHTLINE_FEATURES[len(_ROWS) :]
TRACE_FEATURES: Final = ACTSORT_FEATURES[:36]
FOOTPRINT_FEATURES: Final = ACTSORT_FEATURES[36:46]
MOVIE_FEATURES: Final = ACTSORT_FEATURES[46:]
TRADITIONAL_FEATURES: Final = TRACE_FEATURES + FOOTPRINT_FEATURES
