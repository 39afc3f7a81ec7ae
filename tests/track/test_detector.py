"""A detector learns from a few frames what there is to find, and finds it in others."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_laplace
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from sightline.errors import SettingError
from sightline.simulate.deforming_settings import ADVERSARIAL, MEDIUM
from sightline.simulate.deforming_volume import simulate_deforming_volume
from sightline.track.blob_channels import WIDTHS, blob_places, blur_ladder
from sightline.track.detect import detect_blobs
from sightline.track.detector import Detector, detect, detector_from, train_detector
from sightline.track.probability_map import probability_map

SIZE = (1.5, 0.6, 0.6)
PIXELS = (1.0, 1.0, 1.0)
SHAPE = (1, 90, 120)


def spots(
    places, sigma: float, shape=SHAPE, seed: int = 0, noise: float = 0.05, light: float = 1.0
):
    """(1, z, y, x) image of blobs in noise."""
    grid = np.stack(np.indices(shape), -1)
    image = np.random.default_rng(seed).normal(0, noise, shape)
    for place in places:
        image += light * np.exp(-(((grid - place) / sigma) ** 2).sum(-1) / 2)
    return image[None].astype(np.float32)


def scattered(number: int, seed: int, shape=SHAPE, apart: float = 14.0) -> NDArray[np.float64]:
    rng, found = np.random.default_rng(seed), np.empty((0, 3))
    while len(found) < number:
        one = np.array([0, *rng.uniform(8, np.array(shape[1:]) - 8)])
        if not len(found) or np.linalg.norm(found - one, axis=1).min() > apart:
            found = np.vstack([found, one])
    return found


def hits(truth, found, size=PIXELS, within: float = 5.0) -> int:
    apart = cdist(truth * np.array(size) / size[-1], found * np.array(size) / size[-1])
    rows, columns = linear_sum_assignment(np.where(apart <= within, apart, 1e3))
    return int((apart[rows, columns] <= within).sum())


def two_sizes(seed: int):
    """A frame of small spots and large ones, as bright; both kinds' places."""
    places = scattered(24, seed, apart=16)
    small, large = places[:14], places[14:]
    image = spots(small, 2.0, seed=seed) + spots(large, 4.0, seed=seed + 100)
    return image, small, large


@pytest.fixture(scope="module")
def of_small_spots() -> Detector:
    image, small, _ = two_sizes(1)
    return train_detector([image], [small], PIXELS, 2.0)


def test_what_looks_otherwise_is_not_found(of_small_spots: Detector) -> None:
    image, small, large = two_sizes(2)
    found = detect(image, of_small_spots)
    assert hits(small, found.positions, within=1.5) >= 0.9 * len(small)
    assert hits(large, found.positions, within=3) <= 0.2 * len(large)
    plain = detect_blobs(image[0], PIXELS, (2.0,))
    assert hits(large, plain.positions, within=3) >= 0.8 * len(large)


def test_the_most_probable_come_first_and_none_twice(of_small_spots: Detector) -> None:
    found = detect(two_sizes(3)[0], of_small_spots, least_probability=0.01)
    assert found.probability is not None
    assert (np.diff(found.probability) <= 0).all()
    assert ((found.probability >= 0.01) & (found.probability <= 1)).all()
    apart = cdist(found.positions, found.positions) + 99 * np.eye(len(found.positions))
    assert apart.min() > 2
    three = detect(two_sizes(3)[0], of_small_spots, most=3)
    np.testing.assert_array_equal(three.positions, found.positions[:3])


def test_most_simulated_nuclei_are_found_in_frames_not_trained_on() -> None:
    """And no fewer than plain blobs find, at no more false ones, where nuclei crowd and hide."""
    video = simulate_deforming_volume(replace(ADVERSARIAL, others=0, seed=31))
    known = video.truth(5)
    detector = train_detector([video.frame(5)], [known.positions[known.seen]], SIZE, 1.5)
    right = said = plain_right = plain_said = 0
    for frame in (20, 45):
        truth = video.truth(frame)
        there = truth.positions[truth.seen]
        found = detect(video.frame(frame), detector).positions
        plain = detect_blobs(video.frame(frame)[0], SIZE, (0.9,)).positions
        right, said = right + hits(there, found, SIZE), said + len(found)
        plain_right, plain_said = plain_right + hits(there, plain, SIZE), plain_said + len(plain)
    assert right >= plain_right
    assert right / said > 0.85
    assert 2 * right / (said + right) >= 2 * plain_right / (plain_said + plain_right) - 0.02


def test_few_annotated_points_do_no_harm() -> None:
    video = simulate_deforming_volume(replace(MEDIUM, seed=32))
    known = video.truth(5).positions[:3]
    detector = train_detector([video.frame(5)], [known], SIZE, 1.5)
    truth = video.truth(30)
    found = detect(video.frame(30), detector).positions
    assert hits(truth.positions[truth.seen], found, SIZE) >= 0.93 * truth.seen.sum()
    assert len(found) < 1.1 * truth.seen.sum()
    assert detector.share < 0.2


def test_dark_things_are_learnt_as_well() -> None:
    places = [scattered(15, seed) for seed in (4, 5)]
    frames = [spots(there, 2.5, light=-1.0, seed=seed) for seed, there in enumerate(places)]
    detector = train_detector(frames[:1], places[:1], PIXELS, 2.5)
    assert hits(places[1], detect(frames[1], detector).positions, within=1.5) >= 14


