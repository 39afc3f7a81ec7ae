"""All images and masks of a folder, checked before anything runs; all faults at once."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image as Pillow

from sightline.consensus.mask_votes import count_votes
from sightline.consensus.staple import staple
from sightline.errors import InputError
from sightline.formats.images.read_as import ReadAs
from sightline.workflows.segment_inputs import read_inputs

SHAPE = (24, 32)


def picture(path: Path, pixels: NDArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".tif":
        tifffile.imwrite(path, pixels, photometric="minisblack")
    else:
        Pillow.fromarray(pixels).save(path)


def square(top: int, left: int, side: int = 6, value: int = 255) -> NDArray[np.uint8]:
    mask = np.zeros(SHAPE, np.uint8)
    mask[top : top + side, left : left + side] = value
    return mask


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two images and three experts who agree."""
    rng = np.random.default_rng(3)
    for name in ("a", "b"):
        picture(tmp_path / "images" / f"{name}.png", rng.integers(0, 256, SHAPE, np.uint8))
        for number, who in enumerate(("Ann", "Ben", "Cat")):
            picture(tmp_path / "experts" / who / f"{name}.png", square(4 + number, 5))
    return tmp_path


def test_images_and_masks_are_read_by_name(folder: Path) -> None:
    inputs = read_inputs(folder)
    assert inputs.names == ("a", "b")
    assert inputs.annotators == ("Ann", "Ben", "Cat")
    assert inputs.class_names == ("foreground",)
    assert inputs.image("b").pixels.shape == (1, *SHAPE)
    masks = inputs.masks("b")
    assert np.array_equal(masks["Ben"].foreground, square(5, 5) > 0)
    with pytest.raises(KeyError):
        inputs.image("c")


def test_it_says_first_by_which_rule_masks_fit(folder: Path) -> None:
    said = read_inputs(folder).said
    assert said[0] == "A mask fits the image if its name is the image's name."
    assert "areas are in pixels" in said[-1]


def test_some_of_the_images(folder: Path) -> None:
    assert read_inputs(folder).chosen(["b"]).names == ("b",)


def test_all_faults_are_listed_at_once(folder: Path) -> None:
    picture(folder / "experts" / "Ann" / "a.png", np.zeros((10, 11), np.uint8))
    picture(folder / "experts" / "Ben" / "b.png", np.zeros((12, 13), np.uint8))
    truncated = folder / "images" / "b.png"
    truncated.write_bytes(truncated.read_bytes()[:200])
    (folder / "experts" / "Cat" / "a.png").write_bytes(b"\x89PNG of no kind")
    nothing = np.full(SHAPE, np.nan, np.float32)
    picture(folder / "images" / "c.tif", nothing)
    with pytest.raises(InputError) as fault:
        read_inputs(folder)
    for part in ("11 x 10", "32 x 24", "b.png", ["Cat", "a.png"][1], "768 of its 768"):
        assert part in str(fault.value)


def test_empty_masks_are_allowed_and_named(folder: Path) -> None:
    picture(folder / "experts" / "Ann" / "a.png", square(0, 0, 0))
    assert "Ann drew nothing in 1 of 2 images: a." in read_inputs(folder).said


def test_an_image_in_which_nobody_drew_is_named(folder: Path) -> None:
    for who in ("Ann", "Ben", "Cat"):
        picture(folder / "experts" / who / "a.png", square(0, 0, 0))
    assert any("Nobody drew anything in a" in one for one in read_inputs(folder).said)


def test_no_foreground_at_all_is_an_error(folder: Path) -> None:
    for who in ("Ann", "Ben", "Cat"):
        for name in ("a", "b"):
            picture(folder / "experts" / who / f"{name}.png", square(0, 0, 0))
    with pytest.raises(InputError, match="nobody drew anything"):
        read_inputs(folder)


def test_no_background_at_all_is_an_error(folder: Path) -> None:
    for who in ("Ann", "Ben", "Cat"):
        for name in ("a", "b"):
            picture(folder / "experts" / who / f"{name}.png", np.full(SHAPE, 255, np.uint8))
    with pytest.raises(InputError, match="no background"):
        read_inputs(folder)


def test_a_given_consensus_of_classes_keeps_them(folder: Path) -> None:
    for name in ("a", "b"):
        mask = square(2, 2, value=1) + square(2, 20, value=2)
        for who in ("experts/Ann", "experts/Ben", "experts/Cat", "GT_Estimation/STAPLE"):
            picture(folder / who / f"{name}.png", mask)
    given = read_inputs(folder, class_names=["soma", "glia"]).given_consensus("a")
    assert given is not None
    assert np.unique(given.classes).tolist() == [0, 1, 2]


def test_an_inverted_mask_is_warned_of(folder: Path) -> None:
    picture(folder / "experts" / "Ben" / "b.png", 255 - square(5, 5))
    said = [one for one in read_inputs(folder).said if "inverted" in one]
    assert len(said) == 1
    assert said[0].startswith("Ben marked 95% of image b")


def test_a_mask_of_most_of_an_image_is_no_inverted_one_if_others_agree(folder: Path) -> None:
    for who in ("Ann", "Ben", "Cat"):
        picture(folder / "experts" / who / "b.png", 255 - square(5, 5))
    assert not [one for one in read_inputs(folder).said if "inverted" in one]


