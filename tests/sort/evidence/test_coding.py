"""Coded snapshots: no value changes by more than it may, and few bytes hold it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from sightline.sort.evidence.coding import decode, encode

KINDS = (
    np.bool_, np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.float16, np.float32,
    np.float64,
)  # fmt: skip


def rounding(values: np.ndarray) -> float:
    """What float32 may add to the error of the largest of these values."""
    return float(np.spacing(np.float32(np.abs(values.astype(np.float64)).max())))


@settings(max_examples=300, deadline=None)
@given(data=st.data(), error=st.floats(1e-3, 1e4), dtype=st.sampled_from(KINDS))
def test_no_value_changes_by_more_than_the_largest_error(
    data: st.DataObject, error: float, dtype: type
) -> None:
    limits = {} if np.dtype(dtype).kind != "f" else {"min_value": -3e4, "max_value": 3e4}
    elements = arrays_of.from_dtype(
        np.dtype(dtype), allow_nan=False, allow_infinity=False, **limits
    )
    values = data.draw(arrays_of.arrays(dtype, st.integers(1, 40), elements=elements))
    coded = encode(values, error)
    exact = values.astype(np.float64)
    spread = exact.max() - exact.min()
    allowed = max(error, spread / 65535 / 2) + rounding(values)
    assert np.abs(decode(coded) - exact).max() <= allowed * (1 + 1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint16])
@pytest.mark.parametrize("error", [0.3, 1.0, 1.7, 25.0])
def test_the_error_is_never_larger_where_float32_is_fine_enough(dtype: type, error: float) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(3000, 200, 5000).astype(dtype)
    coded = encode(values, error)
    assert np.abs(decode(coded) - values.astype(float)).max() <= error
    assert coded.step > 1.9 * error or np.dtype(dtype).kind == "u"


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int16, np.uint16])
@pytest.mark.parametrize("error", [0.0, 0.2, 0.49, 0.99])
def test_whole_numbers_are_exact_where_the_error_is_below_one(dtype: type, error: float) -> None:
    values = (
        np.random.default_rng(0).integers(0, 2 if dtype is np.bool_ else 100, 500).astype(dtype)
    )
    coded = encode(values, error)
    assert coded.step == 1
    np.testing.assert_array_equal(decode(coded), values.astype(np.float32))


@pytest.mark.parametrize(("error", "step"), [(1.0, 3), (1.9, 3), (2.0, 5), (10.5, 21)])
def test_whole_numbers_keep_whole_steps(error: float, step: int) -> None:
    values = np.arange(0, 500, dtype=np.uint16)
    coded = encode(values, error)
    assert coded.step == step
    assert np.abs(decode(coded) - values).max() == step // 2


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("error", [0.0, 0.1, 5.0])
def test_one_value_only_comes_back_exactly(dtype: type, error: float) -> None:
    values = np.full((2, 3), 77, dtype)
    coded = encode(values, error)
    assert coded.codes.dtype == np.uint8
    np.testing.assert_array_equal(decode(coded), values)


def test_few_steps_take_a_byte_and_many_two() -> None:
    values = np.linspace(0, 255 * 2, 1000)
    assert encode(values, 1.001).codes.dtype == np.uint8
    assert encode(values, 0.99).codes.dtype == np.uint16


@pytest.mark.parametrize("values", [[-1e6, 0.0, 1e6], [0, 2**31 - 1]])
def test_a_range_too_wide_is_coded_as_finely_as_sixteen_bits_allow(values: list[float]) -> None:
    exact = np.array(values)
    coded = encode(exact, 0.01)
    spread = exact.max() - exact.min()
    assert np.abs(decode(coded) - exact).max() <= spread / 65535 / 2 + rounding(exact)
    assert coded.codes.max() == 65535


def test_shape_and_order_are_kept() -> None:
    values = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype(np.float32)
    back = decode(encode(values, 0.01))
    assert (back.shape, back.dtype) == (values.shape, np.float32)
    np.testing.assert_allclose(back, values, atol=0.01)


def test_nothing_is_coded_as_nothing() -> None:
    assert decode(encode(np.zeros((0, 11, 3, 4), np.uint16), 1.0)).shape == (0, 11, 3, 4)
