"""Masks stored as images: what their numbers mean, decided for all of an annotator's files."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from PIL import Image as Pillow

from sightline.data.annotated_images import AnnotatedImages
from sightline.errors import InputError, SettingError
from sightline.formats.masks.find_annotated import find_annotated
from sightline.formats.masks.mask_kinds import MaskKind, mask_kinds
from sightline.formats.masks.numbers_image import read_numbers
from sightline.formats.masks.read_masks import read_mask, read_masks

SHAPE = (24, 32)


def blank(dtype: type = np.uint8) -> NDArray:
    return np.zeros(SHAPE, dtype)


def spots(*numbers: int, dtype: type = np.uint8, pieces: int = 1) -> NDArray:
    """A row of so many squares of each number."""
    mask = blank(dtype)
    for row, number in enumerate(numbers):
        for piece in range(pieces):
            mask[3 * row : 3 * row + 2, 4 * piece : 4 * piece + 2] = number
    return mask


def written(path: Path, mask: NDArray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        Pillow.fromarray(mask).save(path)
    elif path.suffix == ".tif":
        tifffile.imwrite(path, mask)
    else:
        np.save(path, mask)
    return path


def annotated(
    folder: Path, *masks: NDArray, ending: str = ".png", class_names: tuple[str, ...] = (),
    more: dict[str, list[NDArray]] | None = None,
) -> AnnotatedImages:  # fmt: skip
    """One image for each mask, drawn by Ann, and by others in the same order."""
    for number, mask in enumerate(masks):
        written(folder / "images" / f"{number}.png", blank())
        written(folder / "experts" / "Ann" / f"{number}{ending}", mask)
    for who, theirs in (more or {}).items():
        for number, mask in enumerate(theirs):
            written(folder / "experts" / who / f"{number}{ending}", mask)
    return find_annotated(folder, class_names=class_names)


ONE = spots(1, pieces=2)
FORMS = {
    "0 and 1": ONE, "0 and 255": ONE * np.uint8(255), "1 bit": ONE.astype(bool),
    "colour, all channels": np.repeat(ONE[..., None] * np.uint8(255), 3, axis=2),
    "colour, one channel": np.stack([ONE * np.uint8(255), blank(), blank()], axis=2),
    "16 bits": ONE.astype(np.uint16) * 65535,
    "with alpha": np.concatenate([np.repeat(ONE[..., None] * np.uint8(255), 3, axis=2),
                                  np.full((*SHAPE, 1), 255, np.uint8)], axis=2),
}  # fmt: skip


@pytest.mark.parametrize("mask", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("ending", [".png", ".tif", ".npy"])
def test_one_number_beside_0_is_foreground_in_whatever_form(
    tmp_path: Path, mask: NDArray, ending: str
) -> None:
    if mask.shape[2:] == (4,) and ending == ".npy":
        mask = mask[..., :3]  # an array does not tell alpha from a fourth channel
    found = annotated(tmp_path, mask, ending=ending)
    assert mask_kinds(found)["Ann"].kind == "mask"
    read = read_masks(found, found.images[0], SHAPE)["Ann"]
    assert np.array_equal(read.classes, ONE.astype(np.int16))
    assert read.objects is None


def test_black_and_white_of_a_palette_is_what_it_shows(tmp_path: Path) -> None:
    for name, palette in (("a", [4, 2, 4, 252, 254, 252]), ("b", [252, 254, 252, 4, 2, 4])):
        image = Pillow.fromarray(ONE).convert("P")
        image.putdata(ONE.ravel().tolist())
        image.putpalette(palette)
        image.save(tmp_path / f"{name}.gif")
    assert np.array_equal(read_mask(tmp_path / "a.gif", SHAPE).foreground, ONE > 0)
    assert np.array_equal(read_mask(tmp_path / "b.gif", SHAPE).foreground, ONE == 0)


def test_a_bilevel_tiff_in_which_0_is_white_is_what_it_shows(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", ONE == 0, photometric="miniswhite", software="Scanner")
    assert np.array_equal(read_mask(tmp_path / "a.tif", SHAPE).foreground, ONE > 0)


def test_grey_edges_of_a_drawing_are_cut_at_the_middle(tmp_path: Path) -> None:
    mask = blank()
    mask[4:20, 4:28] = 255
    for step in range(24):
        mask[4, 4 + step] = 10 * step
    found = read_numbers(written(tmp_path / "a.png", mask))
    assert np.array_equal(found.values, mask >= 128)
    assert any("cut" in note for note in found.notes)


def test_a_lossy_mask_is_cut_at_the_middle(tmp_path: Path) -> None:
    mask = np.zeros((64, 64), np.uint8)
    mask[16:48, 16:40] = 255
    Pillow.fromarray(mask).save(tmp_path / "a.jpg", quality=60)
    assert np.array_equal(read_mask(tmp_path / "a.jpg", (64, 64)).foreground, mask > 0)


def test_numbers_of_more_than_8_bits_are_objects(tmp_path: Path) -> None:
    found = annotated(tmp_path, spots(1, 2, dtype=np.uint16), spots(7, 300, dtype=np.uint16))
    assert mask_kinds(found)["Ann"].kind == "objects"
    mask = read_masks(found, found.images[1], SHAPE)["Ann"]
    assert mask.objects is not None
    assert np.unique(mask.objects).tolist() == [0, 7, 300]
    assert np.array_equal(mask.classes, mask.objects > 0)


def test_many_numbers_are_objects(tmp_path: Path) -> None:
    found = annotated(tmp_path, blank() + np.arange(32, dtype=np.uint8))
    assert mask_kinds(found)["Ann"].kind == "objects"


def test_objects_are_objects_also_in_an_image_with_one_of_them(tmp_path: Path) -> None:
    found = annotated(tmp_path, spots(1, dtype=np.uint16), spots(1, 2, dtype=np.uint16))
    assert read_masks(found, found.images[0], SHAPE)["Ann"].objects is not None


def test_numbers_too_large_for_objects_are_numbered_anew(tmp_path: Path) -> None:
    mask = spots(5, 9, dtype=np.int64) * 10**10
    read = read_mask(written(tmp_path / "a.npy", mask), SHAPE, kind=MaskKind("objects"))
    assert read.objects is not None
    assert np.array_equal(read.objects, spots(1, 2))


def test_few_numbers_in_many_pieces_are_classes(tmp_path: Path) -> None:
    found = annotated(tmp_path, spots(1, 2, pieces=5), spots(2, pieces=5))
    kind = mask_kinds(found)["Ann"]
    assert kind.kind == "classes"
    assert kind.numbers == (1, 2)
    mask = read_masks(found, found.images[1], SHAPE)["Ann"]
    assert np.unique(mask.classes).tolist() == [0, 2]
    assert mask.class_names == ("class 1", "class 2")


def test_few_numbers_in_few_pieces_may_be_either_until_somebody_says(tmp_path: Path) -> None:
    found = annotated(tmp_path, spots(1, 2))
    with pytest.raises(InputError, match=r"1, 2 may be classes or single objects.*--mask-kind"):
        mask_kinds(found)
    assert mask_kinds(found, "objects")["Ann"].kind == "objects"
    assert mask_kinds(found, "classes")["Ann"].kind == "classes"
    named = find_annotated(tmp_path, class_names=("soma", "glia"))
    assert mask_kinds(named)["Ann"].kind == "classes"
    with pytest.raises(SettingError, match="classes, objects"):
        mask_kinds(found, "cells")


@pytest.mark.parametrize("count", [12, 20, 25])
def test_all_numbers_of_many_classes_are_kept(tmp_path: Path, count: int) -> None:
    names = tuple(f"kind {number}" for number in range(1, count + 1))
    low, high = blank(), blank()
    low[0, : count // 2] = np.arange(1, count // 2 + 1)
    high[0, : count - 2] = np.arange(3, count + 1) if count <= 20 else 0
    high[1, 0] = count
    found = annotated(tmp_path, low, high, class_names=names)
    for image, mask in zip(found.images, (low, high), strict=True):
        assert np.array_equal(read_masks(found, image, SHAPE)["Ann"].classes, mask)


def test_more_numbers_than_classes_can_be_are_refused_or_objects(tmp_path: Path) -> None:
    mask = blank()
    mask[0] = np.arange(32)
    found = annotated(tmp_path, mask, class_names=("soma", "glia"))
    assert mask_kinds(found)["Ann"].kind == "objects"
    with pytest.raises(InputError, match=r"more than 20 different numbers.*--mask-kind objects"):
        mask_kinds(found, "classes")


def test_a_number_that_is_no_class_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "a.png", spots(1, 4))
    kind = MaskKind("classes", (1, 2))
    with pytest.raises(InputError, match=r"the number 4, which is no class.*1, 2, 3.*--classes"):
        read_mask(path, SHAPE, class_names=("soma", "glia", "vessel"), kind=kind)
    four = read_mask(path, SHAPE, class_names=("a", "b", "c", "d"), kind=kind)
    assert np.unique(four.classes).tolist() == [0, 1, 4]
    with pytest.raises(InputError, match="the number 1, which is no class"):
        read_mask(path, SHAPE, class_names=("a", "b"), kind=MaskKind("classes", (4, 9)))


def test_shades_of_grey_are_classes_in_their_order(tmp_path: Path) -> None:
    found = annotated(tmp_path, spots(127, 255, pieces=5), spots(255, pieces=5))
    mask = read_masks(found, found.images[1], SHAPE)["Ann"]
    assert np.unique(mask.classes).tolist() == [0, 2]


def test_a_number_is_the_same_class_for_all_annotators(tmp_path: Path) -> None:
    found = annotated(tmp_path, spots(1, 2, pieces=5), more={"Ben": [spots(2, pieces=5)]})
    masks = read_masks(found, found.images[0], SHAPE)
    assert np.unique(masks["Ben"].classes).tolist() == [0, 2]
    mixed = annotated(tmp_path / "mixed", spots(1, 2, pieces=5), more={"Ben": [spots(255)]})
    with pytest.raises(InputError, match="1, 2 by Ann; 255 by Ben"):
        mask_kinds(mixed)


def test_colours_are_no_classes(tmp_path: Path) -> None:
    found = annotated(tmp_path, FORMS["colour, one channel"], class_names=("soma", "glia"))
    with pytest.raises(InputError, match="in colour"):
        mask_kinds(found)


def test_minus_one_says_nothing_of_a_pixel(tmp_path: Path) -> None:
    mask = spots(1, dtype=np.int16)
    mask[10:12] = -1
    read = read_mask(written(tmp_path / "a.tif", mask), SHAPE)
    assert (read.classes[10:12] == -1).all()
    assert (read.classes[:2, :2] == 1).all()


@settings(max_examples=25, deadline=None)
@given(hnp.arrays(st.sampled_from([np.uint8, np.uint16, np.int32]), SHAPE,
                  elements=st.integers(0, 200), fill=st.just(0)))  # fmt: skip
def test_any_label_image_comes_back(
    tmp_path_factory: pytest.TempPathFactory, labels: NDArray
) -> None:
    path = written(tmp_path_factory.mktemp("any") / "a.tif", labels)
    mask = read_mask(path, SHAPE, kind=MaskKind("objects"))
    assert mask.objects is not None
    assert np.array_equal(mask.objects, labels)


def test_a_mask_of_another_size_names_both_sizes(tmp_path: Path) -> None:
    path = written(tmp_path / "a.png", np.zeros((10, 11), np.uint8))
    with pytest.raises(InputError, match=r"11 x 10 pixels.*32 x 24"):
        read_mask(path, SHAPE)


@pytest.mark.parametrize(
    "mask",
    [
        spots(1).astype(np.float32) / 2, np.full(SHAPE, np.nan, np.float32),
        spots(1, dtype=np.int16) - 3, np.zeros((5, *SHAPE), np.uint8),
    ],
    ids=["probabilities", "no numbers", "below -1", "stack"],
)  # fmt: skip
def test_what_is_no_mask_is_one_error(tmp_path: Path, mask: NDArray) -> None:
    with pytest.raises(InputError, match=r"a\.tif"):
        read_mask(written(tmp_path / "a.tif", mask), SHAPE)


def test_objects_in_a_numpy_file_are_not_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"masks": 1}], dtype=object))
    with pytest.raises(InputError, match=r"a\.npy"):
        read_mask(tmp_path / "a.npy", SHAPE)


def test_all_masks_that_cannot_be_read_are_listed(tmp_path: Path) -> None:
    found = annotated(tmp_path, spots(1), spots(1), spots(1))
    for number in (0, 2):
        (tmp_path / "experts" / "Ann" / f"{number}.png").write_bytes(b"\x89PNG cut")
    with pytest.raises(InputError, match=r"0\.png.*2\.png"):
        mask_kinds(found)
