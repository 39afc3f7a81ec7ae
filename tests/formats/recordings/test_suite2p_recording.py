"""suite2p's data.bin and the files that tell its size."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import open_recording


def write(folder: Path, movie: np.ndarray, **files: dict[str, Any]) -> Path:
    movie.astype("<i2").tofile(folder / "data.bin")
    for name, content in files.items():
        np.save(folder / f"{name}.npy", np.array(content, object))
    return folder / "data.bin"


MOVIE = np.arange(7 * 5 * 4).reshape(7, 5, 4)
SIZES = {"Ly": 5, "Lx": np.int64(4), "nframes": 7, "fs": 12.5}


def test_the_file_or_its_folder_may_be_given(tmp_path: Path) -> None:
    path = write(tmp_path, MOVIE, ops=SIZES)
    for where in (path, tmp_path):
        with open_recording(where) as opened:
            assert opened.info.frame_rate_hz == 12.5
            assert opened.info.name == tmp_path.name
            np.testing.assert_array_equal(opened.read(2, 5), MOVIE[2:5])


def test_since_version_1_sizes_stand_in_several_files(tmp_path: Path) -> None:
    path = write(tmp_path, MOVIE, db={"Ly": 5, "Lx": 4, "nframes": 7}, settings={"fs": 30.0})
    with open_recording(path) as opened:
        assert opened.info.shape == (7, 5, 4)
        assert opened.info.frame_rate_hz == 30.0


def test_the_published_outputs_tell_size_and_rate(shared_data: Path, tmp_path: Path) -> None:
    ops = (shared_data / "suite2p-outputs" / "inscopix54" / "ops.npy").read_bytes()
    (tmp_path / "ops.npy").write_bytes(ops)
    movie = np.zeros((300, 512, 512), "<i2")
    movie[123, 45, 67] = 89
    movie.tofile(tmp_path / "data.bin")
    with open_recording(tmp_path) as opened:
        assert opened.info.shape == (300, 512, 512)
        assert opened.info.frame_rate_hz == pytest.approx(29.874, abs=1e-3)
        assert opened.read(123, 124)[0, 45, 67] == 89


@pytest.mark.parametrize("missing_bytes", [1, 40, 100])
def test_a_truncated_binary_is_an_error_with_both_counts(
    tmp_path: Path, missing_bytes: int
) -> None:
    path = write(tmp_path, MOVIE, ops=SIZES)
    path.write_bytes(path.read_bytes()[:-missing_bytes])
    with pytest.raises(InputError, match=r"[456] frames of 5 x 4.*expected 7 frames"):
        open_recording(path)


def test_a_binary_without_its_size_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, MOVIE, ops={"Ly": 5})
    with pytest.raises(InputError, match="`Lx` in suite2p's files beside it is None"):
        open_recording(path)
    (tmp_path / "ops.npy").unlink()
    with pytest.raises(InputError, match=r"db\.npy"):
        open_recording(tmp_path)
