"""Frames are compared as the published method compares them."""

import numpy as np
import pytest
from scipy import ndimage

from sightline.track.frame_distance import distances
from sightline.track.paper.settings import PaperSettings
from sightline.track.paper.thumbnails import paper_thumbnail

PLAIN = PaperSettings()


def frames(count=4, shape=(2, 12, 64, 96)):
    noise = np.random.default_rng(0).random((count, *shape)) * 100
    return ndimage.gaussian_filter(noise, (0, 0, 1, 4, 4)).astype(np.float32)


def apart(made, settings=PLAIN):
    small = np.stack([paper_thumbnail(frame, settings) for frame in made])
    return distances(small, small)


def test_a_thumbnail_is_a_quarter_deep_and_a_sixteenth_wide() -> None:
    assert len(paper_thumbnail(frames()[0], PLAIN)) == 4 * 6 + 3 * 6 + 3 * 4
    assert len(paper_thumbnail(np.ones((1, 1, 20, 40), np.float32), PLAIN)) == 1 * 2 + 1 * 2 + 1 * 1


def test_the_distance_is_one_less_the_mean_correlation_of_smooth_projections() -> None:
    made = ndimage.gaussian_filter(frames(shape=(1, 12, 64, 96)), (0, 0, 3, 16, 16))
    found = apart(made)
    for one, other in ((0, 1), (2, 3)):
        likes = []
        for axis in range(3):
            thin = tuple(slice(by // 2, None, by) for by in np.delete((4, 16, 16), axis))
            pair = [made[frame, 0].max(axis=axis)[thin] for frame in (one, other)]
            likes.append(np.corrcoef(pair[0].ravel(), pair[1].ravel())[0, 1])
        assert found[one, other] == pytest.approx(1 - np.mean(likes), abs=0.1)


def test_brightness_does_not_matter_and_a_frame_is_like_itself() -> None:
    one = frames(1)[0]
    np.testing.assert_allclose(apart([one, 3 * one + 20]), 0, atol=2e-3)


def test_only_the_channel_asked_for_counts() -> None:
    one = frames(1)[0]
    other = one.copy()
    other[0] = frames(2)[1, 0]
    assert apart([one, other], PaperSettings(channel=1))[0, 1] == pytest.approx(0, abs=2e-3)
    assert apart([one, other], PaperSettings(channel=0))[0, 1] > 0.1


def test_constant_and_broken_frames_are_as_far_as_can_be_told() -> None:
    one = frames(1)[0]
    flat, broken = np.full_like(one, 5), one.copy()
    broken[0, 0, 0, 0] = np.nan
    found = apart([one, flat, np.zeros_like(one), broken])
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[0, 1:3], 1)
    assert found[0, 3] < 0.05
