"""Recommended frames: one of each kind first, then what lowers the mean distance most."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.track.frame_distance import distances, thumbnail
from sightline.track.reference_frames import recommend_frames


def some_frames(count: int, seed: int = 0) -> NDArray[np.float16]:
    """Thumbnails of frames that drift from one picture to another, and noise."""
    random = np.random.default_rng(seed)
    ends = random.random((2, 1, 1, 24, 24), dtype=np.float32)
    share = random.random(count)[:, None, None, None, None]
    frames = ends[0] * share + ends[1] * (1 - share)
    frames = frames + random.normal(0, 0.05, frames.shape)
    return np.array([thumbnail(frame) for frame in frames])


def three_kinds() -> NDArray[np.float16]:
    random = np.random.default_rng(5)
    kinds = random.random((3, 1, 1, 24, 24), dtype=np.float32)
    noisy = [kinds[t % 3] + random.normal(0, 0.02, (1, 1, 24, 24)) for t in range(30)]
    return np.array([thumbnail(frame) for frame in noisy])


def test_of_three_kinds_of_frames_one_each_is_recommended() -> None:
    found = recommend_frames(three_kinds(), 3)
    assert sorted(found.frames % 3) == [0, 1, 2]
    assert found.distance < 0.1 < found.curve[2]


def test_what_is_annotated_already_counts() -> None:
    found = recommend_frames(three_kinds(), 2, existing=(4,))
    assert sorted(found.frames % 3) == [0, 2]
    assert found.curve[0] == pytest.approx(
        distances(three_kinds(), three_kinds()[[4]]).mean(), abs=0.05
    )


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_best_choice_of_all_or_very_near_to_it(seed: int) -> None:
    thumbs = some_frames(18, seed)
    apart = distances(thumbs, thumbs)
    best = min(apart[:, list(pair)].min(axis=1).mean() for pair in combinations(range(18), 2))
    found = recommend_frames(thumbs, 2)
    assert found.distance == pytest.approx(apart[:, found.frames].min(axis=1).mean(), abs=1e-6)
    assert found.distance <= 1.02 * best
    assert found.distance <= found.curve[-1] + 1e-9


def test_the_curve_falls_with_every_frame_and_is_unknown_without_any() -> None:
    curve = recommend_frames(some_frames(40), 8).curve
    assert len(curve) == 9
    assert np.isnan(curve[0])
    assert (np.diff(curve[1:]) < 0).all()


def test_skipped_frames_are_not_recommended() -> None:
    assert not set(recommend_frames(some_frames(12), 3, skip=tuple(range(9))).frames) & set(
        range(9)
    )


def test_constant_frames_still_give_as_many_as_asked_for() -> None:
    thumbs = np.array([thumbnail(np.zeros((1, 1, 16, 16)))] * 6)
    assert len(set(recommend_frames(thumbs, 3).frames.tolist())) == 3


def test_more_frames_than_there_are_cannot_be_recommended() -> None:
    with pytest.raises(SettingError, match="of 5 frames, 4 can be recommended"):
        recommend_frames(some_frames(5), 5, existing=(0,))


def test_long_recordings_are_sampled() -> None:
    thumbs = np.tile(some_frames(10), (2000, 1))
    found = recommend_frames(thumbs, 3)
    assert found.frames.max() < 20_000
    assert found.distance < found.curve[1]
