"""Masks of a benchmark mean what they mean to training: class names, and classes of a consensus."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture

from sightline.formats.images.read_as import ReadAs
from sightline.workflows.segment_benchmark_images import Known, Reading, read_known
from sightline.workflows.segment_benchmark_sets import choose_sets

SHAPE = (24, 32)
BOXES = {"soma": (2, 2), "glia": (2, 16)}  # row and column of the first pixel


def picture(path: Path, values: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Picture.fromarray(values.astype(np.uint8)).save(path)


def labelme(path: Path, *labels: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shapes = []
    for label in labels:
        row, column = BOXES[label.lower()]
        corners = [[column, row], [column + 8, row], [column + 8, row + 8], [column, row + 8]]
        shapes.append({"label": label, "points": corners, "shape_type": "polygon"})
    size = {"imageHeight": SHAPE[0], "imageWidth": SHAPE[1]}
    path.write_text(json.dumps(size | {"shapes": shapes}))


def numbered(soma: int, glia: int) -> np.ndarray:
    mask = np.zeros(SHAPE)
    for number, (row, column) in zip((soma, glia), BOXES.values(), strict=True):
        mask[row : row + 8, column : column + 8] = number
    return mask


def images(folder: Path, *names: str) -> None:
    for name in names:
        random = np.random.default_rng(list(f"{folder.name}/{name}".encode()))
        picture(folder / "images" / f"{name}.png", random.integers(0, 256, SHAPE))


def known(folder: Path, **more: Any) -> Known:
    names = more.pop("class_names", ())
    sets = choose_sets(folder, "home", "away", class_names=names)
    return read_known(sets, Reading(ReadAs(), names, more.pop("mask_kind", ""), "majority"))


@pytest.fixture
def outlined(tmp_path: Path) -> Path:
    """Two laboratories whose outlines have names."""
    images(tmp_path / "home", "a", "b")
    images(tmp_path / "away", "x")
    for who in ("Ann", "Ben"):
        labelme(tmp_path / "home" / "experts" / who / "a.json", "Soma", "glia")
        labelme(tmp_path / "home" / "experts" / who / "b.json", "glia")
        labelme(tmp_path / "away" / "experts" / who / "x.json", "soma", "glia")
    return tmp_path


def test_names_of_outlines_are_the_classes_unless_others_are_said(outlined: Path) -> None:
    found = known(outlined)
    assert found.class_names == ("glia", "Soma")
    assert not any("left out" in one for one in found.said)
    for one in (found.train[0], found.test[0]):
        assert np.array_equal(one.truth.classes, numbered(2, 1))
    assert known(outlined, class_names=("soma", "glia")).class_names == ("soma", "glia")


def test_outlines_of_a_class_that_is_not_trained_on_are_left_out_and_said(outlined: Path) -> None:
    for file in (outlined / "home").rglob("*.json"):
        labelme(file, "soma")
    images(outlined / "away", "x", "y")
    for who in ("Ann", "Ben"):
        labelme(outlined / "away" / "experts" / who / "y.json", "soma")
    found = known(outlined)
    assert found.class_names == ("soma",)
    assert [one.name for one in found.test] == ["y"]
    assert sum("x: the mask of" in one and "glia" in one for one in found.said) == 2


def test_a_damaged_file_of_outlines_leaves_the_other_annotators(outlined: Path) -> None:
    (outlined / "home" / "experts" / "Ann" / "a.json").write_text("{")
    found = known(outlined)
    assert [len(one.masks) for one in found.train] == [1, 2]
    assert any("a: the mask of Ann is left out" in one for one in found.said)


@pytest.mark.parametrize("outlines", [False, True])
def test_a_consensus_that_came_along_keeps_its_classes(tmp_path: Path, outlines: bool) -> None:
    names = ("soma", "glia")
    images(tmp_path / "home", "a")
    images(tmp_path / "away", "x", "y")
    picture(tmp_path / "home" / "labels" / "Ann" / "a.png", numbered(1, 2))
    if outlines:
        labelme(tmp_path / "away" / "labels" / "Ann" / "x.json", *names)
    else:
        picture(tmp_path / "away" / "labels" / "Ann" / "x.png", numbered(1, 2))
    picture(tmp_path / "away" / "labels" / "est_GT" / "y.png", numbered(1, 2))
    found = known(tmp_path, class_names=names)
    assert np.array_equal(found.test[1].truth.classes, numbered(1, 2))


def test_objects_of_a_consensus_that_came_along_are_one_class(tmp_path: Path) -> None:
    images(tmp_path / "home", "a")
    images(tmp_path / "away", "x", "y")
    picture(tmp_path / "home" / "labels" / "Ann" / "a.png", numbered(1, 2))
    picture(tmp_path / "away" / "labels" / "Ann" / "x.png", numbered(1, 2))
    picture(tmp_path / "away" / "labels" / "est_GT" / "y.png", numbered(1, 2))
    truth = known(tmp_path, mask_kind="objects").test[1].truth
    assert np.array_equal(truth.classes, numbered(1, 1))
    assert truth.objects is not None
    assert np.array_equal(truth.objects, numbered(1, 2))
