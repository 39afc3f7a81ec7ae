"""Settings of simulated images of stained cells, whose truth is known and not plain to see."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

import numpy as np

from sightline.errors import SettingError
from sightline.simulate.movie_settings import check_number

# Smallest and largest value of each setting that is a number.
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "height": (32, 16_384),
    "width": (32, 16_384),
    "channels": (1, 8),
    "classes": (1, 5),
    "pixel_size_um": (0.05, 20),
    "cells_per_mm2": (0, 1e5),
    "debris_per_mm2": (0, 1e5),
    "radius_um": (0.5, 100),
    "spread": (0, 0.5),
    "touching": (0, 1),
    "contrast": (0, 100),
    "faintness": (0, 2),
    "out_of_focus": (0, 1),
    "defocus_um": (0, 100),
    "unevenness": (0, 1),
    "texture": (0, 1),
    "photons": (0.1, 1e6),
    "blur_um": (0, 20),
    "counts_per_photon": (0.001, 1e4),
    "read_noise": (0, 1e4),
    "offset": (0, 1e4),
    "bits": (8, 16),
    "seed": (0, 2**63),
}

_WHOLE: Final = frozenset({"height", "width", "channels", "classes", "bits", "seed"})


class Draw(IntEnum):
    """What is drawn at random, each apart from the others, from one seed."""

    CELLS = 0
    DEBRIS = 1
    LIGHT = 2
    NOISE = 3
    EXPERT = 4


@dataclass(frozen=True)
class AmbiguousSettings:
    """What a laboratory's images are like: its sections, and its microscope.

    Parameters
    ----------
    height, width
        Size, pixels.
    channels
        The first shows all cells; another, from 2 on, those of the class of its number.
    classes
        Kinds of cells, equally frequent. Each is a fifth larger than the one before, and darker in
        its middle.
    pixel_size_um
        Size of a pixel: a smaller one zooms in.
    cells_per_mm2, debris_per_mm2
        Cells in a unit of area, and bright specks that are none.
    radius_um, spread
        Median radius of a cell; standard deviation of its logarithm.
    touching
        Share of the cells that touch another.
    contrast, faintness
        Median brightness of a cell, as share of the mean background; standard deviation of its
        logarithm: some are plain, some hardly to be seen.
    out_of_focus, defocus_um
        Share of the cells that lie above or below the focus, and how far those are blurred: the
        standard deviation of the farthest.
    unevenness, texture
        Of the background: slow changes across the image, and fine patches; standard deviations, as
        share of its mean.
    photons
        Mean of the background, a pixel: fewer, more noise.
    blur_um
        Standard deviation of the microscope's point spread.
    counts_per_photon, read_noise, offset
        The camera's gain, noise and offset, counts.
    bits
        Counts are cut at ``2**bits - 1``; stored as uint8 if 8, else as uint16.
    seed
        Same settings and seed, same images.
    name
        What the images' names begin with.

    Raises
    ------
    SettingError
        If a setting is outside its range.
    """

    height: int = 256
    width: int = 256
    channels: int = 1
    classes: int = 1
    pixel_size_um: float = 0.6
    cells_per_mm2: float = 800.0
    debris_per_mm2: float = 200.0
    radius_um: float = 5.0
    spread: float = 0.15
    touching: float = 0.25
    contrast: float = 1.2
    faintness: float = 0.7
    out_of_focus: float = 0.3
    defocus_um: float = 3.0
    unevenness: float = 0.2
    texture: float = 0.12
    photons: float = 12.0
    blur_um: float = 0.5
    counts_per_photon: float = 2.0
    read_noise: float = 2.0
    offset: float = 5.0
    bits: int = 8
    seed: int = 0
    name: str = "section"

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            check_number(name, getattr(self, name), least, most, whole=name in _WHOLE)
        if not self.name or self.name != self.name.strip() or set(self.name) & set('/\\:*?"<>|'):
            raise SettingError(f"name is {self.name!r}; it must be one that a file can have.")

    @property
    def noise_counts(self) -> float:
        """Standard deviation of a pixel of mean background."""
        return float(np.hypot(self.counts_per_photon * np.sqrt(self.photons), self.read_noise))

    def random(self, draw: Draw, *numbers: int) -> np.random.Generator:
        """Randomness of one kind, and of an image or whatever ``numbers`` count."""
        return np.random.default_rng([self.seed, draw, *numbers])


HOME: Final = AmbiguousSettings()
"""A laboratory whose images are noisy and sharp."""

FOREIGN: Final = replace(
    HOME, pixel_size_um=0.8, cells_per_mm2=1400.0, radius_um=4.5, photons=60.0, blur_um=1.1,
    counts_per_photon=0.6, read_noise=1.0, offset=2.0, unevenness=0.3,
)  # fmt: skip
"""Another, with less noise and less sharpness, another gain and zoom, and more cells."""

PLAIN: Final = replace(
    HOME, photons=100.0, counts_per_photon=0.4, contrast=1.5, faintness=0.15, out_of_focus=0.0,
    touching=0.0, debris_per_mm2=0.0, texture=0.03, unevenness=0.05,
)  # fmt: skip
"""Bright cells apart from each other: what nobody disagrees on."""

NAMED_LABORATORIES: Final = {"home": HOME, "foreign": FOREIGN, "plain": PLAIN}
"""Settings by name."""
