"""Simulated video of animals: parts are where they are painted, and what is hidden is told."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.data.recording import Recording
from sightline.errors import InputError, SettingError
from sightline.simulate.animal_pose import PARTS
from sightline.simulate.animal_settings import HIDING, NAMED_ANIMALS, ONE_MOUSE, TWO_MICE
from sightline.simulate.animal_video import AnimalVideo, simulate_animal_video
from sightline.simulate.truth import true_keypoints

PLAIN = replace(ONE_MOUSE, contrast=1.0, noise=0.0, flicker=0.0, clutter=0.0)


def animal_pixels(video: AnimalVideo, frame: int) -> NDArray[np.float64]:
    """(pixel, 2) far from the bedding's grey."""
    away = np.abs(video.frame(frame)[0, 0] - video.bedding)
    return np.argwhere(away > 25).astype(float)


def test_it_is_a_recording_of_a_flat_video() -> None:
    recording: Recording = simulate_animal_video(ONE_MOUSE)
    with recording as opened:
        frames = opened.read(2, 4)
    assert opened.info.axes == ("time", "y", "x")
    assert frames.shape == (2, 240, 320)
    assert frames.dtype == np.uint8
    as_tracked = simulate_animal_video(ONE_MOUSE).frame(2)
    assert as_tracked.shape == (1, 1, 240, 320)
    np.testing.assert_array_equal(as_tracked[0, 0], frames[0])


@pytest.mark.parametrize("frame", [0, 8, 90])
def test_parts_lie_on_the_animal_and_the_nose_at_its_front(frame: int) -> None:
    video = simulate_animal_video(PLAIN)
    pixels = animal_pixels(video, frame)
    part = dict(zip(PARTS, video.truth(frame).positions[:, 1:], strict=True))
    for place in part.values():
        assert np.linalg.norm(pixels - place, axis=1).min() < 3
    ahead = part["nose"] - part["neck"]
    ahead /= np.linalg.norm(ahead)
    near = np.linalg.norm(pixels - part["neck"], axis=1) < 40
    farthest = ((pixels[near] - part["nose"]) @ ahead).max()
    assert abs(farthest) < 3


def test_left_is_on_the_left_of_an_animal_seen_from_above() -> None:
    video = simulate_animal_video(ONE_MOUSE)
    for frame in (0, 30, 77):
        part = dict(zip(PARTS, video.truth(frame).positions[:, 1:], strict=True))
        (ahead_y, ahead_x), (y, x) = part["nose"] - part["neck"], part["left_ear"] - part["neck"]
        assert ahead_x * y - ahead_y * x < 0  # y points down
        middle = (part["left_ear"] + part["right_ear"]) / 2
        assert np.linalg.norm(part["left_ear"] - middle) == pytest.approx(0.105 * 64, rel=1e-6)


def test_it_walks_and_turns_and_bends_but_keeps_its_size() -> None:
    video = simulate_animal_video(ONE_MOUSE)
    truths = np.array([video.truth(frame).positions[:, 1:] for frame in range(200)])
    nose, neck, back, base = (
        truths[:, PARTS.index(p)] for p in ("nose", "neck", "back", "tail_base")
    )
    assert 1 < np.median(np.linalg.norm(np.diff(back, axis=0), axis=1)) < 10
    ahead = np.arctan2(*(nose - base).T)
    assert np.histogram(ahead, bins=8, range=(-np.pi, np.pi))[0].min() > 0  # looks everywhere
    length = np.linalg.norm(nose - base, axis=1)
    assert 0.6 * 64 < length.min() < 0.97 * 64
    assert length.max() <= 64 + 1e-6
    head = np.linalg.norm(nose - neck, axis=1)
    assert head.min() > 0.9 * 0.3 * 64


def test_a_frame_is_the_same_whenever_it_is_asked_for() -> None:
    video = simulate_animal_video(replace(TWO_MICE, frames=100_000))
    last = video.frame(99_000)
    video.frame(3)
    np.testing.assert_array_equal(copy.deepcopy(video).frame(99_000), last)
    assert (simulate_animal_video(replace(TWO_MICE, seed=1)).frame(40) != last).mean() > 0.5


