"""Filter features of pixels, against scikit-image and shapes whose answer is known."""

import numpy as np
import pytest

from sightline.segment.filter_features import PER_SIGMA, filter_features


def test_eigenvalues_of_second_derivatives_of_a_gaussian_bump_are_as_calculus_has_them() -> None:
    y, x = np.mgrid[-40:41, -40:41].astype(np.float64)
    bump = np.exp(-(y**2 + x**2) / (2 * 8.0**2))[None]
    found = filter_features(bump, (6.0,))[40, 40]
    wide = 8.0**2 + 6.0**2  # a Gaussian blurred by a Gaussian
    height = 8.0**2 / wide
    smooth, laplacian, gradient, larger, smaller = found[:5]
    assert smooth == pytest.approx(height, rel=1e-3)
    assert laplacian == pytest.approx(-2 * height / wide, rel=1e-2)
    assert gradient == pytest.approx(0, abs=1e-6)
    assert (larger, smaller) == pytest.approx((-height / wide, -height / wide), rel=1e-2)


def test_a_ridge_has_one_large_eigenvalue_of_each_matrix() -> None:
    _, x = np.mgrid[-30:31, -30:31].astype(np.float64)
    ridge = np.exp(-((x - 6) ** 2) / (2 * 4.0**2))[None]
    found = filter_features(ridge, (2.0,))
    *_, tensor_large, tensor_small = found[30, 32]
    assert tensor_large > 1e-4 > 1e-3 * tensor_large > abs(tensor_small)
    _, _, _, hessian_large, hessian_small = found[30, 36][:5]
    assert hessian_small < -0.02
    assert hessian_large == pytest.approx(0, abs=1e-4)


def test_has_seven_features_of_each_width_and_channel() -> None:
    found = filter_features(np.random.default_rng(0).normal(size=(2, 12, 15)), (1.0, 2.0))
    assert found.shape == (12, 15, 2 * 2 * PER_SIGMA)
    assert np.isfinite(found).all()


def test_a_quarter_turn_of_the_image_turns_the_features() -> None:
    image = np.random.default_rng(2).normal(size=(1, 20, 20))
    turned = filter_features(np.rot90(image, axes=(1, 2)), (1.6,))
    np.testing.assert_allclose(
        turned, np.rot90(filter_features(image, (1.6,)), axes=(0, 1)), atol=1e-5
    )
