"""Precision, recall, false-positive rate and number of cells of a result, from an audit's answers.

Labels that an annotator gave are right by definition; only the machine's can be wrong. So two
numbers are unknown: false cells and missed cells. Each is summed over strata of known size. The
share of errors in a stratum is bounded by Walley's imprecise beta model (J. R. Stat. Soc. B 1996):
instead of one prior, all priors of a given strength, and of their posteriors the most extreme. All
strata of a label share a prior strength of one answer; with a single stratum that is exactly the
interval of Clopper and Pearson. No part is a normal approximation, and none trusts the machine's
probabilities.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.trust.audit import STRATA, Audit, find_stratum, predicted_error, stratum_counts
from sightline.trust.bounds import Estimate, check_confidence

DRAWS: Final = 4000
"""How often the unseen errors are simulated for the bounds."""

_Numbers = NDArray[np.float64]
_Four = tuple[_Numbers, _Numbers, _Numbers, _Numbers]


@dataclass(frozen=True, slots=True)
class Probes:
    """Answers to questions that were drawn at random among the undecided while sorting.

    They are compared with predictions of a learner that has not seen them, such as one fitted
    without these answers: a learner is more often right about what it was taught.

    Parameters
    ----------
    cell
        (probe,) bool, the label that such a learner gives.
    probability
        (probe,) its probability of a cell.
    answers
        (probe,) 1 for a cell, 0 for none, -1 for unsure.
    """

    cell: NDArray[np.bool_]
    probability: NDArray[np.float64]
    answers: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a result is, as its audit measured it.

    Parameters
    ----------
    precision
        Share of true cells among those called cells.
    recall
        Share of those called cells among the true cells.
    false_positive_rate
        Share of those called cells among what is none.
    cells
        Number of true cells among all items.
    answered
        Audit answers that count.
    unsure
        Answers of the audit and probes that were unsure; they are left out, as if they were spread
        like the others of their stratum.
    probes
        Probe answers that count.
    """

    precision: Estimate
    recall: Estimate
    false_positive_rate: Estimate
    cells: Estimate
    answered: int
    unsure: int
    probes: int


def estimate_quality(
    audit: Audit,
    answers: NDArray[Any],
    rng: np.random.Generator,
    probes: Probes | None = None,
    confidence: float = 0.95,
) -> Quality:
    """Estimate the quality of the labels under audit, as they stood when it was drawn.

    Parameters
    ----------
    audit
        The sample.
    answers
        (question,) answers to ``audit.drawn`` in its order, or to as many of the first of them as
        were asked: 1 for a cell, 0 for none, -1 for unsure.
    rng
        Source of randomness of the simulated bounds; a fixed seed gives the same bounds again.
    probes
        Random questions that were answered while sorting. A probe counts like an audited item of
        its stratum. That neglects that the query strategy has taken some items of the stratum
        away, which changes little within so narrow a range of predicted errors.
    confidence
        Coverage of each pair of bounds.

    Returns
    -------
    Quality
        Four estimates with two-sided bounds, and the number of answers behind them.

    Raises
    ------
    InputError
        If there are more answers than questions, or other answers than 1, 0 and -1.
    SettingError
        If ``confidence`` is not between 0 and 1.
    """
    check_confidence(confidence)
    of_audit = _check_answers("answers", answers, len(audit.drawn))
    items = audit.drawn[: len(of_audit)]
    seen, wrong = _tally(audit.stratum[items], audit.cell[items], of_audit)
    of_probes = np.zeros(0, dtype=np.int8)
    probed = probed_wrong = np.zeros_like(seen)
    if probes is not None:
        of_probes = _check_answers("probes", probes.answers, len(probes.cell))
        error = predicted_error(probes.cell, probes.probability)
        stratum = find_stratum(audit.edges, probes.cell, error)
        probed, probed_wrong = _tally(stratum, probes.cell, of_probes)

    unseen = stratum_counts(audit.stratum[~audit.human]) - seen
    trials, errors = seen + probed, wrong + probed_wrong
    rate = np.where(trials > 0, errors / trials.clip(1), _predicted_rate(audit))
    few, many = _extreme_rates(trials, errors, _prior_strength(audit), rng)
    estimates = _combine(
        audit,
        _by_label(wrong + unseen * rate),
        _by_label(wrong + rng.binomial(unseen, few)),
        _by_label(wrong + rng.binomial(unseen, many)),
        (1 - confidence) / 2,
    )
    unsure = int((of_audit < 0).sum() + (of_probes < 0).sum())
    return Quality(*estimates, int(seen.sum()), unsure, int(probed.sum()))


