"""Which machine decisions to put before an auditor: a random, blind and stratified sample.

Machine decisions are sorted by label and by predicted chance of error into strata. Each stratum
carries an equal share of the predicted spread, so that few questions go to the sure and many. Any
prediction, however bad, keeps the estimates valid: it only decides where the questions go.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError, SettingError

STRATA: Final = 4
"""How many strata the machine decisions of one label are sorted into."""

LEAST_ERROR: Final = 0.02
"""No machine decision is taken to be surer than this when questions are allotted."""


@dataclass(frozen=True, slots=True)
class Audit:
    """A sample of machine decisions, with all that is needed to estimate from its answers.

    Parameters
    ----------
    cell
        (item,) bool, the labels under audit: the annotator's where one decided, else the machine's.
    human
        (item,) bool, whether an annotator decided.
    error
        (item,) predicted chance that the label is wrong; 0 where an annotator decided.
    edges
        (label, STRATA - 1) highest predicted error in each stratum but the last.
    stratum
        (item,) stratum, numbered through both labels; -1 where an annotator decided.
    drawn
        (question,) items to put before the auditor, in random order, so that the answers to the
        first few are a random sample too.
    """

    cell: NDArray[np.bool_]
    human: NDArray[np.bool_]
    error: NDArray[np.float64]
    edges: NDArray[np.float64]
    stratum: NDArray[np.intp]
    drawn: NDArray[np.intp]

    @property
    def inclusion_probability(self) -> NDArray[np.float64]:
        """(item,) chance that the item was drawn; 0 where an annotator decided."""
        sizes = stratum_counts(self.stratum[~self.human])
        shares = stratum_counts(self.stratum[self.drawn]) / np.maximum(sizes, 1)
        return np.where(self.human, 0.0, shares[self.stratum])


def draw_audit(
    cell: NDArray[Any],
    probability: NDArray[Any],
    human: NDArray[Any],
    size: int,
    rng: np.random.Generator,
) -> Audit:
    """Draw a random sample of the machine's decisions for an auditor to judge blindly.

    Parameters
    ----------
    cell
        (item,) bool, the labels under audit.
    probability
        (item,) predicted probability of a cell.
    human
        (item,) bool, whether the label is an annotator's own decision, which counts as right.
    size
        How many questions; all machine decisions if there are fewer.
    rng
        Source of randomness.

    Returns
    -------
    Audit
        The sample, for `estimate_quality`.

    Raises
    ------
    InputError
        If the arrays differ in length or a probability is outside 0 to 1.
    SettingError
        If ``size`` is not positive.
    """
    cell, human = np.asarray(cell, dtype=np.bool_), np.asarray(human, dtype=np.bool_)
    error = predicted_error(cell, probability)
    if human.shape != cell.shape:
        raise InputError(
            "human",
            f"{human.shape} values for {cell.shape} labels",
            "one for each item",
            "Say of each item whether an annotator decided it.",
        )
    if size < 1:
        raise SettingError(f"The audit has {size} questions; ask at least one.")
    error[human] = 0.0
    spread = np.where(human, 0.0, _spread(error))
    edges = np.stack(
        [_edges(error[side], spread[side]) for side in (~human & ~cell, ~human & cell)]
    )
    stratum = np.where(human, -1, find_stratum(edges, cell, error))

    weights = np.bincount(stratum[~human], spread[~human], minlength=2 * STRATA)
    weights = weights * np.repeat(_importance(cell, human, error), STRATA)
    questions = _allot(size, weights, stratum_counts(stratum[~human]))
    drawn = [
        rng.choice(np.flatnonzero(stratum == number), count, replace=False)
        for number, count in enumerate(questions)
    ]
    return Audit(cell, human, error, edges, stratum, rng.permutation(np.concatenate(drawn)))


def predicted_error(cell: NDArray[Any], probability: NDArray[Any]) -> NDArray[np.float64]:
    """Give each label the chance that it is wrong, from the probability of a cell."""
    chance = np.asarray(probability, dtype=np.float64)
    if chance.ndim != 1 or chance.shape != np.shape(cell):
        raise InputError(
            "probability",
            f"{chance.shape} values for {np.shape(cell)} labels",
            "one for each item",
            "Give labels and probabilities in the same order.",
        )
    if not ((chance >= 0) & (chance <= 1)).all():
        raise InputError(
            "probability",
            "values that are not probabilities",
            "numbers from 0 to 1",
            "Predict every item before the audit.",
        )
    return np.where(cell, 1 - chance, chance)


def find_stratum(
    edges: NDArray[np.float64], cell: NDArray[np.bool_], error: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Number the stratum of each label by its predicted chance of error."""
    as_not_cell, as_cell = (np.searchsorted(each, error) for each in edges)
    return np.where(cell, STRATA + as_cell, as_not_cell)


def stratum_counts(stratum: NDArray[np.intp]) -> NDArray[np.intp]:
    """Count the items of each stratum of both labels."""
    return np.bincount(stratum, minlength=2 * STRATA)


def _spread(error: NDArray[np.float64]) -> NDArray[np.float64]:
    chance = np.clip(error, LEAST_ERROR, 1 - LEAST_ERROR)
    return np.sqrt(chance * (1 - chance))


def _edges(error: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(error):
        return np.ones(STRATA - 1)
    order = np.argsort(error, kind="stable")
    reached = np.cumsum(spread[order])
    cuts = np.searchsorted(reached, reached[-1] * np.arange(1, STRATA) / STRATA)
    return error[order][cuts]


def _importance(
    cell: NDArray[np.bool_], human: NDArray[np.bool_], error: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weigh a missed cell and a false cell by what they do to the four quantities together.

    Each is the root of the summed squared slopes of precision, recall, false-positive rate and
    number of cells, relative to the variances that a plain random sample of the items would have.
    """
    chance = np.where(human, 0.0, np.clip(error, LEAST_ERROR, 1 - LEAST_ERROR))
    false, missed = chance[cell].sum(), chance[~cell].sum()
    items, called = len(cell), max(cell.sum(), 1)
    right = max(called - false, 0.5)
    cells = right + missed
    others = max(items - cells, 0.5)

    slopes_missed = [0.0, right / cells**2, false / others**2, 1.0]
    slopes_false = [1 / called, missed / cells**2, max(others - false, 0.0) / others**2, 1.0]
    plain = [
        right * max(false, 0.5) / called**3,
        right * max(missed, 0.5) / cells**3,
        max(false, 0.5) * max(others - false, 0.5) / others**3,
        cells * others / items,
    ]
    slopes = np.array([slopes_missed, slopes_false])
    return np.sqrt((slopes**2 / np.array(plain)).sum(axis=1))


def _allot(size: int, weights: NDArray[np.float64], capacity: NDArray[np.intp]) -> NDArray[np.intp]:
    """Allot questions to strata for the least variance (Neyman's rule in whole numbers).

    One at a time, each where it lowers the variance most (Wright, The American Statistician 2012).
    """
    questions = np.minimum(capacity, 1) if size >= (capacity > 0).sum() else 0 * capacity
    for _ in range(min(size, int(capacity.sum())) - int(questions.sum())):
        gain = weights / np.sqrt(np.maximum(questions * (questions + 1.0), 0.25))
        questions[np.argmax(np.where(questions < capacity, gain, -1.0))] += 1
    return questions
