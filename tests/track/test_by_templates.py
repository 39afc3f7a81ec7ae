"""Parts of animals in flat video: found at any turn, told apart, honest and obedient."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.data.tracks import Visibility
from sightline.simulate.animal_settings import ONE_MOUSE, TWO_MICE, AnimalSettings
from sightline.simulate.animal_video import AnimalVideo, simulate_animal_video
from sightline.track.background import median_background
from sightline.track.follow import Followed, Known, follow_frame, know, reference_frame
from sightline.track.follow_settings import FollowSettings
from sightline.track.radius import part_radius

PARTS = 9
ONE = simulate_animal_video(replace(ONE_MOUSE, seed=5))
TWO = simulate_animal_video(replace(TWO_MICE, seed=5, frames_per_turn=60))


def seen(video: AnimalVideo, frame: int) -> NDArray[np.float64]:
    truth = video.truth(frame)
    return np.where(truth.seen[:, None], truth.positions, np.nan)


def learned(video: AnimalVideo, frames: tuple[int, ...]) -> Known:
    made: AnimalSettings = video.settings
    groups = tuple(tuple(range(k * PARTS, (k + 1) * PARTS)) for k in range(made.animals))
    size = (1.0, 1.0, 1.0)
    radius = part_radius(seen(video, frames[0]), groups, (made.height, made.width), size)
    settings = FollowSettings(size, radius, "templates", groups=groups)
    background = median_background([video.frame(k) for k in range(0, made.frames, 12)])
    references = [reference_frame(video.frame(k), seen(video, k), settings) for k in frames]
    return know(settings, tuple(references), background)


@cache
def known() -> Known:
    return learned(ONE, (20, 90, 160))


@cache
def followed(frame: int) -> Followed:
    return follow_frame(ONE.frame(frame), known())


def errors(found: Followed, video: AnimalVideo, frame: int) -> NDArray[np.float64]:
    return np.linalg.norm(found.positions - video.truth(frame).positions, axis=1)


FRAMES = (5, 45, 70, 135)


def test_an_animal_that_turns_and_bends_is_found_from_three_references_without_a_parent() -> None:
    away = np.array([errors(followed(frame), ONE, frame) for frame in FRAMES])
    assert (away < 4).mean() > 0.85
    assert np.nanmedian(away) < 1.5


def covered(frame: int, part: int) -> NDArray[np.float32]:
    """A frame in which a card lies on a part."""
    shown = ONE.frame(frame).copy()
    y, x = np.rint(ONE.truth(frame).positions[part, 1:]).astype(int)
    shown[..., max(y - 9, 0) : y + 10, max(x - 9, 0) : x + 10] = 165
    return shown


def test_scores_tell_what_is_covered_from_what_is_seen() -> None:
    hidden, plain, told = [], [], []
    for frame, part in zip(FRAMES, (0, 7, 1, 6), strict=True):
        found = follow_frame(covered(frame, part), known())
        hidden.append(found.score[part])
        told.append(found.visibility[part] == Visibility.HIDDEN)
        plain.append(followed(frame).score)
    assert (np.array(hidden) < np.concatenate(plain)[:, None]).mean() > 0.9  # area under the curve
    assert np.mean(told) >= 0.5
    assert (np.concatenate(plain) > 0.4).mean() > 0.9


@pytest.mark.slow
def test_a_person_s_points_pull_the_rest_of_the_animal() -> None:
    width = ONE.settings.width
    twice = np.concatenate([ONE.frame(70), ONE.frame(70)], axis=-1)
    alone = np.concatenate([ONE.frame(20), np.full_like(ONE.frame(20), 165)], axis=-1)
    settings = known().settings
    about = know(settings, (reference_frame(alone, seen(ONE, 20), settings),))
    for aside in (0, width):
        target = ONE.truth(70).positions + np.array([0, 0, aside])
        given = np.full_like(target, np.nan)
        given[[0, 7]] = target[[0, 7]]
        found = follow_frame(twice, about, fixed=given)
        np.testing.assert_array_equal(found.positions[[0, 7]], given[[0, 7]])
        rest = np.linalg.norm(found.positions - target, axis=1)[[1, 2, 3, 4, 5, 6]]
        assert np.median(rest) < 4


@pytest.mark.slow
def test_two_animals_of_a_kind_keep_who_they_are_and_are_never_in_one_place() -> None:
    whole = [k for k in range(0, 200, 2) if TWO.truth(k).seen.all()]
    about = learned(TWO, (whole[0], whole[len(whole) // 2], whole[-1]))
    before = TWO.truth(whole[0]).positions
    right, swapped = [], []
    for frame in range(whole[0] + 1, whole[0] + 6):
        found = follow_frame(TWO.frame(frame), about, parent=before)
        before = found.positions
        truth = TWO.truth(frame).positions
        right.append(np.linalg.norm(found.positions - truth, axis=1) < 5)
        other = np.roll(truth, PARTS, axis=0)
        swapped.append(np.linalg.norm(found.positions - other, axis=1) < 5)
        one, two = np.nanmean(found.positions[:PARTS], 0), np.nanmean(found.positions[PARTS:], 0)
        assert np.linalg.norm(one - two) > 5
    assert np.mean(right) > 0.85
    assert np.mean(swapped) < 0.02


def test_an_animal_that_hardly_moves_is_not_taken_for_background() -> None:
    still = ONE.frame(20)
    settings = known().settings
    reference = reference_frame(still, seen(ONE, 20), settings)
    about = know(settings, (reference,), still.mean(axis=0))
    found = follow_frame(ONE.frame(21), about)
    assert np.median(errors(found, ONE, 21)) < 2


@pytest.mark.parametrize("value", [0.0, 7.0, np.nan])
def test_a_constant_frame_shows_no_part(value: float) -> None:
    found = follow_frame(np.full_like(ONE.frame(0), value), known())
    assert (found.visibility != Visibility.SEEN).all()


def test_the_same_frame_gives_the_same_positions() -> None:
    again = follow_frame(ONE.frame(45), learned(ONE, (20, 90, 160)))
    np.testing.assert_array_equal(again.positions, followed(45).positions)


def test_one_part_alone_is_followed() -> None:
    settings = FollowSettings((1.0, 1.0, 1.0), 9.0, "templates")
    reference = reference_frame(ONE.frame(20), seen(ONE, 20)[3:4], settings)
    found = follow_frame(ONE.frame(21), know(settings, (reference,)))
    assert np.linalg.norm(found.positions[0] - ONE.truth(21).positions[3]) < 4
