"""Folders of PNG, JPEG and BMP images: their order, their colours, and what does not belong."""

from pathlib import Path

import numpy as np
import pytest
from movies_made import counts
from numpy.typing import NDArray
from PIL import Image

from sightline.errors import InputError
from sightline.formats.recordings.open_recording import open_recording, recording_format

MOVIE = counts(dtype=np.uint8)
COLOUR = np.stack([MOVIE[:5], MOVIE[5:10], MOVIE[10:15]], -1)
GREY = np.repeat(MOVIE[:5, :, :, None], 3, axis=3)


def images(folder: Path, frames: NDArray[np.generic], ending: str = ".png") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(folder / f"img{number}{ending}")
    return folder


def test_frames_are_in_the_natural_order_of_their_names_and_are_called_so(tmp_path: Path) -> None:
    for number in (10, 9, 2):
        Image.fromarray(MOVIE[number]).save(tmp_path / f"img{number}.png")
    (tmp_path / "._img1.png").touch()
    (tmp_path / "CollectedData_anna.csv").touch()
    with open_recording(tmp_path) as opened:
        assert opened.info.frame_names == ("img2.png", "img9.png", "img10.png")
        assert opened.info.name == tmp_path.name
        assert "3 images, from img2.png to img10.png." in opened.info.notes
        np.testing.assert_array_equal(opened.read(0, 3), MOVIE[[2, 9, 10]])
    assert recording_format(tmp_path) == "folder of images"


def test_colours_are_channels(tmp_path: Path) -> None:
    images(tmp_path, COLOUR)
    with open_recording(tmp_path) as opened:
        assert opened.info.axes == ("time", "channel", "y", "x")
        np.testing.assert_array_equal(opened.read(1, 4), COLOUR[1:4].transpose(0, 3, 1, 2))
    with open_recording(tmp_path, channel=2) as opened:
        assert opened.info.axes == ("time", "y", "x")
        np.testing.assert_array_equal(opened.read(0, 5), COLOUR[..., 2])


def test_colours_that_say_the_same_are_grey(tmp_path: Path) -> None:
    with open_recording(images(tmp_path, GREY)) as opened:
        assert opened.info.axes == ("time", "y", "x")
        np.testing.assert_array_equal(opened.read(0, 5), MOVIE[:5])


def test_a_jpeg_is_grey_in_spite_of_its_rounding(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    smooth = np.kron(rng.integers(0, 256, (4, 4, 4)), np.ones((1, 8, 8))).astype(np.uint8)
    tinted = np.repeat(smooth[..., None], 3, axis=3)
    tinted[..., 2] = np.minimum(tinted[..., 2].astype(int) + 3, 255)
    with open_recording(images(tmp_path, tinted, ".jpg")) as opened:
        assert opened.info.axes == ("time", "y", "x")
        assert np.abs(opened.read(0, 4).astype(int) - smooth).mean() < 4


def test_transparency_is_left_out_and_a_palette_is_looked_up(tmp_path: Path) -> None:
    see_through = np.concatenate([COLOUR, np.full_like(COLOUR[..., :1], 7)], axis=3)
    with open_recording(images(tmp_path / "rgba", see_through)) as opened:
        np.testing.assert_array_equal(opened.read(0, 5), COLOUR.transpose(0, 3, 1, 2))
    few = np.array([[9, 80, 200], [5, 5, 0], [77, 3, 1]], np.uint8)[MOVIE[:3] % 3]
    (tmp_path / "palette").mkdir()
    for number, frame in enumerate(few):
        image = Image.fromarray(frame).quantize(4)
        image.save(tmp_path / "palette" / f"{number}.png")
    with open_recording(tmp_path / "palette") as opened:
        np.testing.assert_array_equal(opened.read(0, 3), few.transpose(0, 3, 1, 2))


@pytest.mark.parametrize(
    ("odd", "said"),
    [(MOVIE[0, :-2], r"26 x 16 pixels \(uint8\)"), (MOVIE[0].astype(np.uint16), "uint16")],
    ids=["size", "depth"],
)
def test_an_image_of_another_size_or_depth_is_named(
    tmp_path: Path, odd: NDArray[np.generic], said: str
) -> None:
    images(tmp_path, MOVIE[:9])
    Image.fromarray(odd).save(tmp_path / "img3.png")
    with open_recording(tmp_path) as opened:
        np.testing.assert_array_equal(opened.read(0, 3), MOVIE[:3])
        with pytest.raises(InputError, match=rf"img3\.png: .*{said}.*26 x 18 \(uint8\)"):
            opened.read(2, 6)


def test_a_truncated_image_is_named(tmp_path: Path) -> None:
    images(tmp_path, MOVIE[:9])
    whole = (tmp_path / "img3.png").read_bytes()
    (tmp_path / "img3.png").write_bytes(whole[: len(whole) // 2])
    with open_recording(tmp_path) as opened, pytest.raises(InputError, match=r"img3\.png: it can"):
        opened.read(3, 4)


def test_what_only_claims_to_be_an_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "0.png").write_text("<html>", encoding="utf-8")
    with pytest.raises(InputError, match=r"0\.png: .*a whole PNG, JPEG or BMP image"):
        open_recording(tmp_path)


def test_images_of_several_kinds_are_refused(tmp_path: Path) -> None:
    images(tmp_path, MOVIE[:3])
    images(tmp_path, MOVIE[:1], ".jpg")
    with pytest.raises(InputError, match="3 PNG, 1 JPEG"):
        open_recording(tmp_path)


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no images"):
        open_recording(tmp_path)


def test_a_project_of_deeplabcut_is_its_labelled_frames(tmp_path: Path) -> None:
    home = images(tmp_path / "labeled-data" / "day1", MOVIE[:4])
    (tmp_path / "config.yaml").touch()
    (home / "CollectedData_anna.csv").touch()
    images(tmp_path / "labeled-data" / "day1_labeled", MOVIE[4:6])
    for path in (tmp_path, tmp_path / "labeled-data", home):
        with open_recording(path) as opened:
            assert opened.info.source == str(home)
            np.testing.assert_array_equal(opened.read(0, 4), MOVIE[:4])


def test_of_a_project_with_several_videos_one_is_asked_for(tmp_path: Path) -> None:
    for day in ("day1", "day2"):
        home = images(tmp_path / "labeled-data" / day, MOVIE[:2])
        (home / "CollectedData_anna.csv").touch()
    with pytest.raises(InputError, match=r"day1, .*day2"):
        open_recording(tmp_path)
