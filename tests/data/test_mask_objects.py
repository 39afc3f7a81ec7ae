"""The objects of a mask: its own, or the connected parts of each class."""

import numpy as np
import pytest
from scipy.ndimage import label

from sightline.data.mask import IGNORED, Mask
from sightline.data.mask_objects import objects_of


def random_mask(seed: int, classes: int) -> Mask:
    drawn = np.random.default_rng(seed).integers(IGNORED, classes + 1, (30, 40))
    return Mask(drawn.astype(np.int16), class_names=("a", "b", "c")[:classes])


@pytest.mark.parametrize("classes", [1, 3])
def test_they_are_the_components_of_each_class_numbered_without_gaps(classes: int) -> None:
    mask = random_mask(classes, classes)
    found = objects_of(mask)
    counts = [label(mask.classes == number)[1] for number in range(1, classes + 1)]  # pyright: ignore
    assert np.unique(found).tolist() == list(range(sum(counts) + 1))
    np.testing.assert_array_equal(found > 0, mask.foreground)
    for number in range(1, found.max() + 1):
        inside = found == number
        assert len(np.unique(mask.classes[inside])) == 1
        assert label(inside)[1] == 1  # pyright: ignore


def test_objects_that_the_mask_tells_are_given_as_they_are() -> None:
    told = np.array([[5, 5, 9, 0]], np.int32)
    assert objects_of(Mask((told > 0).astype(np.int16), told)) is told


def test_small_ones_are_left_out_and_the_others_keep_their_numbers() -> None:
    told = np.array([[5, 5, 9, 0]], np.int32)
    mask = Mask((told > 0).astype(np.int16), told)
    assert objects_of(mask, 2).tolist() == [[5, 5, 0, 0]]
    assert not objects_of(mask, 3).any()


def test_a_mask_without_foreground_has_none() -> None:
    assert not objects_of(Mask(np.zeros((3, 4), np.int16))).any()
    assert not objects_of(Mask(np.full((3, 4), IGNORED, np.int16)), 5).any()
