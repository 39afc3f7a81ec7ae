"""ZephIR's data.h5 and metadata.json as a recording; what the metadata tell must be so."""

import json

import h5py
import numpy as np
import pytest

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import open_recording, recording_format

SHAPE = (6, 2, 3, 5, 7)
DATA = np.arange(np.prod(SHAPE), dtype=np.uint16).reshape(SHAPE)


@pytest.fixture
def folder(tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file.create_dataset("data", data=DATA, chunks=(1, *SHAPE[1:]), compression="gzip")
        file["times"] = np.arange(6) / 4
    tell(tmp_path, SHAPE)
    return tmp_path


def tell(folder, shape, **more):
    names = ("shape_t", "shape_c", "shape_z", "shape_y", "shape_x")
    told = {**dict(zip(names, shape, strict=True)), **more}
    (folder / "metadata.json").write_text(json.dumps(told), "utf-8")


@pytest.mark.parametrize("name", ["", "data.h5"])
def test_folder_and_file_are_read_with_all_axes(folder, name):
    with open_recording(folder / name) as recording:
        assert recording.info.axes == ("time", "channel", "z", "y", "x")
        assert recording.info.shape == SHAPE
        assert recording.info.frame_rate_hz == 4
        np.testing.assert_array_equal(recording.read(2, 5), DATA[2:5])
    assert recording_format(folder / name) == "ZephIR"


def test_a_channel_and_a_plane_are_picked(folder):
    with open_recording(folder, channel=1, plane=2) as recording:
        np.testing.assert_array_equal(recording.read(0, 6), DATA[:, 1, 2])


def test_fewer_frames_than_stored_limit_the_recording(folder):
    tell(folder, (4, *SHAPE[1:]))
    with open_recording(folder) as recording:
        assert recording.info.frames == 4
        assert "first 4 of 6" in " ".join(recording.info.notes)
        with pytest.raises(InputError, match="has 4 frames"):
            recording.read(3, 5)


@pytest.mark.parametrize(
    "shape", [(7, *SHAPE[1:]), (6, 1, 3, 5, 7), (6, 2, 3, 7, 5), (6, 2, 3, 5, 70000)]
)
def test_metadata_that_lie_about_the_shape_are_told(folder, shape):
    tell(folder, shape)
    with pytest.raises(
        InputError, match=r"metadata\.json: it says that the data are .*6 x 2 x 3 x"
    ):
        open_recording(folder)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"shape_t": 6}', "[" * 100_000,
     '{"shape_t": "6", "shape_c": 2, "shape_z": 3, "shape_y": 5, "shape_x": 7}',
     '{"shape_t": -1, "shape_c": 2, "shape_z": 3, "shape_y": 5, "shape_x": 7}',
     '{"shape_t": true, "shape_c": 2, "shape_z": 3, "shape_y": 5, "shape_x": 7}'],
)  # fmt: skip
def test_damaged_metadata_are_one_clear_error(folder, content):
    (folder / "metadata.json").write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"metadata\.json"):
        open_recording(folder)


def test_a_truncated_file_is_one_clear_error(folder):
    whole = (folder / "data.h5").read_bytes()
    (folder / "data.h5").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"data\.h5"):
        open_recording(folder)


def test_programs_beside_it_are_not_run(folder):
    for name in ("getters.py", "args.json", "checkpoint.pt"):
        (folder / name).write_text("raise SystemExit('it ran')\n", "utf-8")
    with open_recording(folder) as recording:
        assert recording.info.shape == SHAPE


def test_without_metadata_axes_are_said_by_the_user(folder):
    (folder / "metadata.json").unlink()
    with pytest.raises(InputError, match="--axes"):
        open_recording(folder / "data.h5", dataset="data")
    with open_recording(folder / "data.h5", axes="tczyx", dataset="data") as recording:
        np.testing.assert_array_equal(recording.read(0, 1), DATA[:1])
