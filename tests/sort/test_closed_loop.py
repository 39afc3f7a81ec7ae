"""The paper's experiment on recordings whose truth is known."""

from dataclasses import astuple, replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, precision_score, roc_auc_score

from sightline.data.features import FeatureTable, check_features
from sightline.query.choose import Strategy
from sightline.sort.closed_loop import (
    answer_earlier,
    fractions_until,
    judge,
    majority_of_others,
    run_closed_loop,
    start_from,
)
from sightline.sort.design import make_design
from sightline.sort.learner import Learner
from sightline.sort.pretraining import EarlierAnswers
from sightline.sort.settings import ACTSORT, DEFAULT, ClassifierSettings


def recording(
    name: str = "m1", n: int = 200, seed: int = 0, apart: float = 8.0, telling: int = 1
) -> tuple[FeatureTable, np.ndarray]:
    """Of the six features, the first ``telling`` tell the classes apart."""
    rng = np.random.default_rng(seed)
    label = (rng.random(n) < 0.6).astype(np.int8)
    values = rng.normal(size=(n, 6))
    values[:, :telling] += apart * label[:, None]
    table = check_features(values, source=name, recording=name, names=tuple("abcdef"), version="v1")
    return table, label


def learner(
    *tables: FeatureTable, name: Any = "dcal", settings: ClassifierSettings = ACTSORT, seed: int = 0
) -> Learner:
    return Learner(make_design(tables, settings), settings, Strategy(name), seed=seed)


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (0.05, (0.01, 0.02, 0.03, 0.05)),
        (0.01, (0.01,)),
        (0.005, (0.005,)),
        (0.25, (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.25)),
        (1.0, (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
    ],
)
def test_a_run_is_judged_at_the_papers_shares_and_where_it_stops(
    stop: float, expected: tuple[float, ...]
) -> None:
    assert fractions_until(stop) == pytest.approx(expected)
    table, truth = recording()
    if stop < 0.5:
        points = run_closed_loop(learner(table, name="random"), truth, truth, stop=stop)
        assert [point.fraction for point in points] == pytest.approx(expected)


def test_each_share_stands_for_that_many_answers() -> None:
    table, truth = recording()
    for stop in (0.01, 0.05, 0.1):
        given = learner(table, name="random")
        run_closed_loop(given, truth, truth, start="cold", stop=stop)
        assert given.decided.sum() == round(stop * 200)


def test_three_of_each_class_of_each_recording_are_given_and_not_counted() -> None:
    tables, labels = zip(recording("m1", seed=1), recording("m2", seed=2), strict=True)
    truth = np.concatenate(labels)
    given = learner(*tables, name="random")
    run_closed_loop(given, truth, truth, stop=0.0025)
    assert given.decided.sum() == 2 * 6 + 1
    for which in (0, 1):
        mine = (given.design.recording == which) & given.decided
        assert (np.bincount(truth[mine]) >= 3).all()


def test_a_class_with_fewer_than_three_candidates_gives_what_it_has() -> None:
    table, truth = recording()
    truth = np.where(np.cumsum(truth == 0) > 2, 1, truth).astype(np.int8)
    given = learner(table, name="random")
    run_closed_loop(given, truth, truth, stop=0.005)
    assert 5 <= given.decided.sum() <= 6


@pytest.mark.parametrize("name", ["random", "cal", "dal", "dcal", "rank"])
@pytest.mark.parametrize("settings", [ACTSORT, DEFAULT])
def test_classes_that_can_be_told_apart_are(name: str, settings: ClassifierSettings) -> None:
    table, truth = recording(telling=6)
    last = run_closed_loop(learner(table, name=name, settings=settings), truth, truth)[-1]
    assert last.balanced_accuracy > 0.95
    assert last.unseen_balanced_accuracy > 0.95
    assert last.auc > 0.99


@pytest.mark.parametrize("name", ["random", "dcal"])
@pytest.mark.parametrize("settings", [ACTSORT, DEFAULT])
def test_random_labels_cannot_be_learned(name: str, settings: ClassifierSettings) -> None:
    scores = []
    for seed in range(4):
        table, _ = recording(n=300, seed=seed)
        truth = np.random.default_rng(100 + seed).integers(0, 2, 300).astype(np.int8)
        given = learner(table, name=name, settings=settings, seed=seed)
        last = run_closed_loop(given, truth, truth, stop=0.1)[-1]
        scores.append((last.unseen_balanced_accuracy, last.unseen_auc))
        assert last.final_balanced_accuracy > last.unseen_balanced_accuracy
    np.testing.assert_allclose(np.mean(scores, 0), 0.5, atol=0.05)


def test_the_figures_are_those_of_scikit_learn() -> None:
    table, truth = recording(apart=1.0)
    evaluators = truth.copy()
    evaluators[:20] = -1
    given = learner(table)
    last = run_closed_loop(given, truth, evaluators)[-1]
    judged = evaluators >= 0
    labels, scores = given.labels()[0], given.probability
    assert scores is not None
    own = np.where(given.decided, given.answers, labels)
    unseen = judged & ~given.decided
    expected = {
        "balanced_accuracy": balanced_accuracy_score(truth[judged], labels[judged]),
        "precision": precision_score(truth[judged], labels[judged]),
        "f1": f1_score(truth[judged], labels[judged]),
        "auc": roc_auc_score(truth[judged], scores[judged]),
        "final_balanced_accuracy": balanced_accuracy_score(truth[judged], own[judged]),
        "unseen_balanced_accuracy": balanced_accuracy_score(truth[unseen], labels[unseen]),
        "unseen_auc": roc_auc_score(truth[unseen], scores[unseen]),
    }
    for name, value in expected.items():
        assert getattr(last, name) == pytest.approx(value), name
    assert last.recall == last.true_positive_rate


