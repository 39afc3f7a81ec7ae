"""What an annotator may set, and what it means."""

from dataclasses import asdict
from typing import Any

import pytest

from sightline.errors import SettingError
from sightline.query.choose import STRATEGIES
from sightline.review.session_settings import SessionSettings
from sightline.sort.settings import ACTSORT, DEFAULT


def test_the_defaults_are_those_of_a_session_without_a_screen() -> None:
    settings = SessionSettings()
    assert settings.classifier() == DEFAULT
    questions = settings.questions()
    assert (questions.name, questions.weight, questions.probe_every) == ("dcal", 0.5, 10)
    assert settings.blind


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_may_be_chosen(strategy: Any) -> None:
    assert SessionSettings(strategy=strategy).questions().name == strategy


def test_without_questions_candidates_rank_as_they_came() -> None:
    assert SessionSettings(strategy="none").questions().name == "rank"


def test_a_target_replaces_the_presets() -> None:
    assert SessionSettings(preset="actsort").classifier() == ACTSORT
    target = SessionSettings(preset="actsort", target="false-cells=5%").classifier().target
    assert (target.kind, target.value) == ("false-cells", 0.05)


def test_what_is_not_named_stays_and_what_is_no_setting_is_passed_over() -> None:
    changed = SessionSettings(weight=0.2).changed({"blind": False, "colour": "red"})
    assert asdict(changed) == {**asdict(SessionSettings()), "weight": 0.2, "blind": False}


@pytest.mark.parametrize(
    "values",
    [
        {"strategy": "best"},
        {"weight": 1.5},
        {"weight": float("nan")},
        {"weight": True},
        {"weight": "0.5"},
        {"probe_every": -1},
        {"probe_every": 1.0},
        {"refit_every": 0},
        {"preset": "other"},
        {"target": "best"},
        {"blind": 1},
        {"preset": None},
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        SessionSettings().changed(values)