def test_several_animals_have_the_same_parts_and_other_names() -> None:
    video = simulate_animal_video(TWO_MICE)
    assert video.names[:2] == ("mouse1/nose", "mouse1/left_ear")
    assert len(video.names) == 2 * len(PARTS)
    assert ("mouse2/left_ear", "mouse2/right_ear") in video.symmetries
    for pair in (*video.edges, *video.symmetries):
        assert set(pair) <= set(video.names)
    furs = video.furs.reshape(2, -1)
    assert abs(np.corrcoef(furs)[0, 1]) < 0.5


def test_what_a_shelter_or_another_animal_covers_is_told_to_be_hidden() -> None:
    video = simulate_animal_video(replace(HIDING, noise=0.0, flicker=0.0, roam=0.6))
    boxed = crossed = 0
    for frame in range(200):
        truth = video.truth(frame)
        under = np.zeros(len(truth.seen), bool)
        for top, left, bottom, right in video.boxes:
            y, x = np.rint(truth.positions[:, 1:].T)
            under |= (y >= top) & (y < bottom) & (x >= left) & (x < right)
        assert not (truth.seen & under).any()
        boxed += int(under.sum())
        hidden = truth.in_view & ~truth.seen & ~under
        assert not hidden[len(PARTS) :].any()  # the second is above the first
        crossed += int(hidden.sum())
    assert boxed > 20
    assert crossed > 20


def test_covered_parts_look_like_what_covers_them() -> None:
    video = simulate_animal_video(replace(TWO_MICE, noise=0.0, flicker=0.0, roam=0.3))
    alone = replace(video, gaits=video.gaits[1:], furs=video.furs[1:])
    same: list[bool] = []
    for frame in range(0, 200, 3):
        truth = video.truth(frame)
        hidden = (truth.in_view & ~truth.seen)[: len(PARTS)]
        if hidden.sum() > 3:
            both, above = (one.frame(frame)[0, 0] for one in (video, alone))
            y, x = np.rint(truth.positions[: len(PARTS), 1:][hidden]).astype(int).T
            same += (np.abs(both[y, x] - above[y, x]) < 2).tolist()
    assert len(same) > 10
    assert np.mean(same) > 0.9


def test_an_animal_that_roams_farther_leaves_the_view_and_comes_back() -> None:
    video = simulate_animal_video(replace(ONE_MOUSE, roam=1.4))
    inside = np.array([video.truth(frame).in_view.any() for frame in range(200)])
    assert 0 < (~inside).sum() < 150
    assert (np.diff(inside.astype(int)) == 1).any()
    gone = int((~inside).argmax())
    assert video.frame(gone).shape == (1, 1, 240, 320)


def test_the_truth_is_given_as_annotations_with_hidden_parts() -> None:
    video = simulate_animal_video(HIDING)
    told = true_keypoints(video, range(0, 200, 5))
    assert told.edges == video.edges
    assert told.symmetries == video.symmetries
    assert told.image_shape == (1, 240, 320)
    assert 0 < told.hidden.mean() < 0.6
    assert len(told) == sum(int(video.truth(frame).in_view.sum()) for frame in range(0, 200, 5))


def test_wrong_settings_and_frames_are_told_in_a_sentence() -> None:
    with pytest.raises(SettingError, match="animals is 0"):
        replace(ONE_MOUSE, animals=0)
    with pytest.raises(InputError, match="frames 200 to 201"):
        simulate_animal_video(ONE_MOUSE).frame(200)
    with pytest.raises(InputError, match="frames 3 to 3"):
        simulate_animal_video(ONE_MOUSE).read(3, 3)


def test_all_named_settings_can_be_drawn() -> None:
    for settings in NAMED_ANIMALS.values():
        assert simulate_animal_video(settings).frame(1).std() > 5
