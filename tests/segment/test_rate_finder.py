"""A learning rate is found where the loss falls."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.data.image import Image
from sightline.errors import SettingError
from sightline.segment.rate_finder import RateCurve, find_rate
from sightline.segment.settings import SegmentSettings
from sightline.segment.train import train_member
from sightline.segment.training_image import TrainingImage

SETTINGS = replace(SegmentSettings(), network="unet", weights="", tile=32, batch=2)


@pytest.fixture(scope="module")
def images() -> list[TrainingImage]:
    random = np.random.default_rng(0)
    target = np.zeros((64, 64), np.int16)
    target[20:40, 20:40] = 1
    pixels = (100 + 50 * target + random.normal(0, 5, target.shape))[None]
    return [TrainingImage(Image("one", pixels.astype(np.float32)), target)]


def sigmoid_curve(noise: float = 0.0) -> RateCurve:
    """Falls by half at 1e-3 and rises beyond 1e-1."""
    rates = np.geomspace(1e-7, 1, 200)
    exponent = np.log10(rates)
    losses = 1 / (1 + np.exp(4 * (exponent + 3))) + np.clip(exponent + 1, 0, None)
    return RateCurve(rates, losses + np.random.default_rng(0).normal(0, noise, len(rates)))


def test_the_steepest_fall_is_found_a_little_late_for_the_mean_lags() -> None:
    assert 1e-3 <= sigmoid_curve().steepest < 4e-3


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_the_suggestion_lies_in_the_descent(noise: float) -> None:
    assert 5e-5 < sigmoid_curve(noise).valley < 2e-2


def test_the_running_mean_of_a_constant_is_the_constant() -> None:
    curve = RateCurve(np.geomspace(1e-7, 1, 30), np.full(30, 0.7))
    assert curve.smooth == pytest.approx(np.full(30, 0.7))


def test_a_curve_of_a_real_network_is_repeatable(images: list[TrainingImage]) -> None:
    one, two = (find_rate(images, 2, SETTINGS, 4, steps=30) for _ in range(2))
    assert np.array_equal(one.losses, two.losses)
    assert one.rates[0] == pytest.approx(1e-7)
    assert 1e-6 < one.valley < 1


def test_a_trained_network_is_tried_as_it_stands(images: list[TrainingImage]) -> None:
    trained = train_member(images, 2, replace(SETTINGS, iterations=60), 0).weights
    anew, gone_on = (
        find_rate(images, 2, SETTINGS, 0, steps=12, start=start) for start in (None, trained)
    )
    assert np.median(gone_on.losses[:6]) < 0.6 * np.median(anew.losses[:6])


def test_it_ends_where_the_loss_explodes(images: list[TrainingImage]) -> None:
    settings = replace(SETTINGS, optimizer="SGD", loss="CrossEntropy", weight_decay=30.0)
    curve = find_rate(images, 2, settings, 0, steps=60)
    assert len(curve.rates) == len(curve.losses) < 60


def test_it_stops_on_request(images: list[TrainingImage]) -> None:
    curve = find_rate(images, 2, SETTINGS, 0, steps=60, tell=lambda step: step.step < 12)
    assert len(curve.rates) == 12
    with pytest.raises(SettingError, match="fewer than 10 steps"):
        find_rate(images, 2, SETTINGS, 0, tell=lambda _: False)


def test_it_needs_an_image_and_enough_steps(images: list[TrainingImage]) -> None:
    for given, steps in (([], 50), (images, 5)):
        with pytest.raises(SettingError, match="at least one image and 10 steps"):
            find_rate(given, 2, SETTINGS, 0, steps=steps)