def test_one_image_or_one_annotator_is_said(folder: Path) -> None:
    for who in ("Ben", "Cat"):
        for name in ("a", "b"):
            (folder / "experts" / who / f"{name}.png").unlink()
    (folder / "images" / "b.png").unlink()
    said = " ".join(read_inputs(folder).said)
    assert "One annotator, Ann" in said
    assert "One image, a" in said


def test_a_missing_mask_leaves_the_annotator_out_of_that_image(folder: Path) -> None:
    (folder / "experts" / "Ben" / "a.png").unlink()
    inputs = read_inputs(folder)
    assert set(inputs.masks("a")) == {"Ann", "Cat"}
    assert "Ben has no mask of 1 of 2 images: a." in inputs.said


def test_classes_are_named_by_outlines_or_numbered(folder: Path) -> None:
    def drawn(*names: str) -> str:
        features: list[dict[str, Any]] = [
            {"type": "Feature", "properties": {"classification": {"name": name}},
             "geometry": {"type": "Polygon", "coordinates": [
                 [[9 * n, 2], [9 * n + 5, 2], [9 * n + 5, 9], [9 * n, 9]]]}}
            for n, name in enumerate(names)
        ]  # fmt: skip
        return json.dumps({"type": "FeatureCollection", "features": features})

    for who in ("Ann", "Ben", "Cat"):
        for name in ("a", "b"):
            (folder / "experts" / who / f"{name}.png").unlink()
            path = folder / "experts" / who / f"{name}.geojson"
            path.write_text(drawn("soma", "Glia", "Ignore*"), encoding="utf-8")
    inputs = read_inputs(folder)
    assert inputs.class_names == ("Glia", "soma")
    mask = inputs.masks("a")["Ann"]
    assert [mask.classes[4, x] for x in (2, 11, 20)] == [2, 1, -1]
    told = read_inputs(folder, class_names=["soma", "glia", "axon"])
    assert told.masks("a")["Ann"].classes[4, 2] == 1
    assert "Nobody drew any axon." in told.said
    with pytest.raises(InputError, match="'Glia'"):
        read_inputs(folder, class_names=["soma"])


def test_numbers_beyond_the_named_classes_are_an_error(folder: Path) -> None:
    for value, name in ((1, "a"), (3, "b")):
        for who in ("Ann", "Ben", "Cat"):
            picture(folder / "experts" / who / f"{name}.png", square(4, 5, value=value))
    assert read_inputs(folder, class_names=["x", "y", "z"]).masks("b")["Ann"].classes.max() == 3
    with pytest.raises(InputError, match="class number 3"):
        read_inputs(folder, class_names=["x", "y"])


def test_regions_are_ignored_by_a_folder_of_masks(folder: Path) -> None:
    picture(folder / "blurred" / "a.png", square(0, 0, 8))
    picture(folder / "field" / "b.png", square(4, 5, 4))
    inputs = read_inputs(folder, ignored="blurred", field_of_view="field",
                         annotators=["Ann", "Ben"])  # fmt: skip
    first, second = inputs.masks("a")["Ann"].classes, inputs.masks("b")["Ann"].classes
    assert (first[:8, :8] == -1).all()
    assert (first[8:] == (square(4, 5) > 0)[8:]).all()
    assert (second[4:8, 5:9] == 1).all()
    assert (second == -1).sum() == second.size - 16
    with pytest.raises(InputError, match="no such folder"):
        read_inputs(folder, ignored="nowhere", annotators=["Ann"])


def test_stacks_are_projected_as_told_and_it_says_so(folder: Path) -> None:
    stack = np.random.default_rng(1).integers(0, 99, (4, *SHAPE)).astype(np.uint16)
    (folder / "images" / "a.png").unlink()
    picture(folder / "images" / "a.tif", stack)
    with pytest.raises(InputError, match="stack of 4 frames"):
        read_inputs(folder)
    inputs = read_inputs(folder, read_as=ReadAs(projection="max"))
    assert np.array_equal(inputs.image("a").pixels[0], stack.max(0))
    assert any(one.startswith("a: A stack of 4") for one in inputs.said)


def test_pixel_sizes_that_differ_are_said(folder: Path) -> None:
    for name, resolution in (("a", 20000.0), ("b", 10000.0)):
        (folder / "images" / f"{name}.png").unlink()
        tifffile.imwrite(folder / "images" / f"{name}.tif", square(3, 4),
                         resolution=(resolution, resolution), resolutionunit=3)  # fmt: skip
    assert read_inputs(folder).said[-1] == "Pixels (y, x) differ: 0.5 x 0.5 um in a; 1 x 1 um in b."
    told = read_inputs(folder, read_as=ReadAs(pixel_size_um=0.7))
    assert told.said[-1] == "A pixel is 0.7 x 0.7 um (y, x) in all images."


def test_the_given_consensus_of_the_paper_is_staple_of_the_masks_as_read(
    shared_data: Path,
) -> None:
    inputs = read_inputs(shared_data / "cfos-multi-expert" / "lab-mue")
    for name in inputs.names:
        votes = count_votes([mask.classes for mask in inputs.masks(name).values()])
        given = inputs.given_consensus(name)
        assert given is not None
        assert np.array_equal(given.foreground, votes.spread(staple(votes).probability) > 0.5)
