"""Experts' objects merged: what one saw as two stays two, what too few saw is left out."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.consensus.object_consensus import merge_objects
from sightline.errors import InputError, SettingError


def scene(*boxes: tuple[int, int, int, int]) -> NDArray[np.int64]:
    """Boxes (top, bottom, left, right), numbered 10, 20 ..."""
    mask = np.zeros((20, 30), int)
    for number, (top, bottom, left, right) in enumerate(boxes, start=1):
        mask[top:bottom, left:right] = 10 * number
    return mask


LEFT, RIGHT, BOTH = (5, 15, 5, 15), (5, 15, 15, 25), (5, 15, 5, 25)


def test_objects_that_all_drew_alike_come_back() -> None:
    found = merge_objects([scene(LEFT, RIGHT)] * 3)
    np.testing.assert_array_equal(found.labels > 0, scene(LEFT, RIGHT) > 0)
    assert found.votes.tolist() == [3, 3]
    assert found.members.tolist() == [[10, 10, 10], [20, 20, 20]]


def test_two_touching_cells_stay_two_though_one_expert_fused_them() -> None:
    found = merge_objects([scene(LEFT, RIGHT), scene(RIGHT, LEFT), scene(BOTH)])
    assert len(found.votes) == 2
    assert len(np.unique(found.labels[5:15, 5:15])) == 1
    assert len(np.unique(found.labels[5:15, 15:25])) == 1
    assert found.labels[10, 10] != found.labels[10, 20]


def test_what_most_fused_is_one_object_and_no_expert_s_two_are_joined() -> None:
    found = merge_objects([scene(BOTH), scene(BOTH), scene(LEFT, RIGHT)])
    assert found.votes.max() == 3
    np.testing.assert_array_equal(found.labels > 0, scene(BOTH) > 0)


def test_what_one_expert_alone_saw_is_refused_and_told() -> None:
    found = merge_objects([scene(LEFT, RIGHT), scene(LEFT), scene(LEFT)])
    assert found.votes.tolist() == [3]
    assert found.refused.tolist() == [[20, 0, 0]]
    assert (found.labels[5:15, 15:25] == 0).all()


def test_an_object_is_where_most_of_those_who_drew_it_say_so() -> None:
    wide, narrow = (5, 15, 5, 17), (5, 15, 7, 15)
    found = merge_objects([scene(wide), scene(LEFT), scene(narrow)])
    np.testing.assert_array_equal(found.labels > 0, scene(LEFT) > 0)


def test_the_order_of_experts_changes_nothing_but_their_columns() -> None:
    rng = np.random.default_rng(0)
    masks = []
    for _ in range(4):
        boxes = [(4 * k, 4 * k + 4, 3 + d, 12 + d) for k, d in enumerate(rng.integers(0, 5, 4))]
        masks.append(scene(*boxes))
    one, other = merge_objects(masks), merge_objects(masks[::-1])
    np.testing.assert_array_equal(one.labels > 0, other.labels > 0)
    assert sorted(map(tuple, one.members)) == sorted(map(tuple, other.members[:, ::-1]))


def test_empty_masks_have_no_objects() -> None:
    found = merge_objects([scene(), scene()])
    assert not found.labels.any()
    assert found.members.shape == (0, 2)


def test_what_cannot_be_merged_is_refused() -> None:
    with pytest.raises(InputError, match="one shape"):
        merge_objects([scene(), scene()[:5]])
    with pytest.raises(InputError, match="at least one"):
        merge_objects([])
    with pytest.raises(SettingError, match="1 to 2"):
        merge_objects([scene(), scene()], least_experts=3)
