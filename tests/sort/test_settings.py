"""Settings of the classifier are checked, named and kept as plain values."""

import json
from typing import Any

import pytest

from sightline.errors import SettingError
from sightline.sort.settings import ACTSORT, PRESETS, ClassifierSettings, preset
from sightline.sort.target import Target


def test_the_papers_preset_is_l1_with_lambda_1_over_n_plain_z_scores_and_a_cell_above_065() -> None:
    paper = ClassifierSettings(
        l1=1,
        l2=0,
        clip=None,
        oddness_scale=0,
        pull=None,
        balance=False,
        target=Target("threshold", 0.65),
    )
    assert preset("actsort") == ACTSORT == paper
    assert preset("default") == ClassifierSettings()


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingError, match="'fast'; use actsort or default"):
        preset("fast")


@pytest.mark.parametrize(
    "wrong",
    [
        {"l1": -1.0},
        {"l2": -1.0},
        {"oddness_scale": -0.5},
        {"clip": -4.0},
        {"clip": 0.0},
        {"l1": float("nan")},
        {"l2": float("inf")},
        {"clip": float("nan")},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match="clip"):
        ClassifierSettings(**wrong)


@pytest.mark.parametrize("name", PRESETS)
def test_settings_come_back_from_a_file(name: str) -> None:
    text = json.dumps(preset(name).to_dict())
    assert ClassifierSettings.from_dict(json.loads(text)) == preset(name)
