"""Each recording is brought onto a common scale by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from sightline.learn import standardise as module
from sightline.learn.standardise import oddness, standardise

VALUES = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=2, min_side=6, max_side=30),
    elements=st.floats(-1e4, 1e4, width=32),
)


def recording(rows: int = 500, columns: int = 8, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mixed = rng.normal(size=(rows, columns)) @ rng.normal(size=(columns, columns))
    return (mixed * rng.uniform(0.1, 100, columns) + rng.normal(size=columns)).astype(np.float32)


@given(VALUES)
def test_every_column_gets_mean_0_and_standard_deviation_1_with_divisor_n_minus_1(
    values: np.ndarray,
) -> None:
    varied = values.astype(np.float64).std(0, ddof=1) > 1e-3
    z = standardise(values).astype(np.float64)
    np.testing.assert_allclose(z.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(z.std(0, ddof=1)[varied], 1, rtol=1e-3)


def test_it_is_the_textbook_formula() -> None:
    values = recording().astype(np.float64)
    expected = (values - values.mean(0)) / values.std(0, ddof=1)
    np.testing.assert_allclose(standardise(values), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("constant", [0.0, 0.1, -7.0, 1234567.9, 1e30])
def test_a_constant_column_becomes_0(constant: float) -> None:
    values = recording()
    values[:, 3] = constant
    z = standardise(values)
    assert (z[:, 3] == 0).all()
    assert (z[:, 2] != 0).any()


def test_the_clip_limits_the_z_score_and_leaves_the_rest_alone() -> None:
    values = recording()
    values[0, 0], values[1, 1] = 1e6, -1e6
    z, clipped = standardise(values), standardise(values, clip=3.0)
    assert np.abs(z).max() > 20
    np.testing.assert_array_equal(clipped, np.clip(z, -3, 3))


@given(st.integers(1, 40))
def test_the_size_of_the_blocks_does_not_matter(rows: int) -> None:
    values = recording(rows=37)
    whole, odd = standardise(values, 4.0), oddness(standardise(values))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ROWS", rows)
        np.testing.assert_array_equal(standardise(values, 4.0), whole)
        np.testing.assert_allclose(oddness(standardise(values)), odd, atol=1e-4)


def test_neither_scale_nor_origin_of_a_feature_matters() -> None:
    values = recording().astype(np.float64)
    np.testing.assert_allclose(standardise(values), standardise(values * 50 - 3), atol=1e-4)


@given(st.lists(st.booleans(), min_size=8, max_size=8))
def test_oddness_does_not_tell_the_direction_of_a_feature(flipped: list[bool]) -> None:
    Z = standardise(recording(rows=60))
    sign = np.where(flipped, -1, 1).astype(np.float32)
    np.testing.assert_allclose(oddness(Z * sign), oddness(Z), atol=2e-3)


def test_oddness_does_not_depend_on_the_order_of_candidates_or_features() -> None:
    Z = standardise(recording(rows=60))
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(len(Z)), rng.permutation(Z.shape[1])
    np.testing.assert_allclose(oddness(Z[rows]), oddness(Z)[rows], atol=2e-3)
    np.testing.assert_allclose(oddness(Z[:, columns]), oddness(Z), atol=2e-3)


def test_candidates_far_out_on_either_side_are_the_oddest() -> None:
    values = recording(seed=2)
    spread = values.std(0)
    values[:5] = values.mean(0) + 6 * spread
    values[5:10] = values.mean(0) - 6 * spread
    odd = oddness(standardise(values, 4.0))
    assert odd.shape == (500, 2)
    assert set(np.argsort(-odd[:, 0])[:10]) == set(range(10))
    assert (odd[:10] > 1).all()


def test_the_first_oddness_is_the_mean_absolute_z_score() -> None:
    Z = standardise(recording())
    np.testing.assert_allclose(
        oddness(Z)[:, 0], standardise(np.abs(Z).mean(1, keepdims=True), 4.0)[:, 0], atol=1e-4
    )


def test_the_second_oddness_weighs_principal_components_by_the_root_of_their_spread() -> None:
    Z = standardise(recording()).astype(np.float64)
    _, singular, components = np.linalg.svd(Z, full_matrices=False)
    spread = singular / np.sqrt(len(Z) - 1)
    expected = np.abs(Z @ components.T / np.sqrt(spread)).mean(1, keepdims=True)
    np.testing.assert_allclose(
        oddness(Z.astype(np.float32))[:, 1], standardise(expected, 4.0)[:, 0], atol=2e-3
    )


def test_oddness_is_standardised_and_clipped() -> None:
    Z = standardise(recording())
    np.testing.assert_allclose(oddness(Z, clip=50).std(0, ddof=1), 1, rtol=1e-3)
    assert np.abs(oddness(Z, clip=1.5)).max() == 1.5


def test_constant_and_repeated_features_leave_oddness_finite() -> None:
    Z = standardise(recording())
    Z = np.concatenate([Z, Z[:, :2], np.zeros((500, 2), np.float32)], axis=1)
    assert np.isfinite(oddness(Z)).all()
