"""The largest events of a trace, around which snapshots are taken (ActSort, A.1.1)."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks, peak_prominences

from sightline.data.evidence import ABSENT
from sightline.sort.evidence.settings import DEFAULT_EVIDENCE, EvidenceSettings


def find_events(
    trace: NDArray[np.float32],
    settings: EvidenceSettings = DEFAULT_EVIDENCE,
    movie_downsampled: int = 1,
) -> NDArray[np.int32]:
    """Return the frames at which the largest events peak, largest first.

    An event is a peak with a prominence of at least the trace's standard deviation, far enough from
    larger ones, whose window lies wholly inside the recording. The maximum there always is one,
    also at the edge; a flat trace has none.

    Parameters
    ----------
    trace : (frame,)
        Finite.
    settings
        How many events, how far apart, and the window in movie frames.
    movie_downsampled
        Frames of the trace in one frame of the movie.

    Returns
    -------
    (event,) int32
        ``settings.events`` frames of the trace; ``-1`` where there are fewer events.
    """
    events = np.full(settings.events, ABSENT, np.int32)
    first = settings.half_window * movie_downsampled
    last = (len(trace) // movie_downsampled - settings.half_window) * movie_downsampled
    inner = np.asarray(trace[first:last], np.float64)
    spread = inner.std() if inner.size else 0.0
    if not np.isfinite(spread) or spread <= 1e-6 * np.abs(inner).max(initial=0):
        return events
    found = _far_apart(*_prominent(inner, spread), settings, len(trace))
    events[: len(found)] = first + found
    return events


def _prominent(
    inner: NDArray[np.float64], spread: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Peaks at least as prominent as the trace spreads, and their heights."""
    framed = np.r_[inner.min(), inner, inner.min()]  # so that a peak at the edge counts
    # No peak lower than this can be as prominent, and most local maxima are noise.
    peaks = find_peaks(framed, height=framed.min() + spread)[0]
    peaks = peaks[peak_prominences(framed, peaks)[0] >= spread]
    return peaks - 1, framed[peaks]


def _far_apart(
    peaks: NDArray[np.intp],
    heights: NDArray[np.float64],
    settings: EvidenceSettings,
    frames: int,
) -> NDArray[np.intp]:
    """Take the highest peaks one after the other, none close to one already taken."""
    distance = max(1, round(settings.event_distance * frames))
    taken: list[int] = []
    for peak in peaks[np.argsort(-heights, kind="stable")]:
        if all(abs(peak - other) >= distance for other in taken):
            taken.append(int(peak))
        if len(taken) == settings.events:
            break
    return np.array(taken, np.intp)
