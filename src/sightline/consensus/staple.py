"""STAPLE: the truth and each expert's reliability estimated together, from their masks alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.mask_votes import NOTHING_SAID, MaskVotes

_START: Final = 0.99999  # every expert's sensitivity and specificity at the beginning
_SETTLED: Final = 1e-14
_MOST: Final = 10_000  # iterations


@dataclass(frozen=True)
class Staple:
    """What experts' binary masks amount to.

    Parameters
    ----------
    probability : (pattern,) float64
        That a pixel with that pattern of answers is foreground.
    sensitivity, specificity : (expert,) float64
        Share of the true foreground (background) that an expert marked as such; NaN where there is
        none, or the expert said nothing.
    iterations
        Until they settled.
    """

    probability: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    specificity: NDArray[np.float64]
    iterations: int


def staple(votes: MaskVotes, label: int = 1) -> Staple:
    """Estimate one class against all others by expectation and maximisation.

    The prior is the share of all answers that gave the class, the same for all pixels, and stays.
    As all that counts is which experts marked a pixel, the work is that of the patterns, not of the
    pixels.

    Parameters
    ----------
    votes
        Of one image, or of several for one reliability an expert (`pool_votes`).
    label
        The class that counts as foreground.

    References
    ----------
    Warfield, Zou and Wells, Simultaneous truth and performance level estimation (2004), sections
    II.C and II.D.
    """
    said = votes.patterns != NOTHING_SAID
    marked = (votes.patterns == label) & said
    left = ~marked & said
    pixels = votes.counts.astype(np.float64)
    answers = float(pixels @ said.sum(axis=1))
    prior = float(pixels @ marked.sum(axis=1)) / answers if answers else 0.0
    experts = votes.experts
    if prior in (0.0, 1.0):
        unknown = np.full(experts, np.nan)
        whole = np.ones(experts)
        found = (unknown, whole) if prior == 0.0 else (whole, unknown)
        return Staple(np.full(len(pixels), prior), *found, 0)
    sensitivity, specificity = np.full(experts, _START), np.full(experts, _START)
    count = 0
    while count < _MOST:
        count += 1
        chance = _chance(marked, left, sensitivity, specificity, prior)
        before = np.concatenate([sensitivity, specificity])
        sensitivity = _share(pixels * chance, marked, said)
        specificity = _share(pixels * (1 - chance), left, said)
        if np.nanmax(np.abs(np.concatenate([sensitivity, specificity]) - before)) < _SETTLED:
            break
    chance = _chance(marked, left, sensitivity, specificity, prior)
    return Staple(chance, sensitivity, specificity, count)


def _chance(
    marked: NDArray[np.bool_],
    left: NDArray[np.bool_],
    sensitivity: NDArray[np.float64],
    specificity: NDArray[np.float64],
    prior: float,
) -> NDArray[np.float64]:
    """(pattern,) probability of foreground, by Bayes."""
    yes = np.where(marked, sensitivity, np.where(left, 1 - sensitivity, 1)).prod(axis=1)
    no = np.where(marked, 1 - specificity, np.where(left, specificity, 1)).prod(axis=1)
    yes, no = prior * yes, (1 - prior) * no
    return np.divide(yes, yes + no, out=np.full(len(yes), prior), where=yes + no > 0)


def _share(
    weight: NDArray[np.float64], agreed: NDArray[np.bool_], said: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(expert,) weighted share of what each said that agreed."""
    whole = weight @ said
    found = np.full(said.shape[1], np.nan)
    np.divide(weight @ agreed, whole, out=found, where=whole > 0)
    return found
