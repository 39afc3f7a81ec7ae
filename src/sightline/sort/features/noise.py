"""How much of a signal is noise, without knowing what the signal is."""

import numpy as np
from numpy.typing import NDArray


def white_noise(signals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard deviation of white noise, from the upper half of the spectrum.

    Calcium is slow, so what is fast is noise. Scales with the signal; an offset does not matter.

    Parameters
    ----------
    signals : (..., frame) float64

    Returns
    -------
    (...) float64
        In the signals' units.
    """
    half = (signals.shape[-1] + 1) // 2
    power = np.abs(np.fft.rfft(signals)[..., :half]) ** 2 / (2 * half)
    power[..., 0] /= 2
    first = max(1, round_half_up(half / 2))
    return np.sqrt(power[..., first - 1 :].mean(-1))


def welch_noise(signal: NDArray[np.float64]) -> float:
    """Standard deviation of white noise, from the geometric mean of the upper half of the spectrum.

    The spectrum is Welch's: eight segments that overlap by half, under a Hamming window, the mean
    not removed. Peaks of the spectrum count less than in `white_noise`.

    Parameters
    ----------
    signal : (frame,) float64

    Returns
    -------
    float
        In the signal's units; NaN below five frames.
    """
    length = int(len(signal) / 4.5)
    if length < 1:
        return float("nan")
    window = np.hamming(length)
    step = length - length // 2
    segments = np.lib.stride_tricks.sliding_window_view(signal, length)[::step] * window
    bins = max(256, 1 << (length - 1).bit_length())
    power = (np.abs(np.fft.rfft(segments, bins)) ** 2).mean(0) / np.square(window).sum()
    power[-1] /= 2  # one-sided spectra double all frequencies but the highest
    upper = np.maximum(power[bins // 4 :], 1e-300)
    return float(np.sqrt(np.exp(np.log(upper).mean())))


def round_half_up(number: float) -> int:
    """Nearest integer of a positive number, halves upwards."""
    return int(number + 0.5)
