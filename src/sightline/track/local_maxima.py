"""Local maxima of a volume, placed below a pixel, and the best of those that are near."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sightline.learn.compiled import compiled


def local_maxima(response: NDArray[np.float32], least: float) -> NDArray[np.int64]:
    """Voxels that are above ``least`` and that none of their neighbours (26) exceeds.

    Parameters
    ----------
    response : (z, y, x)

    Returns
    -------
    (place, 3) int64
        In the order of the voxels.
    """
    found = _maxima(np.ascontiguousarray(response), least)
    return np.array(np.unravel_index(found, response.shape)).T


def below_a_pixel(response: NDArray[np.float32], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Offset of each maximum from its voxel's centre, by a parabola along each axis.

    Parameters
    ----------
    response : (z, y, x)
    places : (place, 3)
        Of `local_maxima`.

    Returns
    -------
    (place, 3) float64
        Within half a voxel; 0 at the ends of an axis.
    """
    offset = np.zeros(places.shape)
    middle = response[tuple(places.T)].astype(np.float64)
    for axis, size in enumerate(response.shape):
        inside = (places[:, axis] > 0) & (places[:, axis] < size - 1)
        step = np.zeros(3, int)
        step[axis] = 1
        before = response[tuple((places[inside] - step).T)].astype(np.float64)
        after = response[tuple((places[inside] + step).T)].astype(np.float64)
        bend = before + after - 2 * middle[inside]
        slope = (before - after) / 2
        offset[inside, axis] = np.clip(
            np.divide(slope, bend, where=bend < 0, out=0 * bend), -0.5, 0.5
        )
    return offset


def first_of_near(places: NDArray[np.float64], apart: float) -> NDArray[np.bool_]:
    """Which places stay if each that is near to an earlier one that stays is taken away.

    Parameters
    ----------
    places : (place, 3)
        The best first, in one unit along all axes.
    apart
        Nearer than this is near.
    """
    kept = np.ones(len(places), bool)
    if len(places) < 2:
        return kept
    near = KDTree(places).query_pairs(apart, output_type="ndarray")
    for first, second in near[np.lexsort((near[:, 1], near[:, 0]))]:
        if kept[first]:
            kept[second] = False
    return kept


@compiled
def _maxima(response: NDArray, least: float) -> NDArray:
    """Numbers of the voxels, counted along x first."""
    planes, rows, columns = response.shape
    found = []
    for z in range(planes):
        for y in range(rows):
            for x in range(columns):
                value = response[z, y, x]
                if value > least and _is_highest(response, z, y, x, value):
                    found.append((z * rows + y) * columns + x)
    return np.array(found, np.int64) if found else np.empty(0, np.int64)


@compiled
def _is_highest(response: NDArray, z: int, y: int, x: int, value: float) -> bool:
    planes, rows, columns = response.shape
    for k in range(max(z - 1, 0), min(z + 2, planes)):
        for j in range(max(y - 1, 0), min(y + 2, rows)):
            for i in range(max(x - 1, 0), min(x + 2, columns)):
                if response[k, j, i] > value:
                    return False
    return True
