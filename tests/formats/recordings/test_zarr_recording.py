"""Zarr and OME-Zarr: which array is the movie, its scale, and stores that may not be trusted."""

import json
from pathlib import Path

import numpy as np
import pytest
import zarr
from movies_made import counts, write_ome_zarr

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import as_movie, open_recording

MOVIE = counts()
IMAGE = np.random.default_rng(1).integers(0, 999, (6, 2, 3, 8, 10)).astype(np.uint16)


def test_ome_zarr_is_read_at_full_resolution_with_its_scale(tmp_path: Path) -> None:
    with open_recording(write_ome_zarr(tmp_path / "i.zarr", IMAGE)) as opened:
        assert opened.info.axes == ("time", "channel", "z", "y", "x")
        assert opened.info.frame_rate_hz == pytest.approx(20)  # every 50 ms
        assert opened.info.pixel_size_um == (2.0, 0.5, 0.5)  # x is given in nm
        np.testing.assert_array_equal(opened.read(1, 5), IMAGE[1:5])
    with as_movie(open_recording(tmp_path / "i.zarr", channel=1, plane=2)) as opened:
        np.testing.assert_array_equal(opened.read(1, 5), IMAGE[1:5, 1, 2])


def test_ome_zarr_of_version_0_4_is_read_too(tmp_path: Path) -> None:
    group = zarr.open_group(str(tmp_path / "old.zarr"), mode="w", zarr_format=2)
    group.create_array("full", data=MOVIE, chunks=(4, 18, 26))
    names = ("t", "y", "x")
    scale = {"type": "scale", "scale": [0.1, 1.0, 1.0]}
    finer = {"type": "scale", "scale": [1.0, 0.5, 0.25]}
    group.attrs["multiscales"] = [
        {
            "version": "0.4",
            "axes": [{"name": n, "unit": "second" if n == "t" else "micrometer"} for n in names],
            "datasets": [{"path": "full", "coordinateTransformations": [scale]}],
            "coordinateTransformations": [finer],
        }
    ]
    with open_recording(tmp_path / "old.zarr") as opened:
        assert opened.info.frame_rate_hz == pytest.approx(10)
        assert opened.info.pixel_size_um == (0.5, 0.25)
        assert opened.info.frames_at_once == 4
        np.testing.assert_array_equal(opened.read(2, 9), MOVIE[2:9])


def test_a_scale_without_or_of_unknown_unit_is_not_taken(tmp_path: Path) -> None:
    axes = [{"name": n, "type": "space"} for n in "tczyx"]
    axes[3]["unit"] = "parsec"
    with open_recording(write_ome_zarr(tmp_path / "i.zarr", IMAGE, axes=axes)) as opened:
        assert opened.info.pixel_size_um is None
        assert opened.info.frame_rate_hz is None
        assert any("parsec" in note for note in opened.info.notes)


def test_images_that_bioformats_numbers_are_chosen_by_series(tmp_path: Path) -> None:
    root = zarr.open_group(str(tmp_path / "set.zarr"), mode="w", zarr_format=3)
    root.attrs["ome"] = {"version": "0.5", "bioformats2raw.layout": 3}
    for number in range(2):
        write_ome_zarr(tmp_path / "set.zarr" / str(number), IMAGE + number, name=f"image {number}")
    with pytest.raises(InputError, match=r"2 images \(0 image 0, 1 image 1\).*--series"):
        open_recording(tmp_path / "set.zarr")
    with open_recording(tmp_path / "set.zarr", series=1) as opened:
        np.testing.assert_array_equal(opened.read(0, 6), IMAGE + 1)


def test_arrays_of_a_group_are_listed_until_one_is_named(tmp_path: Path) -> None:
    group = zarr.open_group(str(tmp_path / "g.zarr"), mode="w")
    group.create_array("a/raw", data=MOVIE)
    group.create_array("a/time", data=np.arange(23))
    with open_recording(tmp_path / "g.zarr") as opened:  # one of them is a movie
        np.testing.assert_array_equal(opened.read(0, 23), MOVIE)
    group.create_array("b", data=MOVIE[:9])
    with pytest.raises(InputError, match=r"a/raw \(23, 18, 26\); b \(9, 18, 26\).*--dataset"):
        open_recording(tmp_path / "g.zarr")
    with open_recording(tmp_path / "g.zarr", dataset="b") as opened:
        assert opened.info.frames == 9
    with pytest.raises(InputError, match="no array 'c'"):
        open_recording(tmp_path / "g.zarr", dataset="c")


@pytest.mark.parametrize("version", [2, 3])
def test_names_of_dimensions_are_the_axes(tmp_path: Path, version) -> None:
    path, names = str(tmp_path / "d.zarr"), ["x", "y", "time"]
    array = zarr.create_array(
        path, data=MOVIE.T, zarr_format=version, dimension_names=names if version == 3 else None
    )
    if version == 2:
        array.attrs["_ARRAY_DIMENSIONS"] = names
    with open_recording(path) as opened:
        np.testing.assert_array_equal(opened.read(2, 9), MOVIE[2:9])


@pytest.mark.parametrize("where", ["filters", "compressor"])
def test_a_codec_that_runs_what_it_finds_never_does(tmp_path: Path, where: str) -> None:
    path, ran = tmp_path / "trap.zarr", tmp_path / "ran"
    zarr.create_array(str(path), data=MOVIE, chunks=MOVIE.shape, zarr_format=2, compressors=None)
    said = json.loads((path / ".zarray").read_text(encoding="utf-8"))
    codec = {"id": "pickle", "protocol": 2}
    said[where] = [codec] if where == "filters" else codec
    (path / ".zarray").write_text(json.dumps(said), encoding="utf-8")
    (path / "0.0.0").write_bytes(f"cos\nmkdir\n(V{ran}\ntR.".encode())
    with pytest.raises(InputError):  # noqa: SIM117
        with open_recording(path) as opened:
            opened.read(0, 1)
    assert not ran.exists()


@pytest.mark.parametrize("name", ["zarr.json", "c/0/0/0"])
def test_damaged_stores_are_one_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.zarr"
    zarr.create_array(str(path), data=MOVIE, chunks=(5, 18, 26))
    (path / name).write_bytes((path / name).read_bytes()[:20])
    with pytest.raises(InputError, match=r"bad\.zarr: it cannot be read"):  # noqa: SIM117
        with open_recording(path) as opened:
            opened.read(0, 5)


def test_a_truncated_zip_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    store = zarr.storage.ZipStore(path, mode="w")
    zarr.create_array(store, data=MOVIE)
    store.close()
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"cut\.zip: it cannot be read"):
        open_recording(path)
