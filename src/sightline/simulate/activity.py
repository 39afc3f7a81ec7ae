"""What changes over time in a simulated movie: calcium, background and motion."""

from dataclasses import dataclass
from math import tau
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.simulate.movie_settings import MovieSettings

REPEATS_AFTER: Final = 10_000
"""Activity of longer movies repeats after so many frames, so that it always fits into memory."""

NEUROPIL_PATCHES: Final = 3
"""Parts of the background that change brightness on their own."""

_VESSEL_PULSE: Final = 1.5  # of what neuropil does


@dataclass(frozen=True)
class Activity:
    """Courses of one period; all wrap around its end, so that it can be repeated.

    Parameters
    ----------
    traces : (cell, frame) float32
        Counts above rest at the cell's brightest pixel, without bleaching.
    onsets
        For each cell (event,) int32, the first frame that an event brightens, ascending.
    background : (frame, component) float32
        How much of the still image, of each patch of neuropil and of the vessels is seen.
    motion : (frame, 2) float32
        Displacement of the scene, (y, x) pixels.
    """

    traces: NDArray[np.float32]
    onsets: tuple[NDArray[np.int32], ...]
    background: NDArray[np.float32]
    motion: NDArray[np.float32]


def simulate_activity(settings: MovieSettings, rng: np.random.Generator) -> Activity:
    """Draw one period of activity: all frames of a movie, or `REPEATS_AFTER` of a longer one.

    Cells fire as Poisson processes of their own rates; amplitudes are gamma distributed.
    """
    frames = min(settings.frames, REPEATS_AFTER)
    traces, onsets = _calcium(settings, frames, rng)
    return Activity(
        traces, onsets, _background(settings, frames, rng), _motion(settings, frames, rng)
    )


def _calcium(
    settings: MovieSettings, frames: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], tuple[NDArray[np.int32], ...]]:
    cells = settings.cells
    rates = settings.event_rate_hz * rng.lognormal(0, 0.6, cells)
    rates[rng.permutation(cells)[: round(settings.silent_share * cells)]] = 0
    peak = settings.contrast * settings.photons * settings.counts_per_photon
    peaks = peak * rng.lognormal(-0.125, 0.5, cells)
    decays = settings.decay_s * rng.lognormal(0, 0.2, cells)
    traces = np.zeros((cells, frames), np.float32)
    onsets = []
    for cell in range(cells):
        expected = rates[cell] * frames / settings.frame_rate_hz
        # A cell that is not silent fires at least once, however short the movie.
        count = min(max(rng.poisson(expected), int(expected > 0)), frames)
        begins = np.unique(rng.integers(frames, size=count)).astype(np.int32)
        onsets.append(begins)
        if begins.size:
            events = np.zeros(frames)
            events[begins] = peaks[cell] * rng.gamma(4, 0.25, begins.size)
            response = _response(settings, decays[cell], frames)
            traces[cell] = np.maximum(_wrapped_convolution(events, response), 0)
    return traces, tuple(onsets)


def _response(settings: MovieSettings, decay_s: float, frames: int) -> NDArray[np.float64]:
    times = np.arange(1, frames + 1) / settings.frame_rate_hz
    rise_s = min(settings.rise_s, decay_s / 2)
    response = np.exp(-times / decay_s) - np.exp(-times / rise_s)
    return response / response.max()


def _wrapped_convolution(
    events: NDArray[np.float64], response: NDArray[np.float64]
) -> NDArray[np.float64]:
    frames = len(events)
    return np.fft.irfft(np.fft.rfft(events) * np.fft.rfft(response), frames)


def _background(
    settings: MovieSettings, frames: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    courses = np.ones((frames, NEUROPIL_PATCHES + 2))
    common = _slow_noise(frames, 2 * settings.frame_rate_hz, rng)
    for patch in range(NEUROPIL_PATCHES):
        own = _slow_noise(frames, settings.frame_rate_hz, rng)
        # Never darker than a tenth of rest, whatever the vessels do.
        courses[:, 1 + patch] = np.maximum(settings.neuropil * (common + own) / np.sqrt(2), -0.7)
    pulse = _slow_noise(frames, 1.5 * settings.frame_rate_hz, rng)
    courses[:, -1] = np.clip(_VESSEL_PULSE * settings.neuropil * pulse, -0.2, 0.2)
    return courses.astype(np.float32)


def _motion(settings: MovieSettings, frames: int, rng: np.random.Generator) -> NDArray[np.float32]:
    drift = np.stack([_slow_noise(frames, frames / 20, rng) for _ in "yx"], axis=1)
    drift *= settings.drift_px / max(np.hypot(*drift.T).max(), 1e-9)
    bouts = 0.3 + (_slow_noise(frames, settings.frame_rate_hz, rng) > 1)
    jitter = rng.standard_normal((frames, 2)).clip(-3, 3) * bouts[:, None]
    jitter *= settings.jitter_px / max(jitter.std(), 1e-9)
    return (drift + jitter).astype(np.float32)


def _slow_noise(frames: int, time_constant: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Wrapping low-pass noise of mean 0 and standard deviation 1; 0 where there is but a frame."""
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    spectrum /= 1 + (tau * time_constant * np.fft.rfftfreq(frames)) ** 2
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, frames)
    return noise / max(noise.std(), 1e-9)
