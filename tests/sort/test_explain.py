"""An explanation splits the log-odds into the parts of the features."""

import numpy as np
import pytest

from sightline.data.features import check_features
from sightline.learn.logistic import LogisticModel
from sightline.learn.multinomial import MultinomialModel
from sightline.sort.design import Design, make_design
from sightline.sort.explain import explain
from sightline.sort.settings import ACTSORT

TWO = LogisticModel(np.array([1.0, -2.0, 0.0, 0.5]), 0.3)


def design() -> Design:
    values = np.random.default_rng(0).normal(size=(20, 4))
    names = ("size", "snr", "round", "power")
    table = check_features(values, source="m1", recording="m1", names=names, version="v1")
    return make_design([table], ACTSORT)


@pytest.mark.parametrize("label", [0, 1])
def test_the_parts_add_up_to_the_log_odds_of_the_predicted_class(label: int) -> None:
    given = design()
    for index in range(20):
        found = explain(given, index, TWO, ("not cell", "cell"), label)
        parts = [reason.contribution for reason in found.speak_for + found.speak_against]
        logit = TWO.logit(given.X[index].astype(float)) - TWO.intercept
        assert sum(parts) == pytest.approx(logit if label == 1 else -logit, abs=1e-5)
        chance = TWO.probability(given.X[[index]])[0]
        assert found.probability == pytest.approx(chance if label == 1 else 1 - chance, abs=1e-6)
        assert (found.item, found.predicted) == (f"m1/{index}", ("not cell", "cell")[label])


def test_what_speaks_for_and_against_is_named_strongest_first_and_no_more_than_asked() -> None:
    found = explain(design(), 3, TWO, ("not cell", "cell"), 1)
    for reasons, sign in ((found.speak_for, 1), (found.speak_against, -1)):
        strengths = [sign * reason.contribution for reason in reasons]
        assert strengths == sorted(strengths, reverse=True)
        assert all(strength > 0 for strength in strengths)
    assert "round" not in {r.feature for r in found.speak_for + found.speak_against}
    short = explain(design(), 3, TWO, ("not cell", "cell"), 1, most=1)
    assert short.speak_for == found.speak_for[:1]


def test_a_reason_holds_the_standardised_value() -> None:
    given = design()
    for reason in explain(given, 3, TWO, ("not cell", "cell"), 1).speak_for:
        assert reason.value == pytest.approx(given.X[3, given.columns.index(reason.feature)])


def test_of_several_classes_the_parts_are_held_against_the_average_class() -> None:
    rng = np.random.default_rng(1)
    model = MultinomialModel(rng.normal(size=(3, 4)), np.zeros(3))
    given = design()
    found = explain(given, 0, model, ("noise", "cell", "dendrite"), 2)
    parts = [reason.contribution for reason in found.speak_for + found.speak_against]
    logits = given.X[0] @ model.coefficients.T
    assert sum(parts) == pytest.approx(logits[2] - logits.mean(), abs=1e-5)
    assert found.probability == pytest.approx(model.probability(given.X[[0]])[0, 2])
