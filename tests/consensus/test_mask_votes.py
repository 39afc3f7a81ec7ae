"""Experts' answers on pixels, counted by pattern: nothing is lost, however many there are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sightline.consensus.mask_votes import count_votes, pool_votes
from sightline.errors import InputError


@given(masks=arrays(np.int16, (3, 6, 5), elements=st.integers(-1, 4)))
def test_every_pixel_keeps_what_each_expert_said(masks: np.ndarray) -> None:
    votes = count_votes(list(masks))
    np.testing.assert_array_equal(np.moveaxis(votes.patterns[votes.place], -1, 0), masks)
    np.testing.assert_array_equal(
        votes.counts, np.bincount(votes.place.ravel(), minlength=len(votes.counts))
    )
    assert len(np.unique(votes.patterns, axis=0)) == len(votes.patterns)


@pytest.mark.parametrize(("experts", "classes"), [(2, 2), (6, 7), (30, 9)])
def test_few_or_many_experts_and_classes(experts: int, classes: int) -> None:
    masks = np.random.default_rng(0).integers(0, classes, (experts, 40, 30))
    votes = count_votes(list(masks))
    np.testing.assert_array_equal(np.moveaxis(votes.patterns[votes.place], -1, 0), masks)


def test_shares_leave_out_who_said_nothing() -> None:
    votes = count_votes([np.array([1, 1, -1]), np.array([1, 0, -1]), np.array([-1, 0, -1])])
    share = votes.spread(votes.share(1))
    assert share[0] == 1
    assert share[1] == pytest.approx(1 / 3)
    assert np.isnan(share[2])


def test_pooled_counts_are_those_of_all_images_together() -> None:
    rng = np.random.default_rng(1)
    masks = rng.integers(0, 2, (3, 10, 20))
    halves = [count_votes(list(part)) for part in (masks[:, :4], masks[:, 4:])]
    pooled, whole = pool_votes(halves), count_votes(list(masks))
    order = np.lexsort(whole.patterns.T[::-1])
    np.testing.assert_array_equal(pooled.patterns, whole.patterns[order])
    np.testing.assert_array_equal(pooled.counts, whole.counts[order])


def test_what_is_no_mask_is_refused() -> None:
    fine = np.zeros((4, 4), int)
    for wrong in ([], [fine, np.zeros((4, 5), int)], [fine + 0.5], [fine - 2], [fine + np.nan]):
        with pytest.raises(InputError, match="mask"):
            count_votes(wrong)
    with pytest.raises(InputError, match="as many for each"):
        pool_votes([count_votes([fine]), count_votes([fine, fine])])
