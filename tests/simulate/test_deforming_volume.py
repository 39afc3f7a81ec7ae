"""Simulated deforming volumes: the truth is where the light is, and any frame comes at once."""

import copy
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from sightline.data.recording import Recording
from sightline.errors import InputError, SettingError
from sightline.simulate.deforming_settings import ADVERSARIAL, EASY, FAST, MEDIUM, NAMED
from sightline.simulate.deforming_volume import simulate_deforming_volume

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
