"""Masks as payloads: the same mask is the same bytes, and comes back."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sightline.data.mask import Mask
from sightline.errors import InputError, ProjectError
from sightline.project.mask_payload import mask_bytes, mask_of_bytes, numbered_in_order

shapes = st.tuples(st.integers(1, 9), st.integers(1, 9))
labels = shapes.flatmap(lambda shape: arrays(np.int32, shape, elements=st.integers(0, 4)))


def mask(objects: np.ndarray, *, told: bool = True) -> Mask:
    classes = np.where(objects > 0, 1 + objects % 2, objects % 2 - 1).astype(np.int16)
    return Mask(classes, objects.astype(np.int32) if told else None, ("neuron", "glia"))


@given(objects=labels, told=st.booleans())
def test_a_mask_comes_back(objects: np.ndarray, told: bool) -> None:
    one = mask(objects, told=told)
    found = mask_of_bytes(mask_bytes(one), one.shape)
    np.testing.assert_array_equal(found.classes, one.classes)
    assert found.class_names == one.class_names
    assert (found.objects is None) == (not told)
    if found.objects is not None:
        pairs = {*zip(found.objects.ravel().tolist(), objects.ravel().tolist(), strict=True)}
        assert len(pairs) == len({new for new, _ in pairs}) == len({old for _, old in pairs})
        assert (0, 0) in pairs or 0 not in objects


@given(objects=labels, renaming=st.permutations([1, 2, 3, 4]))
def test_numbers_of_objects_and_layout_in_memory_make_no_difference(
    objects: np.ndarray, renaming: list[int]
) -> None:
    renamed = np.array([0, *renaming])[objects]
    one = mask(objects)
    other = Mask(
        np.asfortranarray(one.classes), np.asfortranarray(renamed.astype(np.int32)),
        one.class_names, "elsewhere.tif",
    )  # fmt: skip
    assert mask_bytes(one) == mask_bytes(other)


def test_the_bytes_are_those_of_every_version() -> None:
    """Payloads are named by their SHA-256: should this change, every mask would be told anew."""
    one = Mask(
        np.array([[0, 1, 1], [-1, -1, 1]], np.int16), np.array([[0, 7, 7], [0, 0, 3]], np.int32)
    )
    assert mask_bytes(one) == (
        b'{"class_names":["foreground"],"format":"sightline mask","objects":true,"runs":4,'
        b'"shape":[2,3],"version":1}\n'
        + struct.pack("<4I", 1, 2, 2, 1)
        + struct.pack("<4h", 0, 1, -1, 1)
        + struct.pack("<4i", 0, 1, 0, 2)
    )


def test_objects_are_numbered_in_the_order_of_their_first_pixels() -> None:
    found = numbered_in_order(np.array([[0, 9, 9], [4, 0, 9], [4, 2, 2]]))
    assert found.tolist() == [[0, 1, 1], [2, 0, 1], [2, 3, 3]]
    assert numbered_in_order(np.array([[5, 5], [1, 5]])).tolist() == [[1, 1], [2, 1]]


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-1],
        lambda content: content + b"0",
        lambda content: content.replace(b"sightline mask", b"another format"),
        lambda content: content.replace(b'"runs":', b'"walks":'),
        lambda content: content.replace(b"[2,3]", b"[3,2]"),
        lambda content: content.replace(b'"foreground"', b""),
        lambda content: b"",
        lambda content: b"[" * 100_000,
    ],
)
def test_damage_is_told(change: object) -> None:
    one = Mask(np.array([[0, 1, 1], [0, 0, 1]], np.int16))
    with pytest.raises(ProjectError, match="damaged or no mask"):
        mask_of_bytes(change(mask_bytes(one)), (2, 3))  # type: ignore[operator]


def test_a_mask_of_another_image_is_refused_before_it_takes_room() -> None:
    one = Mask(np.ones((2, 3), np.int16))
    content = mask_bytes(one).replace(b"[2,3]", b"[200000,300000]")
    with pytest.raises(ProjectError, match="of shape"):
        mask_of_bytes(content, (2, 3))


def test_a_newer_mask_is_told_as_such() -> None:
    content = mask_bytes(Mask(np.ones((2, 3), np.int16))).replace(b'"version":1', b'"version":2')
    with pytest.raises(ProjectError, match="Update Sightline"):
        mask_of_bytes(content, (2, 3))


def test_a_mask_whose_parts_do_not_fit_is_not_written() -> None:
    with pytest.raises(InputError, match="objects on the background"):
        mask_bytes(Mask(np.zeros((2, 3), np.int16), np.ones((2, 3), np.int32)))
