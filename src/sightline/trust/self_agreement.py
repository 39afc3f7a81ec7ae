"""How far an annotator agrees with himself, and whether he changes as he goes on.

What an annotator is asked twice, unannounced, gives pairs of verdicts on the same candidates: their
agreement, and a fair test of drift. The share of accepted among all answers gives none: which
candidates a query strategy chooses, and which are left, changes as the session goes on.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError
from sightline.trust.bounds import Estimate, clopper_pearson

FEWEST_PAIRS: Final = 10
"""With fewer pairs nothing is said of drift."""

MOST_BLOCKS: Final = 8
FEWEST_IN_A_BLOCK: Final = 25


@dataclass(frozen=True, slots=True)
class SelfAgreement:
    """How often one annotator said the same of the same candidates.

    Parameters
    ----------
    pairs
        Candidates judged twice.
    share
        Of them, how many got the same class twice, with exact bounds; NaN without pairs.
    kappa
        Cohen's kappa (1960): the part of the agreement that chance does not explain. NaN where all
        verdicts are of one class, or there are none.
    """

    pairs: int
    share: Estimate
    kappa: float


@dataclass(frozen=True, slots=True)
class LeniencyChange:
    """Whether verdicts of the same candidates became more or less lenient.

    Parameters
    ----------
    pairs
        Candidates judged twice.
    to_accepted, to_rejected
        How many of them were accepted only the second time, only the first time.
    p_value
        Exact two-sided McNemar test (1947): how likely so uneven a change is if both ways are as
        likely. NaN with fewer than `FEWEST_PAIRS` pairs.
    """

    pairs: int
    to_accepted: int
    to_rejected: int
    p_value: float


@dataclass(frozen=True, slots=True)
class AnswerBlock:
    """A stretch of answers that follow each other.

    Parameters
    ----------
    first, last
        Which answers, counted from 1, both inclusive.
    accepted
        Share of those with a known class that accept; NaN without any.
    seconds
        Median time of an answer; NaN where none was measured.
    repeats, agreed
        Second answers in it, and how many of them say the same as the first.
    """

    first: int
    last: int
    accepted: float
    seconds: float
    repeats: int
    agreed: int


def self_agreement(
    first: NDArray[Any], second: NDArray[Any], confidence: float = 0.95
) -> SelfAgreement:
    """Compare first and second verdicts of the same candidates.

    Parameters
    ----------
    first, second
        (candidate,) class numbers.
    confidence
        Coverage of the bounds.

    Raises
    ------
    InputError
        If there are not as many of one as of the other.
    """
    first, second = _paired(first, second)
    same = first == second
    share = clopper_pearson(int(same.sum()), len(same), confidence)
    classes = np.union1d(first, second)
    by_chance = sum(float((first == one).mean() * (second == one).mean()) for one in classes)
    known = len(same) > 0 and by_chance < 1
    kappa = (share.value - by_chance) / (1 - by_chance) if known else float("nan")
    return SelfAgreement(len(same), share, kappa)


def leniency_change(first: NDArray[Any], second: NDArray[Any]) -> LeniencyChange:
    """Test whether second verdicts accept more, or less, than first ones of the same candidates.

    Parameters
    ----------
    first, second
        (candidate,) bool: accepted.

    Raises
    ------
    InputError
        If there are not as many of one as of the other.
    """
    from scipy.special import bdtr  # noqa: PLC0415 - a tenth of a second, seldom needed

    first, second = _paired(first, second)
    to_accepted = int((~first & second).sum())
    to_rejected = int((first & ~second).sum())
    changed = to_accepted + to_rejected
    p = min(1.0, 2 * float(bdtr(min(to_accepted, to_rejected), changed, 0.5)))
    p = p if len(first) >= FEWEST_PAIRS else float("nan")
    return LeniencyChange(len(first), to_accepted, to_rejected, p)


def answer_blocks(
    accepted: NDArray[Any], seconds: NDArray[Any], agrees: NDArray[Any]
) -> tuple[AnswerBlock, ...]:
    """Cut answers into at most `MOST_BLOCKS` equal blocks of `FEWEST_IN_A_BLOCK` or more.

    Fewer answers than that make one block, none make none.

    Parameters
    ----------
    accepted
        (answer,) in the order given: 1 accepted, 0 rejected, NaN where neither is known.
    seconds
        (answer,) time taken; NaN where it was not measured.
    agrees
        (answer,) of a repeat: 1 if it says the same as the first answer, else 0; NaN of all others.

    Returns
    -------
    tuple of AnswerBlock
        In order.
    """
    number = min(max(len(accepted) // FEWEST_IN_A_BLOCK, 1), MOST_BLOCKS)
    parts = np.array_split(np.arange(len(accepted)), number) if len(accepted) else []
    blocks = []
    for part in parts:
        repeats = agrees[part][~np.isnan(agrees[part])]
        blocks.append(
            AnswerBlock(
                int(part[0]) + 1,
                int(part[-1]) + 1,
                _known(np.nanmean, accepted[part]),
                _known(np.nanmedian, seconds[part]),
                len(repeats),
                int(repeats.sum()),
            )
        )
    return tuple(blocks)


def _known(statistic: Any, values: NDArray[Any]) -> float:
    """A statistic of what is known; NaN where nothing is."""
    return float("nan") if np.isnan(values).all() else float(statistic(values))


def _paired(first: NDArray[Any], second: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    first, second = np.asarray(first), np.asarray(second)
    if first.ndim != 1 or first.shape != second.shape:
        raise InputError(
            "verdicts to compare",
            f"arrays of shapes {first.shape} and {second.shape}",
            "one first and one second verdict of each candidate",
            "Give both in the same order.",
        )
    return first, second
