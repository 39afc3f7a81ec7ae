import h5py
import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, recall_score

from sightline.consensus import pairwise_agreement

NA = np.nan


@pytest.fixture(scope="module")
def neocortex(shared_data):
    """The four annotators of Table S2, in its order: guinea pig, lion, dragon, cheetah."""
    path = shared_data / "actsort-benchmark" / "ebrahimi_reanalysis.mat"
    names = ("guinea_pig", "lion", "dragon", "cheetah")
    with h5py.File(path) as file:
        choices = [np.asarray(file[f"{name}_choices"]).ravel() for name in names]
    return (np.stack(choices, axis=1) > 0).astype(np.int8)


def test_true_positive_rates_are_those_of_table_s2(neocortex):
    published = [
        [NA, 0.641, 0.831, 0.790],
        [0.988, NA, 0.976, 0.969],
        [0.959, 0.730, NA, 0.881],
        [0.985, 0.783, 0.952, NA],
    ]
    found = pairwise_agreement(neocortex)
    np.testing.assert_array_equal(found.true_positive_rate.round(3), published)
    np.testing.assert_array_equal(
        found.mean_true_positive_rate.round(3), [0.977, 0.718, 0.920, 0.880]
    )


def test_true_negative_rates_are_those_of_table_s2(neocortex):
    published = [
        [NA, 0.972, 0.873, 0.956],
        [0.432, NA, 0.630, 0.724],
        [0.592, 0.963, NA, 0.906],
        [0.561, 0.958, 0.784, NA],
    ]
    found = pairwise_agreement(neocortex)
    np.testing.assert_array_equal(found.true_negative_rate.round(3), published)
    np.testing.assert_array_equal(
        found.mean_true_negative_rate.round(3), [0.529, 0.964, 0.762, 0.862]
    )


def test_mean_balanced_accuracies_are_those_of_table_s2(neocortex):
    found = pairwise_agreement(neocortex).mean_balanced_accuracy
    np.testing.assert_array_equal(found.round(2), [0.75, 0.84, 0.84, 0.87])


def test_each_pair_agrees_with_scikit_learn():
    labels = np.random.default_rng(0).integers(0, 2, (200, 3))
    found = pairwise_agreement(labels)
    for evaluator, annotator in [(0, 1), (1, 0), (2, 1)]:
        truth, judged = labels[:, evaluator], labels[:, annotator]
        pair = (evaluator, annotator)
        assert found.true_positive_rate[pair] == pytest.approx(recall_score(truth, judged))
        assert found.balanced_accuracy[pair] == pytest.approx(
            balanced_accuracy_score(truth, judged)
        )


def test_the_standard_deviation_is_over_the_evaluators():
    labels = np.random.default_rng(1).integers(0, 2, (200, 4))
    found = pairwise_agreement(labels)
    first = found.balanced_accuracy[1:, 0]
    assert found.sd_balanced_accuracy[0] == pytest.approx(np.std(first, ddof=1))


def test_a_pair_is_compared_only_where_both_decided():
    labels = np.array([[1, 1], [1, 0], [1, -1], [-1, 1], [0, 0]])
    found = pairwise_agreement(labels)
    assert found.true_positive_rate[0, 1] == 0.5
    assert found.true_positive_rate[1, 0] == 1.0


def test_what_cannot_be_known_is_not_a_number():
    alone = pairwise_agreement(np.array([[1], [0]]))
    assert np.isnan(alone.mean_balanced_accuracy).all()
    all_cells = pairwise_agreement(np.array([[1, 1], [1, 0]]))
    assert np.isnan(all_cells.true_negative_rate[0, 1])
    assert np.isnan(all_cells.sd_balanced_accuracy).all()
