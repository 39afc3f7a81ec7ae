"""A forecast follows a line where there is one, and says by how much it errs."""

import numpy as np
import pytest

from sightline.trust.dice_forecast import DiceForecast, fit_forecast, least_uncertainty


def test_of_images_on_a_line_it_is_that_line_without_error():
    uncertainty = np.linspace(0.05, 0.2, 9)
    forecast = fit_forecast(uncertainty.tolist(), (0.95 - 2 * uncertainty).tolist())
    assert forecast is not None
    assert (forecast.slope, forecast.intercept) == pytest.approx((-2, 0.95))
    assert forecast.error == pytest.approx(0, abs=1e-9)
    assert forecast.error < forecast.error_of_mean
    assert forecast.expected(0.1) == pytest.approx(0.75)
    assert DiceForecast.from_dict(forecast.to_dict()) == forecast


def test_its_error_is_that_of_images_it_was_not_fitted_to():
    random = np.random.default_rng(0)
    uncertainty = random.uniform(0.05, 0.2, 20)
    dice = np.clip(0.9 - uncertainty + random.normal(0, 0.05, 20), 0, 1)
    forecast = fit_forecast(uncertainty.tolist(), dice.tolist())
    assert forecast is not None
    errors = []
    for left_out in range(20):
        others = np.arange(20) != left_out
        line = np.polyfit(uncertainty[others], dice[others], 1)
        errors.append(abs(np.polyval(line, uncertainty[left_out]) - dice[left_out]))
    assert forecast.error == pytest.approx(np.mean(errors))


def test_it_stays_a_dice_and_knows_nothing_of_an_empty_prediction():
    forecast = DiceForecast(-10.0, 1.0, 0.0, 0.0, 9)
    assert forecast.expected(0.25) == 0
    assert forecast.expected(-1.0) == 1
    assert np.isnan(forecast.expected(float("nan")))


@pytest.mark.parametrize(
    ("uncertainty", "dice"),
    [([0.1] * 9, [0.5] * 9), (list(np.linspace(0, 0.2, 7)), [0.5] * 7),
     ([*np.linspace(0, 0.2, 7), float("nan")], [0.5] * 8), ([], [])],
)  # fmt: skip
def test_too_few_or_equal_images_tell_nothing(uncertainty, dice):
    assert fit_forecast(uncertainty, dice) is None


def test_the_least_uncertainty_is_of_images_that_score_below_what_is_wanted():
    uncertainty, dice = [0.05, 0.1, 0.2, float("nan")], [0.9, 0.7, 0.6, 0.0]
    assert least_uncertainty(uncertainty, dice, 0.8) == 0.1
    assert least_uncertainty(uncertainty, dice, 0.65) == 0.2
    assert least_uncertainty(uncertainty, dice, 0.5) is None
