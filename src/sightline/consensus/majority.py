"""The label that most annotators gave."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError

UNDECIDED: Final = -1


def majority(labels: NDArray[Any]) -> NDArray[np.int8]:
    """Give each candidate the label that most of its annotators gave.

    Parameters
    ----------
    labels
        (candidate, annotator) class numbers, ``UNDECIDED`` where there is no verdict.

    Returns
    -------
    NDArray[np.int8]
        (candidate,) the class with the most votes; ``UNDECIDED`` where the two most frequent
        classes tie or nobody voted.

    Raises
    ------
    InputError
        If the labels are not a matrix of class numbers.
    """
    checked = check_labels(labels)
    n_classes = max(int(checked.max(initial=1)) + 1, 2)
    votes = np.stack([(checked == each).sum(axis=1) for each in range(n_classes)], axis=1)
    runner_up, most = np.sort(votes, axis=1)[:, -2:].T
    winner = votes.argmax(axis=1)
    return np.where(most > runner_up, winner, UNDECIDED).astype(np.int8)


def vote_share(labels: NDArray[Any], positive: int = 1) -> NDArray[np.float64]:
    """Measure the share of the deciding annotators who gave one class.

    Parameters
    ----------
    labels
        (candidate, annotator) class numbers, ``UNDECIDED`` where there is no verdict.
    positive
        The class to count.

    Returns
    -------
    NDArray[np.float64]
        (candidate,) between 0 and 1; NaN where nobody decided.

    Raises
    ------
    InputError
        If the labels are not a matrix of class numbers.
    """
    checked = check_labels(labels)
    decided = (checked != UNDECIDED).sum(axis=1)
    share = np.full(len(checked), np.nan)
    np.divide((checked == positive).sum(axis=1), decided, out=share, where=decided > 0)
    return share


def check_labels(labels: NDArray[Any]) -> NDArray[np.int8]:
    """Return labels as int8 if they are a (candidate, annotator) matrix of class numbers."""
    found = np.asarray(labels)
    if found.ndim != 2 or found.shape[1] == 0:
        raise InputError(
            "labels",
            f"an array of shape {found.shape}",
            "one row for each candidate and one column for each annotator",
            "Stack the annotators' labels as columns.",
        )
    whole = found.astype(np.int8, casting="unsafe") if np.isfinite(found).all() else None
    if whole is None or not np.array_equal(whole, found) or whole.min(initial=0) < UNDECIDED:
        raise InputError(
            "labels",
            "values that are not class numbers",
            "whole numbers from 0 to 127, or -1 for undecided",
            "Replace missing labels by -1.",
        )
    return whole
