"""Training on an earlier recording's answers, let go one by one (paper, Algorithm S2)."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sightline.learn.logistic import LogisticModel
from sightline.query.doubt import doubt

DropRule = Literal["uncertain", "contradicting"]


@dataclass(frozen=True)
class EarlierAnswers:
    """Answered candidates of an earlier recording, standardised by itself.

    After each fit one of them is dropped: the most ``uncertain`` (the paper), or the one whose own
    answer the new classifier finds least probable, ``contradicting`` (the reference's code). One
    would expect the second to be better, for the first removes the boundary that was learned; on
    real recordings the first is (docs/benchmark.md).

    Parameters
    ----------
    X : (answer, column) float32
    label : (answer,) int8
        1 cell, 0 not.
    drop
        Which answer goes after each fit.
    """

    X: NDArray[np.float32]
    label: NDArray[np.int8]
    drop: DropRule = "uncertain"

    def join(
        self, X: NDArray[np.float32], label: NDArray[np.int8]
    ) -> tuple[NDArray[np.float32], NDArray[np.int8], NDArray[np.float32]]:
        """Put the new recording's answers and these together.

        The paper oversamples at random; here each of the two recordings weighs as much as the
        larger one, which is what that amounts to on average, and does not vary.

        Returns
        -------
        (answer, column), (answer,), (answer,)
            Rows, labels, and weights.
        """
        if not len(label) or not len(self.label):
            both = np.concatenate([X, self.X]), np.concatenate([label, self.label])
            return *both, np.ones(len(both[1]), np.float32)
        larger = max(len(label), len(self.label))
        weights = np.repeat(
            np.array([larger / len(label), larger / len(self.label)], np.float32),
            [len(label), len(self.label)],
        )
        return np.concatenate([X, self.X]), np.concatenate([label, self.label]), weights

    def drop_one(self, model: LogisticModel) -> "EarlierAnswers":
        """Return the answers without the one that the rule names; unchanged if none is left."""
        if not len(self.label):
            return self
        p = model.probability(self.X)
        against = doubt(p) if self.drop == "uncertain" else np.abs(p - self.label)
        gone = int(np.argmax(against))
        return replace(self, X=np.delete(self.X, gone, 0), label=np.delete(self.label, gone))