def _check_answers(where: str, answers: NDArray[Any], most: int) -> NDArray[np.int8]:
    found = np.asarray(answers)
    if found.ndim != 1 or len(found) > most or not np.isin(found, (-1, 0, 1)).all():
        raise InputError(
            where,
            f"an array of shape {found.shape}, or other values",
            f"at most {most} answers of 1 (cell), 0 (not a cell) or -1 (unsure)",
            "Give the answers in the order of the questions.",
        )
    return found.astype(np.int8)


def _tally(
    stratum: NDArray[np.intp], cell: NDArray[np.bool_], answers: NDArray[np.int8]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Count the sure answers of each stratum, and those that contradict the label."""
    sure = answers >= 0
    contradicted = sure & ((answers == 1) != cell)
    return stratum_counts(stratum[sure]), stratum_counts(stratum[contradicted])


def _predicted_rate(audit: Audit) -> _Numbers:
    machine = ~audit.human
    total = np.bincount(audit.stratum[machine], audit.error[machine], minlength=2 * STRATA)
    return total / stratum_counts(audit.stratum[machine]).clip(1)


def _prior_strength(audit: Audit) -> _Numbers:
    """Spread one answer over the strata of each label that hold items."""
    occupied = stratum_counts(audit.stratum[~audit.human]).reshape(2, STRATA) > 0
    return np.repeat(1 / occupied.sum(axis=1).clip(1), STRATA)


def _extreme_rates(
    trials: NDArray[np.intp],
    errors: NDArray[np.intp],
    strength: _Numbers,
    rng: np.random.Generator,
) -> tuple[_Numbers, _Numbers]:
    """Draw (draw, stratum) error rates from the lowest and highest posteriors of all priors."""
    shape = (DRAWS, len(trials))
    right = trials - errors
    few = np.where(errors > 0, rng.beta(errors.clip(1), right + strength, shape), 0.0)
    many = np.where(right > 0, rng.beta(errors + strength, right.clip(1), shape), 1.0)
    return few, many


def _by_label(errors: NDArray[Any]) -> _Numbers:
    """Sum (..., stratum) errors to (label, ...): first missed, then false cells."""
    return np.stack([errors[..., :STRATA].sum(axis=-1), errors[..., STRATA:].sum(axis=-1)])


def _combine(
    audit: Audit, value: _Numbers, few: _Numbers, many: _Numbers, tail: float
) -> tuple[Estimate, Estimate, Estimate, Estimate]:
    """Bound each quantity where missed and false cells, few or many, make it least or greatest."""
    central = _quantities(audit, *value)
    best, worst = _quantities(audit, *few), _quantities(audit, *many)
    fewest, most = _quantities(audit, few[0], many[1]), _quantities(audit, many[0], few[1])

    def estimate(quantity: int, least: _Four, greatest: _Four) -> Estimate:
        # Where a draw leaves nothing to take a share of, the share may be anything.
        low = np.quantile(np.nan_to_num(least[quantity], nan=0.0), tail)
        high = np.quantile(np.nan_to_num(greatest[quantity], nan=1.0), 1 - tail)
        return Estimate(float(central[quantity]), float(low), float(high))

    return (
        estimate(0, worst, best),
        estimate(1, worst, best),
        estimate(2, best, worst),
        estimate(3, fewest, most),
    )


def _quantities(audit: Audit, missed: _Numbers, false: _Numbers) -> _Four:
    called = audit.cell.sum() + np.zeros_like(false)
    cells = called - false + missed
    return (
        _share(called - false, called),
        _share(called - false, cells),
        _share(false, len(audit.cell) - cells),
        cells,
    )


def _share(part: _Numbers, whole: _Numbers) -> _Numbers:
    share = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    # Sums of estimated errors can leave the range by a rounding error.
    return np.clip(share, 0.0, 1.0)
