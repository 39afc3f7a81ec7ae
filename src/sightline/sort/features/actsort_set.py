"""The set ``actsort``: the reference's formulas, its slips included.

Events are counted in a trace divided by its maximum against the noise of the trace before that
(features 12-29), trace and movie are compared as if in the same units (52-61), and absent events
are empty frames. Published classifiers and matrices rest on this.
"""

import numpy as np
from numpy.typing import NDArray

from sightline.data.feature_set import EVENT_SCALES, RUN_QUANTILES
from sightline.sort.features.bands import band_powers
from sightline.sort.features.contamination import contamination
from sightline.sort.features.event_images import event_image_correlation, frame_correlations
from sightline.sort.features.events import above, active_fraction, event_count, event_power
from sightline.sort.features.footprint_shape import (
    Footprint,
    circularity_of_centres,
    edge_distance_of_peak,
    elongation,
    footprint_area,
    footprint_circumference,
    footprint_fragmented,
    footprint_sum,
    largest_body,
    spatial_corruption,
)
from sightline.sort.features.intervals import peak_interval, peak_width_sd, peak_width_sum
from sightline.sort.features.noise import welch_noise, white_noise
from sightline.sort.features.peaks import find_peaks, half_height_widths
from sightline.sort.features.snapshot_movie import SnapshotMovie
from sightline.sort.features.surround import (
    OUTSTANDING,
    active_runs,
    activity_image,
    activity_image_similarity,
    excess,
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

_LEAST_SURROUND = 1e-6


def trace_features(trace: NDArray[np.float64]) -> list[float]:
    """Features 1-36 of a finite trace (frame,); 35 is NaN here."""
    sigma = float(white_noise(trace))
    top = trace.max()
    return [
        trace_snr(trace, sigma),
        temporal_corruption(trace),
        *_peak_features(trace),
        *_event_features(trace / top if top > 0 else np.full_like(trace, np.nan), sigma),
        *band_powers(trace),
        np.nan,
        top_percentile_sum(trace),
    ]


def footprint_features(footprint: Footprint) -> list[float]:
    """Features 37-46; 46 is NaN here."""
    body = largest_body(footprint)
    total = footprint_sum(footprint)
    return [
        footprint_area(footprint),
        footprint_fragmented(footprint),
        total,
        footprint_circumference(footprint, 0.0),
        edge_distance_of_peak(footprint),
        circularity_of_centres(body),
        elongation(body),
        total / float(np.prod(footprint.image_shape)),
        spatial_corruption(footprint),
        np.nan,
    ]


def movie_features(weights: NDArray[np.float64], movie: SnapshotMovie) -> list[float]:
    """Features 47-76 of a footprint (height, width) that is not empty, and its five windows."""
    footprint = weights.ravel()
    frames, trace = movie.frames, movie.trace
    share = contamination(footprint, frames, float(np.median(white_noise(frames.T))))
    support = footprint > 0
    correlations = frame_correlations(footprint[support], frames[:, support], centred=False)
    return [
        float(share.mean()),
        float(share.min()),
        *quantiles(share, (0.1, 0.2)),
        *_surround_features(weights, movie),
        *event_image_correlation(correlations, trace),
    ]


def _peak_features(trace: NDArray[np.float64]) -> list[float]:
    """Features 3-11; all peaks are found once, for shifts and scales do not move them."""
    top, bottom = trace.max(), trace.min()
    peaks = find_peaks(trace)
    weak_below = max(quantile(trace, 0.9) / 2, 0.1 * top)
    strong = peaks.prominences >= (quantile(trace, 0.9) - min(bottom, 0)) / 2
    scaled = (trace - bottom) / (top - bottom) if top > bottom else np.zeros_like(trace)
    lasting = peaks.prominences >= quantile(scaled, 0.9) / 2 * (top - bottom)
    widths = half_height_widths(scaled, peaks)
    strong_widths = half_height_widths(scaled, peaks.select(lasting))
    return [
        weak_peak_count(peaks, weak_below) if top > 0 else np.nan,
        top_decile_sd(trace),
        peak_interval(peaks.select(strong)),
        peak_interval(peaks.select(~strong)),
        peak_interval(peaks),
        peak_width_sum(widths),
        peak_width_sum(strong_widths),
        peak_width_sd(widths, least=1),
        peak_width_sd(strong_widths, least=1),
    ]


def _event_features(relative: NDArray[np.float64], sigma: float) -> list[float]:
    """Features 12-29: the trace over its maximum, with the noise of the trace itself."""
    if not np.isfinite(relative).all():
        return [np.nan] * 3 * len(EVENT_SCALES)
    values = []
    for scale in EVENT_SCALES:
        active = above(relative, scale * sigma)
        count = event_count(active, scale * sigma, drop_last=True)
        values += [event_power(active, relative), active_fraction(active), count]
    return values


def _surround_features(weights: NDArray[np.float64], movie: SnapshotMovie) -> list[float]:
    """Features 51-66, the trace taken for movie units; windows run into each other."""
    footprint, trace = weights.ravel(), movie.trace
    image = activity_image(movie.frames, trace, OUTSTANDING * welch_noise(trace))
    similarity = activity_image_similarity(image, footprint, neighbourhood(weights).ravel())
    around = surround(image, footprint, neighbourhood(weights, wide=True).ravel(), _LEAST_SURROUND)
    own, other = (
        [np.maximum(response, 0) for response in responses(movie.frames, pattern)]
        for pattern in (footprint, around)
    )
    runs = active_runs(trace)
    ratios = (
        excess(own[1], trace, trace, runs),
        excess(trace, other[1], trace, runs),
        excess(own[0], other[0], own[0], runs),
    )
    return [similarity, *(value for ratio in ratios for value in quantiles(ratio, RUN_QUANTILES))]
