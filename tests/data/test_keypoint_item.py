"""Names of keypoints in decisions: found again whatever characters they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.data.keypoint_item import keypoint_item, parse_keypoint_item
from sightline.errors import InputError

texts = st.text(st.characters(codec="utf-8"), min_size=1)


@given(recording=texts, frame=st.integers(0, 10**9), keypoint=texts)
def test_recording_frame_and_keypoint_are_found_again(
    recording: str, frame: int, keypoint: str
) -> None:
    item = keypoint_item(recording, frame, keypoint)
    assert parse_keypoint_item(item) == (recording, frame, keypoint)


@pytest.mark.parametrize("item", ["", "worm", "worm/3", "worm/x/nose", "worm/-1/nose", "worm/3/"])
def test_what_names_no_keypoint_is_refused(item: str) -> None:
    with pytest.raises(InputError, match="no keypoint"):
        parse_keypoint_item(item)
