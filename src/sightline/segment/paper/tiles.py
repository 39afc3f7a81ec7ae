"""Overlapping tiles laid over an image and blended, the middle of each counting most."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

_OVERHANG: Final = 0.25  # of a tile, that the outermost ones reach beyond the image

See = Callable[[int, int], NDArray[np.float32]]


def tile_starts(length: int, tile: int, step: float, grain: int = 1) -> NDArray[np.int64]:
    """(tile,) where tiles begin along an axis, evenly, at most ``step`` tiles apart.

    The outermost reach a quarter of a tile beyond the image. An axis shorter than half a tile has
    one in its middle. They begin at multiples of ``grain`` pixels.
    """
    first, last = tile * _OVERHANG, length - tile * _OVERHANG
    if last <= first:
        return np.array([round((length - tile) / 2 / grain) * grain])
    count = int((length + 2 * tile * _OVERHANG) // (step * tile)) + 1
    centres = np.linspace(first, last, max(2, count))
    return np.unique(np.round((centres - tile / 2) / grain).astype(np.int64) * grain)


def tile_weight(tile: int, deviation: float) -> NDArray[np.float32]:
    """(tile, tile) Gaussian about the middle, ``deviation`` in tiles."""
    away = (np.arange(tile) - (tile - 1) / 2) / (deviation * tile)
    along = np.exp(-(away**2) / 2)
    return np.outer(along, along).astype(np.float32)


def blended(
    shape: tuple[int, int], tile: int, step: float, deviation: float, grain: int, see: See
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Weighted mean of what is seen in all tiles, as bands of rows from top to bottom.

    Parameters
    ----------
    shape
        (y, x) of the image.
    tile
        Height and width of a tile.
    step
        Between tiles at most, in tiles.
    deviation
        Of the Gaussian weight, in tiles.
    grain
        Pixels that tiles begin at multiples of.
    see
        Given a tile's first row and column, which may lie outside the image, gives the layers
        (layer, tile, tile) of that tile.

    Yields
    ------
    tuple
        Rows, and their layers (layer, row, x). No more than a tile's height is in memory.

    References
    ----------
    deepflash2, Methods 2.2, after Isensee et al. 2021.
    """
    height, width = shape
    tops, lefts = (tile_starts(length, tile, step, grain) for length in shape)
    weight = tile_weight(tile, deviation)
    sums, weights = np.zeros((0, tile, width), np.float32), np.zeros((tile, width), np.float32)
    for top, after in zip(tops.tolist(), [*tops[1:].tolist(), height], strict=True):
        for left in lefts.tolist():
            found = see(top, left)
            if not len(sums):
                sums = np.zeros((len(found), tile, width), np.float32)
            inside = slice(max(left, 0), min(left + tile, width))
            own = slice(inside.start - left, inside.stop - left)
            sums[:, :, inside] += (found * weight)[:, :, own]
            weights[:, inside] += weight[:, own]
        first = max(top, 0)
        if after > first:
            done = slice(first - top, after - top)
            yield slice(first, after), sums[:, done] / weights[done]
        gone = after - top
        sums = np.concatenate([sums[:, gone:], np.zeros_like(sums[:, :gone])], axis=1)
        weights = np.concatenate([weights[gone:], np.zeros_like(weights[:gone])])
