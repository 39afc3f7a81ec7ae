"""Peaks of a trace, as MATLAB's ``findpeaks`` defines them.

SciPy differs: there a plateau's peak is its middle, distance is judged before prominence, and
widths are measured relative to prominence.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal as processing


@dataclass(frozen=True)
class Peaks:
    """Peaks in the order of time.

    Parameters
    ----------
    frames : (peak,) int
        Of a plateau its first frame; the trace's ends are never peaks.
    prominences : (peak,) float64
        Height above the higher of its two bases: the lowest values between the peak and the next
        higher one, or the trace's end.
    """

    frames: NDArray[np.intp]
    prominences: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.frames)

    def select(self, chosen: NDArray[np.bool_]) -> "Peaks":
        """Only these peaks, whose prominences stay."""
        return Peaks(self.frames[chosen], self.prominences[chosen])


def find_peaks(
    trace: NDArray[np.float64], least_prominence: float = 0.0, least_distance: float = 0.0
) -> Peaks:
    """Find local maxima.

    Parameters
    ----------
    trace : (frame,) float64
        Finite.
    least_prominence
        Peaks below are dropped, first.
    least_distance
        Frames; then, from the highest peak down, those within this distance of it are dropped.
    """
    starts = np.flatnonzero(np.diff(trace, prepend=np.nan) != 0)
    levels = trace[starts]
    inner = (levels[1:-1] > levels[:-2]) & (levels[1:-1] > levels[2:])
    frames = starts[1:-1][inner]
    peaks = Peaks(frames, processing.peak_prominences(trace, frames)[0])
    peaks = peaks.select(peaks.prominences >= least_prominence)
    if least_distance > 0:
        peaks = peaks.select(_far_apart(peaks.frames, trace[peaks.frames], least_distance))
    return peaks


def half_height_widths(trace: NDArray[np.float64], peaks: Peaks) -> NDArray[np.float64]:
    """Width of each peak at half its height above zero, linearly interpolated.

    A width ends at the lowest value between a peak and its neighbour among the given peaks, or
    the trace's end, if the trace does not fall to half the height before; of equally low frames
    at the first. Peaks at or below zero are left out.

    Parameters
    ----------
    trace : (frame,) float64
    peaks
        Of that trace.

    Returns
    -------
    (peak above zero,) float64, frames
    """
    peaks = peaks.select(trace[peaks.frames] > 0)
    if not len(peaks):
        return np.empty(0)
    frames = peaks.frames
    valleys = _valleys(trace, frames)
    known = (trace[frames], valleys[:-1], valleys[1:])
    return processing.peak_widths(trace, frames, 0.5, prominence_data=known)[0]


def _valleys(trace: NDArray[np.float64], frames: NDArray[np.intp]) -> NDArray[np.intp]:
    """First lowest frame before the first peak, between each and the next, and after the last."""
    starts = np.concatenate([[0], frames])
    segment = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(trace)))
    at_lowest = np.flatnonzero(trace == np.minimum.reduceat(trace, starts)[segment])
    return at_lowest[np.searchsorted(segment[at_lowest], np.arange(len(starts)))]


def _far_apart(
    frames: NDArray[np.intp], heights: NDArray[np.float64], distance: float
) -> NDArray[np.bool_]:
    """Mark the peaks that no higher one within the distance drops; of equals the first stays."""
    kept = np.ones(len(frames), bool)
    for peak in np.argsort(-heights, kind="stable"):
        if kept[peak]:
            first = np.searchsorted(frames, frames[peak] - distance)
            after = np.searchsorted(frames, frames[peak] + distance, side="right")
            kept[first:after] = False
            kept[peak] = True
    return kept
