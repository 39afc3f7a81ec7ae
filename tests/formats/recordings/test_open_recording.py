"""Opening whatever is given: kinds of files, what the user says, units, and movies."""

import errno
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import tifffile
from movies_made import counts

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import as_movie, open_recording

MOVIE = counts()


def test_content_is_trusted_over_the_ending(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "movie.tif", MOVIE)
    (tmp_path / "movie.tif").rename(tmp_path / "movie.h5")
    with open_recording(tmp_path / "movie.h5") as opened:
        np.testing.assert_array_equal(opened.read(0, 23), MOVIE)


@pytest.mark.parametrize(
    ("file", "name"), [("m1.day2.tif", "m1.day2"), ("m1.ome.tif", "m1"), ("no_ending", "no_ending")]
)
def test_a_recording_is_called_as_its_file(tmp_path: Path, file: str, name: str) -> None:
    tifffile.imwrite(tmp_path / file, MOVIE, metadata={"axes": "TYX"})
    with open_recording(tmp_path / file) as opened:
        assert opened.info.name == name


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        open_recording(tmp_path / "absent.tif")
    with pytest.raises(InputError, match="holds no TIFF files"):
        open_recording(tmp_path)


@pytest.mark.parametrize("name", ["a.tif", "a.h5", "a.mp4", "a.npy", "a"])
def test_an_empty_file_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=rf"{name}: it is empty"):
        open_recording(tmp_path / name)


@pytest.mark.parametrize("name", ["a.tif", "a.h5", "a.mp4", "a.npy", "a.bin", "a.czi"])
def test_a_file_of_unknown_content_is_an_error_that_lists_what_is_known(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(np.random.default_rng(0).bytes(1000))
    with pytest.raises(InputError, match="no known type; expected TIFF, a folder of TIFFs, HDF5"):
        open_recording(tmp_path / name)


@pytest.mark.parametrize(
    "start",
    [b"II*\0", b"II+\0", b"\x89HDF\r\n\x1a\n", b"\x93NUMPY", b"PK\x03\x04",
     b"\0\0\0\x18ftypmp42", b"RIFF\0\0\0\0AVI ", b"\x1a\x45\xdf\xa3"],
)  # fmt: skip
def test_a_file_that_only_begins_like_one_is_an_error_that_names_it(
    tmp_path: Path, start: bytes
) -> None:
    path = tmp_path / "torn"
    path.write_bytes(start + np.random.default_rng(0).bytes(300))
    with pytest.raises(InputError, match="torn: "):
        open_recording(path)


def test_an_older_matlab_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "movie.mat", {"Y": MOVIE})
    with pytest.raises(InputError, match=r"-v7\.3"):
        open_recording(tmp_path / "movie.mat")


def test_a_file_that_may_not_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*arguments: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    np.save(tmp_path / "mine.npy", MOVIE)
    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(InputError, match=r"it may not be read \(Permission denied\)"):
        open_recording(tmp_path / "mine.npy")


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"frame_rate_hz": 0}, "--frame-rate"),
        ({"frame_rate_hz": float("nan")}, "--frame-rate"),
        ({"pixel_size_um": -1}, "--pixel-size"),
        ({"pixel_size_um": (1.0, float("inf"))}, "--pixel-size"),
        ({"pixel_size_um": (1.0, 1.0, 1.0)}, "--pixel-size"),
        ({"channel": -1}, "--channel"),
        ({"plane": 3}, "--plane"),
        ({"series": -2}, "--series"),
        ({"units": "volts"}, "--units"),
        ({"axes": "tyz"}, "--axes"),
        ({"axes": "tzyx"}, "--axes"),
    ],
)
def test_what_cannot_be_meant_is_an_error_that_names_the_option(
    tmp_path: Path, options, name: str
) -> None:
    np.save(tmp_path / "m.npy", MOVIE)
    with pytest.raises(InputError, match=name):
        open_recording(tmp_path / "m.npy", **options)


def test_what_the_user_says_is_taken(tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", MOVIE)
    with open_recording(
        tmp_path / "m.npy", frame_rate_hz=12, pixel_size_um=0.5, units="dF/F"
    ) as opened:
        info = opened.info
    assert (info.frame_rate_hz, info.pixel_size_um, info.units) == (12, (0.5, 0.5), "dF/F")


def test_one_pixel_size_is_of_y_and_x_and_z_stays_unknown(tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", MOVIE[:20].reshape(5, 4, 18, 26))
    with open_recording(tmp_path / "m.npy", axes="tzyx", pixel_size_um=2.0) as opened:
        np.testing.assert_array_equal(opened.info.pixel_size_um, (np.nan, 2.0, 2.0))
    with open_recording(tmp_path / "m.npy", axes="TZYX", pixel_size_um=(5.0, 2.0, 1.0)) as opened:
        assert opened.info.pixel_size_um == (5.0, 2.0, 1.0)


noise = np.random.default_rng(0).normal(size=(9, 40, 40)).astype(np.float32)
UNITS = {
    "counts as floats": (MOVIE.astype(np.float32), "unknown"),
    "dF/F": (0.1 * noise + 0.02, "dF/F"),
    "dF/F with missing pixels": (np.where(noise > 2.5, np.nan, 0.1 * noise), "dF/F"),
    "mean subtracted": (40 * noise, "unknown"),
    "F over F0": (1 + 0.1 * noise, "unknown"),
    "scaled to 0..1": (np.abs(noise) / 9, "unknown"),
    "nothing but NaN": (np.full_like(noise, np.nan), "unknown"),
    "black": (np.zeros_like(noise), "unknown"),
    "integers": (MOVIE, "raw"),
}


@pytest.mark.parametrize("kind", UNITS)
def test_units_are_guessed_only_where_they_are_plain(tmp_path: Path, kind: str) -> None:
    values, units = UNITS[kind]
    np.save(tmp_path / "m.npy", values)
    with open_recording(tmp_path / "m.npy") as opened:
        assert opened.info.units == units
        assert any("--units" in note for note in opened.info.notes) == (kind != "integers")
    with open_recording(tmp_path / "m.npy", units="raw") as opened:
        assert opened.info.units == "raw"


def test_a_movie_drops_axes_of_length_one_with_their_pixel_size(tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", MOVIE[:, None, None])
    with as_movie(
        open_recording(tmp_path / "m.npy", axes="tczyx", pixel_size_um=(3.0, 2.0, 1.0))
    ) as movie:
        assert movie.info.axes == ("time", "y", "x")
        assert movie.info.pixel_size_um == (2.0, 1.0)
        buffer = np.zeros((4, 18, 30), np.uint16)[:, :, 2:-2]
        np.testing.assert_array_equal(movie.read(3, 7, buffer), MOVIE[3:7])


def test_a_movie_is_given_back_as_it_is(tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", MOVIE)
    with open_recording(tmp_path / "m.npy") as opened:
        assert as_movie(opened) is opened


@pytest.mark.parametrize(
    ("axes", "remedies"),
    [
        ("zyx", ("--plane NUMBER", "--axes tyx")),
        ("cyx", ("--channel NUMBER",)),
    ],
)
def test_planes_and_channels_are_no_frames(tmp_path: Path, axes: str, remedies) -> None:
    np.save(tmp_path / "m.npy", MOVIE)
    with pytest.raises(InputError) as error:
        as_movie(open_recording(tmp_path / "m.npy", axes=axes))
    for remedy in remedies:
        assert remedy in str(error.value)
