"""What a session gives back: predictions, explanations, classifiers."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.data.features import FeatureTable
from sightline.errors import InputError, SettingError
from sightline.project.candidates import store_candidates
from sightline.project.project import Project
from sightline.review.sort_session import SortSession
from sightline.sort.classifier import TrainedClassifier
from sightline.sort.settings import ACTSORT

MakeCase = Callable[..., Any]


# --- predictions -------------------------------------------------------------------------------


def test_before_two_classes_are_known_nothing_is_predicted(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[:4], "cell")
    predictions = anna.predict()
    assert predictions.names() == ["cell"] * 4 + [""] * (len(case.items) - 4)
    assert np.isnan(predictions.probability).all()
    assert math.isnan(predictions.threshold)


def test_a_human_decision_outranks_the_machine(case: Any, anna: SortSession) -> None:
    case.sort(anna, 40)
    predictions = anna.predict()
    sure = int(np.argmax(np.where(predictions.human, -1, predictions.probability)))
    assert predictions.names()[sure] == "cell"
    anna.decide(case.items[sure], "not cell")
    overruled = anna.predict()
    assert overruled.names()[sure] == "not cell"
    assert overruled.human[sure]


def test_the_machines_labels_are_those_above_the_threshold(case: Any, anna: SortSession) -> None:
    case.sort(anna, 40)
    predictions = anna.predict()
    machine = ~predictions.human
    above = predictions.probability[machine] > predictions.threshold
    np.testing.assert_array_equal(predictions.labels[machine] == 1, above)


def test_answers_teach_labels_better_than_guessing(case: Any, anna: SortSession) -> None:
    case.sort(anna, 50)
    predictions = anna.predict()
    right = (predictions.labels == 1) == case.simulated.cell
    assert right[~predictions.human].mean() > max(
        case.simulated.cell.mean(), 1 - case.simulated.cell.mean()
    )


def test_progress_adds_up(case: Any, anna: SortSession) -> None:
    start = anna.progress()
    assert start.candidates == len(case.items)
    assert math.isnan(start.sure)
    assert math.isnan(start.expected_precision)
    for question in anna.batch(30):
        anna.decide(question.item, case.expert.verdict(question.index), seconds=2.0)
    progress = anna.progress()
    assert sum(progress.decided.values()) == 30
    assert progress.seconds == 60
    probability = anna.predict().probability[~anna.predict().human]
    assert progress.sure == pytest.approx(((probability <= 0.25) | (probability >= 0.75)).mean())
    assert 0 < progress.expected_precision <= 1
    assert 0 < progress.expected_recall <= 1


# --- explanations ------------------------------------------------------------------------------


def test_with_few_features_all_parts_are_named_and_add_up(folder: Path) -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(60, 4)).astype(np.float32)
    table = FeatureTable("m", values, tuple("abcd"), "v1", tuple(map(str, range(60))))
    project = Project.create(folder / "few.sightline", "sort")
    store_candidates(project, [table], ("not cell", "cell"))
    with SortSession(project.path, "anna", settings=replace(ACTSORT, l1=1.0)) as session:
        cell = values[:, 0] + values[:, 1] > 0
        session.decide([table.items[i] for i in range(30) if cell[i]], "cell")
        session.decide([table.items[i] for i in range(30) if not cell[i]], "not cell")
        intercept = session.classifier().model.intercept
        for index in range(60):
            found = session.explain(table.items[index])
            total = sum(r.contribution for r in found.speak_for + found.speak_against)
            sign = 1 if found.predicted == "cell" else -1
            p = float(session.predict().probability[index])
            assert total == pytest.approx(
                sign * (math.log(p / (1 - p)) - intercept), rel=1e-3, abs=1e-3
            )


def test_after_an_explanation_the_decision_is_not_blind(case: Any, anna: SortSession) -> None:
    case.sort(anna, 30)
    first, second = anna.batch(2)
    anna.explain(first.item)
    anna.decide([first.item, second.item], "cell")
    blind = {decision.item: decision.blind for decision in case.recorded()}
    assert not blind.pop(first.item)
    assert all(blind.values())


def test_without_a_classifier_nothing_is_explained_and_the_judgement_stays_blind(
    case: Any, anna: SortSession
) -> None:
    with pytest.raises(SettingError, match="no classifier"):
        anna.explain(case.items[0])
    anna.decide(case.items[0], "cell")
    assert case.recorded()[0].blind


# --- classifiers -------------------------------------------------------------------------------


def test_a_classifier_comes_back_from_its_text_and_predicts_the_same(
    case: Any, anna: SortSession
) -> None:
    case.sort(anna, 30)
    kept = TrainedClassifier.from_json(anna.classifier().to_json(), "here")
    assert sum(kept.answers) == 30
    X = anna.learner.design.X
    np.testing.assert_allclose(kept.model.probability(X), anna.predict().probability, atol=1e-6)


def test_there_is_no_classifier_before_two_classes(case: Any, anna: SortSession) -> None:
    anna.decide(case.items[:3], "cell")
    with pytest.raises(SettingError, match="two classes"):
        anna.classifier()


def test_starting_from_an_earlier_classifier_predicts_before_any_answer(
    make_case: MakeCase,
) -> None:
    earlier, later = make_case("earlier", 200, seed=1), make_case("later", 200, seed=2)
    with SortSession(earlier.path, "anna") as session:
        earlier.sort(session, 80)
        classifier = session.classifier()
    with SortSession(later.path, "bob", earlier=classifier) as session:
        predictions = session.predict()
        assert not predictions.human.any()
        right = (predictions.labels == 1) == later.simulated.cell
        assert right.mean() > 0.75
        assert session.next() is not None
        later.sort(session, 20)
        assert session.predict().human.sum() == 20


def test_an_earlier_classifier_of_other_features_or_classes_is_refused(case: Any) -> None:
    with SortSession(case.path, "anna") as session:
        case.sort(session, 30)
        classifier = session.classifier()
    with pytest.raises(InputError, match="features"):
        SortSession(case.path, "bob", earlier=replace(classifier, feature_version="other-2"))
    with pytest.raises(InputError, match="classes"):
        SortSession(case.path, "bob", earlier=replace(classifier, classes=("no", "yes")))


# --- three classes, several recordings ---------------------------------------------------------


@pytest.fixture
def three(folder: Path) -> Path:
    rng = np.random.default_rng(2)
    centres = rng.normal(size=(3, 5)) * 3
    values = (centres[np.arange(90) % 3] + rng.normal(size=(90, 5))).astype(np.float32)
    table = FeatureTable("m", values, tuple("abcde"), "v1", tuple(map(str, range(90))))
    project = Project.create(folder / "three.sightline", "sort")
    store_candidates(project, [table], ("noise", "soma", "dendrite"))
    return project.path


def test_three_named_classes_are_sorted(three: Path) -> None:
    names = ("noise", "soma", "dendrite")
    with SortSession(three, "anna") as session:
        for _ in range(45):
            question = session.next()
            assert question
            session.decide(question.item, names[question.index % 3])
        predictions = session.predict()
        assert predictions.probability.shape == (90, 3)
        np.testing.assert_allclose(predictions.probability.sum(1), 1, atol=1e-5)
        truth = [names[index % 3] for index in range(90)]
        assert np.mean([a == b for a, b in zip(predictions.names(), truth, strict=True)]) > 0.95
        progress = session.progress()
        assert sum(progress.decided.values()) == 45
        assert math.isnan(progress.expected_precision)
        assert "two classes" in progress.advice
        explanation = session.explain("m/0")
        assert explanation.predicted == predictions.names()[0]
        kept = TrainedClassifier.from_json(session.classifier().to_json(), "here")
        assert kept.classes == names
        with pytest.raises(InputError, match="noise, soma, dendrite, unsure, skip"):
            session.decide("m/0", "cell")
    with pytest.raises(SettingError, match="two classes only"):
        SortSession(three, "bob", earlier=kept)


def test_several_recordings_are_one_batch(make_case: MakeCase, folder: Path) -> None:
    one, two = make_case("one", 40, seed=1).simulated, make_case("two", 50, seed=2).simulated
    tables = [replace(one.features, recording="m1"), replace(two.features, recording="m2")]
    project = Project.create(folder / "both.sightline", "sort")
    store_candidates(project, tables, ("not cell", "cell"))
    cell = np.append(one.cell, two.cell)
    with SortSession(project.path, "anna") as session:
        items = session.predict().items
        assert len(items) == 90
        assert (items[0], items[-1]) == ("m1/0", "m2/49")
        asked = set()
        for _ in range(40):
            question = session.next()
            assert question
            assert items[question.index] == question.item
            session.decide(question.item, "cell" if cell[question.index] else "not cell")
            asked.add(question.item.partition("/")[0])
        assert asked == {"m1", "m2"}
        assert (session.predict().labels >= 0).all()
