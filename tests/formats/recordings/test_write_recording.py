"""Writing a recording: what is written reads back the same, and other programs read it too."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import tifffile
from movies_made import counts

from sightline.data.recording import Recording
from sightline.errors import InputError
from sightline.formats.recordings import write_recording as module
from sightline.formats.recordings.file_recording import FileRecording
from sightline.formats.recordings.open_recording import open_recording
from sightline.formats.recordings.write_recording import write_recording

MOVIE = counts()


class InMemory(FileRecording):
    """A recording of an array."""

    def __init__(self, values: np.ndarray, **changes: Any) -> None:
        with open_recording(self.saved(values, changes.pop("folder")), units="raw") as opened:
            super().__init__(replace(opened.info, **changes))
        self.values = values

    def saved(self, values: np.ndarray, folder: Path) -> Path:
        np.save(folder / "saved.npy", values.reshape(-1, *values.shape[-2:]))
        return folder / "saved.npy"

    def _fill(self, start: int, stop: int, out: np.ndarray) -> None:
        out[...] = self.values[start:stop]

    def _release(self) -> None:
        pass


@pytest.fixture
def movie(tmp_path: Path) -> Recording:
    times = np.arange(23) / 8
    times[9:] += 0.5
    return InMemory(
        MOVIE,
        folder=tmp_path,
        frame_rate_hz=8.0,
        pixel_size_um=(2.0, 1.5),
        frame_times_s=times,
    )


@pytest.mark.parametrize("name", ["m.tif", "m.ome.tiff", "m.h5", "m.hdf5"])
def test_what_was_written_reads_back_with_all_that_was_known(
    tmp_path: Path, movie: Recording, name: str
) -> None:
    write_recording(movie, tmp_path / name)
    with open_recording(tmp_path / name) as opened:
        np.testing.assert_array_equal(opened.read(0, 23), MOVIE)
        info = opened.info
    assert info.axes == ("time", "y", "x")
    assert info.frame_rate_hz == pytest.approx(8)
    assert info.pixel_size_um == (2.0, 1.5)
    assert info.units == "raw"
    np.testing.assert_allclose(info.frame_times_s, movie.info.frame_times_s)
    assert all("ignored" not in note and "Nothing" not in note for note in info.notes)


def test_other_programs_read_the_same(tmp_path: Path, movie: Recording) -> None:
    for name in ("m.tif", "m.h5", "m.npy"):
        write_recording(movie, tmp_path / name)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "m.tif"), MOVIE)
    np.testing.assert_array_equal(np.load(tmp_path / "m.npy"), MOVIE)
    with h5py.File(tmp_path / "m.h5") as file:
        np.testing.assert_array_equal(file["mov"], MOVIE)


@pytest.mark.parametrize("name", ["m.tif", "m.h5", "m.npy"])
def test_it_is_written_in_stretches(
    tmp_path: Path, movie: Recording, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK_BYTES", 5 * movie.info.frame_bytes)
    steps: list[tuple[int, int]] = []
    write_recording(movie, tmp_path / name, progress=lambda *step: steps.append(step))
    assert steps == [(done, 23) for done in (0, 5, 10, 15, 20, 23)]
    with open_recording(tmp_path / name) as opened:
        np.testing.assert_array_equal(opened.read(0, 23), MOVIE)


@pytest.mark.parametrize("name", ["m.tif", "m.h5"])
def test_channels_and_planes_keep_their_names(tmp_path: Path, name: str) -> None:
    stack = np.random.default_rng(0).integers(0, 99, (4, 2, 3, 18, 26)).astype(np.uint16)
    axes = ("time", "channel", "z", "y", "x")
    made = InMemory(stack, folder=tmp_path, axes=axes, shape=stack.shape)
    write_recording(made, tmp_path / name)
    with open_recording(tmp_path / name) as opened:
        assert opened.info.axes == axes
        np.testing.assert_array_equal(opened.read(0, 4), stack)


@pytest.mark.parametrize("dtype", ["?", "u1", "i2", "f2", "f4", "f8", "i8"])
@pytest.mark.parametrize("name", ["m.tif", "m.h5", "m.npy"])
def test_any_real_number_is_written(tmp_path: Path, dtype: str, name: str) -> None:
    values = (MOVIE % 2).astype(dtype)
    made = InMemory(values, folder=tmp_path)
    if name == "m.tif" and dtype == "i8":
        with pytest.raises(InputError, match="OME-TIFF has no int64"):
            write_recording(made, tmp_path / name)
        assert not (tmp_path / name).exists()
        return
    write_recording(made, tmp_path / name)
    with open_recording(tmp_path / name, units="raw") as opened:
        np.testing.assert_array_equal(opened.read(0, 23), values)


@pytest.mark.parametrize("name", ["m.tif", "m.h5", "m.npy"])
def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, movie: Recording, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(InputError, match=name):
        write_recording(movie, tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["m.tif", "m.h5", "m.npy"])
def test_nothing_is_left_of_a_movie_that_cannot_be_read_to_its_end(
    tmp_path: Path, movie: Recording, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_later(self: InMemory, start: int, stop: int, out: np.ndarray) -> None:
        if start > 10:
            raise OSError("the disk is gone")
        out[...] = self.values[start:stop]

    monkeypatch.setattr(module, "_BLOCK_BYTES", 5 * movie.info.frame_bytes)
    monkeypatch.setattr(InMemory, "_fill", fail_later)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match="the disk is gone"):
        write_recording(movie, tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_an_ending_that_is_not_written_is_refused(tmp_path: Path, movie: Recording) -> None:
    with pytest.raises(InputError, match=r"\.tif, \.tiff, \.h5, \.hdf5, \.npy"):
        write_recording(movie, tmp_path / "movie.mp4")
