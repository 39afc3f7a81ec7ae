"""Outlines of objects, along the sides of their pixels.

Points are corners of pixels and count from the corner of the first pixel, so that pixel (row,
column) reaches from (column, row) to (column + 1, row + 1), as ImageJ and QuPath have it. Filled by
the even-odd rule at pixels' centres, an outline gives the object back pixel for pixel.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Ring = NDArray[np.int64]  # (point, 2) x and y; its last point joins its first, not repeated
Polygon = tuple[Ring, ...]  # the outer ring, clockwise as seen, then holes, the other way round

_STEPS: Final = ((1, 0), (0, 1), (-1, 0), (0, -1))  # right, down, left, up: x and y


def polygons_of(objects: NDArray[Any]) -> Iterator[tuple[int, list[Polygon]]]:
    """Each object's number, and a polygon for each of its parts that share no side of a pixel.

    Rings neither cross nor touch themselves; a hole may touch another ring in a point.

    Parameters
    ----------
    objects : (y, x) int
        Number of the object of each pixel, 0 for none.
    """
    for number, box in enumerate(ndimage.find_objects(objects), start=1):
        if box is None:
            continue
        corner = np.array([box[1].start, box[0].start])
        parts = np.zeros(objects[box].shape, np.int32)
        ndimage.label(objects[box] == number, output=parts)
        yield (
            number,
            [
                tuple(ring + corner for ring in _polygon(parts == part))
                for part in range(1, int(parts.max()) + 1)
            ],
        )


def _polygon(inside: NDArray[np.bool_]) -> Polygon:
    """Rings of a connected part, the outer one first."""
    padded = np.pad(inside, 1)
    northwest, northeast = padded[:-1, :-1], padded[:-1, 1:]
    southwest, southeast = padded[1:, :-1], padded[1:, 1:]
    onward = (
        southeast & ~northeast, southwest & ~southeast, northwest & ~southwest,
        northeast & ~northwest,
    )  # fmt: skip
    # of each corner a bit for each step with the object at the right hand
    ways = sum(way.astype(np.int64) << bit for bit, way in enumerate(onward))
    unseen = np.asarray(onward[0]).copy()
    starts = np.argwhere(unseen).tolist()
    listed = np.asarray(ways).tolist()
    return tuple(_walked(listed, unseen, x, y) for y, x in starts if unseen[y, x])


def _walked(ways: list[list[int]], unseen: NDArray[np.bool_], x: int, y: int) -> Ring:
    """Follow a border from a corner to the right until it is back; tick off steps to the right."""
    start, direction = (x, y), 0
    points: list[tuple[int, int]] = []
    while not points or (x, y) != start or direction != 0:
        if direction == 0:
            unseen[y, x] = False
        x, y = x + _STEPS[direction][0], y + _STEPS[direction][1]
        # to the left first: over to the other pixel, where two touch at a corner
        turns = ((direction + turn) % 4 for turn in (3, 0, 1))
        turned = next(way for way in turns if ways[y][x] >> way & 1)
        if turned != direction:
            points.append((x, y))
        direction = turned
    return np.array(points, np.int64)


def signed_area(ring: Sequence[Sequence[float]] | NDArray[Any]) -> float:
    """Pixels inside of a ring; negative for a hole's."""
    x, y = np.asarray(ring, np.float64).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)
