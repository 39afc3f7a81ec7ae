"""HDF5: which dataset is the movie, what its attributes tell, and damaged files."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from movies_made import counts

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import open_recording

MOVIE = counts()


def write(path: Path, **datasets: Any) -> Path:
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name] = values
    return path


def test_several_movies_are_listed_until_one_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "two.h5", **{"raw/mov": MOVIE, "corrected": MOVIE[5:], "t": [1, 2]})
    with pytest.raises(
        InputError, match=r"corrected \(18, 18, 26\); raw/mov \(23, 18, 26\);.*--dataset NAME"
    ):
        open_recording(path)
    for name in ("raw/mov", "/raw/mov"):
        with open_recording(path, dataset=name) as opened:
            np.testing.assert_array_equal(opened.read(0, 23), MOVIE)


@pytest.mark.parametrize("name", ["movie", "raw", "t/x"])
def test_a_wrong_name_lists_the_right_ones(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "two.h5", **{"raw/mov": MOVIE, "t": [1, 2]})
    with pytest.raises(InputError, match=rf"no dataset '{name}'.*raw/mov \(23, 18, 26\)"):
        open_recording(path, dataset=name)


def test_a_file_without_a_movie_says_what_it_holds(tmp_path: Path) -> None:
    path = write(tmp_path / "traces.h5", traces=np.zeros((5, 40)), names=[b"a", b"b"])
    with pytest.raises(InputError, match=r"it holds traces \(5, 40\)"):
        open_recording(path)
    with pytest.raises(InputError, match="it holds no dataset of numbers"):
        open_recording(write(tmp_path / "empty.h5"))


def test_an_image_is_one_frame_if_it_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "image.h5", mean=MOVIE[0])
    with open_recording(path, dataset="mean") as opened:
        assert opened.info.shape == (1, 18, 26)


@pytest.mark.parametrize("rate", ["frame_rate_hz", "fps", "fr", "fs"])
def test_attributes_tell_axes_rate_pixel_size_and_units(tmp_path: Path, rate: str) -> None:
    path = write(tmp_path / "said.h5", mov=MOVIE.transpose(2, 1, 0).astype(np.float32))
    with h5py.File(path, "a") as file:
        file["mov"].attrs.update(
            {rate: 12.5, "axes": "XYT", "pixel_size_um": [0.5, 0.25], "units": "dF/F"}
        )
    with open_recording(path) as opened:
        info = opened.info
        assert (info.frame_rate_hz, info.pixel_size_um, info.units) == (12.5, (0.25, 0.5), "dF/F")
        np.testing.assert_array_equal(opened.read(2, 9), MOVIE[2:9])


def test_dimension_labels_name_axes(tmp_path: Path) -> None:
    path = write(tmp_path / "labels.h5", mov=MOVIE[:, None])
    with h5py.File(path, "a") as file:
        for number, label in enumerate(("Frame", "z", "y", "x")):
            file["mov"].dims[number].label = label
    with open_recording(path) as opened:
        assert opened.info.axes == ("time", "z", "y", "x")


def test_matlab_files_are_turned_upright_and_that_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "movie.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["Y"] = MOVIE.transpose(0, 2, 1)
        file["Y"].attrs["MATLAB_class"] = np.bytes_("uint16")
    with open_recording(path) as opened:
        assert "MATLAB" in opened.info.notes[0]
        np.testing.assert_array_equal(opened.read(4, 6), MOVIE[4:6])
    with open_recording(path, axes="tyx") as opened:  # for whoever saved it transposed
        np.testing.assert_array_equal(opened.read(4, 6), MOVIE[4:6].transpose(0, 2, 1))


def test_chunks_say_how_many_frames_are_stored_together(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "c.h5", "w") as file:
        file.create_dataset("mov", data=MOVIE, chunks=(7, 9, 13), compression="gzip")
    with open_recording(tmp_path / "c.h5") as opened:
        assert opened.info.frames_at_once == 7


def test_frame_by_frame_no_chunk_is_unpacked_twice(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    with h5py.File(path, "w") as file:
        chunks = file.create_dataset("mov", (64, 256, 256), "u2", chunks=(64, 64, 64)).chunks
        wanted = 16 * np.prod(chunks) * 2
    with open_recording(path) as opened:
        cache = opened._array._dataset.id.get_access_plist().get_chunk_cache()
        assert cache[1] >= wanted


@pytest.mark.parametrize("dtype", [complex, [("a", "u2"), ("b", "u2")]])
def test_values_that_are_no_real_numbers_are_refused(tmp_path: Path, dtype: Any) -> None:
    path = write(tmp_path / "odd.h5", mov=np.zeros((4, 5, 6), dtype))
    with pytest.raises(InputError, match="its values are of type"):
        open_recording(path, dataset="mov")


@pytest.mark.parametrize("dtype", ["?", "i1", ">i4", "<f2", ">f8"])
def test_any_real_number_is_read_in_native_byte_order(tmp_path: Path, dtype: str) -> None:
    values = (MOVIE % 100).astype(dtype)
    with open_recording(write(tmp_path / "m.h5", mov=values), units="raw") as opened:
        read = opened.read(3, 8)
        assert read.dtype == np.dtype(dtype).newbyteorder("=")
        np.testing.assert_array_equal(read, values[3:8])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_one_error(tmp_path: Path, share: float) -> None:
    path = write(tmp_path / "cut.h5", mov=MOVIE)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError, match=r"cut\.h5: it cannot be read .*truncated"):
        open_recording(path)


def test_a_damaged_chunk_is_an_error_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bad.h5"
    with h5py.File(path, "w") as file:
        mov = file.create_dataset("mov", data=MOVIE, chunks=(5, 18, 26), compression="gzip")
        where = mov.id.get_chunk_info(1).byte_offset
    content = bytearray(path.read_bytes())
    content[where : where + 100] = b"\xff" * 100
    path.write_bytes(content)
    with open_recording(path) as opened:
        np.testing.assert_array_equal(opened.read(0, 5), MOVIE[:5])
        with pytest.raises(InputError, match=r"expected frames 5 to 6 whole"):
            opened.read(5, 7)


def test_frames_larger_than_any_memory_are_refused_at_the_door(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "huge.h5", "w") as file:
        file.create_dataset("mov", (2, 10**6, 10**6), "u1", chunks=(1, 100, 100))
    with pytest.raises(InputError, match="1,000 GB each"):
        open_recording(tmp_path / "huge.h5")


def test_the_published_movie_is_what_h5py_reads(shared_data: Path) -> None:
    path = shared_data / "neurofinder-2p-movie" / "movie_crop_y272_x080_224x224_600f.h5"
    with h5py.File(path) as file, open_recording(path) as opened:
        assert opened.info.shape == (600, 224, 224)
        assert opened.info.frames_at_once == 60
        np.testing.assert_array_equal(opened.read(55, 125), file["mov"][55:125])
        np.testing.assert_array_equal(opened.read(599, 600), file["mov"][599:])
