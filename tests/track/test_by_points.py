"""Nuclei of simulated volumes are followed as a set: pins, fine pixels, channels, a detector."""

from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.simulate.deforming_settings import ADVERSARIAL, EASY, DeformingSettings
from sightline.simulate.deforming_volume import DeformingVolume, simulate_deforming_volume
from sightline.track.by_points import PointReference, follow_points, prepare_points
from sightline.track.detector import train_detector
from sightline.track.follow_settings import FollowSettings
from sightline.track.located import Located

SMALL = replace(EASY, frames=12, planes=16, height=96, width=128, points=20)
RADIUS = 1.5


def settings_of(made: DeformingSettings) -> FollowSettings:
    return FollowSettings(made.voxel_size_um, RADIUS, "points")


def frame_of(video: DeformingVolume, frame: int) -> NDArray[np.float32]:
    return np.asarray(video.frame(frame), np.float32)


def followed(
    made: DeformingSettings, frame: int, settings: FollowSettings | None = None, pins: int = 0
) -> tuple[Located, NDArray[np.float64]]:
    """From the first frame into another; its truth."""
    video = simulate_deforming_volume(made)
    how = settings or settings_of(made)
    reference = prepare_points(frame_of(video, 0), video.truth(0).positions, how)
    truth = video.truth(frame).positions
    given = np.full(truth.shape, np.nan)
    given[:pins] = truth[:pins]
    return follow_points(frame_of(video, frame), [reference], how, None, given), truth


def share_right(found: Located, truth: NDArray[np.float64], made: DeformingSettings) -> float:
    apart = np.linalg.norm((found.positions - truth) * made.voxel_size_um, axis=1)
    return float((apart <= 2 * RADIUS).mean())


@pytest.mark.parametrize("channels", [1, 2])
def test_bright_nuclei_are_followed(channels: int) -> None:
    made = replace(SMALL, channels=channels)
    found, truth = followed(made, 6)
    assert share_right(found, truth, made) > 0.95
    assert found.score.mean() > 0.5


def test_fine_pixels_are_taken_together_and_positions_stay_exact() -> None:
    made = replace(SMALL, height=240, width=320, voxel_size_um=(1.5, 0.24, 0.24))
    found, truth = followed(made, 4)
    error = (found.positions - truth) * made.voxel_size_um
    assert share_right(found, truth, made) > 0.9
    assert np.abs(np.median(error, axis=0)).max() < 0.1


def test_a_persons_points_help_the_others() -> None:
    made = replace(ADVERSARIAL, frames=8, points=50, others=0, seed=5)
    alone, truth = followed(made, 5)
    led, _ = followed(made, 5, pins=15)
    rest = slice(15, None)
    plain = Located(alone.positions[rest], alone.score[rest], alone.found[rest])
    steered = Located(led.positions[rest], led.score[rest], led.found[rest])
    assert share_right(steered, truth[rest], made) > share_right(plain, truth[rest], made)
    np.testing.assert_array_equal(led.positions[:15], truth[:15])


def test_a_reference_keeps_patches_and_no_volume() -> None:
    video = simulate_deforming_volume(replace(SMALL, height=192, width=256))
    frame = frame_of(video, 0)
    kept = prepare_points(frame, video.truth(0).positions, settings_of(SMALL))
    assert {one.name for one in fields(PointReference)} == {"positions", "patches", "context"}
    held = kept.positions.nbytes + kept.context.nbytes
    held += sum(level.nbytes for level in kept.patches.values)
    assert held < frame.nbytes / 4


def test_a_trained_detector_may_take_the_place_of_blobs() -> None:
    video = simulate_deforming_volume(SMALL)
    points = [video.truth(0).positions]
    frames = [frame_of(video, 0)]
    detector = train_detector(frames, points, SMALL.voxel_size_um, RADIUS)
    how = settings_of(SMALL)
    reference = prepare_points(frames[0], points[0], how, detector)
    given = np.full_like(points[0], np.nan)
    found = follow_points(frame_of(video, 6), [reference], how, None, given, detector)
    assert share_right(found, video.truth(6).positions, SMALL) > 0.9


def test_a_frame_of_nothing_has_nothing_found() -> None:
    video = simulate_deforming_volume(SMALL)
    how = settings_of(SMALL)
    reference = prepare_points(frame_of(video, 0), video.truth(0).positions, how)
    empty = np.zeros_like(frame_of(video, 0))
    found = follow_points(empty, [reference], how, None, np.full((20, 3), np.nan))
    assert not found.found.any()
    assert found.score.max() == 0
