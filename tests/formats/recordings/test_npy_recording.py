"""NumPy files: what is read is tested by the contract, here what is refused."""

from pathlib import Path

import numpy as np
import pytest

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import open_recording


@pytest.mark.parametrize("order", ["C", "F"])
def test_planes_and_channels_are_picked_while_reading(tmp_path: Path, order) -> None:
    stack = np.random.default_rng(0).integers(0, 999, (6, 2, 3, 8, 7))
    np.save(tmp_path / "stack.npy", np.array(stack, order=order))
    with open_recording(tmp_path / "stack.npy", axes="tczyx", channel=1, plane=2) as opened:
        np.testing.assert_array_equal(opened.read(1, 5), stack[1:5, 1, 2])
    with open_recording(tmp_path / "stack.npy", axes="tczyx", plane=0) as opened:
        assert opened.info.axes == ("time", "channel", "y", "x")
        np.testing.assert_array_equal(opened.read(0, 6), stack[:, :, 0])


def test_a_truncated_file_tells_how_many_frames_are_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.npy"
    np.save(path, np.zeros((20, 10, 10), np.uint16))
    path.write_bytes(path.read_bytes()[: 128 + 13 * 200 + 50])
    with pytest.raises(InputError, match="13 of 20 frames"):
        open_recording(path)


def test_a_damaged_header_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "bad.npy"
    np.save(path, np.zeros((20, 10, 10)))
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(InputError, match="a NumPy file"):
        open_recording(path)


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((4, 5, 6), complex),
        np.zeros((4, 5, 6), [("a", "u2")]),
        np.zeros((4, 5, 6), "U3"),
        np.full((4, 5, 6), None),
    ],
    ids=["complex", "structured", "text", "objects"],
)
def test_values_that_are_no_real_numbers_are_refused(tmp_path: Path, values) -> None:
    np.save(tmp_path / "odd.npy", values)
    with pytest.raises(InputError, match="its values are of type"):
        open_recording(tmp_path / "odd.npy")


def test_an_archive_of_arrays_is_refused_with_a_remedy(tmp_path: Path) -> None:
    np.savez(tmp_path / "several.npz", movie=np.zeros((4, 5, 6)))
    with pytest.raises(InputError, match=r"numpy\.save"):
        open_recording(tmp_path / "several.npz")
