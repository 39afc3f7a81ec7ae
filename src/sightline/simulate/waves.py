"""Slow random movement that can be asked for at any time: sums of sines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SINES = 3


@dataclass(frozen=True)
class Waves:
    """Sums of slow sines, so that any time can be asked for: mean 0, deviation about 1.

    Parameters
    ----------
    rate, phase : (item, sine) float64
        Radians a frame; radians.
    """

    rate: NDArray[np.float64]
    phase: NDArray[np.float64]

    def of(self, who: NDArray[np.int64]) -> "Waves":
        """Those of some items."""
        return Waves(self.rate[who], self.phase[who])

    @property
    def _scale(self) -> float:
        return float(np.sqrt(2 / self.rate.shape[1]))


def draw_waves(items: int, period: float, random: np.random.Generator) -> Waves:
    """Draw waves of about 0.6 to 2.5 times a period, in frames."""
    rate = 2 * np.pi / (period * random.uniform(0.6, 2.5, (items, _SINES)))
    return Waves(rate, random.uniform(0, 2 * np.pi, (items, _SINES)))


def waves_at(waves: Waves, frame: float) -> NDArray[np.float64]:
    """(item,) values at a frame."""
    sines = np.sin(waves.rate * frame + waves.phase)
    return np.asarray(sines.sum(axis=1) * waves._scale)


def waves_rate_at(waves: Waves, frame: float) -> NDArray[np.float64]:
    """(item,) change a frame at a frame: the derivative of `waves_at`."""
    rates = waves.rate * np.cos(waves.rate * frame + waves.phase)
    return np.asarray(rates.sum(axis=1) * waves._scale)
