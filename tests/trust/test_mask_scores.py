"""Agreement of masks: by hand, and by a plain second way of counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sightline.errors import InputError
from sightline.trust.mask_scores import IOU_THRESHOLDS, dice, object_scores

masks = arrays(np.int8, (7, 8), elements=st.integers(0, 3))


@given(one=masks, other=masks)
def test_dice_is_twice_the_shared_pixels_over_those_of_both(
    one: np.ndarray, other: np.ndarray
) -> None:
    shared = ((one == 1) & (other == 1)).sum()
    whole = (one == 1).sum() + (other == 1).sum()
    expected = 2 * shared / whole if whole else np.nan
    np.testing.assert_equal(dice(one, other), expected)


def test_dice_of_several_classes_is_the_mean_of_those_that_occur() -> None:
    one, other = np.array([1, 1, 2, 0]), np.array([1, 0, 2, 0])
    assert dice(one, other, (1, 2, 3)) == pytest.approx((2 / 3 + 1) / 2)


@given(one=masks, other=masks)
def test_objects_are_matched_as_a_plain_loop_matches_them(
    one: np.ndarray, other: np.ndarray
) -> None:
    found = object_scores(one, other)
    for place, least in enumerate(IOU_THRESHOLDS):
        pairs = 0
        for a in set(np.unique(other)) - {0}:
            for b in set(np.unique(one)) - {0}:
                both, either = (other == a) & (one == b), (other == a) | (one == b)
                pairs += bool(both.sum() / either.sum() >= least and both.any())
        if least > 0.5:  # at one half exactly two pairs can tie
            assert found.found[place] == pairs
        assert found.missed[place] == len(set(np.unique(other)) - {0}) - found.found[place]
        assert found.false[place] == len(set(np.unique(one)) - {0}) - found.found[place]


def test_the_same_objects_under_other_numbers_score_one() -> None:
    labels = np.kron(np.arange(12).reshape(3, 4), np.ones((5, 5), int))
    found = object_scores(labels, np.where(labels, 1000 - labels, 0))
    assert found.mean_precision == 1
    assert found.found.tolist() == [11] * 10


def test_two_cells_that_were_fused_count_as_one_found_at_most() -> None:
    truth = np.zeros((10, 20), int)
    truth[2:8, 2:10], truth[2:8, 10:13] = 1, 2
    found = object_scores(truth > 0, truth, (0.5, 0.9))
    assert found.found.tolist() == [1, 0]
    assert found.missed.tolist() == [1, 2]
    assert found.precision.tolist() == [0.5, 0]


def test_below_one_half_each_object_is_matched_once_the_best_first() -> None:
    truth, found = np.array([1, 1, 1, 1, 2, 2]), np.array([1, 1, 2, 2, 2, 2])
    told = object_scores(found, truth, (0.3,))
    assert (told.found[0], told.missed[0], told.false[0]) == (2, 0, 0)


def test_of_nothing_and_nothing_there_is_no_score() -> None:
    nothing = np.zeros((4, 4), int)
    assert np.isnan(dice(nothing, nothing))
    assert np.isnan(object_scores(nothing, nothing).mean_precision)
    assert object_scores(nothing, nothing + 1).mean_precision == 0


def test_masks_of_other_shapes_are_refused() -> None:
    for compare in (dice, object_scores):
        with pytest.raises(InputError, match="same shape"):
            compare(np.zeros((3, 3), int), np.zeros((3, 4), int))
