"""Simulated deforming volumes: the truth is where the light is, and any frame comes at once."""

import copy
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from sightline.data.recording import Recording
from sightline.errors import InputError, SettingError
from sightline.simulate.deforming_settings import (
    ADVERSARIAL,
    DIVIDING,
    EASY,
    FAST,
    LEAVING,
    LONG,
    MEDIUM,
    NAMED,
    OMEGA,
    DeformingSettings,
)
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.simulate.truth import true_keypoints

SPARSE = replace(EASY, points=4, texture=0.0, photons=5000.0, jitter_um=0.0, bleaching=0.0)


def test_it_is_a_recording_of_volumes() -> None:
    recording: Recording = simulate_deforming_volume(SPARSE)
    with recording as opened:
        frames = opened.read(2, 4)
    assert opened.info.axes == ("time", "channel", "z", "y", "x")
    assert frames.shape == (2, *opened.info.shape[1:])
    assert frames.dtype == np.float32


@pytest.mark.parametrize("planes", [24, 1])
@pytest.mark.parametrize("frame", [0, 17])
def test_light_is_brightest_where_the_truth_says(planes: int, frame: int) -> None:
    volume = simulate_deforming_volume(replace(SPARSE, planes=planes))
    image = volume.frame(frame)[0] - SPARSE.background
    image = np.maximum(image - 100, 0)
    truth = volume.truth(frame).positions
    sigma = SPARSE.radius_um / np.array(SPARSE.voxel_size_um)
    for place in truth:
        grid = np.stack(np.indices(image.shape), -1)
        near = (np.abs(grid - place) <= 2 * sigma).all(-1)
        centre = ndimage.center_of_mass(image * near)
        np.testing.assert_allclose(centre, place, atol=0.35)
    if planes == 1:
        assert (truth[:, 0] == 0).all()


def test_a_frame_is_the_same_whenever_it_is_asked_for() -> None:
    volume = simulate_deforming_volume(MEDIUM)
    last = volume.frame(40)
    volume.frame(3)
    np.testing.assert_array_equal(copy.deepcopy(volume).frame(40), last)
    np.testing.assert_array_equal(volume.read(39, 41)[1], last)
    assert (simulate_deforming_volume(replace(MEDIUM, seed=1)).frame(40) != last).mean() > 0.9


def test_a_hundred_thousand_frames_cost_no_memory() -> None:
    tracemalloc.start()
    volume = simulate_deforming_volume(replace(SPARSE, frames=100_000))
    volume.frame(99_999)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6


def test_the_body_bends_smoothly_and_faster_when_it_is_fast() -> None:
    def steps(settings) -> float:
        volume = simulate_deforming_volume(settings)
        places = np.array([volume.truth(t).positions for t in range(20)])
        return float(np.median(np.linalg.norm(np.diff(places, axis=0), axis=-1)))

    easy, medium, fast = steps(EASY), steps(MEDIUM), steps(FAST)
    assert 0 < easy < medium < fast / 2


def test_bending_moves_the_ends_against_the_middle_not_the_lengths_between_neighbours() -> None:
    volume = simulate_deforming_volume(replace(MEDIUM, jitter_um=0.0, sway=0.0))
    size = np.array(MEDIUM.voxel_size_um)
    first, later = (volume.truth(t).positions * size for t in (0, 20))
    apart = np.linalg.norm(first[:, None] - first, axis=-1)
    then = np.linalg.norm(later[:, None] - later, axis=-1)
    near = (apart > 0) & (apart < 6)
    far = apart > 60
    assert np.median(np.abs(then - apart)[near]) < 1
    assert np.abs(then - apart)[far].max() > 4


def test_what_is_missed_in_a_frame_is_dark_there_and_told() -> None:
    volume = simulate_deforming_volume(replace(SPARSE, missed_share=0.5, points=12))
    truth = volume.truth(5)
    image = ndimage.gaussian_filter(volume.frame(5)[0], 1)
    place = np.rint(truth.positions).astype(int)
    light = image[tuple(place.T)]
    assert 0 < truth.seen.sum() < 12
    assert light[truth.seen].min() > 2 * light[~truth.seen].max()


