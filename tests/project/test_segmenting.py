"""What a segmentation project is about comes back, and images are known by their pixels."""

from pathlib import Path

import numpy as np
import pytest

from sightline.data.image import Image
from sightline.errors import InputError, ProjectError
from sightline.project.project import Project
from sightline.project.segmenting import (
    SegmentedImage,
    Segmenting,
    image_digest,
    read_segmenting,
    store_segmenting,
    with_images,
)

IMAGES = (
    SegmentedImage("0001", (30, 40), (0.5, 0.25), "ab"),
    SegmentedImage("day 2/0001", (31, 41)),
)
ABOUT = Segmenting("lab", IMAGES, ("neuron", "glia"), ("anna", "ben"))


def test_everything_comes_back(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "lab.sightline", "segment")
    store_segmenting(project, ABOUT)
    assert read_segmenting(project) == ABOUT


def test_a_project_without_images_yet_comes_back(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "lab.sightline", "segment")
    store_segmenting(project, Segmenting("lab", (), ("cell",)))
    assert read_segmenting(project).images == ()


def test_a_project_of_sorting_is_refused(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "lab.sightline", "sort")
    with pytest.raises(ProjectError, match="expected one of segmentation"):
        read_segmenting(project)


def test_an_image_is_known_by_its_pixels() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (2, 2500, 3), np.uint8)
    digest = image_digest(Image("one", pixels))
    assert image_digest(Image("other", pixels.copy(), (1, 1), "other.tif")) == digest
    changed = pixels.copy()
    changed[1, 2499, 2] ^= 1
    assert image_digest(Image("one", changed)) != digest
    assert image_digest(Image("one", pixels.astype(np.uint16))) != digest
    assert image_digest(Image("one", pixels.reshape(1, 5000, 3))) != digest


def test_images_are_added_and_none_is_lost() -> None:
    more = (SegmentedImage("0001", (30, 40)), SegmentedImage("0002", (5, 6), None, "cd"))
    found = with_images(ABOUT, more, ("ben", "cleo"))
    assert found.names == ("0001", "day 2/0001", "0002")
    assert found.image("0001") == IMAGES[0]
    assert found.annotators == ("anna", "ben", "cleo")


def test_other_images_of_the_same_names_are_all_named() -> None:
    others = (SegmentedImage("0001", (30, 40), None, "cd"), SegmentedImage("day 2/0001", (31, 40)))
    with pytest.raises(InputError, match="images 0001, day 2/0001: other pixels"):
        with_images(ABOUT, others)
