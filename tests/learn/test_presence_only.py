"""Where only some positives are labelled, the others are told from the negatives all the same."""

import numpy as np
import pytest

from sightline.learn.logistic import LogisticModel
from sightline.learn.presence_only import fit_presence_only

PRIOR = LogisticModel(np.array([1.0, 0.0]), -1.0)


def two_kinds(share: float, seed: int = 0):
    """Examples, which are positive, and which of these are labelled."""
    rng = np.random.default_rng(seed)
    positive = np.arange(1200) < 300
    X = rng.normal(0, 1, (1200, 2)) + np.where(positive[:, None], [2.5, 1.5], [-0.5, 0.0])
    return X, positive, positive & (rng.random(1200) < share)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2])
def test_the_share_that_was_labelled_is_found(share: float) -> None:
    X, _, labelled = two_kinds(share)
    assert fit_presence_only(X, labelled, PRIOR, l2=1.0).share == pytest.approx(share, abs=0.1)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2])
def test_unlabelled_positives_are_more_probable_than_not(share: float) -> None:
    X, positive, labelled = two_kinds(share, seed=1)
    said = fit_presence_only(X, labelled, PRIOR, l2=1.0).classifier.probability(X) > 0.5
    assert said[positive].mean() > 0.9
    assert said[~positive].mean() < 0.05


def test_with_one_label_the_prior_stands() -> None:
    X, _, _ = two_kinds(1.0)
    labelled = np.arange(len(X)) == 5
    found = fit_presence_only(X, labelled, PRIOR, l2=100.0).classifier
    np.testing.assert_allclose(found.coefficients, PRIOR.coefficients, atol=0.3)


def test_what_separates_clearly_needs_no_prior() -> None:
    """Where labelled ones stand apart, nothing that looks otherwise counts as left out."""
    rng = np.random.default_rng(2)
    labelled = np.arange(400) < 30
    X = rng.normal(0, 0.5, (400, 2)) + np.where(labelled[:, None], [4.0, 4.0], [2.0, -1.0])
    found = fit_presence_only(X, labelled, LogisticModel(np.array([2.0, 0.0]), 0.0), l2=0.5)
    assert found.share > 0.9
    assert (found.classifier.probability(X)[~labelled] < 0.5).mean() > 0.98