def test_the_channel_that_shows_them_counts() -> None:
    def frame(seed: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        places = scattered(12, seed)
        distractors = scattered(12, seed + 50)
        own = spots(places, 2.0, seed=seed, noise=0.1)
        other = spots(distractors, 2.0, seed=seed + 1, noise=0.1, light=5.0)
        return np.concatenate([other, own]), places

    image, places = frame(6)
    detector = train_detector([image], [places], PIXELS, 2.0)
    assert abs(detector.image_weights[1]) == 1
    assert abs(detector.image_weights[0]) < 0.2
    image, places = frame(7)
    found = detect(image, detector)
    assert hits(places, found.positions, within=1.5) >= 11
    assert len(found.positions) <= 14


def test_brightness_and_noise_of_the_frame_do_not_matter(of_small_spots: Detector) -> None:
    image = two_sizes(8)[0]
    found, again = detect(image, of_small_spots), detect(40 * image + 300, of_small_spots)
    np.testing.assert_allclose(again.positions, found.positions, atol=1e-3)


def test_same_input_and_seed_same_detector() -> None:
    image, small, _ = two_sizes(9)
    first = train_detector([image], [small], PIXELS, 2.0, seed=3)
    assert first == train_detector([image], [small], PIXELS, 2.0, seed=3)


def test_a_detector_comes_back_from_json(of_small_spots: Detector) -> None:
    text = json.dumps(asdict(of_small_spots), allow_nan=False)
    assert detector_from(json.loads(text)) == of_small_spots


@pytest.mark.parametrize(
    ("field", "value"),
    [("weights", [1.0]), ("channels", ["x"]), ("radius", -1), ("means", "no"), ("intercept", None),
     ("voxel_size", [1, 2]), ("deviations", [float("nan")] * 22)],
)  # fmt: skip
def test_values_that_are_no_detector_are_refused(of_small_spots: Detector, field, value) -> None:
    with pytest.raises(SettingError, match="train one anew"):
        detector_from({**asdict(of_small_spots), field: value})


def test_the_map_is_high_at_detections_and_low_elsewhere(of_small_spots: Detector) -> None:
    image, small, _ = two_sizes(10)
    chance = probability_map(image, of_small_spots)
    assert chance.shape == SHAPE
    assert chance.dtype == np.float32
    assert 0 <= chance.min() <= chance.max() <= 1
    at = np.rint(small).astype(int)
    assert np.median(chance[tuple(at.T)]) > 0.8
    assert np.median(chance) < 0.05


@pytest.mark.parametrize("sigma", [2.0, 3.0])
def test_differences_of_gaussians_are_maxima_where_the_laplacian_is(sigma: float) -> None:
    """Against scipy's Laplacian of Gaussian at the scale between two blurs."""
    places = scattered(8, 11, apart=24)
    image = spots(places, sigma, noise=0.0)[0]
    found = blob_places(blur_ladder(image, PIXELS, sigma), 8)
    scale = sigma * np.sqrt(WIDTHS[3] * WIDTHS[4])
    laplace = -gaussian_laplace(image[0].astype(np.float64), scale, mode="nearest")
    peaks = np.argwhere(laplace == np.max(laplace))
    assert np.abs(found.positions[:, None, 1:] - peaks).max(axis=2).min() < 1
    rows = found.radius == found.radius.max()
    height = laplace[tuple(np.rint(found.positions[rows, 1:]).astype(int).T)]
    assert (height > 0.5 * laplace.max()).all()


@pytest.mark.parametrize("value", [0.0, 7.0, np.nan])
def test_a_constant_frame_shows_nothing(of_small_spots: Detector, value: float) -> None:
    frame = np.full((1, *SHAPE), value, np.float32)
    assert detect(frame, of_small_spots).positions.shape == (0, 3)
    assert probability_map(frame, of_small_spots).max() == 0


def test_points_in_a_constant_frame_teach_nothing() -> None:
    frame = np.zeros((1, *SHAPE), np.float32)
    with pytest.raises(SettingError, match="None of the 5 annotated points lies on a blob"):
        train_detector([frame], [scattered(5, 0)], PIXELS, 2.0)


@pytest.mark.parametrize(
    ("frames", "positions", "radius", "said"),
    [
        ([np.zeros((1, 1, 20, 20))], [np.full((4, 3), np.nan)], 2.0, "annotate at least one"),
        ([np.zeros((1, 1, 20, 20))], [np.full((4, 3), 99.0)], 2.0, "annotate at least one"),
        ([], [], 2.0, "annotate at least one"),
        ([np.zeros((1, 1, 20, 20))], [], 2.0, "1 frames and 0"),
        ([np.zeros((1, 1, 20, 20))], [np.zeros((1, 3))], 0.0, "above 0"),
        ([np.zeros((1, 1, 20, 20)), np.zeros((2, 1, 20, 20))], [np.zeros((1, 3))] * 2, 2.0,
         "different numbers of channels"),
    ],
)  # fmt: skip
def test_what_cannot_be_learnt_from_is_refused(frames, positions, radius, said) -> None:
    with pytest.raises(SettingError, match=said):
        train_detector(frames, positions, PIXELS, radius)


@pytest.mark.parametrize("shape", [(2, 1, 30, 30), (1, 4, 30, 30)])
def test_frames_of_another_kind_are_refused(of_small_spots: Detector, shape) -> None:
    with pytest.raises(SettingError, match="trained on flat frames of 1 channels"):
        detect(np.zeros(shape, np.float32), of_small_spots)
