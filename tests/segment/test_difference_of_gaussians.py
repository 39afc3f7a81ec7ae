"""The difference of Gaussians, against sums written out, and a tuning whose answer is known."""

import math

import numpy as np
import pytest

from sightline.errors import InputError
from sightline.segment.difference_of_gaussians import (
    DifferenceOfGaussians,
    commonest_class,
    in_robust_deviations,
    tune,
)
from sightline.trust.mask_scores import dice


def discs(seed: int, *, sign: int = 1, channels: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """An image of discs of radius 5 in the last channel, in noise, and where they are."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:96, :96]
    truth = np.zeros((96, 96), np.int16)
    for cy, cx in random.uniform(8, 88, (9, 2)):
        truth[(y - cy) ** 2 + (x - cx) ** 2 <= 25] = 1
    pixels = random.normal(100, 5, (channels, 96, 96))
    pixels[-1] += sign * 30 * truth
    return pixels.astype(np.float32), truth


def blurred_by_sums(image: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian weights over a square, the image mirrored at its edges, added up pixel by pixel."""
    reach = int(4 * sigma + 0.5)
    weight = np.array([math.exp(-(step**2) / (2 * sigma**2)) for step in range(-reach, reach + 1)])
    kernel = np.outer(weight, weight) / weight.sum() ** 2
    wide = np.pad(image, reach, mode="symmetric")
    found = np.empty(image.shape)
    for y, x in np.ndindex(*image.shape):
        found[y, x] = (wide[y : y + 2 * reach + 1, x : x + 2 * reach + 1] * kernel).sum()
    return found


def test_marks_what_sums_written_out_put_above_the_threshold() -> None:
    image = np.random.default_rng(1).normal(0, 1, (24, 30))
    image[8:13, 9:15] += 4
    difference = blurred_by_sums(image, 1.5) - blurred_by_sums(image, 3.0)
    middle = np.median(difference)
    unit = 1.4826 * np.median(abs(difference - middle))
    marked = DifferenceOfGaussians(1.5, 3.0, 2.5).mark(image[None])
    assert (marked > 0).any()
    np.testing.assert_array_equal(marked, (difference - middle) / unit > 2.5)


def test_tuning_is_as_good_as_trying_every_setting_one_by_one() -> None:
    pairs = [discs(seed) for seed in (3, 4)]
    images, truths = [each[0] for each in pairs], [each[1] for each in pairs]
    sigmas, thresholds = (1.0, 2.0, 6.0), (1.0, 2.0, 4.0, 8.0)
    chosen = tune(images, truths, sigmas, thresholds)

    def score(found: DifferenceOfGaussians) -> float:
        return float(np.mean([dice(found.mark(a), b) for a, b in zip(images, truths, strict=True)]))

    every = [
        DifferenceOfGaussians(narrow, wide, threshold, 0, sign)
        for narrow, wide in ((1.0, 2.0), (1.0, 6.0), (2.0, 6.0))
        for threshold in thresholds
        for sign in (1, -1)
    ]
    assert score(chosen) == pytest.approx(max(map(score, every)))


def test_finds_discs_in_other_images() -> None:
    chosen = tune(*zip(*[discs(seed) for seed in range(3)], strict=True))
    pixels, truth = discs(9)
    assert dice(chosen.mark(pixels), truth) > 0.85


def test_finds_dark_objects_and_the_channel_they_are_in() -> None:
    chosen = tune(*zip(*[discs(seed, sign=-1, channels=3) for seed in range(2)], strict=True))
    assert (chosen.sign, chosen.channel) == (-1, 2)


def test_ignored_pixels_do_not_count() -> None:
    pixels, truth = discs(5)
    wrong, hidden = truth.copy(), truth.copy()
    wrong[:50] = np.random.default_rng(0).integers(0, 2, (50, 96))
    hidden[:50] = -1
    known = hidden >= 0
    marked = {name: tune([pixels], [told]).mark(pixels)[known] for name, told in
              (("wrong", wrong), ("hidden", hidden))}  # fmt: skip
    assert dice(marked["hidden"], truth[known]) > 0.85 > dice(marked["wrong"], truth[known])


def test_an_image_magnified_is_marked_with_gaussians_as_much_wider() -> None:
    pixels, truth = discs(6)
    twice = pixels.repeat(2, axis=1).repeat(2, axis=2)
    chosen = tune([pixels], [truth])
    large = chosen.mark(twice, zoom=2.0)
    assert dice(large, truth.repeat(2, axis=0).repeat(2, axis=1)) > 0.8


def test_of_several_classes_the_one_with_most_pixels_is_looked_for() -> None:
    truth = np.array([[0, 0, 1, 2, 2, 2, -1, -1, -1, -1]], np.int16)
    assert commonest_class([truth, np.ones((1, 1), np.int16)]) == 2


def test_a_constant_image_and_one_of_nan_are_empty() -> None:
    found = DifferenceOfGaussians(1.0, 3.0, 2.0)
    assert not found.mark(np.full((1, 20, 20), 7)).any()
    assert not found.mark(np.full((1, 20, 20), np.nan)).any()


def test_where_most_values_are_equal_the_unit_is_the_standard_deviation() -> None:
    values = np.zeros(100, np.float32)
    values[:10] = 5
    assert in_robust_deviations(values)[0] == pytest.approx(5 / values.std())


def test_masks_without_objects_are_refused() -> None:
    with pytest.raises(InputError, match="no pixel of any class"):
        tune([np.zeros((1, 9, 9))], [np.zeros((9, 9), np.int16)])
