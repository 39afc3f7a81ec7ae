"""How right labels are, where the truth is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata


@dataclass(frozen=True)
class Accuracy:
    """Shares between 0 and 1; ``nan`` where nothing is there to count."""

    true_positive_rate: float
    true_negative_rate: float
    precision: float

    @property
    def balanced_accuracy(self) -> float:
        """Mean of the true positive and true negative rates."""
        return (self.true_positive_rate + self.true_negative_rate) / 2

    @property
    def recall(self) -> float:
        """The true positive rate, under its other name."""
        return self.true_positive_rate

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total > 0 else total


def measure_accuracy(accepted: NDArray[np.bool_], truth: NDArray[np.bool_]) -> Accuracy:
    """Hold labels against the truth.

    Parameters
    ----------
    accepted : (candidate,) bool
    truth : (candidate,) bool
    """
    hits = int((accepted & truth).sum())
    return Accuracy(
        _share(hits, int(truth.sum())),
        _share(int((~accepted & ~truth).sum()), int((~truth).sum())),
        _share(hits, int(accepted.sum())),
    )


def area_under_curve(score: NDArray[np.floating], truth: NDArray[np.bool_]) -> float:
    """Area under the receiver operating characteristic, exact: the share of pairs in right order.

    The reference uses 100 thresholds and the trapezoid rule, which is coarse where many
    probabilities are near 1.

    Parameters
    ----------
    score : (candidate,) float
    truth : (candidate,) bool
    """
    cells, others = int(truth.sum()), int((~truth).sum())
    if not cells or not others:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[truth].sum() - cells * (cells + 1) / 2) / (cells * others))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