def test_a_body_that_sways_leaves_the_view() -> None:
    volume = simulate_deforming_volume(ADVERSARIAL)
    away = np.array([~volume.truth(t).in_view for t in range(ADVERSARIAL.frames)])
    assert 0.0 < away.mean() < 0.4
    assert not away.all(axis=1).any()


def test_it_bleaches_as_asked() -> None:
    settings = replace(SPARSE, bleaching=0.5, activity=0.0, background=0.0)
    volume = simulate_deforming_volume(settings)
    first, last = volume.frame(0), volume.frame(settings.frames - 1)
    assert last.sum() / first.sum() == pytest.approx(0.5, abs=0.02)


def test_wrong_settings_and_frames_are_told_in_a_sentence() -> None:
    with pytest.raises(SettingError, match="planes is 0"):
        replace(MEDIUM, planes=0)
    with pytest.raises(SettingError, match="three numbers"):
        replace(MEDIUM, voxel_size_um=(1.0, 2.0))  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="fit into the body"):
        simulate_deforming_volume(replace(MEDIUM, points=700))
    volume = simulate_deforming_volume(SPARSE)
    with pytest.raises(InputError, match="frame 60 was asked for"):
        volume.frame(60)
    with pytest.raises(InputError, match="frames 3 to 3"):
        volume.read(3, 3)


def test_all_named_settings_can_be_drawn() -> None:
    for settings in NAMED.values():
        assert simulate_deforming_volume(settings).frame(1).std() > 0


@pytest.mark.parametrize(
    ("settings", "total", "corner", "brightest", "fourth"),
    [
        (EASY, 18660626.709, (16.29376, 24.66601), 847.1118, (6.4914575, 85.874794, 138.343418)),
        (MEDIUM, 18378786.365, (20.28649, 27.46715), 324.8955, (6.189613, 117.675515, 136.887274)),
        (FAST, 18379019.838, (58.86275, 91.10516), 434.7685, (5.795638, 100.234593, 148.052425)),
        (ADVERSARIAL, 17592570.433, (50.8536, 61.19177), 240.6064, (5.730842, 51.891170, 138.0761)),
    ],
)
def test_recordings_that_figures_were_measured_on_stay_as_they_were(
    settings: DeformingSettings,
    total: float,
    corner: tuple[float, float],
    brightest: float,
    fourth: tuple[float, float, float],
) -> None:
    volume = simulate_deforming_volume(replace(settings, frames=30, seed=7))
    image = volume.frame(11)
    assert image.sum(dtype=np.float64) == pytest.approx(total, rel=1e-6)
    np.testing.assert_allclose(image[0, 12, 80, 100:102], corner, rtol=1e-5)
    assert image.max() == pytest.approx(brightest, rel=1e-5)
    np.testing.assert_allclose(volume.truth(11).positions[3], fourth, atol=1e-5)


def _end_to_end(settings: DeformingSettings) -> np.ndarray:
    """(frame,) distance between the body's outermost nuclei, um."""
    volume = simulate_deforming_volume(settings)
    ends = [volume.body.rest[:, 2].argmin(), volume.body.rest[:, 2].argmax()]
    size = np.array(settings.voxel_size_um)
    places = np.array([volume.truth(t).positions[ends] * size for t in range(settings.frames)])
    return np.linalg.norm(places[:, 0] - places[:, 1], axis=1)


def test_an_omega_turn_brings_the_ends_together_and_ends_as_it_began() -> None:
    calm = replace(OMEGA, turn_every=0.0, jitter_um=0.0)
    apart, turning = _end_to_end(calm), _end_to_end(replace(OMEGA, jitter_um=0.0))
    touched = turning != apart
    assert turning.min() < 0.6 * apart.min()
    assert 20 <= touched.sum() <= 28  # two turns of 14 frames, less what starts between frames
    assert (np.diff(touched.astype(int)) == 1).sum() == 2
    slow = _end_to_end(replace(OMEGA, jitter_um=0.0, turn_every=60.0, turn_frames=50.0))
    assert np.abs(np.diff(slow)).max() < 0.1 * apart.max()  # coils, does not jump


