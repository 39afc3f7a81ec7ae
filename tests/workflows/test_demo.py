"""The demonstration runs the whole loop, and what it shows is so."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.errors import InputError, SettingError
from sightline.project.evidence import open_evidence
from sightline.review.sort_session import SortSession
from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.movie_settings import MovieSettings
from sightline.workflows.checking import check
from sightline.workflows.demo import KNOWN_ANSWERS, DemoResult, demo, demo_sort

SMALL: dict[str, Any] = {"cells": 40, "answers": 20, "audit_size": 20}
TOLD: dict[str, list[tuple[int, int]]] = {}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """What a small demonstration gives; its progress is in ``TOLD``."""
    TOLD.clear()
    return demo_sort(
        tmp_path_factory.mktemp("home") / "new",
        **SMALL,
        phase=lambda name: lambda *parts: TOLD.setdefault(name, []).append(parts),
    )


def test_it_leaves_a_project_that_opens_like_any_other_and_a_picture(result: DemoResult) -> None:
    assert check(result.project)["recordings"] == {"simulated": result.candidates}
    assert result.candidates > 40
    assert Path(result.figure).read_bytes()[:4] == b"\x89PNG"
    with SortSession(result.project, "ada") as session:
        assert len(session.decisions) == 20 + 20
        with open_evidence(session.project) as reader:
            assert reader.candidate(0).snapshots is not None


def test_the_curves_have_a_point_every_ten_answers(result: DemoResult) -> None:
    assert result.answered == (10, 20)
    assert len(result.balanced_accuracy) == len(result.at_random) == 2
    assert result.audit["answered"] == 20


def test_both_ways_of_asking_start_from_the_same_candidates(result: DemoResult) -> None:
    home = Path(result.project).parent
    with SortSession(home / "demo-random.sightline", "ada") as other:
        assert len(other.decisions) == 20
        with SortSession(result.project, "ada") as session:
            for own, others in zip(session.tables, other.tables, strict=True):
                np.testing.assert_array_equal(own.values, others.values)


def test_progress_is_told_step_by_step_and_answer_by_answer(result: DemoResult) -> None:
    first, *_, last = TOLD
    assert (first, last) == ("simulating the movie", "judging")
    assert TOLD["judging"] == [(done, 20) for done in range(1, 21)]
    assert all(parts[-1][0] == parts[-1][1] for parts in TOLD.values())
    assert len(TOLD) > 3


def test_the_same_seed_gives_the_same_result(result: DemoResult, tmp_path: Path) -> None:
    again = demo_sort(tmp_path / "again", **SMALL)
    assert replace(again, project="", figure="") == replace(result, project="", figure="")


def test_a_newcomers_project_holds_the_same_candidates_and_only_the_known_answers(
    result: DemoResult, tmp_path: Path
) -> None:
    path = demo(tmp_path / "new", cells=40)
    assert [one.name for one in path.parent.iterdir()] == ["demo.sightline"]
    (known,) = check(path)["decisions"].items()
    movie = simulate_movie(MovieSettings(frames=1000, height=102, width=102, cells=40, seed=0))
    visible = sum(onsets.size > 0 for onsets in movie.truth.onsets)
    with SortSession(path, KNOWN_ANSWERS) as session, SortSession(result.project, "ada") as other:
        assert known == (KNOWN_ANSWERS, len(session.decisions))
        verdicts = [decision.value for decision in session.decisions.values()]
        assert verdicts.count("cell") == visible < 40
        assert verdicts.count("not cell") == result.candidates - 40
        for own, others in zip(session.tables, other.tables, strict=True):
            np.testing.assert_array_equal(own.values, others.values)
    with SortSession(path, "anna") as session:
        assert not session.decisions


@pytest.mark.slow
def test_chosen_questions_beat_random_ones_and_audits_hold_on_average(tmp_path: Path) -> None:
    gain, held, seen = [], [], set()
    for seed in range(5):
        found = demo_sort(tmp_path / f"{seed}", cells=250, answers=40, seed=seed)
        seen.add(found.balanced_accuracy)
        gain.append(np.mean(found.balanced_accuracy) - np.mean(found.at_random))
        for name, truth in found.truth.items():
            held.append(found.audit[name]["low"] <= truth <= found.audit[name]["high"])
    assert len(seen) == 5
    assert np.mean(gain) > 0
    assert np.mean(held) >= 0.85


@pytest.mark.parametrize(("cells", "answers"), [(39, 10), (2001, 10), (40, 21), (40, 9), (-5, 10)])
def test_too_little_or_too_much_to_show_is_refused(
    tmp_path: Path, cells: int, answers: int
) -> None:
    with pytest.raises(SettingError, match="40 to 2000 cells"):
        demo_sort(tmp_path / "new", cells=cells, answers=answers)
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "learning_curve.png").write_text("mine")
    with pytest.raises(InputError, match="holds something"):
        demo_sort(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["learning_curve.png"]
    assert (tmp_path / "learning_curve.png").read_text() == "mine"


def test_a_file_is_no_new_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="a file; expected a new folder"):
        demo(tmp_path / "thesis.txt")
