"""Names of masks in decisions: found again whatever characters they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.data.mask_item import (
    MaskItem,
    consensus_item,
    mask_item,
    object_item,
    parse_mask_item,
)
from sightline.errors import InputError

texts = st.text(st.characters(codec="utf-8"), min_size=1)


@given(recording=texts, image=texts, name=texts)
def test_recording_image_and_object_are_found_again(recording: str, image: str, name: str) -> None:
    assert parse_mask_item(mask_item(recording, image)) == MaskItem(recording, image)
    consensus = parse_mask_item(consensus_item(recording, image))
    assert consensus == MaskItem(recording, image, consensus=True)
    one = parse_mask_item(object_item(recording, image, name))
    assert one == MaskItem(recording, image, object=name)


def test_an_image_in_a_folder_is_one_image() -> None:
    assert mask_item("lab", "day 1/0001") == "lab/day 1%2F0001"
    assert parse_mask_item("lab/day 1%2F0001").image == "day 1/0001"


@pytest.mark.parametrize(
    "item",
    ["", "lab", "lab/", "/0001", "lab/0001/", "lab/0001/object/", "lab/0001/mask", "a/b/c/d/e"],
)
def test_what_names_no_mask_is_refused(item: str) -> None:
    with pytest.raises(InputError, match="no mask"):
        parse_mask_item(item)
