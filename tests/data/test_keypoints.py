"""A set of keypoints: what it refuses, what it only tells of, and what can be asked of it."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.data.keypoints import (
    Author,
    KeypointSet,
    animal_of,
    check_keypoints,
    keypoint_name,
    part_of,
)
from sightline.errors import InputError


def some(**parts):
    """Three keypoints, two frames: both have "a" and "b", frame 5 has "c" too."""
    given = {
        "names": ("a", "b", "c"),
        "source": "file",
        "format": "made",
        "frame": [5, 2, 2, 5, 5],
        "keypoint": [1, 0, 1, 2, 0],
        "position": [[0, 5, 1], [0, 2, 0], [0, 2, 1], [0, 5, 2], [0, 5, 0]],
        "score": [0.1, 0.2, 0.3, 0.4, np.nan],
        "hidden": [True, False, False, False, False],
        "author": [0, 0, 1, 1, 0],
        "authors": (Author("Ann"), Author("", "Machine")),
        **parts,
    }
    return KeypointSet(**given)


def test_rows_are_sorted_by_frame_and_keypoint_and_stay_whole():
    keypoints = check_keypoints(some(columns={"id": np.arange(5)}))
    assert keypoints.frame.tolist() == [2, 2, 5, 5, 5]
    assert keypoints.keypoint.tolist() == [0, 1, 0, 1, 2]
    assert keypoints.position[:, 1:].tolist() == [[2, 0], [2, 1], [5, 0], [5, 1], [5, 2]]
    assert keypoints.columns["id"].tolist() == [1, 2, 4, 0, 3]
    assert keypoints.by_person.tolist() == [True, False, True, True, False]
    assert keypoints.hidden.tolist() == [False, False, False, True, False]
    assert keypoints.frame.dtype == np.int64
    assert keypoints.position.dtype == np.float64


def test_dense_positions_are_in_the_order_asked_and_nan_where_missing():
    dense = check_keypoints(some()).dense([5, 3, 2, 5])
    assert dense.shape == (4, 3, 3)
    assert dense[0, :, 1:].tolist() == [[5, 0], [5, 1], [5, 2]]
    assert np.isnan(dense[1]).all()
    assert dense[2, :2, 1:].tolist() == [[2, 0], [2, 1]]
    assert np.isnan(dense[2, 2]).all()
    np.testing.assert_array_equal(dense[3], dense[0])
    assert check_keypoints(some()).dense([]).shape == (0, 3, 3)


def test_frames_with_all_and_with_some_keypoints_are_told_apart():
    whole, partial = check_keypoints(some()).annotated_frames()
    assert whole.tolist() == [5]
    assert partial.tolist() == [2]


def test_a_set_without_rows_is_where_annotating_begins():
    keypoints = check_keypoints(some()).chosen(np.zeros(5, bool))
    assert len(keypoints) == 0
    assert [frames.tolist() for frames in keypoints.annotated_frames()] == [[], []]
    assert np.isnan(keypoints.dense([0])).all()


def test_names_have_an_animal_before_the_first_slash():
    assert (animal_of("fly/head"), part_of("fly/head")) == ("fly", "head")
    assert (animal_of("head"), part_of("head")) == ("", "head")
    assert (keypoint_name("fly", "head"), keypoint_name("", "head")) == ("fly/head", "head")
    keypoints = check_keypoints(some(names=("fly/head", "moth/head", "moth/tail")))
    assert keypoints.animals == ("fly", "moth")
    assert keypoints.parts == ("head", "tail")


def test_positions_outside_of_the_image_stay_and_are_told_once():
    position = np.array([[0, 5, 1], [0, 2, -9], [0, 2, 1], [0, 99, 2], [0, -0.5, 9.5]])
    keypoints = check_keypoints(some(position=position, image_shape=(1, 10, 10)))
    assert len(keypoints) == 5
    again = check_keypoints(keypoints)
    assert again.notes == ("2 positions lie outside of the image.",)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"names": ()}, "names no keypoints"),
        ({"names": ("a", "a", "c")}, "two keypoints are called 'a'"),
        ({"names": ("a", " ", "c")}, "is called ' '"),
        ({"names": ("a", "/b", "c")}, "is called '/b'"),
        ({"names": ("a", "b\0", "c")}, "is called"),
        ({"names": ("a", "b\ud800", "c")}, "is called"),
        ({"frame": [5, 2, 2, 5, -1]}, "frame -1"),
        ({"frame": [5, 2, 2, 5]}, "shape"),
        ({"keypoint": [1, 0, 1, 3, 0]}, "keypoint 3"),
        ({"keypoint": [1, 0, 0, 2, 0]}, "'a' comes twice in frame 2"),
        ({"author": [0, 0, 1, 2, 0]}, "author 2"),
        ({"position": np.full((5, 3), np.nan)}, "is no number"),
        ({"position": np.full((5, 3), np.inf)}, "is no number"),
        ({"position": np.zeros((5, 2))}, "shape"),
        ({"edges": (("a", "d"),)}, "edges join 'a' and 'd'"),
        ({"symmetries": (("a", "a"),)}, "symmetries join"),
        ({"parents": (("d", "a"),)}, "parents join"),
        ({"image_shape": (1, 0, 4)}, "image shape"),
        ({"frame_names": ("one", "two")}, "names 2 frames"),
        ({"numbers": (1, 1, 2)}, "share a number"),
        ({"colours": ("#ffffff",)}, "1 colours"),
        ({"columns": {"id": np.arange(4)}}, "id has the shape"),
    ],
)
def test_what_does_not_fit_is_one_clear_error(parts, told):
    with pytest.raises(InputError, match=told) as error:
        check_keypoints(some(**parts))
    assert str(error.value).startswith("file: ")


def test_chosen_rows_keep_what_belongs_to_them():
    keypoints = check_keypoints(some(columns={"id": np.arange(5)}))
    person = keypoints.chosen(keypoints.by_person)
    assert person.columns["id"].tolist() == [1, 4, 0]
    assert person.names == keypoints.names
    assert check_keypoints(replace(person, notes=("x",))).notes == ("x",)
