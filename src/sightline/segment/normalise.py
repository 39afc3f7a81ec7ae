"""Brightness as networks see it: above its surroundings, in units of the image's own noise.

Cameras, exposures and laboratories differ in offset, gain and noise; none of them is left in the
input, so that what was learnt on one day holds on another.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

INPUTS: Final = ("contrast", "intensity")

_SURROUNDINGS_PX: Final = 24.0  # width of what counts as background
_COARSER: Final = 4  # pixels between those that it is computed at
_FINE_PX, _COARSE_PX = 3.0, 12.0  # the band in which an image's noise unit is measured
_LINEAR: Final = 8.0  # noise units up to which brightness is hardly compressed
_ROBUST: Final = 1.4826  # from the median absolute deviation to a standard deviation
_MOST: Final = 2048  # rows and columns that statistics are measured on; a larger image's middle


@dataclass(frozen=True)
class Scale:
    """What brightness of one image is measured in, channel by channel.

    Parameters
    ----------
    unit : (channel,) float64
        Robust s.d. of the band of 3 to 12 pixels, where cells are few.
    pixel_noise : (channel,) float64
        Robust s.d. of what changes from pixel to pixel.
    mean, deviation : (channel,) float64
        Of the compressed contrast, so that it can be standardised.
    """

    unit: NDArray[np.float64]
    pixel_noise: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @property
    def roughness(self) -> NDArray[np.float64]:
        """(channel,) pixel noise in noise units: how it differs between laboratories."""
        return self.pixel_noise / self.unit


def measure_scale(pixels: NDArray[Any]) -> Scale:
    """Measure what brightness of an image (channel, y, x) is measured in."""
    rows = [_measure(_middle(channel)) for channel in pixels]
    return Scale(*np.array(rows, np.float64).reshape(-1, 4).T)


def normalise(pixels: NDArray[Any], scale: Scale, how: str) -> NDArray[np.float32]:
    """Give the input (channel, y, x) of an image (channel, y, x), or of a part with margins.

    ``how`` is ``"contrast"``, or ``"intensity"``: the pixels as they are, which the network
    standardises itself.
    """
    if how == "intensity":
        return np.asarray(pixels, np.float32)
    parts: list[NDArray[np.float32]] = []
    for number, channel in enumerate(pixels):
        values = np.asarray(channel, np.float32)
        contrast = _compressed(values, float(scale.unit[number]))
        parts.append((contrast - scale.mean[number]) / scale.deviation[number])
    return np.stack(parts).astype(np.float32)


def noise_to_add(scale: Scale, roughness: float) -> NDArray[np.float64]:
    """(channel,) s.d. of white noise that gives an image a roughness; 0 where it has it already.

    White noise adds to the noise unit too, by the share of it that the unit's band lets through.
    """
    through = _white_through(_FINE_PX, _COARSE_PX)
    wanted = min(roughness**2, 0.8 / through)  # white noise alone is not rougher than 1 / through
    variance = (wanted * scale.unit**2 - scale.pixel_noise**2) / (1 - wanted * through)
    return np.sqrt(np.maximum(variance, 0))


def _white_through(fine: float, coarse: float) -> float:
    """Share of white noise's variance that a difference of two Gaussians lets through."""
    own = 1 / fine**2 + 1 / coarse**2
    return (own / 2 - 2 / (fine**2 + coarse**2)) / (2 * np.pi)


def margin_px() -> int:
    """Pixels around a part that its input depends on."""
    return int(4 * _SURROUNDINGS_PX)


def averaged(pixels: NDArray[Any], factor: int) -> NDArray[np.float32]:
    """Every ``factor`` x ``factor`` pixels as one; what is left over at the end is repeated."""
    values = np.asarray(pixels, np.float32)
    if factor == 1:
        return values
    short = [(-length) % factor for length in values.shape[-2:]]
    padded = np.pad(values, ((0, 0), (0, short[0]), (0, short[1])), mode="edge")
    channels, height, width = padded.shape
    blocks = padded.reshape(channels, height // factor, factor, width // factor, factor)
    return blocks.mean(axis=(2, 4))


def _measure(values: NDArray[np.float32]) -> tuple[float, float, float, float]:
    unit = spread(band(values, _FINE_PX, _COARSE_PX))
    contrast = _compressed(values, unit)
    return unit, pixel_noise(values), float(contrast.mean()), float(contrast.std()) or 1.0


def pixel_noise(values: NDArray[Any]) -> float:
    """Robust s.d. of white noise in (y, x), from second differences that structure hardly moves."""
    values = np.asarray(values, np.float32)
    if min(values.shape) < 3:
        return float(values.std()) or 1.0
    across: NDArray[np.float32] = values[:, 2:] - 2 * values[:, 1:-1] + values[:, :-2]
    both = across[2:] - 2 * across[1:-1] + across[:-2]
    return spread(np.asarray(both, np.float32)) / 6  # the filter's squares add up to 36


def _compressed(values: NDArray[np.float32], unit: float) -> NDArray[np.float32]:
    return np.arcsinh((values - _surroundings(values)) / np.float32(_LINEAR * unit))


def _surroundings(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Blurred brightness; on every fourth pixel, for it changes slowly."""
    coarse = averaged(values[None], _COARSER)[0]
    width = _SURROUNDINGS_PX / _COARSER
    smooth = np.asarray(gaussian_filter(coarse, width, mode="nearest"), np.float32)
    shape = [length * _COARSER for length in smooth.shape]
    places = [(np.arange(length) + 0.5) / _COARSER - 0.5 for length in shape]
    raised = _between(_between(smooth, places[0]).T, places[1]).T
    return raised[: values.shape[0], : values.shape[1]]


def _between(values: NDArray[np.float32], places: NDArray[np.float64]) -> NDArray[np.float32]:
    """Rows at places between rows, linearly; the first and last beyond the ends."""
    inside = np.clip(places, 0, len(values) - 1)
    low = np.minimum(inside.astype(int), max(len(values) - 2, 0))
    high = np.minimum(low + 1, len(values) - 1)
    share = (inside - low).astype(np.float32)[:, None]
    return np.asarray(values[low] * (1 - share) + values[high] * share, np.float32)


def band(values: NDArray[np.float32], fine: float, coarse: float) -> NDArray[np.float32]:
    """(y, x) structures between two widths in pixels: a difference of Gaussians."""
    return blurred(values, fine) - blurred(values, coarse)


def blurred(values: NDArray[np.float32], width_px: float) -> NDArray[np.float32]:
    """(y, x) averaged by a Gaussian of a standard deviation."""
    return np.asarray(gaussian_filter(values, width_px, mode="reflect"), np.float32)


def spread(values: NDArray[np.float32]) -> float:
    """Robust s.d.; of what is mostly constant the plain one, and 1 of what is wholly so."""
    robust = _ROBUST * float(np.median(np.abs(values - np.median(values))))
    return robust or float(values.std()) or 1.0


def _middle(channel: NDArray[Any]) -> NDArray[np.float32]:
    starts = [max(0, (length - _MOST) // 2) for length in channel.shape]
    part = channel[starts[0] : starts[0] + _MOST, starts[1] : starts[1] + _MOST]
    return np.asarray(part, np.float32)
