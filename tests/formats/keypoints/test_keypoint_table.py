"""Keypoints as a CSV table of our own."""

import numpy as np
import pytest

from sightline.data.keypoints import Author
from sightline.errors import InputError
from sightline.formats.keypoints.keypoint_table import read_keypoint_table, write_keypoint_table


@pytest.fixture
def written(tmp_path):
    """Write what is given as a table."""

    def write(text):
        path = tmp_path / "points.csv"
        path.write_text(text, "utf-8")
        return path

    return write


def test_four_columns_are_enough_and_z_is_zero(written):
    keypoints = read_keypoint_table(written("x,frame,keypoint,y\n1.5,3,tail,2\n0,3,head,7\n"))
    assert keypoints.names == ("tail", "head")
    assert keypoints.frame.tolist() == [3, 3]
    assert keypoints.position.tolist() == [[0, 2, 1.5], [0, 7, 0]]
    assert keypoints.authors == (Author(),)
    assert not keypoints.by_person.any()


def test_all_columns_are_read_and_others_are_told(written):
    keypoints = read_keypoint_table(
        written(
            "frame,frame_name,keypoint,z,y,x,score,visibility,annotator,tool,mood\n"
            "0,a.png,fly/head,1,2,3,0.5,hidden,,Machine,good\n"
            "2,c.png,fly/head,4,5,6,,seen,Ann,,bad\n"
        )
    )
    assert keypoints.hidden.tolist() == [True, False]
    assert keypoints.by_person.tolist() == [False, True]
    assert keypoints.frame_names == ("a.png", "", "c.png")
    np.testing.assert_array_equal(keypoints.score, [0.5, np.nan])
    assert keypoints.notes == ("Columns that are not read: mood.",)


def test_a_row_without_a_position_is_a_missing_one(written):
    keypoints = read_keypoint_table(
        written("frame,keypoint,y,x\n0,a,1,2\n0,b,,\n1,a,nan,nan\n1,b,3,4\n")
    )
    assert keypoints.names == ("a", "b")
    assert keypoints.frame.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("0,a,1,\n", "numbers for all of y, x"),
        ("0,a,inf,1\n", "numbers for all of y, x"),
        ("0,a,1,two\n", "column 'x' holds 'two' in row 2"),
        ("0.5,a,1,1\n", "column 'frame' holds '0.5'"),
        ("-1,a,1,1\n", "frame -1"),
        ("0,a,1,1\n0,a,2,2\n", "'a' comes twice in frame 0"),
        ("0,,1,1\n", "is called ''"),
        ("0,a,1\n", "line 2 has 3 fields"),
        ("", "names no keypoints"),
    ],
)
def test_bad_rows_are_one_clear_error(written, rows, told):
    with pytest.raises(InputError, match=told):
        read_keypoint_table(written("frame,keypoint,y,x\n" + rows))


def test_numbers_are_written_with_all_their_digits(written, tmp_path):
    keypoints = read_keypoint_table(written("frame,keypoint,y,x\n0,a,0.1,1e-17\n"))
    write_keypoint_table(tmp_path / "again.csv", keypoints)
    assert (tmp_path / "again.csv").read_text("utf-8").splitlines()[
        1
    ] == "0,,a,0.0,0.1,1e-17,,seen,,"
