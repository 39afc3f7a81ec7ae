"""NWB's photon series: orientation, times, sizes, and frames in other files."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import tifffile
from movies_made import counts, write_nwb, write_video

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import open_recording

MOVIE = counts()
STORED = MOVIE.transpose(0, 2, 1)  # (frame, x, y), as the specification says


@pytest.mark.parametrize("kind", ["TwoPhotonSeries", "OnePhotonSeries"])
def test_x_comes_before_y_as_the_specification_says(tmp_path: Path, kind: str) -> None:
    with open_recording(write_nwb(tmp_path / "m.nwb", data=STORED, kind=kind)) as opened:
        assert "(time, x, y)" in opened.info.notes[0]
        assert "--axes tyx" in opened.info.notes[0]
        np.testing.assert_array_equal(opened.read(3, 7), MOVIE[3:7])


def test_files_of_the_first_version_had_y_before_x(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "old.nwb", data=MOVIE, version="NWB-2.0.2")
    with open_recording(path) as opened:
        np.testing.assert_array_equal(opened.read(3, 7), MOVIE[3:7])


def test_the_user_may_say_otherwise(tmp_path: Path) -> None:
    with open_recording(write_nwb(tmp_path / "m.nwb", data=MOVIE), axes="tyx") as opened:
        np.testing.assert_array_equal(opened.read(3, 7), MOVIE[3:7])


def test_volumes_have_planes(tmp_path: Path) -> None:
    volumes = np.random.default_rng(0).integers(0, 99, (6, 5, 4, 3)).astype(np.uint16)
    path = write_nwb(tmp_path / "v.nwb", data=volumes)  # (frame, x, y, z)
    with open_recording(path) as opened:
        assert opened.info.axes == ("time", "z", "y", "x")
        np.testing.assert_array_equal(opened.read(1, 4), volumes[1:4].transpose(0, 3, 2, 1))
    with open_recording(path, plane=2) as opened:
        np.testing.assert_array_equal(opened.read(1, 4), volumes[1:4, :, :, 2].transpose(0, 2, 1))


def test_rate_and_grid_spacing_are_read(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "m.nwb", data=STORED, rate=15.0, grid_spacing=[5e-7, 1e-6])
    with open_recording(path) as opened:
        assert opened.info.frame_rate_hz == 15.0
        assert opened.info.pixel_size_um == pytest.approx((1.0, 0.5))  # (y, x)


def test_the_imaging_planes_rate_stands_in_for_the_series(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "m.nwb", data=STORED, grid_spacing=[1e-6, 1e-6])
    with h5py.File(path, "a") as file:
        file["general/optophysiology/plane/imaging_rate"] = 9.0
    with open_recording(path) as opened:
        assert opened.info.frame_rate_hz == 9.0


def test_a_conversion_is_not_applied_and_that_is_noted(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "m.nwb", data=STORED)
    with h5py.File(path, "a") as file:
        file["acquisition/TwoPhotonSeries/data"].attrs["conversion"] = 0.5
    with open_recording(path) as opened:
        assert any("conversion 0.5" in note for note in opened.info.notes)
        np.testing.assert_array_equal(opened.read(0, 2), MOVIE[:2])


@pytest.mark.parametrize(("unit", "size"), [("micrometers", 0.5), ("furlongs", None)])
def test_grid_spacing_has_units(tmp_path: Path, unit: str, size: float | None) -> None:
    path = write_nwb(tmp_path / "m.nwb", data=STORED, grid_spacing=[0.5, 0.5], grid_unit=unit)
    with open_recording(path) as opened:
        assert opened.info.pixel_size_um == (None if size is None else (size, size))


def test_timestamps_are_the_frames_times(tmp_path: Path) -> None:
    times = 100 + np.arange(23) / 20
    times[10:] += 1.0
    with open_recording(write_nwb(tmp_path / "m.nwb", data=STORED, timestamps=times)) as opened:
        np.testing.assert_array_equal(opened.info.frame_times_s, times)
        assert opened.info.frame_rate_hz == pytest.approx(20)


@pytest.mark.parametrize(
    ("times", "note"),
    [(np.arange(22.0), "22 frame times for 23 frames"), (np.zeros(23), "do not rise")],
)
def test_impossible_timestamps_are_ignored_and_noted(tmp_path: Path, times, note: str) -> None:
    with open_recording(write_nwb(tmp_path / "m.nwb", data=STORED, timestamps=times)) as opened:
        assert opened.info.frame_times_s is None
        assert any(note in said for said in opened.info.notes)


@pytest.mark.parametrize(
    ("unit", "units"), [("dF/F", "dF/F"), ("ΔF / F", "dF/F"), ("V", "unknown")]
)
def test_the_unit_may_tell_a_ratio(tmp_path: Path, unit: str, units: str) -> None:
    data = STORED.astype(np.float32)
    with open_recording(write_nwb(tmp_path / "m.nwb", data=data, unit=unit)) as opened:
        assert opened.info.units == units


def test_several_series_are_listed_until_one_is_named(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "two.nwb", "green", data=STORED)
    write_nwb(path, "red", data=STORED[:9])
    with pytest.raises(InputError, match=r"2 photon series \(acquisition/green \(23, 26, 18\);"):
        open_recording(path)
    with open_recording(path, dataset="red") as opened:
        assert opened.info.frames == 9
    with pytest.raises(InputError, match="expected one called 'blue'"):
        open_recording(path, dataset="blue")


def test_a_file_without_a_series_is_an_error(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "none.nwb", "w") as file:
        file.attrs["nwb_version"] = "2.7.0"
    with pytest.raises(InputError, match="it holds 0 photon series"):
        open_recording(tmp_path / "none.nwb")


def outside(folder: Path, *names: str, **parts: Any) -> Path:
    nothing = np.zeros((0, 0, 0), np.uint16)
    files = np.array([name.encode() for name in names])
    return write_nwb(folder / "out.nwb", data=nothing, external_file=files, **parts)


def test_nwb_tells_the_rate_of_frames_in_other_files(tmp_path: Path) -> None:
    write_video(tmp_path / "movie.avi", counts(dtype=np.uint8))
    path = outside(tmp_path, "movie.avi", rate=7.0, grid_spacing=[1e-6, 1e-6])
    with open_recording(path) as opened:
        assert opened.info.frame_rate_hz == 7.0
        assert opened.info.pixel_size_um == (1.0, 1.0)
        assert opened.info.sequential
        np.testing.assert_array_equal(opened.read(3, 9), counts(dtype=np.uint8)[3:9])


def test_a_path_of_another_machine_is_looked_for_beside_the_file(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "movie.tif", MOVIE)
    with open_recording(outside(tmp_path, "C:\\data\\today\\movie.tif")) as opened:
        np.testing.assert_array_equal(opened.read(3, 9), MOVIE[3:9])


def test_files_outside_its_folder_are_not_opened(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    tifffile.imwrite(tmp_path / "secret.tif", MOVIE)
    for name in ("../secret.tif", str(tmp_path / "secret.tif")):
        with pytest.raises(InputError, match="which is not beside it"):
            open_recording(outside(home, name))
        (home / "out.nwb").unlink()


def test_a_file_that_points_to_itself_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no TIFF or video file"):
        open_recording(outside(tmp_path, "out.nwb"))


def test_parts_of_different_sizes_are_an_error(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", MOVIE)
    tifffile.imwrite(tmp_path / "b.tif", MOVIE[:, :-2])
    with pytest.raises(InputError, match=r"b\.tif: .*as the files before it"):
        open_recording(outside(tmp_path, "a.tif", "b.tif"))
