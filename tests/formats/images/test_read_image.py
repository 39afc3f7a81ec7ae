"""Still images of every format and depth, told apart from stacks, and never wrong in silence."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import tifffile
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as Pillow

from sightline.errors import InputError, SettingError
from sightline.formats.images import stored_image
from sightline.formats.images.image_files import images_within
from sightline.formats.images.lazy_pixels import LazyPixels
from sightline.formats.images.read_as import ReadAs
from sightline.formats.images.read_image import image_files, read_image, read_image_as

RNG = np.random.default_rng(7)
GREY = RNG.integers(0, 256, (20, 30), np.uint8)
DEEP = RNG.integers(0, 65536, (20, 30)).astype(np.uint16)
COLOUR = RNG.integers(0, 256, (20, 30, 3), np.uint8)


def png(path: Path, pixels: NDArray) -> Path:
    Pillow.fromarray(pixels).save(path)
    return path


def ome_zarr(path: Path, pixels: NDArray) -> Path:
    group = zarr.open_group(path, mode="w", zarr_format=2)
    group.create_array("0", shape=pixels.shape, dtype=pixels.dtype)[...] = pixels
    axes = [{"name": "c", "type": "channel"}] + [
        {"name": n, "type": "space", "unit": "micrometer"} for n in "yx"
    ]
    scale = {"type": "scale", "scale": [1, 0.5, 0.25]}
    datasets = [{"path": "0", "coordinateTransformations": [scale]}]
    group.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": datasets}]
    return path


def hdf5(path: Path, pixels: NDArray) -> Path:
    with h5py.File(path, "w") as file:
        file["image"] = pixels
    return path


def npy(path: Path, pixels: NDArray) -> Path:
    np.save(path, pixels)
    return path


def tiff(path: Path, pixels: NDArray, **said: object) -> Path:
    tifffile.imwrite(path, pixels, **said)
    return path


WRITERS: dict[str, tuple[str, Callable[..., Path], NDArray]] = {
    "PNG of 8 bits": ("a.png", png, GREY),
    "PNG of 16 bits": ("a.png", png, DEEP),
    "BMP": ("a.bmp", png, GREY),
    "GIF": ("a.gif", png, GREY),
    "TIFF of 8 bits": ("a.tif", tiff, GREY),
    "TIFF of 16 bits": ("a.tif", tiff, DEEP),
    "TIFF of floats": ("a.tif", tiff, GREY.astype(np.float32) / 7),
    "TIFF of other byte order": ("a.tif", lambda p, a: tiff(p, a, byteorder=">"), DEEP),
    "npy": ("a.npy", npy, DEEP),
    "npy in Fortran order": ("a.npy", npy, np.asfortranarray(DEEP)),
    "HDF5": ("a.h5", hdf5, DEEP),
}


@pytest.mark.parametrize(("name", "write", "pixels"), WRITERS.values(), ids=WRITERS)
def test_a_grey_image_is_one_channel_of_the_stored_values(
    tmp_path: Path, name: str, write: Callable[..., Path], pixels: NDArray
) -> None:
    image = read_image(write(tmp_path / name, pixels))
    assert image.name == "a"
    assert image.pixels.dtype == pixels.dtype
    assert np.array_equal(np.asarray(image.pixels), pixels[None])


COLOURS: dict[str, tuple[str, Callable[..., Path]]] = {
    "PNG": ("a.png", png),
    "BMP": ("a.bmp", png),
    "TIFF": ("a.tif", lambda p, a: tiff(p, a, photometric="rgb")),
    "TIFF, planes apart": (
        "a.tif",
        lambda p, a: tiff(p, a.transpose(2, 0, 1), photometric="rgb", planarconfig="separate"),
    ),
    "npy, channels last": ("a.npy", npy),
}


@pytest.mark.parametrize(("name", "write"), COLOURS.values(), ids=COLOURS)
def test_a_colour_image_has_three_channels(
    tmp_path: Path, name: str, write: Callable[..., Path]
) -> None:
    image = read_image(write(tmp_path / name, COLOUR))
    assert np.array_equal(np.asarray(image.pixels), COLOUR.transpose(2, 0, 1))


@pytest.mark.parametrize(("name", "write"), list(COLOURS.values())[:4], ids=list(COLOURS)[:4])
def test_colours_that_are_alike_are_one_grey_channel_and_it_says_so(
    tmp_path: Path, name: str, write: Callable[..., Path]
) -> None:
    image = read_image(write(tmp_path / name, np.repeat(GREY[..., None], 3, axis=2)))
    assert np.array_equal(image.pixels, GREY[None])
    assert any("alike" in note for note in image.notes)


@pytest.mark.parametrize("kind", ["png", "tif"])
def test_an_alpha_channel_is_left_out_and_it_says_so(tmp_path: Path, kind: str) -> None:
    pixels = np.concatenate([COLOUR, GREY[..., None]], axis=2)
    path = tmp_path / f"a.{kind}"
    if kind == "png":
        png(path, pixels)
    else:
        tiff(path, pixels, photometric="rgb", extrasamples=["unassalpha"])
    image = read_image(path)
    assert np.array_equal(image.pixels, COLOUR.transpose(2, 0, 1))
    assert any("alpha" in note for note in image.notes)


def test_a_grey_image_with_alpha_is_grey(tmp_path: Path) -> None:
    png(tmp_path / "a.png", np.stack([GREY, 255 - GREY], axis=2))
    assert np.array_equal(read_image(tmp_path / "a.png").pixels, GREY[None])


def test_of_a_palette_the_colours_are_read(tmp_path: Path) -> None:
    image = Pillow.fromarray(np.array([[0, 1], [2, 1]], np.uint8)).convert("P")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    image.save(tmp_path / "a.png")
    expected = np.array([[10, 40], [70, 40]])
    assert np.array_equal(read_image(tmp_path / "a.png").pixels[0], expected)


def test_a_jpeg_is_read_close_to_what_it_shows(tmp_path: Path) -> None:
    smooth = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    Pillow.fromarray(smooth).save(tmp_path / "a.jpg", quality=95)
    found = read_image(tmp_path / "a.jpg").pixels
    assert found.shape == (1, 48, 64)
    assert np.abs(found[0].astype(int) - smooth).max() < 8


def test_twelve_of_sixteen_bits_are_noted(tmp_path: Path) -> None:
    image = read_image(tiff(tmp_path / "a.tif", DEEP // 16))
    assert any("12 are used" in note for note in image.notes)


def test_a_constant_image_is_read_and_it_says_so(tmp_path: Path) -> None:
    image = read_image(png(tmp_path / "a.png", np.full((9, 9), 7, np.uint8)))
    assert any("All its values are 7" in note for note in image.notes)


def test_values_that_are_no_numbers_are_refused_with_their_count(tmp_path: Path) -> None:
    pixels = np.ones((20, 30), np.float32)
    pixels[3, 4:7] = np.nan
    with pytest.raises(InputError, match="3 of its 600 values are NaN"):
        read_image(tiff(tmp_path / "a.tif", pixels))


@pytest.mark.parametrize("kind", ["png", "jpg", "tif", "npy"])
def test_a_truncated_file_is_one_error_that_names_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    {"tif": tiff, "npy": npy}.get(kind, png)(path, RNG.integers(0, 256, (200, 300), np.uint8))
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(InputError, match=str(path.name)):
        read_image(path)


def test_what_is_no_image_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("not an image, by far")
    with pytest.raises(InputError, match=r"a\.png"):
        read_image(tmp_path / "a.png")
    with pytest.raises(InputError, match="no such file"):
        read_image(tmp_path / "b.png")


STACK = RNG.integers(0, 4096, (5, 20, 30)).astype(np.uint16)


def imagej_stack(path: Path, axes: str = "ZYX", pixels: NDArray = STACK) -> Path:
    return tiff(path, pixels, imagej=True, metadata={"axes": axes})


@pytest.mark.parametrize("axes", ["ZYX", "TYX"])
def test_a_stack_is_an_error_until_somebody_says_what_to_take(tmp_path: Path, axes: str) -> None:
    path = imagej_stack(tmp_path / "a.tif", axes)
    with pytest.raises(InputError, match=r"stack of 5 .*--projection max"):
        read_image(path)
    assert np.array_equal(read_image(path, plane=3).pixels, STACK[3:4])
    assert np.array_equal(read_image(path, projection="max").pixels, STACK.max(0, keepdims=True))
    mean = read_image(path, projection="mean").pixels
    assert mean.dtype == np.float32
    np.testing.assert_allclose(mean, STACK.mean(0, keepdims=True), rtol=1e-6)
    assert any("stack of 5" in note for note in read_image(path, projection="max").notes)


def test_a_hyperstack_is_projected_over_time_and_z_and_keeps_its_channels(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 4096, (3, 4, 2, 20, 30)).astype(np.uint16)
    path = imagej_stack(tmp_path / "a.tif", "TZCYX", pixels)
    with pytest.raises(InputError, match="3 frames and 4 z planes"):
        read_image(path, plane=1)
    assert np.array_equal(read_image(path, projection="max").pixels, pixels.max((0, 1)))


def test_channels_are_no_stack_where_the_file_names_them(tmp_path: Path) -> None:
    image = read_image(imagej_stack(tmp_path / "a.tif", "CYX"))
    assert np.array_equal(image.pixels, STACK)
    one = read_image(imagej_stack(tmp_path / "b.tif", "CYX"), channel=2)
    assert np.array_equal(one.pixels, STACK[2:3])
    with pytest.raises(InputError, match="it has 5 channels"):
        read_image(tmp_path / "b.tif", channel=5)


def test_pages_of_which_nothing_is_said_can_be_called_channels(tmp_path: Path) -> None:
    path = npy(tmp_path / "a.npy", STACK)
    with pytest.raises(InputError, match=r"if they are channels, .* say `--axes cyx`"):
        read_image(path)
    assert np.array_equal(read_image(path, axes="cyx").pixels, STACK)


def test_an_image_is_read_as_the_user_says(tmp_path: Path) -> None:
    path = npy(tmp_path / "a.npy", STACK)
    image = read_image_as(path, "day 1", ReadAs(plane=2, pixel_size_um=0.5))
    assert (image.name, image.pixel_size_um) == ("day 1", (0.5, 0.5))
    assert np.array_equal(image.pixels, STACK[2:3])
    image = read_image_as(path, "b", ReadAs(channel=1, axes="CYX"))
    assert np.array_equal(image.pixels, STACK[1:2])
    image = read_image_as(path, "c", ReadAs(projection="max"))
    assert np.array_equal(image.pixels[0], STACK.max(axis=0))


def test_an_animation_is_a_stack(tmp_path: Path) -> None:
    frames = [Pillow.fromarray(np.full((8, 8), v, np.uint8)) for v in (10, 200, 90)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(InputError, match="stack of 3 frames"):
        read_image(tmp_path / "a.gif")
    assert read_image(tmp_path / "a.gif", projection="max").pixels.max() == 200
    assert (read_image(tmp_path / "a.gif", plane=2).pixels == 90).all()


def test_a_projection_of_another_name_is_a_setting_at_fault(tmp_path: Path) -> None:
    path = imagej_stack(tmp_path / "a.tif")
    with pytest.raises(SettingError, match="max, mean"):
        read_image(path, projection="median")
    with pytest.raises(SettingError, match="one of the two"):
        read_image(path, projection="max", plane=1)
    with pytest.raises(InputError, match="5 planes"):
        read_image(path, plane=5)


def test_pixel_size_comes_from_imagej(tmp_path: Path) -> None:
    path = tiff(tmp_path / "a.tif", DEEP, imagej=True, resolution=(4.0, 2.0),
                metadata={"unit": "um", "axes": "YX"})  # fmt: skip
    assert read_image(path).pixel_size_um == pytest.approx((0.5, 0.25))


def test_pixel_size_comes_from_ome_tiff_and_ome_zarr(tmp_path: Path) -> None:
    said = {"axes": "CYX", "PhysicalSizeX": 0.25, "PhysicalSizeY": 0.5}
    path = tiff(tmp_path / "a.ome.tif", STACK[:2], metadata=said)
    assert read_image(path).pixel_size_um == pytest.approx((0.5, 0.25))
    assert read_image(path).name == "a"
    image = read_image(ome_zarr(tmp_path / "b.ome.zarr", STACK))
    assert image.pixel_size_um == pytest.approx((0.5, 0.25))
    assert image.name == "b"
    assert np.array_equal(np.asarray(image.pixels), STACK)


def test_pixel_size_comes_from_a_plain_resolution_unless_it_is_one_for_print(
    tmp_path: Path,
) -> None:
    fine = tiff(tmp_path / "a.tif", DEEP, resolution=(20000.0, 10000.0), resolutionunit=3)
    assert read_image(fine).pixel_size_um == pytest.approx((1.0, 0.5))
    printed = read_image(tiff(tmp_path / "b.tif", DEEP, resolution=(300, 300), resolutionunit=2))
    assert printed.pixel_size_um is None
    assert any("300 dots an inch" in note for note in printed.notes)


def test_what_pillow_unpacks_keeps_its_pixel_size(tmp_path: Path) -> None:
    Pillow.fromarray(GREY).save(tmp_path / "a.tif", compression="tiff_lzw", resolution=20000.0,
                                resolution_unit=3)  # fmt: skip
    image = read_image(tmp_path / "a.tif")
    assert np.array_equal(image.pixels, GREY[None])
    assert image.pixel_size_um == pytest.approx((0.5, 0.5))


def test_a_told_pixel_size_overrules_the_file(tmp_path: Path) -> None:
    path = tiff(tmp_path / "a.tif", DEEP, resolution=(20000.0, 10000.0), resolutionunit=3)
    assert read_image(path, pixel_size_um=0.3).pixel_size_um == (0.3, 0.3)
    assert read_image(path, pixel_size_um=(0.3, 0.4)).pixel_size_um == (0.3, 0.4)
    with pytest.raises(InputError, match="positive"):
        read_image(path, pixel_size_um=0.0)


@pytest.mark.parametrize("kind", ["tif", "npy", "h5", "zarr"])
def test_a_large_image_is_read_in_parts_that_equal_the_whole(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_image, "LARGE_BYTES", 100)
    path = tmp_path / f"a.{kind}"
    if kind == "tif":
        imagej_stack(path, "CYX")
    elif kind == "zarr":
        ome_zarr(path, STACK)
    else:
        {"npy": npy, "h5": hdf5}[kind](path, STACK)
    image = read_image(path, axes="" if kind in ("tif", "zarr") else "cyx")
    assert isinstance(image.pixels, LazyPixels)
    assert image.pixels.shape == STACK.shape
    for where in (
        np.s_[:], np.s_[2], np.s_[1:3, 4:9, ::3], np.s_[..., -1], np.s_[:, 5:5], np.s_[-1, 3, 7],
    ):  # fmt: skip
        assert np.array_equal(image.pixels[where], STACK[where])
    assert np.array_equal(np.asarray(image.pixels), STACK)
    one = read_image(path, channel=3, axes="cyx").pixels
    assert isinstance(one, LazyPixels)
    assert np.array_equal(one[0, 2:5], STACK[3, 2:5])
    with pytest.raises(IndexError):
        image.pixels[9]


def test_a_large_image_of_one_channel_is_sliced_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_image, "LARGE_BYTES", 100)
    image = read_image(npy(tmp_path / "a.npy", DEEP))
    assert isinstance(image.pixels, LazyPixels)
    assert np.array_equal(image.pixels[:, 4:9, 2:11], DEEP[None, 4:9, 2:11])


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([np.uint8, np.uint16, np.int16, np.float32]),
    st.integers(1, 6), st.integers(3, 9), st.integers(3, 9), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_any_channels_of_any_type_come_back_from_tiff(
    tmp_path_factory: pytest.TempPathFactory, dtype: type, channels: int, height: int, width: int,
    seed: int,
) -> None:  # fmt: skip
    pixels = np.random.default_rng(seed).integers(0, 100, (channels, height, width)).astype(dtype)
    path = tmp_path_factory.mktemp("any") / "a.ome.tif"
    tiff(path, pixels, metadata={"axes": "CYX"}, photometric="minisblack")
    assert np.array_equal(np.asarray(read_image(path).pixels), pixels)


def test_files_come_in_natural_order_and_folders_are_part_of_the_name(tmp_path: Path) -> None:
    (tmp_path / "group").mkdir()
    for name in ("10.png", "2.png", "group/1.png", ".hidden.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in image_files(tmp_path)] == ["2.png", "10.png"]
    assert [name for name, _ in images_within(tmp_path)] == ["2", "10", "group/1"]


def test_the_published_images_are_read_as_their_sources_say(shared_data: Path) -> None:
    vessels = read_image(shared_data / "drive-two-observers" / "images" / "01_test.tif")
    assert vessels.pixels.shape == (3, 584, 565)
    nuclei = image_files(shared_data / "dsb2018-fluorescence" / "images")
    assert len(nuclei) == 100
    assert all(read_image(path).channels == 1 for path in nuclei[:10])
