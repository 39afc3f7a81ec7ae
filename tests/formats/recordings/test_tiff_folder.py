"""Folders of TIFF files: their order, and files that do not belong."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from movies_made import counts

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import as_movie, open_recording
from sightline.formats.recordings.tiff_folder import tiff_names

MOVIE = counts()


def test_numbers_in_names_count_as_numbers(tmp_path: Path) -> None:
    names = ["a10.tif", "a9.TIFF", "a9b.tif", "A1.tif", "a010b.tif", "b.tif", "2.tif"]
    for name in [*names, ".hidden.tif", "._a1.tif", "notes.txt"]:
        (tmp_path / name).touch()
    assert [path.name for path in tiff_names(tmp_path)] == [
        "2.tif", "A1.tif", "a9.TIFF", "a9b.tif", "a10.tif", "a010b.tif", "b.tif",
    ]  # fmt: skip


def test_the_note_says_which_files_were_taken(tmp_path: Path) -> None:
    for number in range(3):
        tifffile.imwrite(tmp_path / f"{number}.tif", MOVIE[number])
    with open_recording(tmp_path) as opened:
        assert opened.info.name == tmp_path.name
        assert opened.info.notes[-1] == "3 files, from 0.tif to 2.tif."


def test_files_of_volumes_are_frames_of_volumes(tmp_path: Path) -> None:
    for number in range(3):
        volume = MOVIE[5 * number : 5 * number + 5]
        tifffile.imwrite(tmp_path / f"{number}.tif", volume, imagej=True, metadata={"axes": "ZYX"})
    with open_recording(tmp_path) as opened:
        assert opened.info.axes == ("time", "z", "y", "x")
        np.testing.assert_array_equal(opened.read(0, 3).reshape(-1, 18, 26), MOVIE[:15])
    with as_movie(open_recording(tmp_path, plane=2)) as opened:
        np.testing.assert_array_equal(opened.read(0, 3), MOVIE[2:15:5])


@pytest.mark.parametrize("odd", [MOVIE[0, :-2], MOVIE[0].astype(np.float32)], ids=["size", "type"])
def test_a_file_of_another_size_or_type_is_named(tmp_path: Path, odd: np.ndarray) -> None:
    for number in range(3):
        tifffile.imwrite(tmp_path / f"{number}.tif", MOVIE[number])
    tifffile.imwrite(tmp_path / "3.tif", odd)
    with pytest.raises(InputError, match=r"3\.tif: .*as the files before it"):
        open_recording(tmp_path)


def test_a_file_that_only_looks_alike_is_found_when_it_is_read(tmp_path: Path) -> None:
    for number in range(3):
        tifffile.imwrite(tmp_path / f"{number}.tif", MOVIE[number])
    tifffile.imwrite(tmp_path / "1.tif", np.ascontiguousarray(MOVIE[1].T))
    assert (tmp_path / "1.tif").stat().st_size == (tmp_path / "0.tif").stat().st_size
    with open_recording(tmp_path) as opened:
        np.testing.assert_array_equal(opened.read(0, 1), MOVIE[:1])
        with pytest.raises(InputError, match=r"1\.tif: .*expected.*\(1, 18, 26\)"):
            opened.read(0, 3)


def test_a_folder_without_a_movie_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InputError, match="holds no TIFF files"):
        open_recording(tmp_path)
