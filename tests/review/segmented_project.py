"""A small project of segmentation: discs outlined by three annotators, and a machine's masks."""

import shutil
from pathlib import Path

import numpy as np

from sightline.data.mask import Mask
from sightline.project.predictions import MachineScores, NewPrediction, store_predictions
from sightline.project.project import Project
from sightline.project.segmenting import SegmentedImage, Segmenting, store_segmenting
from sightline.review.said_masks import record_masks

SHAPE = (40, 60)
CLASSES = ("cell",)
ANNOTATED = ("a0", "a1", "a2")  # with masks of three annotators
PREDICTED = tuple(f"p{number:02d}" for number in range(12))  # of the machine alone, and of a2
U = {name: 0.01 * (number + 1) for number, name in enumerate(PREDICTED)}
U["a2"] = 0.2


def discs(*places: tuple[int, int], radius: float = 4.5) -> Mask:
    """A mask with one object at each place (y, x)."""
    y, x = np.indices(SHAPE)
    objects = np.zeros(SHAPE, np.int32)
    for number, (row, column) in enumerate(places, start=1):
        objects[(y - row) ** 2 + (x - column) ** 2 <= radius**2] = number
    return Mask((objects > 0).astype(np.int16), objects, CLASSES)


def machine_of(number: int) -> Mask:
    """What the machine has of an image: two discs of its own."""
    return discs((10, 10 + number), (28, 40))


OPINIONS = {
    "anna": lambda number: discs((10, 10 + number), (28, 40)),
    "ben": lambda number: discs((10, 11 + number), (28, 41)),
    "cleo": lambda number: discs((10, 10 + number)),
}


def make_segmented_project(folder: Path) -> Path:
    """Write the project; no image is needed."""
    project = Project.create(folder / "discs.sightline", "segment")
    images = tuple(SegmentedImage(name, SHAPE, (0.5, 0.5)) for name in (*ANNOTATED, *PREDICTED))
    store_segmenting(project, Segmenting("discs", images, CLASSES, tuple(OPINIONS)))
    with project.journal() as journal:
        masks = [
            (name, who, draw(number))
            for number, name in enumerate(ANNOTATED)
            for who, draw in OPINIONS.items()
        ]
        record_masks(project, journal, "discs", masks)
    store_predictions(
        project,
        [
            NewPrediction(
                name,
                machine_of(number),
                np.full(SHAPE, U[name], np.float32) * np.linspace(0.5, 1.5, SHAPE[1]),
                MachineScores(U[name], 0.1 * U[name], 0.2 * U[name], 0.7 * U[name], rests_on="m"),
            )
            for number, name in enumerate(("a2", *PREDICTED))
        ],
    )
    return project.path


def copied(project: Path, folder: Path) -> Path:
    """A copy of the whole project, to do things to."""
    return Path(shutil.copytree(project, folder / project.name))
