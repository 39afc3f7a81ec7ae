"""Which points to ask for: doubtful ones that matter, not all of one place, some at random."""

import numpy as np
import pytest

from sightline.errors import SettingError
from sightline.query.doubtful_points import choose_points, reasons, worth_asking

OPEN = np.zeros((6, 4), bool)


def test_the_least_sure_point_comes_first() -> None:
    score = np.full((6, 4), 0.9)
    score[3, 2] = 0.2
    worth = worth_asking(score, np.zeros(6, int), OPEN)
    assert choose_points(worth, 1, probe_every=0) == [((3, 2), False)]


def test_of_two_equally_doubtful_points_the_one_comes_first_from_which_more_is_tracked() -> None:
    worth = worth_asking(np.full((6, 4), 0.5), np.array([0, 0, 0, 0, 50, 3]), OPEN)
    assert choose_points(worth, 1, probe_every=0)[0][0][0] == 4


def test_what_is_closed_is_never_asked() -> None:
    closed = ~OPEN
    closed[1, 1] = False
    worth = worth_asking(np.zeros((6, 4)), np.zeros(6, int), closed)
    assert choose_points(worth, 24, probe_every=2) == [((1, 1), False)]


def test_a_point_without_a_position_is_as_doubtful_as_one_half() -> None:
    score = np.array([[np.nan, 0.49, 0.51]])
    worth = worth_asking(score, np.zeros(1, int), np.zeros((1, 3), bool))
    assert worth[0, 1] > worth[0, 0] > worth[0, 2]


def test_a_batch_is_not_all_of_one_keypoint() -> None:
    score = np.full((6, 4), 0.5)
    score[:, 1] = 0.3
    chosen = choose_points(worth_asking(score, np.zeros(6, int), OPEN), 4, probe_every=0)
    assert len({keypoint for (_, keypoint), _ in chosen}) > 1


def test_every_point_is_asked_once_and_then_no_more() -> None:
    worth = worth_asking(np.full((6, 4), 0.5), np.zeros(6, int), OPEN)
    chosen = [point for point, _ in choose_points(worth, 100, probe_every=5)]
    assert len(chosen) == len(set(chosen)) == 24


def test_every_fifth_is_drawn_at_random_and_evenly_from_all_that_is_open() -> None:
    score = np.full((6, 4), 0.99)
    score[0] = 0.0
    worth = worth_asking(score, np.zeros(6, int), OPEN)
    drawn = [choose_points(worth, 1, probe_every=5, asked=4, seed=seed)[0] for seed in range(600)]
    assert all(probe for _, probe in drawn)
    counts = np.zeros((6, 4))
    for point, _ in drawn:
        counts[point] += 1
    assert counts.min() > 8  # 25 expected
    assert counts.max() < 50


def test_reasons_tell_the_score_and_how_much_depends_on_it() -> None:
    said = reasons([(0, 0), (1, 0)], np.array([[0.25], [np.nan]]), np.array([12, 0]))
    assert said == [
        "the machine scores 0.25; 12 frames are tracked from this one",
        "the machine has no position",
    ]


def test_at_least_one_is_asked_for() -> None:
    with pytest.raises(SettingError, match="at least one"):
        choose_points(np.zeros((2, 2), np.float32), 0)
