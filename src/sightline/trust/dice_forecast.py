"""How good a mask will turn out to be, forecast from its uncertainty by a straight line.

Within the images of one laboratory and one model, Dice falls with U nearly along a line. Across
laboratories it does not: of an image that is unlike those compared, nothing is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LEAST_IMAGES: Final = 8  # fewer tell nothing worth saying


@dataclass(frozen=True)
class DiceForecast:
    """A straight line from an image's uncertainty U to the Dice that is to be expected.

    Parameters
    ----------
    slope, intercept
        Of the line.
    error
        Mean absolute error of an image that the line was not fitted to, each left out in turn.
    error_of_mean
        The same of guessing the mean of the others: what the line must be better than.
    images
        How many it was fitted to.
    """

    slope: float
    intercept: float
    error: float
    error_of_mean: float
    images: int

    def expected(self, uncertainty: float) -> float:
        """Dice to be expected, 0 to 1; NaN where nothing is predicted."""
        if np.isnan(uncertainty):
            return float("nan")
        return float(np.clip(self.intercept + self.slope * uncertainty, 0, 1))

    def to_dict(self) -> dict[str, float]:
        """As JSON values."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "DiceForecast":
        """A forecast as `to_dict` gave it; KeyError if it is none."""
        return cls(
            float(values["slope"]), float(values["intercept"]), float(values["error"]),
            float(values["error_of_mean"]), int(values["images"]),
        )  # fmt: skip


def fit_forecast(uncertainty: Sequence[float], dice: Sequence[float]) -> DiceForecast | None:
    """Fit a forecast to images' uncertainty and Dice out of fold.

    Images without a prediction or without anything to find are left out.

    Returns
    -------
    DiceForecast or None
        None of fewer than eight images, or of images that are all as uncertain.
    """
    both = np.array([uncertainty, dice], np.float64).reshape(2, -1)
    u, score = both[:, np.isfinite(both).all(axis=0)]
    if len(u) < LEAST_IMAGES or np.ptp(u) <= 1e-9:
        return None
    line, mean = [], []
    for left_out in range(len(u)):
        others = np.arange(len(u)) != left_out
        slope, intercept = _line(u[others], score[others])
        guess = np.clip(intercept + slope * u[left_out], 0, 1)
        line.append(abs(guess - score[left_out]))
        mean.append(abs(score[others].mean() - score[left_out]))
    slope, intercept = _line(u, score)
    return DiceForecast(slope, intercept, float(np.mean(line)), float(np.mean(mean)), len(u))


def least_uncertainty(
    uncertainty: Sequence[float], dice: Sequence[float], wanted: float
) -> float | None:
    """U_min: the smallest uncertainty among images that score below a wanted Dice.

    A conservative protocol looks at every image as uncertain as that.

    Returns
    -------
    float or None
        None where no image scores below it.

    References
    ----------
    deepflash2, equation 8.
    """
    below = [u for u, score in zip(uncertainty, dice, strict=True)
             if score < wanted and not np.isnan(u)]  # fmt: skip
    return min(below, default=None)


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and intercept of the least squares line; flat where all x are the same."""
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread if spread > 0 else 0.0
    return slope, float(y.mean() - slope * x.mean())
