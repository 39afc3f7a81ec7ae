"""A frame's points go down the losses from where a parent has them."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.errors import SettingError
from sightline.simulate.deforming_settings import EASY
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.track.paper.descent import follow_paper
from sightline.track.paper.references import prepare_paper
from sightline.track.paper.settings import PaperSettings

VIDEO = simulate_deforming_volume(
    replace(EASY, frames=6, points=12, planes=10, height=80, width=96, seed=2)
)
FRAMES = [VIDEO.frame(frame) for frame in range(6)]
TRUTH = np.array([VIDEO.truth(frame).positions for frame in range(6)])
QUICK = PaperSettings(patch_size=15, patch_depth=3)
WIDE = PaperSettings(edge_weight=0.5, patch_sigma=8.0, stiffness=0, step_floor=0.2)


def follow(settings=QUICK, child=3, parent=None, prepared=None, **more):
    references = prepare_paper(FRAMES[:1], TRUTH[:1], settings) if prepared is None else prepared
    start = TRUTH[0] if parent is None else parent
    return follow_paper(FRAMES[child], references, 0, start, 0.1, settings, **more)


def error(positions, frame=3):
    return np.linalg.norm(positions - TRUTH[frame], axis=1)


def test_points_come_nearer_to_the_truth_than_where_they_start() -> None:
    before, after = error(TRUTH[0]), error(follow()[0])
    assert np.median(after) < 0.6 * np.median(before)


def test_the_score_is_a_correlation_and_near_one_on_the_reference_itself() -> None:
    positions, score = follow(child=0)
    assert score.min() > 0.98
    assert error(positions, 0).max() < 0.3  # springs whose pull jumps with the sign jitter a little
    assert np.all((follow()[1] >= 0) & (follow()[1] <= 1))


def test_the_same_input_gives_the_same_result() -> None:
    np.testing.assert_array_equal(follow()[0], follow()[0])


def test_fixed_points_are_returned_as_they_are_and_pull_their_neighbours() -> None:
    fixed = np.full((12, 3), np.nan)
    fixed[4] = TRUTH[3, 4]
    positions, _ = follow(fixed=fixed)
    np.testing.assert_array_equal(positions[4], fixed[4])
    alone, _ = follow()
    assert np.abs(np.delete(positions - alone, 4, axis=0)).max() > 0.01


def test_a_fixed_point_need_not_have_a_parent_or_a_patch() -> None:
    start, fixed = TRUTH[0].copy(), np.full((12, 3), np.nan)
    start[4] = np.nan
    fixed[4] = TRUTH[3, 4]
    seen = TRUTH[:1].copy()
    seen[0, 4] = np.nan
    prepared = prepare_paper(FRAMES[:1], seen, QUICK)
    positions, score = follow(parent=start, fixed=fixed, prepared=prepared)
    np.testing.assert_array_equal(positions[4], fixed[4])
    assert np.isnan(score[4])
    assert np.isfinite(np.delete(positions, 4, axis=0)).all()


def test_a_point_without_a_start_stays_missing_and_the_others_go_on() -> None:
    start = TRUTH[0].copy()
    start[7] = np.nan
    positions, score = follow(parent=start)
    assert np.isnan(positions[7]).all()
    assert np.isnan(score[7])
    assert np.median(np.delete(error(positions), 7)) < 0.6 * np.median(error(TRUTH[0]))


def test_a_point_that_the_nearest_reference_lacks_is_looked_for_with_the_next_ones_patch() -> None:
    seen = TRUTH[:2].copy()
    seen[0, 4] = np.nan
    prepared = prepare_paper(FRAMES[:2], seen, QUICK)
    lost, _ = follow_paper(FRAMES[3], prepared, 0, TRUTH[1], 0.1, QUICK)
    found, score = follow_paper(FRAMES[3], prepared, (0, 1), TRUTH[1], 0.1, QUICK)
    assert np.isnan(lost[4]).all()
    assert score[4] > 0.9
    assert error(found)[4] < error(TRUTH[1])[4]
    whole = prepare_paper(FRAMES[:2], TRUTH[:2], QUICK)
    of_first, _ = follow_paper(FRAMES[3], whole, 0, TRUTH[1], 0.1, QUICK)
    both, _ = follow_paper(FRAMES[3], whole, (0, 1), TRUTH[1], 0.1, QUICK)
    np.testing.assert_array_equal(both, of_first)


def test_no_point_at_all_is_all_missing() -> None:
    anything = np.ones(FRAMES[0].shape[1:], np.float32)
    for settings in (QUICK, replace(QUICK, detection_weight=1.0, smoothness=1.0)):
        nothing = np.full((12, 3), np.nan)
        positions, score = follow(settings, parent=nothing, probability=anything)
        assert np.isnan(positions).all()
        assert np.isnan(score).all()


def test_without_steps_points_stay_and_corrections_still_spread() -> None:
    still = replace(QUICK, steps=0)
    np.testing.assert_allclose(follow(still)[0], TRUTH[0], atol=1e-9)
    fixed = np.full((12, 3), np.nan)
    fixed[0] = TRUTH[0, 0] + [0, 4, 0]
    moved = follow(still, fixed=fixed)[0] - TRUTH[0]
    assert np.all(moved[:, 1] >= -1e-9)
    assert (moved[:, 1] > 0.1).sum() > 1
    kept = follow(replace(still, spread_corrections=False), fixed=fixed)[0] - TRUTH[0]
    assert (np.abs(kept).max(axis=1) > 1e-9).sum() == 1


def test_the_gradient_cap_bounds_the_way_of_a_point() -> None:
    capped = replace(QUICK, gradient_cap=1e-3, step_floor=0.2)
    moved = np.abs(follow(capped)[0] - TRUTH[0]) * 2 / np.array(FRAMES[0].shape[1:])
    assert moved.max() <= 0.2 * 1e-3 * 18.75 + 1e-12  # steps halved every ten add up to 18.75


def test_a_z_step_moves_points_farther_along_z_only() -> None:
    free = replace(QUICK, gradient_cap=None, stiffness=0, steps=1)
    plain = follow(free)[0] - TRUTH[0]
    longer = follow(replace(free, z_step=3.0))[0] - TRUTH[0]
    np.testing.assert_allclose(longer, plain * [4, 1, 1], atol=1e-9)


def test_stiffness_by_schedule_differs_from_none_and_from_always() -> None:
    results = [
        follow(replace(QUICK, stiffness=stiffness))[0]
        for stiffness in (0.0, 1.0, ((0, 1.0), (10, 0.0)), ((0, 1.0),))
    ]
    assert np.abs(results[2] - results[0]).max() > 1e-3
    assert np.abs(results[2] - results[1]).max() > 1e-3
    np.testing.assert_array_equal(results[3], results[1])


def test_detection_draws_points_to_what_is_there() -> None:
    there = np.zeros(FRAMES[0].shape[1:], np.float32)
    spots = TRUTH[0] + [0, 0, 3.0]
    for z, y, x in np.round(spots).astype(int):
        there[max(z - 2, 0) : z + 3, y - 2 : y + 3, x - 2 : x + 3] = 1
    drawn = replace(
        QUICK, stiffness=0, steps=0, detection_weight=2.0, step_floor=0.02, step_ceiling=0.02
    )
    positions, _ = follow(drawn, probability=there)
    assert np.median(np.linalg.norm(positions - spots, axis=1)) < 2.5
    assert np.median(positions[:, 2] - TRUTH[0, :, 2]) > 0.5


def test_smoothness_holds_brightness_against_the_frames_around() -> None:
    smooth = replace(QUICK, window=3, smoothness=1.0)
    around = (FRAMES[2], FRAMES[4])
    assert np.abs(follow(smooth, window=around)[0] - follow(QUICK)[0]).max() > 1e-3
    assert np.isfinite(follow(smooth, window=around[:1])[0]).all()  # at a movie's end


def test_turning_patches_follow_a_turn_in_the_plane() -> None:
    spots = np.random.default_rng(0).uniform(15, 64, (12, 2))
    y, x = np.mgrid[:80, :80]
    angle = 0.25

    def painted(turn):
        centre = np.array([39.5, 39.5])
        rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        at = (spots - centre) @ rotation.T + centre
        light = sum(np.exp(-((y - a) ** 2 + (x - b) ** 2) / 8) for a, b in at)
        return at, np.asarray(light, np.float32)[None, None]

    (before, first), (after, second) = painted(0.0), painted(angle)
    truth = np.insert(after, 0, 0.0, axis=1)
    ended = []
    for turning in (False, True):
        settings = replace(WIDE, rotate_patches=turning)
        prepared = prepare_paper([first], np.insert(before, 0, 0.0, axis=1)[None], settings)
        _, score = follow_paper(second, prepared, 0, truth, 0.0, settings)
        ended.append(np.median(score))
    assert 1 - ended[1] < 0.5 * (1 - ended[0])


def test_a_flat_recording_is_followed_in_its_plane() -> None:
    flat = np.stack([frame.max(axis=1, keepdims=True) for frame in FRAMES])
    places = TRUTH * [0, 1, 1]
    prepared = prepare_paper([flat[0]], places[:1], QUICK)
    positions, score = follow_paper(flat[3], prepared, 0, places[0], 0.1, QUICK)
    np.testing.assert_allclose(positions[:, 0], 0, atol=1e-9)
    assert score.min() > 0
    gap = np.median(np.linalg.norm(places[0] - places[3], axis=1))
    assert np.median(np.linalg.norm(positions - places[3], axis=1)) < gap


def test_dark_frames_and_constant_frames_leave_points_to_their_springs() -> None:
    for value in (0.0, 7.0):
        constant = np.full_like(FRAMES[0], value)
        prepared = prepare_paper(FRAMES[:1], TRUTH[:1], QUICK)
        positions, score = follow_paper(constant, prepared, 0, TRUTH[0], 0.1, QUICK)
        np.testing.assert_allclose(positions, TRUTH[0], atol=1e-6)
        assert not score.any()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(SettingError, match="annotate at least one"):
        prepare_paper([], np.empty((0, 3, 3)), QUICK)
    with pytest.raises(SettingError, match="1 reference frames and positions in 2"):
        prepare_paper(FRAMES[:1], TRUTH[:2], QUICK)
    with pytest.raises(SettingError, match="of one size"):
        prepare_paper([FRAMES[0], FRAMES[1][:, :5]], TRUTH[:2], QUICK)
    with pytest.raises(SettingError, match="counted from 0"):
        prepare_paper(FRAMES[:1], TRUTH[:1], replace(QUICK, channel=2))
    prepared = prepare_paper(FRAMES[:1], TRUTH[:1], QUICK)
    with pytest.raises(SettingError, match="of one size"):
        follow_paper(FRAMES[0][:, :, :50], prepared, 0, TRUTH[0], 0.1, QUICK)
    with pytest.raises(SettingError, match="needs a probability"):
        follow(replace(QUICK, detection_weight=1.0))
