"""How right labels are, held against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from sightline.trust.accuracy import area_under_curve, measure_accuracy

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30)
SCORES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1), st.booleans()), max_size=30
)


@given(PAIRS)
def test_every_share_is_that_of_scikit_learn_and_nan_where_it_has_none(
    pairs: list[tuple[bool, bool]],
) -> None:
    accepted = np.array([a for a, _ in pairs], bool)
    truth = np.array([t for _, t in pairs], bool)
    found = measure_accuracy(accepted, truth)
    if truth.any():
        assert found.true_positive_rate == pytest.approx(recall_score(truth, accepted))
    if (~truth).any():
        assert found.true_negative_rate == pytest.approx(recall_score(~truth, ~accepted))
    if accepted.any():
        assert found.precision == pytest.approx(precision_score(truth, accepted))
    if truth.any() and accepted.any():
        assert found.f1 == pytest.approx(f1_score(truth, accepted))
    shares = (found.true_positive_rate, found.true_negative_rate, found.precision)
    there = (truth.any(), (~truth).any(), accepted.any())
    assert [not np.isnan(share) for share in shares] == list(there)


def test_balanced_accuracy_is_the_mean_of_both_rates_and_recall_the_first() -> None:
    truth = np.array([1, 1, 1, 1, 0], bool)
    found = measure_accuracy(np.array([1, 1, 1, 0, 1], bool), truth)
    assert (found.recall, found.true_negative_rate, found.balanced_accuracy) == (0.75, 0, 0.375)
    assert found.f1 == 0.75


def test_where_no_label_is_right_f1_is_0() -> None:
    truth = np.array([True, False])
    assert measure_accuracy(~truth, truth).f1 == 0


@given(SCORES)
def test_the_area_is_that_of_scikit_learn_ties_included(pairs: list[tuple[float, bool]]) -> None:
    score = np.array([s for s, _ in pairs])
    truth = np.array([t for _, t in pairs], bool)
    found = area_under_curve(score, truth)
    if truth.any() and (~truth).any():
        assert found == pytest.approx(roc_auc_score(truth, score))
    else:
        assert np.isnan(found)


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    rng = np.random.default_rng(0)
    score, truth = rng.integers(0, 20, 200), rng.random(200) < 0.4
    pairs = score[truth][:, None] - score[~truth][None, :]
    assert area_under_curve(score, truth) == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())
