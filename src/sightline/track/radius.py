"""How large the things are that somebody annotated, from the frame in which he did."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import KDTree

_WIDTHS: Final = np.geomspace(0.7, 16, 26)  # pixels of the finest axis
_LARGEST_PART: Final = 0.05  # of the frame's longer side
_LONE_PART: Final = 0.03  # of that: what an animal of one part has
_SMALLEST_PART: Final = 2.0  # pixels


def typical_radius(
    frame: NDArray[np.float32],
    positions: NDArray[np.float64],
    voxel_size: tuple[float, float, float],
) -> float:
    """Standard deviation of the brightness of annotated blobs.

    Brightness at the points, averaged over them, falls with the width of a Gaussian that blurs the
    frame; per relative change of width it falls fastest at a width that tells the blobs' own
    (Lindeberg 1998, with differences of Gaussians).

    Parameters
    ----------
    frame : (channel, z, y, x)
    positions : (keypoint, 3) float64
        (z, y, x) pixels; NaN where missing.
    voxel_size
        Along (z, y, x).

    Returns
    -------
    float
        In the unit of the voxel size.
    """
    image = np.asarray(frame, np.float32).mean(axis=0)
    size = np.array(voxel_size)
    known = positions[np.isfinite(positions).all(axis=1)]
    long = np.array(image.shape) > 1  # a flat frame says nothing along z
    widths = _WIDTHS * size[long].min()
    blurred = (gaussian_filter(image, np.where(long, width / size, 0)) for width in widths)
    bright = [map_coordinates(one, known.T, order=1, mode="nearest").mean() for one in blurred]
    fastest = int(np.argmin(np.diff(bright)))
    width = float(np.sqrt(widths[fastest] * widths[fastest + 1]))
    return width * float(np.sqrt(long.sum() / 2))


def part_radius(
    positions: NDArray[np.float64],
    groups: tuple[tuple[int, ...], ...],
    shape: tuple[int, int],
    voxel_size: tuple[float, float, float],
) -> float:
    """How far around a part of an animal a flat frame tells it from others.

    It is the median distance of a part to the nearest other of its animal: what lies nearer is seen
    with it, what lies farther belongs to others.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        (z, y, x) pixels in one frame; NaN where missing.
    groups
        Keypoints of each animal; empty: all are one animal's.
    shape
        Of the frame (y, x). No part is larger than a twentieth of its longer side.
    voxel_size
        Along (z, y, x).

    Returns
    -------
    float
        In the unit of the voxel size.
    """
    pixel, side = voxel_size[2], max(shape)
    apart: list[float] = []
    for group in groups or (tuple(range(len(positions))),):
        places = positions[list(group)]
        places = places[np.isfinite(places).all(axis=1)] * np.array(voxel_size)
        if len(places) > 1:
            apart += np.asarray(KDTree(places).query(places, 2)[0])[:, 1].tolist()
    found = float(np.median(apart)) if apart else _LONE_PART * side * pixel
    return float(np.clip(found, _SMALLEST_PART * pixel, _LARGEST_PART * side * pixel))
