"""Whether a probability of 0.8 comes true four times in five."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError


@dataclass(frozen=True, slots=True)
class ShareGroup:
    """The candidates that the same share of annotators called a cell (ActSort, Fig. S5).

    Parameters
    ----------
    share
        Share of annotators who said cell.
    count
        How many candidates.
    mean, median
        Of the predicted probabilities; a calibrated mean equals the share.
    """

    share: float
    count: int
    mean: float
    median: float


@dataclass(frozen=True, slots=True)
class ProbabilityBin:
    """The candidates whose predicted probability falls into the same interval.

    Parameters
    ----------
    predicted
        Their mean predicted probability.
    observed
        Their mean truth.
    count
        How many candidates.
    """

    predicted: float
    observed: float
    count: int


def calibration_by_share(probability: NDArray[Any], share: NDArray[Any]) -> tuple[ShareGroup, ...]:
    """Group predicted probabilities by the share of annotators who said cell.

    Parameters
    ----------
    probability
        (candidate,) predicted probability of a cell.
    share
        (candidate,) share of annotators who said cell; candidates with NaN are left out.

    Returns
    -------
    tuple of ShareGroup
        One for each share that occurs, ascending.

    Raises
    ------
    InputError
        If the two differ in length or leave the range from 0 to 1.
    """
    predicted, observed = _paired(probability, share)
    groups = []
    # Shares such as 1/3 and 2/6 may differ in the last bit.
    rounded = observed.round(9)
    for value in np.unique(rounded):
        members = predicted[rounded == value]
        groups.append(
            ShareGroup(float(value), len(members), float(members.mean()), float(np.median(members)))
        )
    return tuple(groups)


def calibration_curve(
    probability: NDArray[Any], truth: NDArray[Any], bins: int = 10
) -> tuple[ProbabilityBin, ...]:
    """Compare predicted with observed shares in equally wide intervals of probability.

    Parameters
    ----------
    probability
        (candidate,) predicted probability of a cell.
    truth
        (candidate,) 1 for a cell and 0 for none, or the share of annotators who said cell;
        candidates with NaN are left out.
    bins
        Number of intervals between 0 and 1.

    Returns
    -------
    tuple of ProbabilityBin
        One for each interval that holds candidates, ascending.

    Raises
    ------
    InputError
        If the two differ in length or leave the range from 0 to 1.
    """
    predicted, observed = _paired(probability, truth)
    interval = np.minimum((predicted * bins).astype(np.intp), bins - 1)
    curve = []
    for each in np.unique(interval):
        inside = interval == each
        curve.append(
            ProbabilityBin(
                float(predicted[inside].mean()), float(observed[inside].mean()), int(inside.sum())
            )
        )
    return tuple(curve)


def expected_calibration_error(
    probability: NDArray[Any], truth: NDArray[Any], bins: int = 10
) -> float:
    """Average the distance between predicted and observed shares over the candidates.

    Arguments and errors are those of `calibration_curve`; 0 is perfect.
    """
    curve = calibration_curve(probability, truth, bins)
    total = sum(each.count for each in curve)
    return sum(each.count * abs(each.predicted - each.observed) for each in curve) / total


def brier_score(probability: NDArray[Any], truth: NDArray[Any]) -> float:
    """Average the squared distance between probability and truth (Brier 1950).

    Arguments and errors are those of `calibration_curve`; 0 is perfect, a constant 0.5 gives 0.25.
    """
    predicted, observed = _paired(probability, truth)
    return float(((predicted - observed) ** 2).mean())


def _paired(
    probability: NDArray[Any], truth: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    predicted = np.asarray(probability, dtype=np.float64)
    observed = np.asarray(truth, dtype=np.float64)
    if predicted.ndim != 1 or predicted.shape != observed.shape:
        raise InputError(
            "probability and truth",
            f"arrays of shapes {predicted.shape} and {observed.shape}",
            "one value of each for every candidate",
            "Give both in the same order.",
        )
    known = ~np.isnan(observed)
    predicted, observed = predicted[known], observed[known]
    both = np.concatenate([predicted, observed])
    if not len(both) or not ((both >= 0) & (both <= 1)).all():
        raise InputError(
            "probability and truth",
            "no known values" if not len(both) else "values outside the range",
            "numbers from 0 to 1",
            "Give probabilities, not scores, and leave out candidates without a prediction.",
        )
    return predicted, observed
