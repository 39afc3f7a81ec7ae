"""Advice when to stop: how many labels some more answers would still change.

A fitted learner that has seen n answers differs from the one it would become with endless answers
by a random step. Its variance falls as 1/n where answers are random; where they are chosen, each
next one tells more, and on three real recordings the root of 1/n described sessions without bias
(``benchmarks/stopping_advice.py``). Between n and n + x answers the learner moves by the
difference, and the labels that a threshold cuts off change in proportion to the size of that step,
its root. The factor is read from the past.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError, SettingError


@dataclass(frozen=True, slots=True)
class ExpectedChanges:
    """How many labels are expected to change.

    Parameters
    ----------
    labels
        The expected number.
    low, high
        Half and twice that number: in simulated sessions on three real recordings the changes that
        came lay between them in nine of ten cases.
    more_answers
        After how many more answers.
    """

    labels: float
    low: float
    high: float
    more_answers: int


def expected_changes(
    label_history: NDArray[Any], answered_counts: NDArray[Any], more_answers: int
) -> ExpectedChanges:
    """Expect that "x more answers would change y labels".

    Parameters
    ----------
    label_history
        (fit, item) all labels, the annotator's where one decided and the machine's elsewhere, after
        each of several fits, the latest last. Fits since half of the present number of answers
        count; a dozen or more are useful.
    answered_counts
        (fit,) how many answers each of them rested on, ascending.
    more_answers
        How many answers more to look ahead.

    Returns
    -------
    ExpectedChanges
        Expected number of labels that differ from today's after those answers.

    Raises
    ------
    InputError
        If there are fewer than two fits, or their counts do not ascend from 1 or more.
    SettingError
        If ``more_answers`` is negative.
    """
    history = np.asarray(label_history)
    counts = np.asarray(answered_counts, dtype=np.float64)
    if history.ndim != 2 or counts.shape != history.shape[:1] or len(counts) < 2:
        raise InputError(
            "label_history",
            f"shape {history.shape}, with {counts.shape} answer counts",
            "the labels of at least two fits, and one count for each",
            "Ask again after another fit.",
        )
    if counts[0] < 1 or (np.diff(counts) <= 0).any():
        raise InputError(
            "answered_counts",
            "counts that do not ascend",
            "more answers at each later fit, from one or more",
            "Give the fits in order, and each only once.",
        )
    if more_answers < 0:
        raise SettingError(f"{more_answers} more answers were asked about; give zero or more.")

    recent = min(int(np.searchsorted(counts, counts[-1] / 2)), len(counts) - 2)
    history, counts = history[recent:], counts[recent:]
    changed = step = 0.0
    for earlier in range(len(counts) - 1):
        changed += float((history[earlier + 1 :] != history[earlier]).sum())
        step += float(_step(counts[earlier], counts[earlier + 1 :]).sum())
    labels = changed / step * float(_step(counts[-1], counts[-1] + more_answers))
    labels = min(labels, float(history.shape[1]))
    return ExpectedChanges(labels, labels / 2, labels * 2, more_answers)


def _step(before: Any, after: Any) -> NDArray[np.float64]:
    return np.sqrt(before**-0.5 - after**-0.5)
