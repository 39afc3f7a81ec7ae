"""The learner takes answers, refits, asks, and labels all candidates."""

from typing import Any

import numpy as np
import pytest

from sightline.consensus.majority import UNDECIDED
from sightline.data.features import check_features
from sightline.learn.logistic import LogisticModel
from sightline.query.choose import Strategy
from sightline.sort.classifier import fit_classifier
from sightline.sort.design import make_design
from sightline.sort.learner import Learner
from sightline.sort.pretraining import EarlierAnswers
from sightline.sort.settings import ACTSORT, DEFAULT, ClassifierSettings

TRUTH = (np.random.default_rng(9).random(80) < 0.6).astype(np.int8)


def learner(settings: ClassifierSettings = ACTSORT, name: Any = "dcal", **rest: Any) -> Learner:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(80, 5))
    values[:, 0] += 3 * TRUTH
    table = check_features(values, source="m1", recording="m1", names=tuple("abcde"), version="v1")
    strategy = Strategy(name, probe_every=rest.pop("probe_every", 0))
    return Learner(make_design([table], settings), settings, strategy, **rest)


def answered(count: int = 20, **rest: Any) -> Learner:
    given = learner(**rest)
    for index in range(count):
        given.answer(index, int(TRUTH[index]))
    given.refit()
    return given


def test_a_fresh_learner_knows_nothing_and_labels_nothing() -> None:
    given = learner()
    given.refit()
    assert given.probability is None
    labels, expected = given.labels()
    assert (labels == UNDECIDED).all()
    assert expected is None
    assert np.isnan(given.belief()).all()


def test_the_classifier_is_that_of_the_answers_and_applied_to_all_candidates() -> None:
    given = answered()
    model = fit_classifier(given.design.X[:20], TRUTH[:20], 2, ACTSORT)
    assert model is not None
    np.testing.assert_allclose(given.probability, model.probability(given.design.X), atol=1e-5)  # pyright: ignore
    assert given.answers_of_each_class.tolist() == np.bincount(TRUTH[:20]).tolist()


def test_refitting_step_by_step_ends_where_fitting_at_once_does() -> None:
    for settings in (ACTSORT, DEFAULT):
        slow, at_once = learner(settings), answered(settings=settings)
        for index in range(20):
            slow.answer(index, int(TRUTH[index]))
            slow.refit()
        np.testing.assert_allclose(slow.probability, at_once.probability, atol=0.01)  # pyright: ignore


def test_unsure_trains_nothing_and_is_not_asked_again() -> None:
    given = answered()
    before = given.probability
    given.answer(40, UNDECIDED)
    given.refit()
    assert not given.decided[40]
    assert given.closed[40]
    np.testing.assert_allclose(given.probability, before, atol=1e-4)  # pyright: ignore
    assert 40 not in given.ask(80).items


def test_a_corrected_answer_replaces_the_first() -> None:
    given = answered()
    given.answer(0, 1 - int(TRUTH[0]))
    assert given.answers[0] == 1 - TRUTH[0]
    assert given.decided.sum() == 20


@pytest.mark.parametrize("label", [0, 1])
def test_answers_of_one_class_only_leave_all_undecided_and_the_loop_going(label: int) -> None:
    given = learner()
    for index in range(5):
        given.answer(index, label)
    given.refit()
    assert given.model is None
    assert (given.labels()[0] == UNDECIDED).all()
    assert given.belief()[:5].tolist() == [label] * 5
    assert np.isnan(given.belief()[5:]).all()
    assert given.ask().items.size == 1


def test_every_candidate_is_asked_exactly_once_until_none_is_left() -> None:
    given = learner(probe_every=4)
    asked = []
    while (items := given.ask(7).items).size:
        for index in items:
            given.answer(int(index), int(TRUTH[index]))
        given.refit()
        asked += items.tolist()
    assert sorted(asked) == list(range(80))


@pytest.mark.parametrize("name", ["random", "cal", "dal", "dcal", "rank"])
def test_the_same_seed_asks_the_same_questions(name: str) -> None:
    def questions(seed: int) -> list[int]:
        given, asked = learner(name=name, seed=seed), []
        for _ in range(12):
            asked.append(int(given.ask().items[0]))
            given.answer(asked[-1], int(TRUTH[asked[-1]]))
            given.refit()
        return asked

    assert questions(1) == questions(1)
    assert (questions(1) != questions(2)) == (name != "rank")


def test_the_labels_are_the_probabilities_above_the_targets_threshold() -> None:
    labels, expected = (given := answered()).labels()
    assert expected is not None
    assert expected.threshold == 0.65
    np.testing.assert_array_equal(labels, given.probability > 0.65)  # pyright: ignore
    assert (labels == TRUTH).mean() > 0.85


def test_a_balanced_threshold_counts_decided_candidates_as_certain() -> None:
    given = answered(settings=DEFAULT)
    assert given.probability is not None
    belief = np.concatenate([TRUTH[:20], given.probability[20:]])
    np.testing.assert_allclose(given.belief(), belief)
    labels, expected = given.labels()
    assert expected is not None
    assert expected.threshold == pytest.approx(belief.mean(), abs=1e-6)
    np.testing.assert_array_equal(labels, given.probability > np.float32(expected.threshold))


def test_three_classes_get_the_most_probable_one() -> None:
    given = learner(settings=DEFAULT, classes=3)
    for index in range(30):
        given.answer(index, int(TRUTH[index]) + (index % 7 == 0))
    given.refit()
    assert given.probability is not None
    assert given.probability.shape == (80, 3)
    labels, expected = given.labels()
    np.testing.assert_array_equal(labels, given.probability.argmax(1))
    assert expected is None
    assert given.ask(5).items.size == 5


def test_an_earlier_recordings_answers_label_before_the_first_own_one() -> None:
    source = answered(40)
    earlier = EarlierAnswers(source.design.X[:40], TRUTH[:40])
    given = learner(earlier=earlier)
    given.refit()
    assert ((given.labels()[0] == 1) == TRUTH).mean() > 0.85
    assert given.earlier is not None
    assert len(given.earlier.label) == 39
    for left in (38, 37, 36):
        given.refit()
        assert len(given.earlier.label) == left


def test_an_earlier_classifier_is_in_force_until_there_are_answers_of_both_classes() -> None:
    model = LogisticModel(np.array([2.0, 0, 0, 0, 0]), 0.0)
    settings = ClassifierSettings(l2=20.0, oddness_scale=0.0)
    given = learner(settings, towards=model)
    given.refit()
    np.testing.assert_allclose(given.probability, model.probability(given.design.X))  # pyright: ignore
    for index in range(20):
        given.answer(index, int(TRUTH[index]))
    given.refit()
    assert isinstance(given.model, LogisticModel)
    unpulled = answered(settings=settings)
    assert isinstance(unpulled.model, LogisticModel)
    own, pulled = unpulled.model.coefficients[0], given.model.coefficients[0]
    assert own < pulled < 2.5
