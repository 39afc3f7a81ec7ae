"""The paper's augmentations of a patch: turned, mirrored, warped, brighter, of more contrast.

Brightness is changed within the image's own span, from its darkest to its brightest value, so
that images of any bit depth are treated alike. (The program that came with the paper assumes
8 bits.) Masks are always taken from the nearest pixel; it mixes them, and finds class 1 between
classes 0 and 2.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.segment.settings import SegmentSettings

_OFTEN: Final = 0.5  # probability of each augmentation
_CELLS: Final = 5  # of the grid that is distorted, along each side
_TILES: Final = 8  # of the histogram equalisation, along each side
_BINS: Final = 256
_LEAST_CLIP: Final = 1.0  # of the histogram equalisation

Span = tuple[float, float]


def draw_turn(settings: SegmentSettings, random: np.random.Generator) -> NDArray[np.float64]:
    """(2, 2) from a patch's y, x to the image's: each axis mirrored or not, and perhaps turned.

    By any angle up to ``rotate`` degrees, with probability 1/2.
    """
    turned = random.random() < _OFTEN
    angle = np.deg2rad(random.uniform(0, settings.rotate)) if turned else 0.0
    mirrored = random.random(2) < _OFTEN
    signs = np.where(mirrored & settings.flip, -1.0, 1.0)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]]) * signs


def draw_warp(
    tile: int, limit: float, random: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(tile,) rows and (tile,) columns that a patch is read at, its edges kept in place.

    Each of five stretches along an axis is made longer or shorter by up to ``limit`` of itself.
    """
    knots = np.linspace(0, tile - 1, _CELLS + 1)
    rows, columns = (
        np.interp(np.arange(tile), knots, _stretched(limit, random) * (tile - 1)) for _ in range(2)
    )
    return rows, columns


def warped(
    layers: NDArray[Any], places: tuple[NDArray[np.float64], NDArray[np.float64]], order: int
) -> NDArray[Any]:
    """(layer, y, x) read at rows and columns: from the nearest pixel (0) or linearly (1)."""
    for axis, where in ((1, places[0]), (2, places[1])):
        if not order:
            layers = np.take(layers, np.rint(where).astype(np.intp), axis)
            continue
        below = np.clip(where.astype(np.int64), 0, max(layers.shape[axis] - 2, 0))
        above = np.minimum(below + 1, layers.shape[axis] - 1)
        part = (where - below).astype(np.float32)
        part = part[:, None] if axis == 1 else part
        mixed = np.take(layers, below, axis) * (1 - part) + np.take(layers, above, axis) * part
        layers = mixed.astype(np.float32)
    return layers


def shaded(
    inputs: NDArray[np.float32],
    spans: NDArray[np.floating],
    settings: SegmentSettings,
    random: np.random.Generator,
) -> NDArray[np.float32]:
    """Change brightness and contrast, each in its own way with probability 1/2.

    Parameters
    ----------
    inputs : (input, y, x) float32
        A patch.
    spans : (input, 2)
        Darkest and brightest value of each input in the whole image.
    settings
        ``clahe``, ``brightness``, ``contrast`` and ``gamma_range``; what is 0, or an exponent of
        1 alone, changes nothing and draws nothing.
    """
    size = (spans[:, 1] - spans[:, 0])[:, None, None]
    if not (size > 0).any():
        return inputs
    unit = np.where(size > 0, size, 1).astype(np.float32)
    dark = spans[:, :1, None].astype(np.float32)
    values = (inputs - dark) / unit
    if settings.clahe > 0 and random.random() < _OFTEN:
        values = equalised(values, random.uniform(_LEAST_CLIP, max(_LEAST_CLIP, settings.clahe)))
    if (settings.brightness or settings.contrast) and random.random() < _OFTEN:
        contrast = 1 + random.uniform(-settings.contrast, settings.contrast)
        brightness = random.uniform(-settings.brightness, settings.brightness)
        values = values * np.float32(contrast) + np.float32(brightness)
    if settings.gamma_range != (1.0, 1.0) and random.random() < _OFTEN:
        values = np.clip(values, 0, None) ** np.float32(random.uniform(*settings.gamma_range))
    return (values * unit + dark).astype(np.float32)


def equalised(values: NDArray[np.float32], clip: float) -> NDArray[np.float32]:
    """(input, y, x) from 0 to 1, with histograms equalised in 8 x 8 tiles.

    No bin of a tile's histogram of 256 may hold more than ``clip`` times its even share (CLAHE).
    """
    from skimage.exposure import equalize_adapthist  # noqa: PLC0415 -- half a second, seldom used

    size = [max(1, length // _TILES) for length in values.shape[1:]]
    return np.stack([
        equalize_adapthist(np.clip(layer, 0, 1), size, clip / _BINS, _BINS).astype(np.float32)
        for layer in values
    ])  # fmt: skip


def _stretched(limit: float, random: np.random.Generator) -> NDArray[np.float64]:
    lengths = 1 + random.uniform(-limit, limit, _CELLS)
    return np.concatenate([[0.0], np.cumsum(lengths)]) / lengths.sum()
