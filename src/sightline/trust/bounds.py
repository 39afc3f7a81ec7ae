"""An estimate with its confidence bounds, and the bounds of a plain share."""

from dataclasses import dataclass

import numpy as np

from sightline.errors import SettingError


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number estimated from a sample.

    Parameters
    ----------
    value
        The estimate; NaN where the quantity has no meaning, such as the precision of no cells.
    low, high
        Two-sided confidence bounds.
    """

    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        """Distance between the bounds."""
        return self.high - self.low


def clopper_pearson(hits: int, trials: int, confidence: float = 0.95) -> Estimate:
    """Bound a share so that its coverage never falls below the confidence (Clopper & Pearson 1934).

    Parameters
    ----------
    hits, trials
        How many of how many random draws had the property.
    confidence
        Coverage of the two-sided bounds.

    Raises
    ------
    SettingError
        If ``hits`` is not between 0 and ``trials``, or ``confidence`` not between 0 and 1.
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - a tenth of a second, seldom needed

    _check(hits, trials, confidence)
    tail = (1 - confidence) / 2
    low = float(betaincinv(hits, trials - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 1 - tail)) if hits < trials else 1.0
    return Estimate(hits / trials if trials else np.nan, low, high)


def wilson(hits: int, trials: int, confidence: float = 0.95) -> Estimate:
    """Bound a share by the score test, right on average over true shares (Wilson 1927).

    Parameters
    ----------
    hits, trials
        How many of how many random draws had the property.
    confidence
        Coverage of the two-sided bounds.

    Raises
    ------
    SettingError
        If ``hits`` is not between 0 and ``trials``, or ``confidence`` not between 0 and 1.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - a tenth of a second, seldom needed

    _check(hits, trials, confidence)
    if trials == 0:
        return Estimate(np.nan, 0.0, 1.0)
    z = float(ndtri(1 - (1 - confidence) / 2))
    share = hits / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    spread = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    half = float(spread / (1 + z**2 / trials))
    return Estimate(share, max(centre - half, 0.0), min(centre + half, 1.0))


def _check(hits: int, trials: int, confidence: float) -> None:
    if not 0 <= hits <= trials:
        raise SettingError(
            f"{hits} hits in {trials} trials were given; hits must lie between 0 and the trials."
        )
    check_confidence(confidence)


def check_confidence(confidence: float) -> None:
    """Raise SettingError unless the confidence lies strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise SettingError(f"The confidence is {confidence}; give a share such as 0.95.")
