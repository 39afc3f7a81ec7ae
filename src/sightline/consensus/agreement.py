"""How far each annotator concurs with each other one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.majority import UNDECIDED, check_labels


@dataclass(frozen=True, slots=True)
class PairwiseAgreement:
    """Each annotator judged by each other one, as in Tables S1-S3 of the ActSort paper.

    Matrices are (evaluator, annotator): the row is taken as the truth, the column is judged. NaN
    on the diagonal, and where the two share no candidate of the class in question.

    Parameters
    ----------
    true_positive_rate
        Share of the evaluator's positives that the annotator calls positive.
    true_negative_rate
        Share of the evaluator's negatives that the annotator calls negative.
    """

    true_positive_rate: NDArray[np.float64]
    true_negative_rate: NDArray[np.float64]

    @property
    def balanced_accuracy(self) -> NDArray[np.float64]:
        """(evaluator, annotator) mean of the two rates."""
        return (self.true_positive_rate + self.true_negative_rate) / 2

    @property
    def mean_true_positive_rate(self) -> NDArray[np.float64]:
        """(annotator,) mean over the evaluators."""
        return _column_means(self.true_positive_rate)

    @property
    def mean_true_negative_rate(self) -> NDArray[np.float64]:
        """(annotator,) mean over the evaluators."""
        return _column_means(self.true_negative_rate)

    @property
    def mean_balanced_accuracy(self) -> NDArray[np.float64]:
        """(annotator,) mean over the evaluators."""
        return _column_means(self.balanced_accuracy)

    @property
    def sd_balanced_accuracy(self) -> NDArray[np.float64]:
        """(annotator,) standard deviation over the evaluators, divisor n - 1."""
        squares = (self.balanced_accuracy - self.mean_balanced_accuracy) ** 2
        count = np.isfinite(squares).sum(axis=0)
        variance = np.full(squares.shape[1], np.nan)
        np.divide(np.nansum(squares, axis=0), count - 1, out=variance, where=count > 1)
        return np.sqrt(variance)


def pairwise_agreement(labels: NDArray[Any], positive: int = 1) -> PairwiseAgreement:
    """Judge each annotator by each other one.

    A pair is compared on the candidates that both decided.

    Parameters
    ----------
    labels
        (candidate, annotator) class numbers, ``UNDECIDED`` where there is no verdict.
    positive
        The class that counts as positive; all others are negative.

    Returns
    -------
    PairwiseAgreement
        Two matrices (evaluator, annotator), and their averages.

    Raises
    ------
    InputError
        If the labels are not a matrix of class numbers.
    """
    checked = check_labels(labels)
    says_positive = checked == positive
    says_negative = (checked != positive) & (checked != UNDECIDED)
    return PairwiseAgreement(
        _shares(says_positive, says_positive, says_negative),
        _shares(says_negative, says_negative, says_positive),
    )


def _shares(
    evaluator: NDArray[np.bool_], agrees: NDArray[np.bool_], differs: NDArray[np.bool_]
) -> NDArray[np.float64]:
    both = evaluator.T.astype(np.float64) @ agrees
    all_shared = both + evaluator.T.astype(np.float64) @ differs
    shares = np.full(both.shape, np.nan)
    np.divide(both, all_shared, out=shares, where=all_shared > 0)
    np.fill_diagonal(shares, np.nan)
    return shares


def _column_means(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    count = np.isfinite(matrix).sum(axis=0)
    means = np.full(matrix.shape[1], np.nan)
    np.divide(np.nansum(matrix, axis=0), count, out=means, where=count > 0)
    return means
