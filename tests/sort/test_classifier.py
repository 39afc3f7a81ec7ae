"""The cell classifier: fitted as set, kept as plain text, read back only if it is whole."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sightline.data.features import check_features
from sightline.errors import InputError, SettingError
from sightline.learn.logistic import LogisticModel, fit_logistic
from sightline.learn.multinomial import MultinomialModel
from sightline.sort.classifier import TrainedClassifier, fit_classifier
from sightline.sort.design import make_design
from sightline.sort.familiarity import learn_familiarity
from sightline.sort.settings import ACTSORT, DEFAULT, ClassifierSettings

NAMES = ("size", "snr", "round", "power")


def answers(n: int = 120, classes: int = 2, cells: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    label = (rng.random(n) < cells) if classes == 2 else rng.integers(0, classes, n)
    centres = rng.normal(size=(classes, 4))
    return rng.normal(size=(n, 4)) + centres[label.astype(int)], label.astype(np.int8)


def trained(settings: ClassifierSettings = DEFAULT, classes: int = 2) -> TrainedClassifier:
    X, label = answers(classes=classes)
    table = check_features(X, source="m1.mat", recording="m1", names=NAMES, version="v1")
    design = make_design([table], settings)
    model = fit_classifier(design.X, label, classes, settings)
    assert model is not None
    return TrainedClassifier(
        model,
        settings,
        ("not cell", "cell", "dendrite")[:classes],
        NAMES,
        "v1",
        tuple(np.bincount(label).tolist()),
        learn_familiarity([table]),
    )


def test_the_papers_classifier_is_plain_l1_logistic_regression() -> None:
    X, label = answers()
    found = fit_classifier(X, label, 2, ACTSORT)
    expected = fit_logistic(X, label == 1, l1=1.0)
    np.testing.assert_allclose(found.probability(X), expected.probability(X))  # pyright: ignore


def test_the_default_is_l2_logistic_regression() -> None:
    X, label = answers()
    found = fit_classifier(X, label, 2, DEFAULT)
    expected = fit_logistic(X, label == 1, l2=DEFAULT.l2)
    np.testing.assert_allclose(found.probability(X), expected.probability(X))  # pyright: ignore


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("classes", [2, 3])
def test_answers_of_one_class_only_give_no_classifier(label: int, classes: int) -> None:
    X = answers()[0]
    assert fit_classifier(X, np.full(len(X), label), classes, DEFAULT) is None
    assert fit_classifier(X[:0], np.zeros(0, np.int8), classes, DEFAULT) is None


def test_answers_of_one_class_only_leave_an_earlier_classifier_in_force() -> None:
    X = answers()[0]
    earlier = LogisticModel(np.ones(4), 0.0)
    assert fit_classifier(X, np.ones(len(X)), 2, DEFAULT, towards=earlier) is earlier


def test_balancing_gives_both_classes_the_same_total_weight() -> None:
    X, label = answers(cells=0.9)
    settings = replace(ACTSORT, balance=True)
    found = fit_classifier(X, label, 2, settings)
    share = np.bincount(label)
    expected = fit_logistic(X, label == 1, l1=1.0, weights=len(label) / (2 * share)[label])
    assert found is not None
    np.testing.assert_allclose(found.probability(X), expected.probability(X))
    p = found.probability(X)
    assert (p[label == 1].mean() + p[label == 0].mean()) / 2 == pytest.approx(0.5, abs=0.02)
    plain = fit_classifier(X, label, 2, ACTSORT)
    assert plain is not None
    assert plain.probability(X).mean() == pytest.approx(label.mean(), abs=1e-3)


def test_balancing_multiplies_the_weights_that_answers_have() -> None:
    X, label = answers(60)
    twice = np.repeat(np.arange(60), np.where(np.arange(60) < 20, 2, 1))
    settings = replace(ACTSORT, balance=True)
    counted = fit_classifier(
        X, label, 2, replace(ACTSORT), weights=np.where(np.arange(60) < 20, 2.0, 1.0)
    )
    repeated = fit_classifier(X[twice], label[twice], 2, ACTSORT)
    assert counted is not None
    assert repeated is not None
    np.testing.assert_allclose(counted.probability(X), repeated.probability(X), atol=5e-3)
    balanced = fit_classifier(X, label, 2, settings, weights=np.ones(60))
    without = fit_classifier(X, label, 2, settings)
    np.testing.assert_allclose(balanced.probability(X), without.probability(X))  # pyright: ignore


def test_three_classes_are_told_apart_by_a_softmax() -> None:
    X, label = answers(300, classes=3)
    model = fit_classifier(X, label, 3, replace(DEFAULT, l2=1.0))
    assert isinstance(model, MultinomialModel)
    assert (model.probability(X).argmax(1) == label).mean() > 0.5
    balanced = fit_classifier(X, label, 3, replace(DEFAULT, l2=1.0, balance=True))
    assert isinstance(balanced, MultinomialModel)


def test_three_classes_cannot_start_from_a_classifier_of_two() -> None:
    X, label = answers(classes=3)
    with pytest.raises(SettingError, match="two classes"):
        fit_classifier(X, label, 3, DEFAULT, towards=LogisticModel(np.ones(4), 0.0))


@pytest.mark.parametrize("settings", [DEFAULT, ACTSORT])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_kept_classifier_predicts_exactly_as_before(
    settings: ClassifierSettings, classes: int
) -> None:
    before = trained(settings, classes)
    after = TrainedClassifier.from_json(before.to_json(), "cells.json")
    X = np.random.default_rng(1).normal(size=(50, len(np.atleast_2d(before.model.coefficients)[0])))
    np.testing.assert_array_equal(after.model.probability(X), before.model.probability(X))
    assert replace(after, model=before.model, familiarity=before.familiarity) == before


def test_a_kept_classifier_is_plain_json() -> None:
    values = json.loads(trained().to_json())
    assert (values["format"], values["version"]) == ("sightline-classifier", 1)
    assert values["feature_names"] == list(NAMES)


def edited(change: Callable[[dict[str, Any]], Any], classes: int = 2) -> str:
    values = json.loads(trained(classes=classes).to_json())
    change(values)
    return json.dumps(values)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "no Sightline classifier"),
        ("not JSON", "no Sightline classifier"),
        ("[1, 2]", "no Sightline classifier"),
        ('{"format": "other"}', "no Sightline classifier"),
        ("[" * 100_000, "no Sightline classifier"),
        (trained().to_json()[:-40], "no Sightline classifier"),
        (edited(lambda v: v.update(version=2)), "classifier version 2"),
        (edited(lambda v: v.pop("version")), "classifier version None"),
        (edited(lambda v: v.pop("model")), "damaged"),
        (edited(lambda v: v.update(model=None)), "damaged"),
        (edited(lambda v: v.update(model={"coefficients": [1, 2]})), "damaged"),
        (edited(lambda v: v["model"].update(coefficients=["a"])), "damaged"),
        (edited(lambda v: v["settings"].update(colour="red")), "damaged"),
        (edited(lambda v: v["settings"].update(l2=-1)), "damaged"),
        (edited(lambda v: v["settings"]["target"].update(kind="best")), "damaged"),
        (edited(lambda v: v["settings"].pop("target")), "damaged"),
        (edited(lambda v: v.update(classes=2)), "damaged"),
        (edited(lambda v: v["model"]["coefficients"].pop()), "weights of shape"),
        (edited(lambda v: v["model"].update(coefficients=[[0] * 6])), "weights of shape"),
        (edited(lambda v: v["model"]["coefficients"].__setitem__(0, float("nan"))), "not finite"),
        (edited(lambda v: v["model"].update(intercept=float("inf"))), "not finite"),
        (edited(lambda v: v["model"]["intercepts"].pop(), 3), "weights of shape"),
        (edited(lambda v: v["classes"].pop()), "1 classes"),
        (edited(lambda v: v["classes"].append("glia")), "3 classes"),
        (edited(lambda v: v["feature_names"].pop()), "weights of shape"),
        (edited(lambda v: v["familiarity"]["mean"].pop()), "finite"),
        (edited(lambda v: v["familiarity"]["precision"].pop()), "finite"),
    ],
)
def test_a_foreign_newer_or_damaged_file_is_refused_with_its_name_and_a_remedy(
    text: str, found: str
) -> None:
    with pytest.raises(InputError, match=f"(?s)^cells.json: .*{found}") as refusal:
        TrainedClassifier.from_json(text, "cells.json")
    assert refusal.value.expected
    assert refusal.value.remedy
