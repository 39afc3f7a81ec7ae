"""Length of a region's outer boundary, walked from pixel centre to pixel centre."""

from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_EIGHT: Final = np.ones((3, 3), bool)
# Neighbours in the order of a walk around a pixel, as steps down and right.
_AROUND: Final = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


def connected_parts(region: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """Number the 8-connected parts of a region from 1, and count them."""
    parts = np.zeros(region.shape, np.int32)
    count = ndimage.label(region, _EIGHT, output=parts)
    return parts, cast("int", count)


def boundary_steps(region: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count what a walk around each 8-connected part of a region consists of.

    The walk goes once around each part, along its outermost pixels, and over thin places twice;
    holes are not walked.

    Parameters
    ----------
    region : (height, width) bool

    Returns
    -------
    (3,) int64
        Straight steps, diagonal steps, and corners: places where a horizontal, vertical or
        diagonal step is followed by one of another of these three kinds.
    """
    counts = np.zeros(3, np.int64)
    parts, _ = connected_parts(region)
    for number, place in enumerate(ndimage.find_objects(parts), start=1):
        part = np.pad(parts[place] == number, 1)
        filled = cast("NDArray[np.bool_]", ndimage.binary_fill_holes(part))
        counts += _STEPS[_neighbour_code(filled)[filled]].sum(0)
    return counts


def circumference(region: NDArray[np.bool_]) -> float:
    """Sum of the Euclidean lengths of the steps, pixels; a single pixel has none."""
    straight, diagonal, _ = boundary_steps(region)
    return float(straight + np.sqrt(2) * diagonal)


def smoothed_perimeter(region: NDArray[np.bool_]) -> float:
    """Perimeter as MATLAB's ``regionprops`` estimates it, pixels.

    Steps weigh 0.980 and 1.406 and a corner -0.091, which is unbiased for long straight edges of
    any direction (Vossepoel and Smeulders, 1982).
    """
    return float(boundary_steps(region) @ (0.980, 1.406, -0.091))


def _neighbour_code(filled: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """One bit for each neighbour that is in the region."""
    code = np.zeros(filled.shape, np.uint8)
    for bit, (down, right) in enumerate(_AROUND):
        code |= np.roll(filled, (-down, -right), (0, 1)).astype(np.uint8) << bit
    return code


def _steps_from(code: int) -> tuple[int, int, int]:
    """Straight steps, diagonal steps and corners of the walk at a pixel with these neighbours.

    The walk passes a pixel once for every gap between its neighbours that it can see from outside:
    it comes from the neighbour before the gap and leaves to the one after it.
    """
    inside = [bool(code >> bit & 1) for bit in range(8)]
    straight = diagonal = corners = 0
    for before in range(8):
        gap = next((size for size in range(8) if inside[(before + size + 1) % 8]), 8)
        open_sides = [bit for bit in range(before + 1, before + gap + 1) if bit % 2 == 0]
        if not inside[before] or not open_sides:
            continue
        after = (before + gap + 1) % 8
        diagonal += after % 2
        straight += 1 - after % 2
        corners += _kind(before) != _kind(after)
    return straight, diagonal, corners


def _kind(neighbour: int) -> int:
    """Whether a step is horizontal, vertical or diagonal, whichever way."""
    return 2 if neighbour % 2 else neighbour // 2 % 2


_STEPS: Final = np.array([_steps_from(code) for code in range(256)], np.int64)
