"""Points followed into a frame: right, honest of what was not seen, and obedient to a person."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.data.tracks import Visibility
from sightline.errors import SettingError
from sightline.simulate.deforming_settings import EASY, MEDIUM
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.track.follow import follow_frame, know, reference_frame
from sightline.track.follow_settings import FollowSettings

VOLUME = simulate_deforming_volume(EASY)
SETTINGS = FollowSettings(EASY.voxel_size_um, EASY.radius_um, "points")
REFERENCE = reference_frame(VOLUME.frame(0), VOLUME.truth(0).positions, SETTINGS)
ABOUT = know(SETTINGS, (REFERENCE,))


def error(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return np.linalg.norm(found - truth, axis=1)


def test_easy_nuclei_are_followed_within_a_pixel_from_one_reference() -> None:
    found = follow_frame(VOLUME.frame(20), ABOUT)
    away = error(found.positions, VOLUME.truth(20).positions)
    assert (away < 1).mean() > 0.95
    assert np.median(away) < 0.3
    assert (found.visibility == Visibility.SEEN).mean() > 0.95


@pytest.mark.slow
def test_of_eighty_crawling_nuclei_nine_in_ten_are_followed_from_one_reference() -> None:
    volume = simulate_deforming_volume(replace(MEDIUM, seed=3))
    settings = FollowSettings(MEDIUM.voxel_size_um, MEDIUM.radius_um, "points")
    reference = reference_frame(volume.frame(0), volume.truth(0).positions, settings)
    right = []
    for frame in (5, 10, 15, 20):
        found = follow_frame(volume.frame(frame), know(settings, (reference,)))
        right.append((error(found.positions, volume.truth(frame).positions) < 5).mean())
    assert np.mean(right) > 0.85


def test_flat_recordings_of_nuclei_are_followed_as_points() -> None:
    volume = simulate_deforming_volume(replace(EASY, planes=1, points=21))
    reference = reference_frame(volume.frame(0), volume.truth(0).positions, SETTINGS)
    found = follow_frame(volume.frame(9), know(SETTINGS, (reference,)))
    assert (error(found.positions, volume.truth(9).positions) < 2).mean() > 0.9
    assert (found.positions[:, 0] == 0).all()


def test_a_person_s_position_is_returned_to_the_last_bit() -> None:
    given = np.full((EASY.points, 3), np.nan)
    given[5] = VOLUME.truth(20).positions[5] + (0.3, 1.7, -2.1)
    found = follow_frame(VOLUME.frame(20), ABOUT, fixed=given)
    np.testing.assert_array_equal(found.positions[5], given[5])
    assert found.score[5] == 1
    assert found.visibility[5] == Visibility.SEEN


def test_what_no_reference_shows_is_missing_and_never_a_number() -> None:
    partial = VOLUME.truth(0).positions.copy()
    partial[[3, 7]] = np.nan
    reference = reference_frame(VOLUME.frame(0), partial, SETTINGS)
    found = follow_frame(VOLUME.frame(4), know(SETTINGS, (reference,)))
    assert (found.visibility[[3, 7]] == Visibility.NOT_TRACKED).all()
    assert np.isnan(found.positions[[3, 7]]).all()
    assert np.isnan(found.score[[3, 7]]).all()
    rest = np.delete(np.arange(EASY.points), [3, 7])
    assert (error(found.positions, VOLUME.truth(4).positions)[rest] < 1).mean() > 0.9


def test_a_nucleus_that_is_dark_is_hidden_or_scores_low() -> None:
    dark = simulate_deforming_volume(replace(EASY, missed_share=0.15))
    missed = ~dark.truth(6).seen
    found = follow_frame(dark.frame(6), ABOUT)
    assert missed.sum() >= 3
    assert (found.visibility[missed] == Visibility.HIDDEN).mean() > 0.6
    assert (found.visibility[~missed] == Visibility.SEEN).mean() > 0.9
    assert np.nanmedian(found.score[missed]) < 0.5 < np.nanmedian(found.score[~missed])


def test_a_point_outside_the_frame_has_left_the_view() -> None:
    frame, truth = VOLUME.frame(0), VOLUME.truth(0).positions
    cut = int(np.sort(truth[:, 2])[-3]) - 6
    found = follow_frame(frame[..., :cut], ABOUT)
    outside = truth[:, 2] > cut + 3
    assert outside.sum() >= 3
    assert (found.visibility[outside] == Visibility.LEFT_THE_VIEW).all()
    assert np.isnan(found.positions[outside]).all()


@pytest.mark.parametrize("value", [0.0, 7.0, np.nan])
def test_a_constant_frame_gives_no_point_that_is_seen(value: float) -> None:
    frame = np.full_like(VOLUME.frame(0), value)
    found = follow_frame(frame, ABOUT)
    assert (found.visibility != Visibility.SEEN).all()
    assert np.nanmax(found.score) < 0.1


def test_without_a_reference_or_with_an_empty_one_it_says_so() -> None:
    with pytest.raises(SettingError, match="no reference frame"):
        follow_frame(VOLUME.frame(0), know(SETTINGS, ()))
    with pytest.raises(SettingError, match="no annotated point"):
        reference_frame(VOLUME.frame(0), np.full((4, 3), np.nan), SETTINGS)
    with pytest.raises(SettingError, match="planes"):
        reference_frame(
            VOLUME.frame(0), VOLUME.truth(0).positions, replace(SETTINGS, method="templates")
        )
    with pytest.raises(SettingError, match="radius"):
        replace(SETTINGS, radius=0)


def test_one_point_is_followed() -> None:
    volume = simulate_deforming_volume(replace(EASY, points=1))
    reference = reference_frame(volume.frame(0), volume.truth(0).positions, SETTINGS)
    found = follow_frame(volume.frame(1), know(SETTINGS, (reference,)))
    assert error(found.positions, volume.truth(1).positions)[0] < 1
