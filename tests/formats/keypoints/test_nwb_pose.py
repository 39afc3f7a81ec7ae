"""NWB's poses, built by hand as ndx-pose stores them, so that reading needs no NWB library."""

import h5py
import numpy as np
import pytest
from keypoints_made import made

from sightline.data.keypoints import Author
from sightline.errors import InputError
from sightline.formats.keypoints import nwb_pose
from sightline.formats.keypoints.open_keypoints import open_keypoints


def group(home, name, kind):
    item = home.create_group(name)
    item.attrs["neurodata_type"], item.attrs["namespace"] = kind, "ndx-pose"
    return item


@pytest.fixture
def stored(tmp_path):
    """One animal, three frames; the nose is not seen in the second."""
    with h5py.File(tmp_path / "session", "w") as file:
        file.attrs["nwb_version"] = "2.8.0"
        home = file.create_group("processing/behavior")
        skeleton = group(home, "Bones", "Skeleton")
        skeleton["nodes"], skeleton["edges"] = ["Tail", "Nose"], np.array([[1, 0]], "u1")
        pose = group(home, "PoseEstimation", "PoseEstimation")
        pose["Bones"] = h5py.SoftLink("/processing/behavior/Bones")
        pose["scorer"], pose["original_videos"] = "DLC_net", ["mouse.avi"]
        for part, data in (("Nose", [[1, 2], [np.nan, np.nan], [5, 6]]), ("Tail", [[7, 8]] * 3)):
            series = group(pose, f"PoseEstimationSeries{part}", "PoseEstimationSeries")
            series["data"], series["confidence"] = np.array(data), [0.5, 0.6, 0.7]
            series["reference_frame"] = "top left"
    return tmp_path / "session"


def test_a_series_is_a_part_and_its_rows_are_frames(stored):
    keypoints = open_keypoints(stored)
    assert keypoints.format == "nwb"
    assert keypoints.names == ("Tail", "Nose")
    assert keypoints.edges == (("Nose", "Tail"),)
    assert keypoints.frame.tolist() == [0, 0, 1, 2, 2]
    assert keypoints.dense([2])[0].tolist() == [[0, 8, 7], [0, 6, 5]]
    assert keypoints.score.tolist() == [0.5, 0.5, 0.6, 0.7, 0.7]
    assert keypoints.authors == (Author("", "DLC_net"),)
    assert keypoints.video == "mouse.avi"
    assert keypoints.notes == ("The file says of its positions: top left",)


def test_several_poses_are_several_animals(stored):
    with h5py.File(stored, "r+") as file:
        home = file["processing/behavior"]
        home.copy("PoseEstimation", "second mouse")
    keypoints = open_keypoints(stored)
    assert keypoints.animals == ("PoseEstimation", "second mouse")
    assert ("second mouse/Nose", "second mouse/Tail") in keypoints.edges


@pytest.mark.parametrize(
    ("name", "values"),
    [("data", np.zeros((3, 4))), ("data", np.zeros(3)), ("confidence", np.zeros(2))],
)
def test_parts_that_do_not_fit_are_one_clear_error(stored, name, values):
    with h5py.File(stored, "r+") as file:
        series = file["processing/behavior/PoseEstimation/PoseEstimationSeriesNose"]
        del series[name]
        series[name] = values
    with pytest.raises(InputError, match="cannot be read"):
        open_keypoints(stored)


def test_a_file_without_poses_is_said_so(stored):
    with h5py.File(stored, "r+") as file:
        del file["processing"]
    with pytest.raises(InputError, match="no PoseEstimation"):
        open_keypoints(stored)


def test_without_the_library_writing_says_what_to_install(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(name=name)

    monkeypatch.setattr(nwb_pose, "import_module", missing)
    with pytest.raises(InputError, match=r"pip install 'sightline\[nwb\]'"):
        nwb_pose.write_nwb_pose(tmp_path / "out.nwb", made())
    assert not list(tmp_path.iterdir())
