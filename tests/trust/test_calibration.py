import numpy as np
import pytest
from sklearn.calibration import calibration_curve as sklearn_curve
from sklearn.metrics import brier_score_loss

from sightline.errors import InputError
from sightline.trust import (
    brier_score,
    calibration_by_share,
    calibration_curve,
    expected_calibration_error,
)


@pytest.fixture
def calibrated():
    rng = np.random.default_rng(0)
    probability = rng.beta(0.5, 0.5, 20_000)
    return probability, (rng.random(20_000) < probability).astype(int)


def test_the_curve_and_the_brier_score_agree_with_scikit_learn(calibrated):
    probability, truth = calibrated
    observed, predicted = sklearn_curve(truth, probability, n_bins=10)
    curve = calibration_curve(probability, truth)
    np.testing.assert_allclose([each.observed for each in curve], observed)
    np.testing.assert_allclose([each.predicted for each in curve], predicted)
    assert brier_score(probability, truth) == pytest.approx(brier_score_loss(truth, probability))


def test_the_error_is_small_for_true_probabilities_and_large_for_overconfident_ones(calibrated):
    probability, truth = calibrated
    assert expected_calibration_error(probability, truth) < 0.01
    assert expected_calibration_error(probability > 0.5, truth) > 0.1


def test_the_error_of_a_constant_prediction_is_its_distance_from_the_mean():
    assert expected_calibration_error(np.full(4, 0.9), np.array([1, 1, 0, 0])) == pytest.approx(0.4)


def test_probabilities_are_grouped_by_the_share_of_annotators():
    share = np.array([0, 0.25, 0.25, 0.25, 1, np.nan, 1 / 3, 1 - 2 / 3])
    probability = np.array([0.1, 0.2, 0.3, 0.7, 0.9, 0.5, 0.4, 0.6])
    groups = calibration_by_share(probability, share)
    assert [each.count for each in groups] == [1, 3, 2, 1]
    assert groups[1].share == 0.25
    assert groups[1].mean == pytest.approx(0.4)
    assert groups[1].median == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("probability", "truth"),
    [([0.5], [1, 0]), ([1.5], [1]), ([np.nan], [1]), ([0.5], [-1]), ([0.5], [np.nan]), ([], [])],
)
def test_what_is_not_a_pair_of_probability_and_truth_is_refused(probability, truth):
    with pytest.raises(InputError, match="probability"):
        brier_score(np.array(probability), np.array(truth))
