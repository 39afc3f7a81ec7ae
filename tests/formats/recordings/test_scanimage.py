"""ScanImage's interleaved pages, sorted by its header; the order of pages is written by hand."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import tifffile

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import as_movie, open_recording
from sightline.formats.recordings.scanimage import lay_out_scanimage

VOLUMES = {
    "SI.hChannels.channelSave": [[1], [2]],
    "SI.hStackManager.enable": True,
    "SI.hStackManager.actualNumSlices": 3,
    "SI.hStackManager.framesPerSlice": 1,
    "SI.hStackManager.numFramesPerVolumeWithFlyback": 4,
    "SI.hRoiManager.scanFrameRate": 30.0,
    "SI.hRoiManager.scanVolumeRate": 7.5,
}


def lay_out(header: Mapping[str, object], pages: int):
    return lay_out_scanimage(Path("scan.tif"), header, pages, (8, 10))


def test_channels_vary_fastest_then_slices_and_flyback_is_left_out() -> None:
    layout = lay_out(VOLUMES, 16)  # two volumes of (3 slices + 1 flyback) x 2 channels
    assert layout.pages.tolist() == [
        [[0, 1], [2, 3], [4, 5]],
        [[8, 9], [10, 11], [12, 13]],
    ]
    assert layout.metadata.axes == ("time", "z", "channel", "y", "x")
    assert layout.metadata.frame_rate_hz == 7.5
    assert layout.metadata.notes == ("1 flyback frames at the end of each volume are left out.",)


def test_pages_after_the_last_whole_volume_are_left_out_and_noted() -> None:
    layout = lay_out(VOLUMES, 21)
    assert layout.pages.shape == (2, 3, 2)
    assert layout.metadata.notes[0] == "The last 5 pages are no whole volume of 8: left out."


def test_less_than_one_volume_is_an_error() -> None:
    with pytest.raises(InputError, match=r"5 pages.*8 a volume.*--axes tyx"):
        lay_out(VOLUMES, 5)


def test_slice_counts_left_from_an_earlier_stack_mean_nothing() -> None:
    layout = lay_out({**VOLUMES, "SI.hStackManager.enable": False}, 6)
    assert layout.pages.tolist() == [[[0, 1]], [[2, 3]], [[4, 5]]]
    assert layout.metadata.frame_rate_hz == 30.0


def test_frames_repeated_in_a_slice_are_frames_that_come_unevenly() -> None:
    header = {
        "SI.hChannels.channelSave": 1,
        "SI.hFastZ.enable": True,
        "SI.hStackManager.numSlices": 2,
        "SI.hStackManager.framesPerSlice": 3,
        "SI.hRoiManager.scanVolumeRate": 1.0,
    }
    layout = lay_out(header, 6)  # pages 0 to 2 are of the first slice
    assert layout.pages[:, :, 0].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert layout.metadata.frame_rate_hz is None
    assert "3 times in a row" in layout.metadata.notes[0]


def test_averaging_at_the_microscope_slows_the_frames() -> None:
    header = {"SI.hRoiManager.scanFrameRate": 30.0, "SI.hScan2D.logAverageFactor": 5}
    assert lay_out(header, 4).metadata.frame_rate_hz == 6.0


def test_the_field_of_view_tells_the_pixel_size() -> None:
    corners = [[-100, -80], [100, -80], [100, 80], [-100, 80]]
    layout = lay_out({"SI.hRoiManager.imagingFovUm": corners}, 4)
    assert layout.metadata.pixel_size_um == {"y": 20.0, "x": 20.0}


TIMES = np.arange(7) / 29.97
TIMES[4:] += 1 / 29.97  # a frame was dropped


def write(path: Path, pages: np.ndarray) -> Path:
    """Two channels of one plane, as ScanImage describes them in the first page's tags."""
    header = (
        "SI.VERSION_MAJOR = 2020\n"
        "SI.hChannels.channelSave = [1;2]\n"
        "SI.hStackManager.enable = false\n"
        "SI.hStackManager.actualNumSlices = 11\n"
        "SI.hRoiManager.scanFrameRate = 29.97\n"
        "SI.hRoiManager.imagingFovUm = [-50 -50;50 -50;50 50;-50 50]"
    )
    with tifffile.TiffWriter(path, bigtiff=True) as file:
        for number, page in enumerate(pages):
            said = f"frameNumbers = {number}\nframeTimestamps_sec = {TIMES[number // 2]:.6f}\n"
            file.write(page, contiguous=False, metadata=None, software=header, description=said)
    return path


def test_a_file_of_two_channels_is_read_apart(tmp_path: Path) -> None:
    pages = np.random.default_rng(0).integers(-50, 999, (14, 20, 25)).astype(np.int16)
    path = write(tmp_path / "scan_00001.tif", pages)
    with open_recording(path) as opened:
        assert opened.info.axes == ("time", "channel", "z", "y", "x")
        assert opened.info.frame_rate_hz == 29.97
        assert opened.info.pixel_size_um[1:] == (5.0, 4.0)
        np.testing.assert_allclose(opened.info.frame_times_s, TIMES, atol=1e-6)
    with pytest.raises(InputError, match="--channel NUMBER"):
        as_movie(open_recording(path))
    with as_movie(open_recording(path, channel=1)) as opened:
        assert opened.info.shape == (7, 20, 25)
        assert opened.info.pixel_size_um == (5.0, 4.0)
        np.testing.assert_array_equal(opened.read(2, 6), pages[1::2][2:6])


def test_the_user_may_take_the_pages_as_they_come(tmp_path: Path) -> None:
    pages = np.random.default_rng(0).integers(-50, 999, (7, 20, 25)).astype(np.int16)
    with open_recording(write(tmp_path / "scan.tif", pages), axes="tyx") as opened:
        np.testing.assert_array_equal(opened.read(0, 7), pages)
