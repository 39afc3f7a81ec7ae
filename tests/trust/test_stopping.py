import h5py
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sightline.errors import InputError, SettingError
from sightline.trust import expected_changes

COUNTS = np.arange(10, 201, 10)


def averaging_learner(rng, items=500, sessions=200):
    """(fit, item) labels of items above an average that settles as answers come in."""
    position = rng.normal(size=(sessions, items))
    answers = rng.normal(size=(sessions, 400))
    level = np.cumsum(answers, axis=1) / np.arange(1, 401)
    return np.array([(position > level[:, [count - 1]]).ravel() for count in (*COUNTS, 400)])


def test_the_changes_expected_of_a_settling_learner_come():
    history = averaging_learner(np.random.default_rng(0))
    expected = expected_changes(history[:-1], COUNTS, 200).labels
    assert expected == pytest.approx((history[-1] != history[-2]).sum(), rel=0.15)


def test_labels_that_have_settled_are_expected_to_stay():
    assert expected_changes(np.ones((5, 40)), np.arange(1, 6), 100).labels == 0


def test_no_more_answers_change_nothing_and_more_answers_change_more():
    history = averaging_learner(np.random.default_rng(1))[:-1]
    changes = [expected_changes(history, COUNTS, more).labels for more in (0, 10, 100, 1000)]
    assert changes[0] == 0
    assert changes == sorted(set(changes))


def test_the_past_before_half_the_answers_does_not_count():
    history = averaging_learner(np.random.default_rng(2))[:-1]
    other = np.concatenate([~history[:5], history[5:]])
    assert expected_changes(history, COUNTS, 50) == expected_changes(other, COUNTS, 50)


@pytest.mark.parametrize(
    ("history", "counts"),
    [(np.ones((1, 3)), [5]), (np.ones((2, 3)), [5, 5]), (np.ones((2, 3)), [5]), (np.ones(3), [5])],
)
def test_what_is_not_a_history_is_refused(history, counts):
    with pytest.raises(InputError, match=r"label_history|answered_counts"):
        expected_changes(history, np.array(counts), 10)
    with pytest.raises(SettingError):
        expected_changes(np.ones((2, 3)), np.array([1, 2]), -1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ebrahimi_reanalysis", "m1_hempishere", "m2_hempishere"])
def test_in_simulated_sessions_most_expectations_are_right_within_a_factor_of_two(
    shared_data, name
):
    with h5py.File(shared_data / "actsort-benchmark" / f"{name}.mat") as file:
        metrics = np.asarray(file["metrics"], dtype=float)
        annotators = [np.asarray(file[key]).ravel() > 0 for key in file if key.endswith("_choices")]
    metrics = (metrics - metrics.mean(axis=0)) / metrics.std(axis=0).clip(1e-9)
    right = []
    for seed, verdicts in enumerate(annotators):
        counts, history = closed_loop(metrics.clip(-3, 3), verdicts, np.random.default_rng(seed))
        for now in range(7, len(counts)):
            for later in range(now + 1, len(counts)):
                more = counts[later] - counts[now]
                expected = expected_changes(history[: now + 1], counts[: now + 1], more)
                came = (history[later] != history[now]).sum()
                right.append(expected.low <= came <= expected.high)
    assert np.mean(right) > 0.9


def closed_loop(features, verdicts, rng, answers=300):
    """Ask where the learner is least sure; keep all labels every ten answers."""
    asked = [
        *rng.choice(np.flatnonzero(verdicts), 3, replace=False),
        *rng.choice(np.flatnonzero(~verdicts), 3, replace=False),
    ]
    counts, history = [], []
    while len(asked) <= answers:
        model = LogisticRegression(C=0.1, tol=1e-3, max_iter=500)
        model.fit(features[asked], verdicts[asked])
        probability = model.predict_proba(features)[:, 1]
        labels = probability > probability.mean()
        labels[asked] = verdicts[asked]
        counts.append(len(asked))
        history.append(labels)
        doubt = np.abs(probability - 0.5)
        doubt[asked] = 1
        asked.extend(np.argsort(doubt)[:10])
    return np.array(counts), np.array(history)
