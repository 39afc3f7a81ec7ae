"""The Cell Tracking Challenge's label images and table of tracks."""

import numpy as np
import pytest
import tifffile
from keypoints_made import made

from sightline.errors import InputError
from sightline.formats.keypoints.cell_tracking import read_cell_tracking, write_cell_tracking


@pytest.fixture
def folder(tmp_path):
    """Cell 2 divides after frame 1 into 5 and 9."""
    images = np.zeros((3, 2, 6, 8), np.uint16)
    images[0, :, 1:4, 2:5] = 2
    images[1, 0, 0, 0:2] = 2
    images[2, 1, 5, 7] = 5
    images[2, 0, 0:2, 0:2] = 9
    for number, image in enumerate(images):
        tifffile.imwrite(tmp_path / f"man_track{number:03}.tif", image)
    (tmp_path / "man_track.txt").write_text("2 0 1 0\n5 2 2 2\n9 2 2 2\n", "utf-8")
    return tmp_path


def test_positions_are_centroids_and_daughters_know_their_mother(folder):
    cells = read_cell_tracking(folder)
    assert cells.names == ("2", "5", "9")
    assert cells.image_shape == (2, 6, 8)
    assert cells.frame.tolist() == [0, 1, 2, 2]
    assert cells.position.tolist() == [[0.5, 2, 3], [0, 0, 0.5], [1, 5, 7], [0, 0.5, 0.5]]
    assert cells.parents == (("5", "2"), ("9", "2"))
    assert cells.notes == ()


def test_flat_images_have_one_plane(folder):
    for path in folder.glob("*.tif"):
        tifffile.imwrite(path, tifffile.imread(path)[0])
    cells = read_cell_tracking(folder)
    assert cells.image_shape == (1, 6, 8)
    assert "1 times a track of the table has no label" in cells.notes[0]


def test_the_family_comes_back(folder, tmp_path):
    cells = read_cell_tracking(folder)
    write_cell_tracking(tmp_path / "out", cells)
    read = read_cell_tracking(tmp_path / "out")
    assert read.parents == cells.parents
    assert read.numbers == cells.numbers
    assert (tmp_path / "out" / "res_track.txt").read_text("utf-8").splitlines()[1] == "5 2 2 2"
    np.testing.assert_allclose(read.position, cells.position, atol=0.5)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("2 0 1\n", "four numbers"),
        ("", "four numbers"),
        ("2 0 one 0\n", "cannot be read"),
        ("2 1 0 0\n", "ends before it begins"),
        ("0 0 1 0\n", "label below 1"),
        ("2 0 1 0\n2 2 2 0\n", "label comes twice"),
        ("2 0 1 0\n5 2 2 2\n", "holds label 9"),
    ],
)
def test_bad_tables_are_one_clear_error(folder, content, told):
    (folder / "man_track.txt").write_text(content, "utf-8")
    with pytest.raises(InputError, match=told):
        read_cell_tracking(folder)


def test_bad_images_are_one_clear_error(folder):
    tifffile.imwrite(folder / "man_track002.tif", np.zeros((2, 6, 9), np.uint16))
    with pytest.raises(InputError, match="its shape is"):
        read_cell_tracking(folder)
    tifffile.imwrite(folder / "man_track002.tif", np.zeros((2, 6, 8), np.float32))
    with pytest.raises(InputError, match="float32"):
        read_cell_tracking(folder)
    (folder / "man_track002.tif").write_bytes(b"II*\0")
    with pytest.raises(InputError, match="man_track002"):
        read_cell_tracking(folder)


def test_two_images_of_one_frame_are_refused(folder):
    tifffile.imwrite(folder / "mask01.tif", np.zeros((2, 6, 8), np.uint16))
    with pytest.raises(InputError, match="has another image"):
        read_cell_tracking(folder)


def test_two_keypoints_at_one_voxel_or_outside_are_refused(tmp_path):
    keypoints = made()
    keypoints.position[0] = keypoints.position[1]
    with pytest.raises(InputError, match="at one voxel"):
        write_cell_tracking(tmp_path / "out", keypoints)
    keypoints.position[0] = 1000
    with pytest.raises(InputError, match="lies outside"):
        write_cell_tracking(tmp_path / "out", keypoints)
    assert not (tmp_path / "out").exists()


def test_a_real_segmentation_has_a_centroid_for_each_of_its_cells(shared_data, tmp_path):
    stack = tifffile.imread(
        shared_data / "ctc-cho-3d" / "Fluo-N3DH-CHO_02_ERR_SEG.tif", key=range(10)
    )
    stack = stack.reshape(2, 5, *stack.shape[1:])
    labels = sorted(set(np.unique(stack).tolist()) - {0})
    for number, image in enumerate(stack):
        tifffile.imwrite(tmp_path / f"mask{number:03}.tif", image)
    table = "".join(f"{label} 0 1 0\n" for label in labels)
    (tmp_path / "res_track.txt").write_text(table, "utf-8")
    cells = read_cell_tracking(tmp_path)
    row = len(cells) // 2
    label = int(cells.names[cells.keypoint[row]])
    mean = np.argwhere(stack[cells.frame[row]] == label).mean(axis=0)
    np.testing.assert_allclose(cells.position[row], mean)
