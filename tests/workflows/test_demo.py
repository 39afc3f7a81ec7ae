"""The demonstration runs the whole loop, and what it shows is so."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.errors import InputError, SettingError
from sightline.review.sort_session import SortSession
from sightline.workflows.checking import check
from sightline.workflows.demo import DemoResult, demo_sort

SMALL: dict[str, Any] = {"cells": 60, "answers": 20, "audit_size": 40}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    return demo_sort(tmp_path_factory.mktemp("home") / "new", **SMALL)


def test_it_leaves_a_project_that_opens_like_any_other_and_a_picture(result: DemoResult) -> None:
    assert check(result.project)["recordings"] == {"simulated": result.candidates}
    assert result.candidates > 60
    assert Path(result.figure).read_bytes()[:4] == b"\x89PNG"
    with SortSession(result.project, "ada") as session:
        assert len(session.decisions) == 60


def test_the_curves_have_a_point_every_ten_answers(result: DemoResult) -> None:
    assert result.answered == (10, 20)
    assert len(result.balanced_accuracy) == len(result.at_random) == 2
    assert result.audit["answered"] == 40


def test_the_same_seed_gives_the_same_result(result: DemoResult, tmp_path: Path) -> None:
    again = demo_sort(tmp_path / "again", **SMALL)
    assert replace(again, project="", figure="") == replace(result, project="", figure="")
    other = demo_sort(tmp_path / "other", **SMALL, seed=1)
    assert other.balanced_accuracy != result.balanced_accuracy


def test_progress_is_told_answer_by_answer(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    demo_sort(tmp_path, candidates=100, answers=10, progress=lambda *done: told.append(done))
    assert told == [(done, 10) for done in range(1, 11)]


@pytest.mark.slow
def test_chosen_questions_beat_random_ones_and_audits_hold_on_average(tmp_path: Path) -> None:
    gain, held = [], []
    for seed in range(5):
        found = demo_sort(tmp_path / f"{seed}", candidates=500, answers=40, seed=seed)
        gain.append(np.mean(found.balanced_accuracy) - np.mean(found.at_random))
        for name, truth in found.truth.items():
            held.append(found.audit[name]["low"] <= truth <= found.audit[name]["high"])
    assert np.mean(gain) > 0
    assert np.mean(held) >= 0.85


@pytest.mark.parametrize(("candidates", "answers"), [(99, 10), (200, 51), (200, 9), (-5, 10)])
def test_too_little_to_show_is_refused(tmp_path: Path, candidates: int, answers: int) -> None:
    with pytest.raises(SettingError, match="at least 100 candidates"):
        demo_sort(tmp_path / "new", candidates=candidates, answers=answers)
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "learning_curve.png").write_text("mine")
    with pytest.raises(InputError, match="holds something"):
        demo_sort(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["learning_curve.png"]
    assert (tmp_path / "learning_curve.png").read_text() == "mine"
