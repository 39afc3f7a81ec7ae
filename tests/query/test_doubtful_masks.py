"""Masks are asked in the order of their uncertainty, and now and then one at random."""

import numpy as np
import pytest

from sightline.errors import SettingError
from sightline.query.doubtful_masks import choose_masks

SCORE = np.array([0.1, 0.5, 0.3, 0.2])
OPEN = np.zeros(4, bool)


def test_the_most_uncertain_is_asked_first() -> None:
    found = choose_masks(SCORE, OPEN, 9, str, probe_every=0)
    assert [one.index for one in found] == [1, 2, 3, 0]
    assert [one.reason for one in found] == ["1", "2", "3", "0"]
    assert not any(one.probe for one in found)


def test_what_is_closed_is_not_asked() -> None:
    closed = np.array([False, True, False, True])
    assert [one.index for one in choose_masks(SCORE, closed, 9, str, probe_every=2)] in (
        [2, 0],
        [0, 2],
    )
    assert choose_masks(SCORE, np.ones(4, bool), 1, str) == []
    assert choose_masks(np.zeros(0), np.zeros(0, bool), 1, str) == []


def test_every_tenth_is_drawn_at_random_from_all_that_are_left() -> None:
    score = np.linspace(0, 1, 50)
    drawn = []
    for seed in range(200):
        found = choose_masks(score, np.zeros(50, bool), 12, str, asked=8, seed=seed)
        assert [place for place, one in enumerate(found) if one.probe] == [1, 11]
        drawn.append(found[1].index)
        assert np.isnan(found[1].score)
        assert found[1].reason == "drawn at random"
    counts = np.bincount(np.array(drawn) // 10, minlength=5)
    assert counts.min() > 20  # of 40 expected in each fifth


def test_the_same_seed_and_answers_give_the_same_questions() -> None:
    again = [choose_masks(np.arange(99.0), np.zeros(99, bool), 30, str, seed=4) for _ in range(2)]
    assert [one.index for one in again[0]] == [one.index for one in again[1]]


def test_no_question_is_none() -> None:
    with pytest.raises(SettingError, match="at least one"):
        choose_masks(SCORE, OPEN, 0, str)
