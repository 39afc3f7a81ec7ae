"""What going on is said to bring."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from sightline.review.advice import forecast, stopping_advice
from sightline.review.sort_session import SortSession


def advice(session: SortSession) -> str:
    return session.progress().advice


def test_too_few_answers_say_so(case: Any, anna: SortSession) -> None:
    assert "Too few answers" in advice(anna)
    anna.decide(case.items[:30], "cell")
    assert "Too few answers" in advice(anna)


def test_when_all_is_decided_there_is_nothing_to_gain(case: Any, anna: SortSession) -> None:
    anna.decide(case.items, "cell")
    assert advice(anna) == "Everything is decided."


def test_more_answers_than_are_left_are_never_spoken_of(case: Any, anna: SortSession) -> None:
    case.sort(anna, len(case.items) - 4)
    assert advice(anna).startswith("4 more answers")


def test_the_numbers_of_the_sentence_fit_each_other(case: Any, anna: SortSession) -> None:
    case.sort(anna, 50)
    said = re.match(r"(\d+) more answers .* about (\d+) labels \((\d+) to (\d+)\)", advice(anna))
    assert said
    more, labels, low, high = map(int, said.groups())
    assert more == 10
    assert low <= labels <= high <= len(case.items)


def test_many_answers_on_an_easy_case_call_for_an_audit(make_case: Callable[..., Any]) -> None:
    case = make_case("many", 1500)
    easy = np.asarray(case.simulated.features.values[:, 1] > 0)
    verdicts = {item: "cell" if easy[i] else "not cell" for i, item in enumerate(case.items)}
    with SortSession(case.path, "anna") as session:
        session.decide_each({item: verdicts[item] for item in case.items[:1200]})
        assert "An audit now" in advice(session)


def test_a_forecast_grows_with_the_answers_ahead(case: Any, anna: SortSession) -> None:
    case.sort(anna, 50)
    anna.predict()
    order = [case.items.index(item) for item in anna.decisions]
    few, many = forecast(anna.learner, order, 5), forecast(anna.learner, order, 50)
    assert few
    assert many
    assert few.labels <= many.labels
    assert forecast(anna.learner, order[:5], 5) is None
    assert stopping_advice(anna.learner, order) == advice(anna)
