"""The set ``sightline``: the same 76 ideas, each in units that fit together.

A trace is measured from its median and, where it meets the movie, from the candidate's quiet
level; so are the snapshots. Scaling or shifting trace, movie or footprint changes nothing, and
what cannot be known is missing. The table in `sightline.data.feature_set` gives each correction.
"""

import numpy as np
from numpy.typing import NDArray

from sightline.data.feature_set import EVENT_SCALES, RUN_QUANTILES
from sightline.sort.features.bands import band_powers
from sightline.sort.features.contamination import contamination
from sightline.sort.features.event_images import event_image_correlation, frame_correlations
from sightline.sort.features.events import above, active_fraction, event_count, event_power
from sightline.sort.features.footprint_shape import (
    BODY,
    Footprint,
    circularity,
    edge_distance_of_centre,
    elongation,
    footprint_area,
    footprint_bodies,
    footprint_circumference,
    footprint_sum,
    largest_body,
    spatial_corruption,
)
from sightline.sort.features.intervals import peak_interval, peak_width_sd, peak_width_sum
from sightline.sort.features.noise import welch_noise, white_noise
from sightline.sort.features.peaks import find_peaks, half_height_widths
from sightline.sort.features.snapshot_movie import SnapshotMovie
from sightline.sort.features.surround import (
    ACTIVE,
    OUTSTANDING,
    active_runs,
    activity_image,
    activity_image_similarity,
    excess,
    in_movie_units,
    neighbourhood,
    responses,
    surround,
)
from sightline.sort.features.trace_shape import (
    quantile,
    quantiles,
    temporal_corruption,
    top_decile_sd,
    top_percentile_sum,
    trace_snr,
    weak_peak_count,
)

_PER_FRAMES = 1000


def trace_features(trace: NDArray[np.float64]) -> list[float]:
    """Features 1-36 of a finite trace (frame,); 35 is NaN here."""
    trace = trace - np.median(trace)
    sigma = float(white_noise(trace))
    return [
        trace_snr(trace, sigma),
        temporal_corruption(trace),
        *_peak_features(trace, sigma),
        *_event_features(trace, sigma),
        *band_powers(trace - trace.mean()),
        np.nan,
        top_percentile_sum(trace, mean=True),
    ]


def footprint_features(footprint: Footprint) -> list[float]:
    """Features 37-46; 46 is NaN here."""
    body = largest_body(footprint)
    total = footprint_sum(footprint)
    return [
        footprint_area(footprint),
        footprint_bodies(footprint),
        total,
        footprint_circumference(footprint, BODY),
        edge_distance_of_centre(footprint),
        circularity(body),
        elongation(body),
        total / float(np.prod(footprint.image_shape)),
        spatial_corruption(footprint),
        np.nan,
    ]


def movie_features(weights: NDArray[np.float64], movie: SnapshotMovie) -> list[float]:
    """Features 47-76 of a footprint (height, width) that is not empty, and its quiet snapshots.

    A frame that is flat around the footprint correlates with nothing and does not count in 67-76.
    """
    footprint = weights.ravel()
    share = contamination(footprint, movie.frames, float(np.median(white_noise(movie.frames.T))))
    near = neighbourhood(weights).ravel() | (footprint > 0)
    correlations = frame_correlations(footprint[near], movie.frames[:, near])
    known = np.isfinite(correlations)
    return [
        float(share.mean()),
        float(share.min()),
        *quantiles(share, (0.1, 0.2)),
        *_surround_features(weights, movie),
        *event_image_correlation(correlations[known], movie.trace[known]),
    ]


def _peak_features(trace: NDArray[np.float64], sigma: float) -> list[float]:
    """Features 3-11 of a trace above its median.

    A strong peak rises by half the top decile (paper), by a tenth of the maximum (reference, 3)
    and by three noise levels: where events are rare the top decile itself is noise.
    """
    peaks = find_peaks(trace)
    least = max(quantile(trace, 0.9) / 2, 0.1 * trace.max(), 3 * sigma)
    strong = peaks.select(peaks.prominences >= least)
    weak = peaks.select(peaks.prominences < least)
    widths, strong_widths = half_height_widths(trace, peaks), half_height_widths(trace, strong)
    return [
        weak_peak_count(peaks, least) * _PER_FRAMES / len(trace),
        top_decile_sd(trace),
        *(peak_interval(each, per_interval=True) for each in (strong, weak, peaks)),
        peak_width_sum(widths, mean=True),
        peak_width_sum(strong_widths, mean=True),
        peak_width_sd(widths),
        peak_width_sd(strong_widths),
    ]


def _event_features(trace: NDArray[np.float64], sigma: float) -> list[float]:
    """Features 12-29 of a trace above its median, in units of its noise."""
    top = trace.max()
    if top <= 0:
        return [np.nan] * 3 * len(EVENT_SCALES)
    relative, sigma = trace / top, sigma / top
    rate = _PER_FRAMES / len(trace)
    values = []
    for scale in EVENT_SCALES:
        active = above(relative, scale * sigma)
        count = rate * event_count(active, scale * sigma)
        values += [event_power(active, relative), active_fraction(active), count]
    return values


def _surround_features(weights: NDArray[np.float64], movie: SnapshotMovie) -> list[float]:
    """Features 51-66, the trace brought to the movie's units.

    Frames above 3 sqrt 2 of the trace's noise (its mean removed) make the activity image, or those
    above half its maximum if that is less. The trace follows the footprint's response, negative
    values included; only then are negative responses and trace values 0. A ratio of nothing is 0.
    """
    footprint = weights.ravel()
    trace = movie.trace
    level = np.fmin(OUTSTANDING * welch_noise(trace - trace.mean()), ACTIVE * trace.max())
    image = activity_image(movie.frames, trace, level)
    similarity = activity_image_similarity(image, footprint, neighbourhood(weights).ravel())
    around = surround(image, footprint, neighbourhood(weights, wide=True).ravel())
    own, other = responses(movie.frames, footprint), responses(movie.frames, around)
    scaled = np.maximum(in_movie_units(trace, own.peak), 0)
    own, other = ([np.maximum(response, 0) for response in both] for both in (own, other))
    runs = active_runs(trace, movie.window)
    ratios = (
        excess(own[1], scaled, np.maximum(own[1], scaled), runs),
        excess(scaled, other[1], scaled, runs),
        excess(own[0], other[0], own[0], runs),
    )
    ratios = [np.nan_to_num(ratio) for ratio in ratios]  # nothing exceeds nothing
    return [similarity, *(value for ratio in ratios for value in quantiles(ratio, RUN_QUANTILES))]
