"""Frame distances: one minus the mean Pearson correlation of small projections."""

import numpy as np
import pytest

from sightline.simulate.deforming_settings import EASY
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.track.frame_distance import distances, nearest_frames, pair_distances, thumbnail


def test_the_distance_is_one_minus_the_mean_correlation_of_three_projections() -> None:
    random = np.random.default_rng(0)
    frames = random.random((4, 2, 6, 20, 24), dtype=np.float32)  # tiles of one pixel in y and x
    thumbs = np.array([thumbnail(frame) for frame in frames])
    brightest = frames.max(axis=1)

    def correlation(a: int, b: int) -> float:
        return float(
            np.mean(
                [
                    np.corrcoef(brightest[a].max(k).ravel(), brightest[b].max(k).ravel())[0, 1]
                    for k in range(3)
                ]
            )
        )

    wanted = [[1 - correlation(a, b) for b in range(4)] for a in range(4)]
    np.testing.assert_allclose(distances(thumbs, thumbs), wanted, atol=2e-3)
    pairs = pair_distances(thumbs, np.array([0, 2]), np.array([3, 1]))
    np.testing.assert_allclose(pairs, [wanted[0][3], wanted[2][1]], atol=2e-3)


def test_a_flat_frame_has_one_projection_and_its_tiles_are_means() -> None:
    random = np.random.default_rng(1)
    frames = random.random((2, 1, 1, 48, 96), dtype=np.float32)
    thumbs = np.array([thumbnail(frame) for frame in frames])
    tiles = frames[:, 0, 0].reshape(2, 12, 4, 24, 4).mean(axis=(2, 4)).reshape(2, -1)
    assert thumbs.shape == (2, 12 * 24)
    wanted = 1 - np.corrcoef(tiles)[0, 1]
    assert distances(thumbs, thumbs)[0, 1] == pytest.approx(wanted, abs=2e-3)


def test_brightness_and_offset_do_not_matter() -> None:
    frame = np.random.default_rng(2).random((1, 5, 30, 30), dtype=np.float32)
    thumbs = np.array([thumbnail(frame), thumbnail(3 * frame + 100)])
    assert distances(thumbs, thumbs).max() < 2e-3


@pytest.mark.parametrize("value", [0.0, 7.3, np.nan])
def test_a_constant_frame_is_at_distance_one_from_all(value: float) -> None:
    frame = np.random.default_rng(3).random((1, 5, 30, 30), dtype=np.float32)
    thumbs = np.array([thumbnail(np.full_like(frame, value)), thumbnail(frame)])
    np.testing.assert_allclose(distances(thumbs, thumbs), [[1, 1], [1, 0]], atol=2e-3)


def test_frames_in_like_postures_are_near() -> None:
    volume = simulate_deforming_volume(EASY)
    thumbs = np.array([thumbnail(volume.frame(t)) for t in (0, 1, 8, 15)])
    assert (np.diff(distances(thumbs, thumbs[:1])[:, 0]) > 0).all()


def test_long_recordings_are_compared_in_chunks_without_a_square_matrix() -> None:
    thumbs = np.random.default_rng(4).standard_normal((9000, 20)).astype(np.float16)
    found = distances(thumbs, thumbs[:3])
    assert found.shape == (9000, 3)
    alone = distances(thumbs[8000:8001], thumbs[2:3])[0, 0]
    assert found[8000, 2] == pytest.approx(alone, abs=1e-5)


def test_the_nearest_frames_are_those_of_a_sorted_matrix() -> None:
    random = np.random.default_rng(5)
    thumbs = np.array([thumbnail(frame) for frame in random.random((30, 1, 1, 24, 24))])
    thumbs[7] = thumbs[3]  # of equal ones, the earlier comes first
    matrix = distances(thumbs, thumbs[2:9])
    places, apart = nearest_frames(thumbs, thumbs[2:9], 3)
    np.testing.assert_array_equal(places, np.argsort(matrix, axis=1, kind="stable")[:, :3])
    np.testing.assert_array_equal(apart, np.sort(matrix, axis=1)[:, :3])
    assert nearest_frames(thumbs, thumbs[2:9], 99)[0].shape == (30, 7)
