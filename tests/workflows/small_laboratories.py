"""Folders of small images of discs that several experts outlined, and a learner for them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Picture
from scipy.ndimage import binary_dilation, binary_erosion, gaussian_filter

from sightline.data.image import Image
from sightline.data.segmentation import Segmentation
from sightline.workflows.segment_benchmark_images import KnownImage
from sightline.workflows.segment_benchmark_learner import Learner

SIZE = 72


def write_laboratory_of_discs(
    folder: Path,
    names: Sequence[str],
    experts: Sequence[str] = ("ada", "bob", "eve"),
    *,
    suffix: str = "_cells",
    seed: int = 0,
    size: tuple[int, int] = (SIZE, SIZE),
) -> Path:
    """Write images, and masks of experts who draw the same discs too wide, right or too narrow."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[: size[0], : size[1]]
    for name in names:
        truth = np.zeros(size, bool)
        for cy, cx in random.uniform(8, min(size) - 8, (6, 2)):
            truth |= (y - cy) ** 2 + (x - cx) ** 2 <= 25
        pixels = np.clip(
            random.normal(60, 8, size) + 70 * gaussian_filter(truth * 1.0, 0.7), 0, 255
        )
        _write(folder / "images" / f"{name}.png", pixels)
        for number, expert in enumerate(experts):
            drawn = (binary_dilation(truth), truth, binary_erosion(truth))[number % 3]
            _write(folder / "labels" / expert / f"{name}{suffix}.png", 255 * drawn)
    return folder


def _write(path: Path, values: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Picture.fromarray(values.astype(np.uint8)).save(path)


class ThresholdLearner:
    """Learns one brightness; remembers what it was trained on.

    A model is that brightness. Continued, it is the one of the new images; the first call of each
    is listed in ``fitted`` and ``adapted``.
    """

    def __init__(self) -> None:
        self.fitted: list[tuple[list[str], float | None, int]] = []
        self.adapted: list[tuple[list[str], float | None, int]] = []

    def learner(self) -> Learner:
        return Learner(self._fit, self._adapt, self._segment, self._foreign)

    def _fit(
        self, images: Sequence[KnownImage], minutes: float | None, seed: int, phase: Any
    ) -> float:
        self.fitted.append(([one.name for one in images], minutes, seed))
        phase("steps")(1, 1)
        return self._brightness(images)

    def _adapt(
        self, model: float, images: Sequence[KnownImage], minutes: float | None, seed: int
    ) -> float:
        self.adapted.append(([one.name for one in images], minutes, seed))
        return self._brightness(images)

    @staticmethod
    def _brightness(images: Sequence[KnownImage]) -> float:
        inside = np.concatenate([one.image.pixels[0][one.truth.foreground] for one in images])
        outside = np.concatenate([one.image.pixels[0][~one.truth.foreground] for one in images])
        return float((inside.mean() + outside.mean()) / 2)

    @staticmethod
    def _segment(model: float, image: Image) -> Segmentation:
        smooth = gaussian_filter(image.pixels[0].astype(np.float32), 0.7)
        chance = 1 / (1 + np.exp(-np.clip((smooth - model) / 5, -30, 30)))
        data = (chance * (1 - chance)).astype(np.float32)
        none = np.zeros_like(data)
        return Segmentation(np.stack([1 - chance, chance]).astype(np.float32), none, none, data)

    @staticmethod
    def _foreign(model: float, images: Sequence[Image]) -> dict[str, Any]:
        return {"foreign": False, "foreign_score": 0.0, "foreign_why": ""}
