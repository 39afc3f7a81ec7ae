"""A table of features is checked once, at the door; what was done to it is told."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from sightline.data.feature_set import (
    ACTSORT_FEATURES,
    FOOTPRINT_FEATURES,
    MOVIE_FEATURES,
    TRACE_FEATURES,
    TRADITIONAL_FEATURES,
)
from sightline.data.features import FeatureTable, check_features
from sightline.errors import InputError

NAMES = ("size", "snr", "round")


def check(values: Any, names: tuple[str, ...] = NAMES, **rest: Any) -> FeatureTable:
    return check_features(
        values, source="m1.mat", recording="m1", names=names, version="v1", **rest
    )


def numbers(rows: int = 8) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(rows, 3))


def test_the_feature_set_has_the_papers_76_names_in_three_groups() -> None:
    groups = [len(TRACE_FEATURES), len(FOOTPRINT_FEATURES), len(MOVIE_FEATURES)]
    assert groups == [36, 10, 30]
    assert TRADITIONAL_FEATURES + MOVIE_FEATURES == ACTSORT_FEATURES
    assert len(set(ACTSORT_FEATURES)) == 76


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (1, "trace_snr"),
        (11, "strong_peak_width_sd"),
        (12, "event_power_1"),
        (29, "event_count_300"),
        (34, "band_power_95_100"),
        (36, "top_percentile_sum"),
        (37, "footprint_area"),
        (46, "max_footprint_correlation"),
        (50, "contamination_q20"),
        (51, "activity_image_similarity"),
        (52, "unexplained_activity_q01"),
        (66, "roi_over_surround_q99"),
        (67, "event_image_correlation_00"),
        (76, "event_image_correlation_90"),
    ],
)
def test_features_stand_at_their_number_in_the_paper(number: int, name: str) -> None:
    assert ACTSORT_FEATURES[number - 1] == name


def test_good_values_are_kept_in_single_precision_without_a_note() -> None:
    table = check(numbers())
    np.testing.assert_array_equal(table.values, numbers().astype(np.float32))
    assert (table.notes, len(table)) == ((), 8)


def test_candidates_are_named_after_recording_and_identity() -> None:
    assert check(numbers()).items[:2] == ("m1/0", "m1/1")
    assert check(numbers(), identities=list("abcdefgh")).items[-1] == "m1/h"


def test_missing_values_get_the_median_of_their_feature_and_are_told() -> None:
    values = numbers()
    values[1, 0], values[2, 0], values[3, 2] = np.nan, np.inf, -np.inf
    table = check(values)
    assert (
        table.values[1, 0]
        == table.values[2, 0]
        == np.float32(np.median(values[[0, *range(3, 8)], 0]))
    )
    assert table.values[3, 2] == np.float32(np.median(np.delete(values[:, 2], 3)))
    assert len(table.notes) == 1
    assert "3 values are missing" in table.notes[0]
    assert "2 features" in table.notes[0]
    assert "'size'" in table.notes[0]


def test_a_number_too_large_for_single_precision_is_missing() -> None:
    values = numbers()
    values[0, 0] = 1e300
    assert "1 values are missing" in check(values).notes[0]


def test_a_feature_without_any_value_becomes_constant_and_both_are_told() -> None:
    values = numbers()
    values[:, 1] = np.nan
    table = check(values)
    assert (table.values[:, 1] == 0).all()
    assert ["missing" in table.notes[0], "one value only" in table.notes[1]] == [True, True]


def test_a_constant_feature_stays_and_is_told() -> None:
    values = numbers()
    values[:, 2] = 7
    table = check(values)
    assert (table.values[:, 2] == 7).all()
    assert "'round'" in table.notes[0]


@given(arrays(np.float64, array_shapes(min_dims=2, max_dims=2, min_side=6, max_side=9)))
def test_whatever_comes_in_what_comes_out_is_finite(values: np.ndarray) -> None:
    names = tuple(f"f{k}" for k in range(values.shape[1]))
    table = check(values, names)
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    present = np.isfinite(single)
    assert np.isfinite(table.values).all()
    np.testing.assert_array_equal(table.values[present], single[present])
    assert any("missing" in note for note in table.notes) == (not present.all())


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (numbers()[:, :2], r"\(8, 2\)"),
        (numbers()[:, 0], r"\(8,\)"),
        (numbers()[None], r"\(1, 8, 3\)"),
        (3.0, r"\(\)"),
        (numbers(5), "5 candidates"),
        (np.empty((0, 3)), "0 candidates"),
        ([["a", "b", "c"]] * 8, "not numbers"),
        ([[1, 2, 3]] * 7 + [[1, 2]], "not numbers"),
    ],
)
def test_what_is_no_table_of_candidates_is_refused_with_a_remedy(values: Any, found: str) -> None:
    with pytest.raises(InputError, match=f"^m1.mat: .*{found}.*; expected .") as refusal:
        check(values)
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ({"identities": list("aabcdefg")}, "8 identities, 7 of them different"),
        ({"identities": list("abc")}, "3 identities"),
        ({"names": ("size", "size", "snr")}, "3 feature names, 2 of them different"),
    ],
)
def test_names_must_be_as_many_as_they_name_and_differ(rest: dict[str, Any], found: str) -> None:
    with pytest.raises(InputError, match=found):
        check(numbers(), **rest)


@given(st.permutations(NAMES), st.integers(1, 3))
def test_features_are_selected_by_name_in_the_order_asked(order: list[str], n: int) -> None:
    table = check(numbers())
    part = table.select(order[:n])
    assert part.names == tuple(order[:n])
    for name, column in zip(part.names, part.values.T, strict=True):
        np.testing.assert_array_equal(column, table.values[:, NAMES.index(name)])
    assert (part.items, part.version) == (table.items, table.version)


def test_an_absent_feature_is_named() -> None:
    with pytest.raises(InputError, match="m1: it has no feature 'colour'"):
        check(numbers()).select(["size", "colour"])
