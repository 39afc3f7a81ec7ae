"""Annotations that name image files are of these images, whatever the order of either."""

import re
from dataclasses import replace

import numpy as np
import pytest

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.data.recording import RecordingInfo
from sightline.errors import InputError
from sightline.workflows.matched_frames import match_frames

IMAGES = ("img2.png", "img9.png", "img10.png", "img11.png")
INFO = RecordingInfo(
    name="day1",
    source="lab/day1",
    axes=("time", "y", "x"),
    shape=(4, 20, 30),
    dtype=np.dtype(np.uint8),
    frame_names=IMAGES,
)


def annotated(*names: str) -> KeypointSet:
    """One keypoint in each of the named frames, whose x is the number in the frame's name."""
    count = len(names)
    x = [float(re.findall(r"\d+", name)[-1]) for name in names]
    return check_keypoints(
        KeypointSet(
            names=("snout",),
            source="CollectedData_anna.csv",
            format="deeplabcut",
            frame=np.arange(count),
            keypoint=np.zeros(count, np.int64),
            position=np.stack([np.zeros(count), np.zeros(count), np.array(x)], axis=1),
            score=np.full(count, np.nan),
            hidden=np.zeros(count, bool),
            author=np.zeros(count, np.int64),
            authors=(Author("anna"),),
            frame_names=names,
        )
    )


def test_names_say_which_frame_not_their_order() -> None:
    prefix = "labeled-data/day1/"
    found = match_frames(annotated(*(f"{prefix}img{n:02d}.png" for n in (10, 11))), INFO)
    assert found.frame.tolist() == [2, 3]
    assert found.position[:, 2].tolist() == [10, 11]
    assert found.frame_names[:2] == (f"{prefix}img2.png", f"{prefix}img9.png")


def test_names_of_windows_are_understood() -> None:
    found = match_frames(annotated(r"labeled-data\day1\img10.png", r"labeled-data\day1\img2.png"),
                         INFO)  # fmt: skip
    assert found.frame.tolist() == [0, 2]
    assert found.frame_names[2] == r"labeled-data\day1\img10.png"


def test_of_a_table_of_several_videos_this_ones_rows_are_taken() -> None:
    both = annotated("labeled-data/day2/img2.png", "labeled-data/day1/img10.png")
    found = match_frames(both, INFO)
    assert found.frame.tolist() == [2]
    assert found.notes == (
        "1 annotated positions are left out, for their images are not in lab/day1.",
    )


def test_a_folder_that_was_renamed_is_matched_by_the_images_names() -> None:
    found = match_frames(annotated("old/img11.png", "old/img9.png"), INFO)
    assert found.frame.tolist() == [1, 3]


def test_which_of_several_folders_is_meant_must_be_clear() -> None:
    with pytest.raises(InputError, match=r"2 images 'img2\.png'.*none is 'day1'"):
        match_frames(annotated("a/img2.png", "b/img2.png"), INFO)


def test_annotations_of_other_images_are_refused() -> None:
    with pytest.raises(InputError, match=r"frame7\.png.*images of lab/day1, such as 'img2\.png'"):
        match_frames(annotated("labeled-data/day1/frame7.png"), INFO)


def test_without_names_on_both_sides_numbers_count() -> None:
    named = annotated("img2.png", "img9.png")
    assert match_frames(named, replace(INFO, frame_names=())) is named
    numbered = replace(named, frame_names=())
    assert match_frames(numbered, INFO) is numbered
