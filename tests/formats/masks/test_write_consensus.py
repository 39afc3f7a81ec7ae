"""Consensus files come back as what was written, votes as counts."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from sightline.data.mask import IGNORED, Mask
from sightline.errors import InputError
from sightline.formats.masks.mask_kinds import MaskKind
from sightline.formats.masks.read_masks import read_mask
from sightline.formats.masks.write_consensus import vote_palette, write_consensus, write_votes

SHAPE = (7, 9)


def classes(most: int, least: int = 0) -> np.ndarray:
    return np.random.default_rng(0).integers(least, most + 1, SHAPE).astype(np.int16)


def kind(numbers: int) -> MaskKind:
    return MaskKind("classes", tuple(range(1, numbers + 1))) if numbers > 1 else MaskKind("mask")


@pytest.mark.parametrize("names", [("soma",), ("soma", "process", "debris")])
@pytest.mark.parametrize("least", [0, IGNORED])
def test_classes_and_ignored_pixels_come_back(
    tmp_path: Path, names: tuple[str, ...], least: int
) -> None:
    mask = Mask(classes(len(names), least), class_names=names)
    [path] = write_consensus(mask, tmp_path, "day 1/a.b", (0.5, 0.5))
    assert path.parent == tmp_path / "day 1"
    assert path.stem == "a.b"
    found = read_mask(path, SHAPE, "a.b", names, kind(len(names)))
    np.testing.assert_array_equal(found.classes, mask.classes)


def test_objects_come_back_with_their_numbers(tmp_path: Path) -> None:
    objects = np.random.default_rng(1).integers(0, 400, SHAPE).astype(np.int32)
    mask = Mask((objects > 0).astype(np.int16), objects)
    [path] = write_consensus(mask, tmp_path, "a")
    found = read_mask(path, SHAPE, "a", ("foreground",), MaskKind("objects"))
    np.testing.assert_array_equal(found.objects, objects)


def test_votes_are_counts_under_their_colours(tmp_path: Path) -> None:
    counts = classes(5).astype(np.uint8)
    write_votes(counts, 5, tmp_path / "votes" / "a.png")
    with Picture.open(tmp_path / "votes" / "a.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), counts)
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), vote_palette(5)[counts])


@pytest.mark.parametrize("annotators", [1, 2, 5, 20])
def test_more_votes_are_lighter(annotators: int) -> None:
    light = vote_palette(annotators) @ np.array([0.2126, 0.7152, 0.0722])
    assert len(light) == annotators + 1
    assert (np.diff(light) > 0).all()


@pytest.mark.parametrize("objects", [False, True])
def test_nothing_is_overwritten(tmp_path: Path, objects: bool) -> None:
    found = classes(1)
    mask = Mask(found, found.astype(np.int32) if objects else None)
    [path] = write_consensus(mask, tmp_path, "a")
    before = path.read_bytes()
    other = Mask(found, 2 * mask.objects) if mask.objects is not None else Mask(1 - found)
    with pytest.raises(InputError, match="there already"):
        write_consensus(other, tmp_path, "a")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before
