"""A folder of simulated images is one that a laboratory could have."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Picture

from sightline.errors import InputError
from sightline.formats.images.read_image import read_image
from sightline.formats.masks.find_annotated import find_annotated
from sightline.simulate.ambiguous_images import AmbiguousImage, simulate_ambiguous_images
from sightline.simulate.ambiguous_settings import HOME
from sightline.simulate.mask_experts import FIVE_EXPERTS, outline_all
from sightline.workflows.simulated_images import write_ambiguous_folder

SMALL = replace(HOME, height=64, width=80)


def make(**settings: float) -> list[AmbiguousImage]:
    return simulate_ambiguous_images(replace(SMALL, **settings), 2)


def test_images_come_back_with_their_pixel_size(tmp_path: Path) -> None:
    for number, settings in enumerate(({}, {"channels": 3}, {"bits": 12, "counts_per_photon": 60})):
        images = make(**settings)
        folder = write_ambiguous_folder(tmp_path / str(number), images)
        for made in images:
            found = read_image(folder / "images" / f"{made.image.name}.tif")
            np.testing.assert_array_equal(found.pixels, made.image.pixels)
            assert found.pixels.dtype == made.image.pixels.dtype
            assert found.pixel_size_um == pytest.approx((0.6, 0.6))
            assert found.name == made.image.name


def test_masks_are_found_beside_their_images(tmp_path: Path) -> None:
    images = make()
    drawn = outline_all(FIVE_EXPERTS, images)
    found = find_annotated(write_ambiguous_folder(tmp_path, images, drawn))
    assert found.annotators == ("anna", "ben", "carla", "david", "emma")
    assert [one.name for one in found.images] == ["section001", "section002"]
    assert found.unmatched == ()
    for one, number in zip(found.images, (0, 1), strict=True):
        assert set(one.masks) == set(drawn)
        for name, path in one.masks.items():
            with Picture.open(path) as opened:
                values = np.asarray(opened)
            np.testing.assert_array_equal(values, 255 * drawn[name][number].foreground)


def test_objects_and_classes_are_numbers(tmp_path: Path) -> None:
    images = make(classes=2)
    drawn = {"anna": tuple(made.truth for made in images)}
    for objects in (False, True):
        folder = write_ambiguous_folder(tmp_path / str(objects), images, drawn, objects=objects)
        with Picture.open(folder / "experts" / "anna" / "section001.png") as opened:
            values = np.asarray(opened)
        truth = images[0].cells.labels if objects else images[0].truth.classes
        np.testing.assert_array_equal(values, truth)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    images = make()
    write_ambiguous_folder(tmp_path, images)
    before = tifffile.imread(tmp_path / "images" / "section001.tif")
    with pytest.raises(InputError, match=r"section001\.tif"):
        write_ambiguous_folder(tmp_path, simulate_ambiguous_images(replace(SMALL, seed=7), 1))
    after = tifffile.imread(tmp_path / "images" / "section001.tif")
    np.testing.assert_array_equal(before, after)
