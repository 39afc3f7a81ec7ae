"""Folders of tiny simulated images and masks, and settings that train in a second."""

from pathlib import Path

import numpy as np
import tifffile

TINY = {
    "network": "unet", "weights": "", "iterations": "8", "tile": "32", "batch": "2",
    "members": "2", "folds": "2", "learning_rate": "0.01",
}  # fmt: skip


def spots(seed, size=64, radius=5.0):
    """(y, x) brightness and mask of bright discs on noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size]
    image, mask = random.normal(100, 5, (size, size)), np.zeros((size, size), bool)
    for _ in range(4):
        centre = random.uniform(radius, size - radius, 2)
        distance = (y - centre[0]) ** 2 + (x - centre[1]) ** 2
        image += 60 * np.exp(-distance / radius**2)
        mask |= distance < radius**2
    return np.clip(image, 0, 65535).astype(np.uint16), mask


def write_image(path: Path, pixels, pixel_size_um=None):
    """An ImageJ TIFF, with its pixel size if given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = {}
    if pixel_size_um is not None:
        each = 1 / pixel_size_um
        known = {"imagej": True, "resolution": (each, each), "metadata": {"unit": "um"}}
    tifffile.imwrite(path, pixels, **known)


def annotated(folder: Path, images=4, size=64, sizes_um=(), empty=()):
    """``images`` and two annotators in ``labels``, who agree but for a pixel's shift."""
    for number in range(images):
        pixels, mask = spots(number, size)
        mask &= number not in empty
        told = sizes_um[number] if sizes_um else None
        write_image(folder / "images" / f"{number}.tif", pixels, told)
        for shift, annotator in enumerate(("ann", "bob")):
            drawn = np.roll(mask, shift, 0).astype(np.uint8) * 255
            write_image(folder / "labels" / annotator / f"{number}.tif", drawn)
    return folder
