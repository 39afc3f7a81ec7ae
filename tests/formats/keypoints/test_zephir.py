"""ZephIR's annotations: pixels, provenance, names that are cut, and its own example."""

import json

import h5py
import numpy as np
import pytest
from keypoints_made import made

from sightline.data.keypoints import Author
from sightline.errors import InputError
from sightline.formats.keypoints.zephir import read_zephir, write_zephir

SHAPE = (2, 5, 10)


def table(path, **columns):
    """Two keypoints in two frames; positions are the centres of voxels."""
    given = {
        "id": [1, 2, 3],
        "t_idx": [0, 0, 4],
        "z": [0.25, 0.75, 0.25],
        "y": [0.1, 0.5, 0.9],
        "x": [0.05, 0.55, 0.95],
        "worldline_id": [3, 7, 3],
        "parent_id": [0, 2**32 - 1, 4],
        "provenance": [b"ANTT", b"ZEIR", b"JIM"],
        **columns,
    }
    with h5py.File(path / "annotations.h5", "w") as file:
        for name, values in given.items():
            kind = "f4" if name in "xyz" else "S4" if name == "provenance" else "u4"
            file[name] = values if isinstance(values, np.ndarray) else np.array(values, kind)
    return path


def test_the_centre_of_the_first_pixel_is_at_zero_and_of_the_last_at_one_less(tmp_path):
    keypoints = read_zephir(table(tmp_path), image_shape=SHAPE)
    expected = [[0, 0, 0], [1, 2, 5], [0, 4, 9]]
    np.testing.assert_allclose(keypoints.position, expected, atol=1e-6)


def test_zeir_is_the_machine_and_everything_else_a_person(tmp_path):
    keypoints = read_zephir(table(tmp_path), image_shape=SHAPE)
    said = [keypoints.authors[number] for number in keypoints.author]
    assert said == [Author("ANTT", "ZephIR"), Author("", "ZephIR"), Author("JIM", "ZephIR")]
    assert keypoints.columns["parent_id"].tolist() == [0, 2**32 - 1, 4]
    assert keypoints.numbers == (3, 7)
    assert keypoints.names == ("3", "7")


def test_said_twice_a_person_outranks_the_tracker_and_later_outranks_earlier(tmp_path):
    path = table(
        tmp_path,
        id=[1, 2, 3, 4, 5],
        t_idx=[0, 0, 1, 1, 2],
        x=[0.05, 0.15, 0.25, 0.35, 0.45],
        y=[0.1] * 5,
        z=[0.25] * 5,
        worldline_id=[0] * 5,
        parent_id=[0] * 5,
        provenance=[b"ANTT", b"ZEIR", b"ANTT", b"ANTT", b"ZEIR"],
    )
    keypoints = read_zephir(path, image_shape=SHAPE)
    np.testing.assert_allclose(keypoints.position[:, 2], [0, 3, 4], atol=1e-6)
    assert "2 positions were said again" in keypoints.notes[0]


def test_the_size_comes_from_the_metadata_and_must_be_known(tmp_path):
    with pytest.raises(InputError, match="fractions of an image"):
        read_zephir(table(tmp_path))
    sizes = {"shape_t": 9, "shape_c": 1, "shape_z": 2, "shape_y": 5, "shape_x": 10}
    (tmp_path / "metadata.json").write_text(json.dumps(sizes), "utf-8")
    assert read_zephir(tmp_path).image_shape == SHAPE
    with pytest.raises(InputError, match=r"tell of images of \(2, 5, 10\)"):
        read_zephir(tmp_path, image_shape=(1, 5, 10))
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["data"] = np.zeros((9, 1, 2, 10, 5), np.uint8)
    with pytest.raises(InputError, match="9 x 1 x 2 x 10 x 5"):
        read_zephir(tmp_path)


def test_names_of_more_than_eight_bytes_and_people_of_more_than_four_are_told(tmp_path):
    told = " ".join(write_zephir(tmp_path / "out", made()))
    assert "fly/left ear -> fly/left" in told
    read = read_zephir(tmp_path / "out", image_shape=(6, 48, 64))
    assert read.names[0] == "fly/head"
    assert len(set(read.names)) == 8
    long = made()
    long = type(long)(**{**vars(long), "authors": (Author("Annabel"), Author("ZEIR"))})
    told = " ".join(write_zephir(tmp_path / "more", long))
    assert "Annabel -> Anna, ZEIR -> ANTT" in told
    assert read_zephir(tmp_path / "more", image_shape=(6, 48, 64)).by_person.all()


def test_numbers_that_do_not_fit_leave_nothing_behind(tmp_path):
    keypoints = made()
    huge = type(keypoints)(**{**vars(keypoints), "numbers": tuple(2**40 + n for n in range(8))})
    with pytest.raises(InputError, match="all that ZephIR holds"):
        write_zephir(tmp_path / "out", huge)
    assert not (tmp_path / "out").exists()


def test_matlab_writes_columns_and_characters(tmp_path):
    codes = np.array([[ord(c) for c in word] for word in ("ANTT", "ZEIR", "JIM ")], np.uint16)
    path = table(tmp_path, t_idx=np.array([[0], [0], [4]], np.uint32), provenance=codes.T)
    keypoints = read_zephir(path, image_shape=SHAPE)
    assert keypoints.frame.tolist() == [0, 0, 4]
    assert keypoints.by_person.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"x": [0.1, np.nan, 0.2]}, "is no number"),
        ({"x": [0.1, 0.2]}, "rows"),
        ({"t_idx": np.array([b"a", b"b", b"c"])}, "cannot be read"),
    ],
)
def test_bad_columns_are_one_clear_error(tmp_path, columns, told):
    with pytest.raises(InputError, match=told):
        read_zephir(table(tmp_path, **columns), image_shape=SHAPE)


def test_a_promise_of_more_than_the_file_holds_is_refused(tmp_path):
    table(tmp_path)
    with h5py.File(tmp_path / "annotations.h5", "r+") as file:
        del file["x"]
        file.create_dataset("x", (2**40,), "f4", chunks=(2**20,))
    with pytest.raises(InputError, match="promises"):
        read_zephir(tmp_path, image_shape=SHAPE)


def test_its_own_example_comes_back_bit_for_bit(shared_data, tmp_path):
    example = shared_data / "zephir-worm-demo"
    keypoints = read_zephir(example / "annotations-g.h5")
    assert keypoints.image_shape == (23, 200, 512)
    assert len(keypoints.annotated_frames()[0]) == 512
    assert keypoints.by_person.sum() == 53
    write_zephir(tmp_path / "out", keypoints)
    names = (("annotations-g.h5", "annotations.h5"), ("worldlines.h5", "worldlines.h5"))
    for theirs, ours in names:
        with h5py.File(example / theirs) as one, h5py.File(tmp_path / "out" / ours) as other:
            assert set(one) == set(other)
            for name in one:
                assert one[name].dtype == other[name].dtype
                np.testing.assert_array_equal(one[name][:], other[name][:])
