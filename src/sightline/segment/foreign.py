"""Whether an image is of the kind that a model has learnt from: told by the image's own figures.

A network is often surest where it is most wrong, on images of another laboratory; what it says of
its own uncertainty does not tell. Noise, sharpness, contrast and how much is bright do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.image import Image
from sightline.segment.normalise import blurred, measure_scale, spread

_FAR: Final = 4.0  # typical differences between training images, beyond which one is foreign
_LEAST: Final = 0.1  # of each figure: the least that counts as a typical difference
_BRIGHT: Final = 3.0  # noise units above the surroundings
_MOST: Final = 1024  # rows and columns of an image's middle that are looked at

WORDS: Final = {
    "roughness": "noise from pixel to pixel, against that of structures",
    "sharpness": "small structures, against large ones",
    "contrast": "brightness of the brightest structures",
    "bright": "share of bright structures",
    "saturation": "share of pixels at the highest value",
}


@dataclass(frozen=True)
class Foreign:
    """How foreign an image is to a model.

    Parameters
    ----------
    score
        Largest distance of a figure from those of the training images, in their typical
        differences.
    flag
        Whether it is so foreign that masks should be checked before they are believed.
    why
        Which figure, and how it differs, in words.
    """

    score: float
    flag: bool
    why: str


def image_statistics(image: Image) -> dict[str, float]:
    """Figures of an image, the mean over its channels; logarithms, but for shares of pixels."""
    starts = [max(0, (length - _MOST) // 2) for length in image.shape]
    rows = [_figures(channel[starts[0] :, starts[1] :][:_MOST, :_MOST]) for channel in image.pixels]
    return {name: float(np.mean([row[name] for row in rows])) for name in WORDS}


def together(rows: Iterable[Mapping[str, float]]) -> dict[str, list[float]]:
    """Figures of several images, each name with one value an image."""
    rows = list(rows)
    return {name: [row[name] for row in rows] for name in WORDS}


def foreignness(statistics: Mapping[str, float], training: Mapping[str, list[float]]) -> Foreign:
    """Compare an image's figures, or the mean of several, with those of the training images."""
    worst = Foreign(0.0, False, "like the training images")
    for name, words in WORDS.items():
        known = np.array(training.get(name, []))
        if not len(known):
            continue
        apart = _apart(statistics[name], known)
        if apart > worst.score:
            side = "more" if statistics[name] > np.median(known) else "less"
            worst = Foreign(apart, apart > _FAR, f"{words}: {side} than in the training images")
    return worst if worst.score > 1 else Foreign(worst.score, False, "like the training images")


def _apart(value: float, known: NDArray[np.float64]) -> float:
    """Distance beyond what is known, in typical differences."""
    low, high = np.quantile(known, [0.1, 0.9])
    typical = max((high - low) / 2, _LEAST)
    return float(max(low - value, value - high, 0) / typical)


def _figures(channel: NDArray[Any]) -> dict[str, float]:
    values = np.asarray(channel, np.float32)
    scale = measure_scale(values[None])
    unit, noise = float(scale.unit[0]), float(scale.pixel_noise[0])
    finest, fine, coarse, coarsest = (blurred(values, width) for width in (0.7, 2.0, 5.0, 12.0))
    small, larger = spread(finest - fine), spread(fine - coarse)
    cells = fine - coarsest
    return {
        "roughness": float(np.log(noise / unit)),
        "sharpness": float(np.log(small / larger)),
        "contrast": float(np.log(max(float(np.quantile(cells, 0.999)), unit) / unit)),
        "bright": float(np.log10(float((cells > _BRIGHT * unit).mean()) + 1e-4)),
        "saturation": 10 * float((values >= values.max()).mean()),
    }
