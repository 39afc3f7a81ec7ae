"""What a query strategy may look at, and what it returns."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Pool:
    """Candidates, what is decided of them, and what the classifier believes.

    Parameters
    ----------
    features : (candidate, feature) float32
        Standardised, each recording by itself; several recordings are stacked.
    decided : (candidate,) bool
        Has an answer that trains the classifier.
    closed : (candidate,) bool
        Must not be asked: decided, answered "unsure", skipped, or being judged by someone else.
    probability : (candidate,) or (candidate, class) float32, optional
        Of the first class, or of each; ``None`` before the first fit.
    order : (candidate,) int, optional
        Rank that came with the data, smallest first; that of the rows if not given.
    """

    features: NDArray[np.float32]
    decided: NDArray[np.bool_]
    closed: NDArray[np.bool_]
    probability: NDArray[np.floating] | None = None
    order: NDArray[np.integer] | None = None


@dataclass(frozen=True)
class Ranking:
    """Scores of a strategy; the undecided items in the order in which to ask them.

    Parameters
    ----------
    score : (candidate,) float32
        Higher is asked sooner; ``-inf`` where the item must not be asked.
    reason
        Says in words why an item scores as it does, without telling its predicted class.
    """

    score: NDArray[np.float32]
    reason: Callable[[int], str]

    def first(self, n: int = 1) -> NDArray[np.intp]:
        """Indices of the ``n`` best, best first, ties by index; fewer where fewer are left."""
        if n == 1:
            best = int(np.argmax(self.score)) if self.score.size else 0
            found = self.score.size and self.score[best] > -np.inf
            return np.array([best] if found else [], np.intp)
        if n >= self.score.size:
            return self.order()
        cut = np.partition(self.score, self.score.size - n)[self.score.size - n]
        near = np.flatnonzero((self.score >= cut) & (self.score > -np.inf))
        return near[np.argsort(-self.score[near], kind="stable")][:n]

    def order(self) -> NDArray[np.intp]:
        """Indices of all items that may be asked, best first, ties by index."""
        everything = np.argsort(-self.score, kind="stable")
        return everything[self.score[everything] > -np.inf]


def rank(
    score: NDArray[np.floating], closed: NDArray[np.bool_], reason: Callable[[int], str]
) -> Ranking:
    """Return the ranking of the items that are not closed."""
    open_score = score.astype(np.float32)
    open_score[closed] = -np.inf
    return Ranking(open_score, reason)
