"""Logistic regression where only some of the positives are labelled, and nothing is negative.

Whoever points at things points at some of them, so what he left alone is no example of "no such
thing". A labelled example is taken as a positive that was labelled with a probability, the same for
all; expectation and maximisation alternate between what each unlabelled example probably is, and
the classifier together with that probability.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.learn.logistic import LogisticModel, fit_logistic

_ROUNDS: Final = 6  # more change nothing where most are labelled, and drift where few are
_CERTAIN: Final = 0.999


@dataclass(frozen=True)
class PresenceModel:
    """What was learnt from some positives and a mixture.

    Parameters
    ----------
    classifier
        Gives the probability of being positive, labelled or not.
    share
        Of the positives that are labelled, 0 to 1.
    """

    classifier: LogisticModel
    share: float


def fit_presence_only(
    X: NDArray[np.float64], labelled: NDArray[np.bool_], prior: LogisticModel, *, l2: float
) -> PresenceModel:
    """Fit to labelled positives and to examples that may be either.

    Parameters
    ----------
    X : (example, feature) float64
        Standardised, finite.
    labelled : (example,) bool
        At least one, and not all.
    prior
        What is believed before: the fit starts there, and the penalty pulls there. Without it few
        labels would not tell a rare thing that was labelled from a frequent one that was not.
    l2
        Penalty on the distance from it, relative to the sum of the losses.

    References
    ----------
    Ward and others, Presence-only data and the EM algorithm (2009). They know the share of
    positives; here it is estimated, and the prior keeps it from drifting.
    """
    naive = fit_logistic(X, labelled, l2=l2, towards=prior)
    found = [_alternated(X, labelled, prior, start, l2) for start in (prior, naive)]
    return max(found, key=lambda one: _evidence(X, labelled, prior, one, l2))


def _alternated(
    X: NDArray[np.float64],
    labelled: NDArray[np.bool_],
    prior: LogisticModel,
    model: LogisticModel,
    l2: float,
) -> PresenceModel:
    """Alternate between what the unlabelled ones are and the classifier, from a first one."""
    others = ~labelled
    both = np.concatenate([X, X[others]])  # each unlabelled one as a positive and as a negative
    positive = np.arange(len(both)) < len(X)
    share = float(labelled.sum() / np.where(labelled, 1.0, model.probability(X)).sum())
    for _ in range(_ROUNDS):
        chance = np.minimum(model.probability(X), _CERTAIN)
        present = np.where(labelled, 1.0, chance * (1 - share) / (1 - share * chance))
        share = float(labelled.sum() / present.sum())
        weights = np.concatenate([present, 1 - present[others]])
        model = fit_logistic(both, positive, l2=l2, weights=weights, start=model, towards=prior)
    return PresenceModel(model, share)


def _evidence(
    X: NDArray[np.float64],
    labelled: NDArray[np.bool_],
    prior: LogisticModel,
    found: PresenceModel,
    l2: float,
) -> float:
    """Log-likelihood of who is labelled, less the penalty."""
    chance = np.clip(found.share * found.classifier.probability(X), 1e-12, 1 - 1e-12)
    away = found.classifier.coefficients - prior.coefficients
    penalty = away @ away + (found.classifier.intercept - prior.intercept) ** 2
    return float(np.log(np.where(labelled, chance, 1 - chance)).sum() - l2 / 2 * penalty)
