"""Some of a recording's keypoints, with all that belongs to them."""

import numpy as np
import pytest

from sightline.data.keypoints import Author, KeypointSet, check_keypoints
from sightline.data.some_keypoints import only_by, only_named
from sightline.errors import InputError

FLIES = check_keypoints(
    KeypointSet(
        names=("a/head", "a/tail", "b/head", "b/tail"),
        source="flies.csv",
        format="csv",
        frame=np.array([0, 0, 0, 1, 1]),
        keypoint=np.array([0, 1, 3, 2, 3]),
        position=np.arange(15.0).reshape(5, 3),
        score=np.full(5, np.nan),
        hidden=np.zeros(5, bool),
        author=np.array([0, 1, 0, 1, 0]),
        authors=(Author("anna"), Author("ben")),
        edges=(("a/head", "a/tail"), ("b/head", "b/tail")),
        symmetries=(("a/head", "b/head"),),
        numbers=(4, 5, 6, 7),
        colours=("#000001", "#000002", "", "#000004"),
    )
)


def test_an_animal_stands_for_all_its_parts() -> None:
    found = only_named(FLIES, ["b"])
    assert found.names == ("b/head", "b/tail")
    assert found.edges == (("b/head", "b/tail"),)
    assert found.symmetries == ()
    assert found.numbers == (6, 7)
    assert found.colours == ("", "#000004")
    np.testing.assert_array_equal(found.position, FLIES.position[[2, 3, 4]])
    assert [found.names[index] for index in found.keypoint] == ["b/tail", "b/head", "b/tail"]


def test_of_several_names_the_order_stays() -> None:
    assert only_named(FLIES, ["b/tail", "a/head"]).names == ("a/head", "b/tail")


def test_rows_of_some_annotators_alone() -> None:
    assert only_by(FLIES, ["ben"]).position[:, 0].tolist() == [3, 9]


def test_who_or_what_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match=r"no keypoint 'c'.*a/head"):
        only_named(FLIES, ["c"])
    with pytest.raises(InputError, match=r"by 'cleo'.*anna, ben"):
        only_by(FLIES, ["cleo"])