def test_a_cold_start_knows_nothing_before_and_gets_there_by_itself() -> None:
    table, truth = recording(n=300)
    given = learner(table)
    points = run_closed_loop(given, truth, truth, start="cold", stop=0.1)
    assert given.decided.sum() == 30
    assert points[0].fraction == 0.01
    assert points[-1].balanced_accuracy > 0.95


def test_before_both_classes_are_answered_there_is_no_skill() -> None:
    table, truth = recording()
    given = learner(table)
    first = judge(given, truth, 0.0)
    assert (first.auc, first.true_positive_rate, first.true_negative_rate) == (0.5, 0, 1)
    assert np.isnan(first.label_classifier_weight)


def test_the_weight_of_novelty_is_told_for_dcal_only() -> None:
    table, truth = recording()
    for name in ("dcal", "cal", "dal", "random"):
        last = run_closed_loop(learner(table, name=name), truth, truth)[-1]
        assert np.isfinite(last.label_classifier_weight) == (name == "dcal")


def test_the_same_seed_gives_the_same_run() -> None:
    table, truth = recording(apart=1.0)
    runs = [
        [astuple(p) for p in run_closed_loop(learner(table, seed=seed), truth, truth)]
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_candidates_the_annotator_cannot_judge_are_asked_once_and_train_nothing() -> None:
    table, truth = recording()
    answers = np.where(np.arange(200) % 3 == 0, -1, truth).astype(np.int8)
    given = learner(table)
    last = run_closed_loop(given, answers, truth, stop=0.2)[-1]
    assert given.closed.sum() == 40 + 6
    assert given.decided.sum() < given.closed.sum()
    assert last.balanced_accuracy > 0.95


def test_answering_everything_ends_with_the_annotators_own_labels() -> None:
    table, truth = recording(n=40)
    points = run_closed_loop(learner(table), truth, truth, stop=1.0)
    assert points[-1].fraction == 1.0
    assert points[-1].final_balanced_accuracy == 1.0
    assert np.isnan(points[-1].unseen_balanced_accuracy)


@pytest.mark.parametrize("name", ["random", "dcal"])
def test_an_earlier_recording_is_answered_to_its_share(name: str) -> None:
    table, truth = recording()
    given = learner(table, name=name)
    earlier = answer_earlier(given, truth, 0.5, "uncertain")
    assert (len(earlier.label), earlier.drop) == (100, "uncertain")
    rows = np.flatnonzero(given.decided)
    np.testing.assert_array_equal(earlier.label, truth[rows])
    np.testing.assert_array_equal(earlier.X, given.design.X[rows])
    everything = answer_earlier(learner(table, name=name), truth, 1.0, "contradicting")
    assert len(everything.label) == 200


def test_an_earlier_recording_helps_at_the_start() -> None:
    (first, labels), (second, truth) = recording(seed=1, apart=3), recording("m2", seed=2, apart=3)
    alone, helped = learner(second, seed=3), learner(second, seed=3)
    helped.earlier = answer_earlier(learner(first), labels, 0.5, "contradicting")
    without = run_closed_loop(alone, truth, truth, start="cold", stop=0.01)[0]
    with_it = run_closed_loop(helped, truth, truth, start="cold", stop=0.01)[0]
    assert with_it.balanced_accuracy > 0.85
    assert with_it.balanced_accuracy > without.balanced_accuracy


def test_an_annotator_is_judged_by_the_majority_of_the_others_only() -> None:
    labels = {
        "anna": np.array([1, 1, 1, -1], np.int8),
        "ben": np.array([0, 1, 0, 1], np.int8),
        "cleo": np.array([0, 0, 1, 1], np.int8),
        "dan": np.array([0, 0, -1, 0], np.int8),
    }
    assert majority_of_others(labels, "anna").tolist() == [0, 0, -1, 1]
    assert majority_of_others(labels, "dan").tolist() == [0, 1, 1, 1]


def test_an_earlier_recording_is_carried_over_as_answers_or_as_a_classifier() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 5)).astype(np.float32)
    earlier = EarlierAnswers(X, (X[:, 0] > 0).astype(np.int8))
    table = check_features(
        rng.standard_normal((60, 5)),
        source="new",
        recording="new",
        names=list("abcde"),
        version="test-1",
    )
    for settings, keeps_answers in ((ACTSORT, True), (replace(DEFAULT, oddness_scale=0), False)):
        new = Learner(make_design([table], settings), settings, Strategy("cal"))
        start_from(new, earlier)
        new.refit()
        assert (new.earlier is not None) == keeps_answers
        assert (new.towards is not None) != keeps_answers
        predicted = new.labels()[0] == 1
        assert np.mean(predicted == (new.design.X[:, 0] > 0)) > 0.9
