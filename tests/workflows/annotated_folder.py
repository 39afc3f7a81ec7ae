"""A folder of small images with experts' masks, and a folder of predictions of other images."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image as Picture
from review.segmented_project import ANNOTATED, CLASSES, OPINIONS, SHAPE, U, machine_of

from sightline.data.mask import FOREGROUND, Mask
from sightline.data.segmentation import Segmentation
from sightline.formats.prediction_folder import PredictedImage, open_writer


def pixels_of(number: int) -> np.ndarray:
    """An image: what the machine finds is bright."""
    noise = np.random.default_rng(number).integers(0, 60, SHAPE)
    return (noise + 150 * machine_of(number).classes).astype(np.uint8)


def write_annotated(folder: Path) -> Path:
    """``images`` and ``experts/NAME``, masks black and white; gives the folder."""
    (folder / "images").mkdir(parents=True)
    for number, name in enumerate(ANNOTATED):
        tifffile.imwrite(folder / "images" / f"{name}.tif", pixels_of(number))
        for who, draw in OPINIONS.items():
            write_mask(folder / "experts" / who / f"{name}.png", draw(number))
    return folder


def write_mask(path: Path, mask: Mask) -> None:
    """Black and white."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Picture.fromarray((255 * mask.foreground).astype(np.uint8)).save(path)


def write_predictions(folder: Path, masks: Mapping[str, Mask], source: Path | None = None) -> Path:
    """As `sightline segment predict` leaves them."""
    writer = open_writer(folder, (FOREGROUND,), {"model": "lab.model"})
    rows = []
    for name, mask in masks.items():
        inside = np.where(mask.foreground, 0.9, 0.1).astype(np.float32)
        part = np.full(SHAPE, U.get(name, 0.05) / 3, np.float32)
        file = "" if source is None else str(source / f"{name}.tif")
        row = PredictedImage(name, file, SHAPE, (0.5, 0.5), U.get(name, 0.05), objects=2)
        maps = Segmentation(np.stack([1 - inside, inside]), part, part, part)
        objects = mask.objects if mask.objects is not None else mask.classes.astype(np.int32)
        writer.add(row, maps, objects)
        rows.append(row)
    writer.finish(rows)
    return folder


__all__ = ["CLASSES", "pixels_of", "write_annotated", "write_mask", "write_predictions"]
