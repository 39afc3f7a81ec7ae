"""How far masks agree: by hand, and what must always hold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sightline.data.mask import IGNORED, Mask
from sightline.data.mask_objects import objects_of
from sightline.errors import InputError
from sightline.trust.mask_agreement import compare_masks, describe_deviations, mean_of, with_objects
from sightline.trust.mask_scores import dice

drawn = arrays(np.int16, (6, 7), elements=st.integers(0, 1))


def mask(*rows: str, names: tuple[str, ...] = ("soma",)) -> Mask:
    values = [[IGNORED if one == "-" else int(one) for one in row] for row in rows]
    return Mask(np.array(values, np.int16), class_names=names)


def test_pixels_and_objects_by_hand() -> None:
    truth = mask("1100110", "0000000", "1100000")
    ours = mask("1100100", "0000000", "0000011")
    found = compare_masks(ours, truth)
    assert found.dice == pytest.approx(2 * 3 / (5 + 6))
    assert (found.found, found.missed, found.false) == (2, 1, 1)
    assert found.precision[0] == pytest.approx(2 / 4)  # one pixel of two is an overlap of one half
    assert found.precision[1] == pytest.approx(1 / 5)
    assert found.mean_precision == pytest.approx((2 / 4 + 9 * 1 / 5) / 10)
    assert found.sensitivity == pytest.approx(3 / 6)
    assert found.specificity == pytest.approx(13 / 15)
    assert (found.marked, found.true) == (5, 6)


@settings(deadline=None)
@given(one=drawn)
def test_a_copy_agrees_wholly(one: np.ndarray) -> None:
    found = compare_masks(Mask(one), Mask(one.copy()))
    expected = 1.0 if one.any() else math.nan
    np.testing.assert_equal((found.dice, found.mean_precision), (expected, expected))
    assert found.missed == found.false == 0


@settings(deadline=None)
@given(one=drawn, other=drawn)
def test_sensitivity_is_the_specificity_of_what_is_inverted(
    one: np.ndarray, other: np.ndarray
) -> None:
    found, inverted = (
        compare_masks(Mask(one), Mask(other)),
        compare_masks(Mask(1 - one), Mask(1 - other)),
    )
    np.testing.assert_equal(found.sensitivity, inverted.specificity)


@settings(deadline=None)
@given(one=drawn, other=drawn, left=arrays(np.bool_, (6, 7)))
def test_what_either_ignores_counts_for_neither(
    one: np.ndarray, other: np.ndarray, left: np.ndarray
) -> None:
    some = Mask(np.where(left, IGNORED, one).astype(np.int16))
    expected = dice(one[~left], other[~left])
    np.testing.assert_equal(compare_masks(some, Mask(other)).dice, expected)
    np.testing.assert_equal(compare_masks(Mask(other), some).dice, expected)


def test_of_several_classes_it_is_the_mean_of_those_that_occur_without_the_background() -> None:
    names = ("soma", "process", "debris")
    ours, truth = mask("1102200", names=names), mask("1102000", names=names)
    found = compare_masks(ours, truth)
    assert found.dice == pytest.approx((1 + 2 / 3) / 2)
    assert found.precision[0] == pytest.approx(1)
    assert found.precision[1] == pytest.approx(1 / 2)
    assert found.sensitivity == 1


def test_an_object_is_no_match_for_one_of_another_class() -> None:
    names = ("soma", "process")
    found = compare_masks(mask("110", names=names), mask("220", names=names))
    assert (found.dice, found.found, found.missed, found.false) == (0, 0, 1, 1)


def test_touching_objects_that_the_file_tells_apart_are_two() -> None:
    told = np.array([[1, 1, 2, 2]], np.int32)
    apart = Mask((told > 0).astype(np.int16), told)
    merged = mask("1111")
    assert compare_masks(apart, apart).found == 2
    assert compare_masks(merged, apart).found == 1  # it overlaps one of them by one half


def test_small_objects_can_be_left_out_of_the_counting_but_their_pixels_count() -> None:
    truth, ours = mask("1110010"), mask("1110000")
    whole, large = compare_masks(ours, truth), compare_masks(ours, truth, min_area_px=2)
    assert (whole.missed, large.missed) == (1, 0)
    assert whole.dice == large.dice < 1


def test_components_are_of_each_class_and_of_four_neighbours() -> None:
    found = objects_of(mask("110", "001", "221", names=("soma", "process")))
    assert len(np.unique(found)) - 1 == 3
    assert found[0, 0] != found[1, 2] == found[2, 2] != found[2, 0]
    again = with_objects(mask("110", "001"))
    assert objects_of(again) is again.objects


def test_masks_of_other_classes_are_not_compared() -> None:
    two = mask("01", names=("soma", "process"))
    with pytest.raises(InputError, match="classes soma; expected soma, process"):
        compare_masks(mask("01"), two)
    with pytest.raises(InputError, match="nucleus"):
        compare_masks(two, mask("01", names=("nucleus", "process")))
    assert compare_masks(mask("01"), mask("01", names=("nucleus",))).dice == 1


def test_who_marks_much_less_than_the_others_deviates_and_it_is_said_how() -> None:
    truth = mask("111000111000111000", "000000000000000000")
    good = mask("111000111000110000", "000000000000000000")
    poor = mask("110000000000000000", "000000000000000000")
    against = {name: [compare_masks(good, truth)] * 4 for name in ("ann", "ben", "cyd")}
    found = describe_deviations({**against, "dan": [compare_masks(poor, truth)] * 4})
    assert [name for name, one in found.items() if one.far] == ["dan"]
    assert found["dan"].area_ratio == pytest.approx(2 / 9)
    assert found["dan"].found_share == pytest.approx(1 / 3)
    assert found["dan"].alone_share == 0
    assert "0.22 times as many pixels" in found["dan"].words
    assert "deviates" in found["dan"].words


def test_of_two_annotators_none_can_be_said_to_deviate() -> None:
    truth = mask("1110")
    against = {"ann": [compare_masks(truth, truth)], "ben": [compare_masks(mask("0001"), truth)]}
    assert not any(one.far for one in describe_deviations(against).values())


def test_a_mean_leaves_out_what_is_unknown() -> None:
    assert mean_of([0.5, math.nan, 1.0]) == 0.75
    assert math.isnan(mean_of([math.nan]))
