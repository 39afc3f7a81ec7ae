"""TIFF's dialects: axes, rates and sizes that they tell, and files that are damaged."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from movies_made import counts

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import as_movie, open_recording

MOVIE = counts()
FRAMES, HEIGHT, WIDTH = MOVIE.shape


def write(path: Path, values: np.ndarray = MOVIE, **options: Any) -> Path:
    tifffile.imwrite(path, values, **options)
    return path


def test_imagej_tells_frame_interval_and_pixel_size(tmp_path: Path) -> None:
    path = write(
        tmp_path / "ij.tif",
        imagej=True,
        resolution=(1 / 0.4, 1 / 0.8),  # (x, y) pixels a unit
        metadata={"axes": "TYX", "finterval": 0.05, "unit": "um"},
    )
    with open_recording(path) as opened:
        assert opened.info.frame_rate_hz == pytest.approx(20)
        assert opened.info.pixel_size_um == pytest.approx((0.8, 0.4), rel=1e-5)


@pytest.mark.parametrize(
    ("unit", "factor"), [("micron", 1), ("\\u00B5m", 1), ("nm", 1e-3), ("mm", 1e3), ("cm", 1e4)]
)
def test_imagej_units_of_length_become_micrometres(tmp_path: Path, unit, factor) -> None:
    path = write(tmp_path / "ij.tif", imagej=True, resolution=(2, 2), metadata={"unit": unit})
    with open_recording(path, axes="tyx") as opened:
        assert opened.info.pixel_size_um == pytest.approx((factor / 2, factor / 2))


@pytest.mark.parametrize("unit", ["pixel", "inch", "furlong"])
def test_imagej_lengths_of_unknown_unit_are_no_pixel_size(tmp_path: Path, unit: str) -> None:
    path = write(
        tmp_path / "ij.tif", imagej=True, resolution=(2, 2), metadata={"axes": "TYX", "unit": unit}
    )
    with open_recording(path) as opened:
        assert opened.info.pixel_size_um is None


@pytest.mark.parametrize("interval", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_frame_interval_is_ignored_and_noted(tmp_path: Path, interval) -> None:
    path = write(tmp_path / "ij.tif", imagej=True, metadata={"axes": "TYX", "finterval": interval})
    with open_recording(path) as opened:
        assert opened.info.frame_rate_hz is None
        assert any("frame rate is" in note and "ignored" in note for note in opened.info.notes)


def test_ome_tells_interval_and_pixel_size_in_any_unit(tmp_path: Path) -> None:
    said = {
        "axes": "TYX",
        "TimeIncrement": 40.0,
        "TimeIncrementUnit": "ms",
        "PhysicalSizeX": 500.0,
        "PhysicalSizeXUnit": "nm",
        "PhysicalSizeY": 0.75,
    }
    with open_recording(write(tmp_path / "m.ome.tif", metadata=said)) as opened:
        assert opened.info.frame_rate_hz == pytest.approx(25)
        assert opened.info.pixel_size_um == pytest.approx((0.75, 0.5))


def test_ome_tells_when_each_frame_was_taken(tmp_path: Path) -> None:
    times = np.arange(FRAMES) / 10
    times[12:] += 0.1  # one frame was dropped
    said = {"axes": "TYX", "Plane": {"DeltaT": times.tolist()}}
    with open_recording(write(tmp_path / "m.ome.tif", metadata=said)) as opened:
        np.testing.assert_allclose(opened.info.frame_times_s, times)
        assert opened.info.frame_rate_hz == pytest.approx(10)


def test_what_the_user_says_outranks_the_file_and_is_noted(tmp_path: Path) -> None:
    path = write(
        tmp_path / "m.ome.tif",
        metadata={"axes": "TYX", "TimeIncrement": 0.1, "PhysicalSizeX": 1.0, "PhysicalSizeY": 1.0},
    )
    with open_recording(path, frame_rate_hz=30, pixel_size_um=(2, 1)) as opened:
        assert opened.info.frame_rate_hz == 30
        assert opened.info.pixel_size_um == (2, 1)
        assert opened.info.notes == (
            "The file says 10 Hz; taken as 30 Hz, as told.",
            "The file says 1 um along y; taken as 2 um along y, as told.",
        )


@pytest.mark.parametrize("dialect", [{"imagej": True}, {"ome": True}])
def test_a_stack_of_planes_is_no_movie_unless_the_user_says_so(tmp_path: Path, dialect) -> None:
    path = write(tmp_path / "z.tif", metadata={"axes": "ZYX"}, **dialect)
    with open_recording(path) as opened:
        assert opened.info.axes == ("time", "z", "y", "x")
        assert opened.info.shape == (1, FRAMES, HEIGHT, WIDTH)
        np.testing.assert_array_equal(opened.read(0, 1)[0], MOVIE)
    with pytest.raises(InputError, match=r"1 time x 23 z.*--axes tyx"):
        as_movie(open_recording(path))
    with as_movie(open_recording(path, axes="tyx")) as opened:
        np.testing.assert_array_equal(opened.read(0, FRAMES), MOVIE)


@pytest.mark.parametrize("dialect", [{"imagej": True}, {"ome": True}])
def test_hyperstacks_keep_time_channel_and_plane_apart(tmp_path: Path, dialect) -> None:
    stack = np.random.default_rng(0).integers(0, 999, (5, 3, 2, HEIGHT, WIDTH)).astype(np.uint16)
    path = write(tmp_path / "h.tif", stack, metadata={"axes": "TZCYX"}, **dialect)
    with open_recording(path) as opened:
        assert opened.info.axes == ("time", "channel", "z", "y", "x")
        np.testing.assert_array_equal(opened.read(1, 4), stack[1:4].transpose(0, 2, 1, 3, 4))
    with open_recording(path, channel=1, plane=2) as opened:
        np.testing.assert_array_equal(opened.read(1, 4), stack[1:4, 2, 1])
    with pytest.raises(InputError, match=r"--channel NUMBER.*--plane NUMBER"):
        as_movie(open_recording(path))


def test_only_the_pages_of_the_channel_are_decoded(tmp_path: Path, monkeypatch) -> None:
    stack = np.random.default_rng(0).integers(0, 999, (5, 4, HEIGHT, WIDTH)).astype(np.uint16)
    path = write(
        tmp_path / "c.ome.tif", stack, metadata={"axes": "TCYX"}, compression="zlib",
        photometric="minisblack",
    )  # fmt: skip
    decoded = []
    decode = tifffile.TiffPage.asarray

    def counted(page, **options):
        decoded.append(page.index)
        return decode(page, **options)

    monkeypatch.setattr(tifffile.TiffPage, "asarray", counted)
    with open_recording(path, channel=2) as opened:
        np.testing.assert_array_equal(opened.read(0, 5), stack[:, 2])
    assert len(decoded) == 5


def test_colour_pages_have_channels(tmp_path: Path) -> None:
    colour = np.random.default_rng(0).integers(0, 255, (4, HEIGHT, WIDTH, 3)).astype(np.uint8)
    path = write(tmp_path / "rgb.tif", colour, photometric="rgb")
    with open_recording(path) as opened:
        assert opened.info.axes == ("time", "channel", "y", "x")
        np.testing.assert_array_equal(opened.read(1, 3), colour[1:3].transpose(0, 3, 1, 2))
    with open_recording(path, channel=1) as opened:
        np.testing.assert_array_equal(opened.read(1, 3), colour[1:3, :, :, 1])


def test_a_channel_within_packed_pages_is_picked(tmp_path: Path) -> None:
    colour = np.random.default_rng(0).integers(0, 255, (4, HEIGHT, WIDTH, 3)).astype(np.uint8)
    path = write(tmp_path / "rgb.tif", colour, photometric="rgb", compression="zlib")
    with open_recording(path, channel=2) as opened:
        np.testing.assert_array_equal(opened.read(1, 3), colour[1:3, :, :, 2])


def test_scattered_big_endian_pages_come_in_native_order(tmp_path: Path) -> None:
    path = tmp_path / "scattered.tif"
    with tifffile.TiffWriter(path, byteorder=">") as file:
        for frame in MOVIE:
            file.write(frame, contiguous=False, metadata=None)
    with open_recording(path) as opened:
        assert opened.info.dtype.isnative
        np.testing.assert_array_equal(opened.read(2, 9), MOVIE[2:9])


def test_an_imagej_file_that_lists_its_first_page_only_is_read_whole(tmp_path: Path) -> None:
    """So ImageJ writes files of more than 4 GB: one page, all images behind each other."""
    path = tmp_path / "long.tif"
    description = f"ImageJ=1.53\nimages={FRAMES}\nframes={FRAMES}\nfinterval=0.1\n"
    write(path, MOVIE[0], description=description, metadata=None)
    with tifffile.TiffFile(path) as first:
        after = first.pages.first.dataoffsets[0]
    path.write_bytes(path.read_bytes()[:after] + MOVIE.tobytes())
    with open_recording(path) as opened:
        assert opened.info.frame_rate_hz == pytest.approx(10)
        np.testing.assert_array_equal(opened.read(0, FRAMES), MOVIE)


def test_several_series_are_listed_until_one_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "two.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(MOVIE, metadata={"axes": "TYX"})
        file.write(MOVIE[:5, :8, :8], metadata={"axes": "TYX"})
    with pytest.raises(InputError, match=r"2 series.*0: TYX \(23, 18, 26\).*--series NUMBER"):
        open_recording(path)
    with open_recording(path, series=1) as opened:
        np.testing.assert_array_equal(opened.read(0, 5), MOVIE[:5, :8, :8])
    with pytest.raises(InputError, match="expected series 2"):
        open_recording(path, series=2)


def test_an_ome_set_of_files_is_read_from_its_first(tmp_path: Path) -> None:
    planes = "".join(
        f'<TiffData IFD="{t % 2}" FirstT="{t}" PlaneCount="1">'
        f'<UUID FileName="{t // 2}.ome.tif">urn:uuid:{t // 2}</UUID></TiffData>'
        for t in range(4)
    )
    for number in range(2):
        xml = (
            '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
            f'UUID="urn:uuid:{number}"><Image ID="Image:0"><Pixels ID="Pixels:0" Type="uint16" '
            f'DimensionOrder="XYCZT" SizeX="{WIDTH}" SizeY="{HEIGHT}" SizeC="1" SizeZ="1" '
            f'SizeT="4">{planes}</Pixels></Image></OME>'
        )
        with tifffile.TiffWriter(tmp_path / f"{number}.ome.tif", ome=False) as file:
            for page, frame in enumerate(MOVIE[2 * number : 2 * number + 2]):
                file.write(
                    frame, description=xml if page == 0 else None, metadata=None,
                    compression="zlib", contiguous=False,
                )  # fmt: skip
    for where in (tmp_path / "0.ome.tif", tmp_path):
        with open_recording(where) as opened:
            np.testing.assert_array_equal(opened.read(0, 4), MOVIE[:4])
            np.testing.assert_array_equal(opened.read(2, 3), MOVIE[2:3])
    (tmp_path / "1.ome.tif").unlink()
    with pytest.raises(InputError, match="truncated: 2 of 4 pages"):
        open_recording(tmp_path / "0.ome.tif")


CUT = {
    "one block": ({}, r"1[0-9] of 23 frames"),
    "deflated": ({"compression": "zlib"}, r"1[0-9] of 23 pages"),
    "ImageJ": ({"imagej": True, "metadata": {"axes": "TYX"}}, r"1[0-9] of 23 pages"),
    "OME": ({"ome": True, "metadata": {"axes": "TYX"}}, "list of pages ends after"),
    "no metadata": ({"metadata": None}, "list of pages ends after"),
}


@pytest.mark.parametrize("kind", CUT)
def test_a_truncated_file_is_one_error_that_counts_what_is_there(tmp_path: Path, kind) -> None:
    options, message = CUT[kind]
    path = write(tmp_path / "cut.tif", **options)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    with pytest.raises(InputError, match=f"truncated: .*{message}"):
        open_recording(path)


def test_a_file_cut_within_its_last_page_is_truncated(tmp_path: Path) -> None:
    path = tmp_path / "cut.tif"
    with tifffile.TiffWriter(path) as file:
        for frame in MOVIE:
            file.write(frame, contiguous=False, metadata=None)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InputError, match="truncated: 22 of 23 pages"):
        open_recording(path)


def test_damaged_pages_are_an_error_when_they_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.tif", compression="zlib")
    with tifffile.TiffFile(path) as file:
        page = file.pages[9]
        where, length = page.dataoffsets[0], page.databytecounts[0]
    content = bytearray(path.read_bytes())
    content[where : where + length] = b"\xff" * length
    path.write_bytes(content)
    with open_recording(path) as opened:
        np.testing.assert_array_equal(opened.read(0, 9), MOVIE[:9])
        with pytest.raises(InputError, match="frames 8 to 11"):
            opened.read(8, 12)
        np.testing.assert_array_equal(opened.read(10, FRAMES), MOVIE[10:])


def test_a_codec_that_is_not_installed_is_named_with_a_remedy(tmp_path: Path) -> None:
    path = write(tmp_path / "lzw.tif", compression="zlib")
    content = path.read_bytes()
    deflate, lzw = (np.array([259, 3, 1, 0, code], "<u2") for code in (8, 5))
    deflate[2:4] = lzw[2:4] = [1, 0]
    assert content.count(deflate.tobytes()) == FRAMES  # the entry that names the codec
    path.write_bytes(content.replace(deflate.tobytes(), lzw.tobytes()))
    if 5 in tifffile.TIFF.DECOMPRESSORS:
        pytest.skip("imagecodecs is installed, so that LZW can be unpacked")
    with pytest.raises(InputError, match=r"packed by LZW.*imagecodecs"):
        open_recording(path)


def test_pages_of_complex_numbers_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "complex.tif", MOVIE.astype(np.complex64))
    with pytest.raises(InputError, match="type complex64"):
        open_recording(path)


def test_published_volumes_over_time_are_asked_for_their_axes(shared_data: Path) -> None:
    path = shared_data / "ctc-cho-3d" / "Fluo-N3DH-CHO_02_img.tif"
    truth = tifffile.imread(path)
    with open_recording(path, axes="tzyx", plane=3) as opened:
        assert opened.info.shape == (20, 443, 512)
        np.testing.assert_array_equal(opened.read(7, 9), truth[7:9, 3])
