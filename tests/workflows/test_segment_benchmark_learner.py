"""Images handed over to training are read again as they were; a tiny ensemble runs it all."""

from pathlib import Path

import numpy as np
import pytest
from small_laboratories import write_laboratory_of_discs

from sightline.data.image import Image
from sightline.data.mask import Mask
from sightline.errors import SettingError
from sightline.workflows.segment_benchmark import benchmark
from sightline.workflows.segment_benchmark_images import KnownImage
from sightline.workflows.segment_benchmark_learner import our_learner, write_laboratory
from sightline.workflows.segment_inputs import read_inputs


def known(name: str, objects: bool, names: tuple[str, ...] = ("cell",)) -> KnownImage:
    random = np.random.default_rng(3)
    image = Image(name, random.integers(0, 4000, (2, 40, 44)).astype(np.uint16), (0.5, 0.5))
    classes = np.zeros((40, 44), np.int16)
    classes[5:12, 6:20] = 1
    classes[5:12, 13:20] = len(names)
    classes[:3] = -1
    numbers = np.where(classes > 0, 1 + (np.arange(44) > 12), 0).astype(np.int32)
    mask = Mask(classes, numbers if objects else None, names)
    return KnownImage(name, image, {"ann/a": mask, "bob": mask}, mask)


@pytest.mark.parametrize("objects", [True, False])
@pytest.mark.parametrize("names", [("cell",), ("cell", "vessel")])
def test_images_and_masks_come_back_as_they_were(
    tmp_path: Path, objects: bool, names: tuple[str, ...]
) -> None:
    one = known("a.b/c", objects, names)
    kind = write_laboratory([one], tmp_path / "laboratory")
    found = read_inputs(tmp_path / "laboratory", class_names=names, mask_kind=kind)
    (name,) = found.names
    image, masks = found.image(name), found.masks(name)
    np.testing.assert_array_equal(image.pixels, one.image.pixels)
    assert image.pixel_size_um == pytest.approx((0.5, 0.5))
    assert len(masks) == 2
    for mask in masks.values():
        np.testing.assert_array_equal(mask.classes, one.truth.classes)
        assert mask.class_names == names
        if objects and len(names) == 1:
            assert mask.objects is not None
            np.testing.assert_array_equal(mask.objects > 0, one.truth.objects > 0)
            assert len(np.unique(mask.objects)) == 3


def test_unknown_settings_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    for preset, changes in (("guess", {}), ("first", {"guess": "1"})):
        with pytest.raises(SettingError, match="guess"), our_learner(preset, changes, "staple"):
            pass


@pytest.mark.slow
def test_a_tiny_ensemble_is_trained_continued_and_scored(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    write_laboratory_of_discs(tmp_path / "home", ("h1", "h2", "h3"))
    write_laboratory_of_discs(tmp_path / "away", ("a", "b"), ("eve", "sue"), seed=1)
    told = benchmark(
        tmp_path, "home", "away", preset="first", adapt=(0, 1), choices=1, peers=(),
        settings={"iterations": "12", "tile": "64", "batch": "2"},
    )  # fmt: skip
    assert [row["adapted"] for row in told["images"]] == [0, 0, 1]
    assert all(row["dice"] is not None for row in told["images"])
    assert told["images"][2]["afresh"]["dice"] is not None
    assert told["train_seconds"] > 0
    assert isinstance(told["foreign"]["foreign"], bool)
