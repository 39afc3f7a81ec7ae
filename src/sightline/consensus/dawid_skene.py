"""Several classes: the truth and each expert's confusions estimated together, from their masks."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.consensus.mask_votes import NOTHING_SAID, MaskVotes

_SETTLED: Final = 1e-10
_MOST: Final = 10_000  # iterations


@dataclass(frozen=True)
class Confusions:
    """What experts' masks of several classes amount to.

    Parameters
    ----------
    probability : (pattern, class) float64
        Of each class, at a pixel with that pattern of answers.
    confusion : (expert, class given, true class) float64
        How often each expert gave a class where another is true; columns add up to 1, or are NaN
        where the class does not occur.
    prior : (class,) float64
        Share of each class.
    iterations
        Until they settled.
    """

    probability: NDArray[np.float64]
    confusion: NDArray[np.float64]
    prior: NDArray[np.float64]
    iterations: int


def dawid_skene(votes: MaskVotes, *, fixed_prior: bool = False) -> Confusions:
    """Estimate classes and confusions by expectation and maximisation, from the majority on.

    Parameters
    ----------
    votes
        Of one image, or of several for one reliability an expert (`pool_votes`).
    fixed_prior
        Whether the share of each class stays that among all answers, as in STAPLE of several
        labels; else it is estimated too, as Dawid and Skene do.

    References
    ----------
    Dawid and Skene, Maximum likelihood estimation of observer error-rates (1979); with a fixed
    prior, Rohlfing, Russakoff and Maurer, Performance-based classifier combination (2004).
    """
    classes, pixels = votes.classes, votes.counts.astype(np.float64)
    gave = np.stack([votes.patterns == label for label in range(classes)], axis=2).astype(float)
    prior = np.einsum("p,pek->k", pixels, gave)
    prior /= max(prior.sum(), 1)
    chance = _by_majority(votes)
    confusion = _confusion(pixels, gave, chance)
    count = 0
    while count < _MOST:
        count += 1
        if not fixed_prior:
            prior = pixels @ chance / max(pixels.sum(), 1)
        chance = by_bayes(votes, confusion, prior)
        before, confusion = confusion, _confusion(pixels, gave, chance)
        if np.nanmax(np.abs(confusion - before), initial=0) < _SETTLED:
            break
    return Confusions(chance, confusion, prior, count)


def _by_majority(votes: MaskVotes) -> NDArray[np.float64]:
    """(pattern, class) 1 for the class with most votes; classes that tie share, unsaid ones too."""
    counts = np.stack([(votes.patterns == label).sum(axis=1) for label in range(votes.classes)], 1)
    best = (counts == counts.max(axis=1, keepdims=True)).astype(np.float64)
    return best / best.sum(axis=1, keepdims=True)


def _confusion(
    pixels: NDArray[np.float64], gave: NDArray[np.float64], chance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(expert, class given, true class)."""
    found = np.einsum("p,pek,pt->ekt", pixels, gave, chance)
    whole = found.sum(axis=1, keepdims=True)
    return np.divide(found, whole, out=np.full_like(found, np.nan), where=whole > 0)


def by_bayes(
    votes: MaskVotes, confusion: NDArray[np.float64], prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(pattern, class) probabilities by Bayes' rule; the prior where nobody can have said this.

    Parameters
    ----------
    votes
        Of experts in the order of ``confusion``, who give no other classes.
    confusion : (expert, class given, true class) float64
        NaN counts as never.
    prior : (class,) float64
        Share of each class.
    """
    known = np.where(np.isnan(confusion), 0, confusion)
    found = np.tile(prior, (len(votes.patterns), 1))
    for expert in range(votes.experts):
        said = votes.patterns[:, expert]
        found *= np.where(said[:, None] == NOTHING_SAID, 1, known[expert][said])
    whole = found.sum(axis=1, keepdims=True)
    return np.divide(found, whole, out=np.tile(prior, (len(found), 1)), where=whole > 0)