def test_nuclei_on_the_inner_side_of_a_turn_are_not_pushed_through_each_other() -> None:
    settings = replace(OMEGA, jitter_um=0.0, bend=0.0)
    volume = simulate_deforming_volume(settings)
    across = volume.body.rest[:, 1].argsort()
    inner, outer = across[:8], across[-8:]
    for frame in range(30):
        there = volume.truth(frame).positions[:, 1:]
        assert np.linalg.norm(there[inner].mean(0) - there[outer].mean(0)) > 8


def test_a_mother_becomes_two_daughters_that_start_where_she_was() -> None:
    volume = simulate_deforming_volume(replace(DIVIDING, photons=3000.0, background=1.0))
    names = {name: index for index, name in enumerate(volume.names)}
    assert len(names) == 50 + 20
    assert len(volume.parents) == 20
    truths = np.array([volume.truth(t).positions for t in range(DIVIDING.frames)])
    there = np.isfinite(truths).all(axis=2)
    for daughter, mother in volume.parents:
        born = there[:, names[daughter]].argmax()
        assert daughter.startswith(mother)
        assert 0 < born < DIVIDING.frames
        np.testing.assert_array_equal(there[:, names[mother]], np.arange(60) < born)
        np.testing.assert_array_equal(there[:, names[daughter]], np.arange(60) >= born)
        step = truths[born, names[daughter]] - truths[born - 1, names[mother]]
        assert np.linalg.norm(step * DIVIDING.voxel_size_um) < 6
        image = volume.frame(born)[0]
        place = tuple(np.rint(truths[born, names[daughter]]).astype(int))
        assert image[place] > 300


def test_a_body_that_drifts_loses_points_through_sides_and_planes_and_gets_them_back() -> None:
    volume = simulate_deforming_volume(LEAVING)
    truths = [volume.truth(t) for t in range(LEAVING.frames)]
    inside = np.array([truth.in_view for truth in truths])
    back = (np.diff(inside.astype(int), axis=0) == 1).any(axis=0)
    assert back.sum() > 5
    depth = np.array([truth.positions[:, 0] for truth in truths])
    assert ((depth < -0.5) | (depth > LEAVING.planes - 0.5)).any()


def test_noise_from_a_supply_is_as_strong_and_differs_between_frames_and_planes() -> None:
    plain = replace(MEDIUM, points=1, background=100.0, sway=0.0)
    fresh = simulate_deforming_volume(plain).frame(3)[0, :, :20] - 100
    volume = simulate_deforming_volume(replace(plain, fresh_noise=False))
    once, again = (volume.frame(frame)[0, :, :20] - 100 for frame in (3, 4))
    assert once.std() == pytest.approx(fresh.std(), rel=0.02)
    assert abs(np.corrcoef(once.ravel(), again.ravel())[0, 1]) < 0.02
    assert np.abs(np.corrcoef(once.reshape(len(once), -1)) - np.eye(len(once))).max() < 0.08
    np.testing.assert_array_equal(volume.frame(3)[0, :, :20] - 100, once)


def test_seven_hours_of_a_whole_brain_can_be_asked_for_any_frame() -> None:
    volume = simulate_deforming_volume(LONG)
    assert volume.info.shape == (100_000, 2, 23, 512, 512)
    assert volume.truth(99_999).in_view.mean() > 0.7


def test_the_truth_is_given_as_annotations() -> None:
    volume = simulate_deforming_volume(replace(DIVIDING, missed_share=0.3))
    told = true_keypoints(volume, (2, 50))
    assert told.names == volume.names
    assert told.parents == volume.parents
    assert told.image_shape == (24, 160, 224)
    for row, frame in enumerate((2, 50)):
        truth = volume.truth(frame)
        dense = told.dense([2, 50])[row]
        np.testing.assert_array_equal(dense[truth.in_view], truth.positions[truth.in_view])
        assert np.isnan(dense[~truth.in_view]).all()
        mine = told.frame == frame
        np.testing.assert_array_equal(told.hidden[mine], ~truth.seen[told.keypoint[mine]])


def test_settings_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(SettingError, match="turn_every is 5; it must be 0 or at least"):
        replace(MEDIUM, turn_every=5.0)
    with pytest.raises(SettingError, match="of 80 points no more can divide"):
        replace(MEDIUM, divisions=81)
