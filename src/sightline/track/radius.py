"""How large the things are that somebody annotated, from the frame in which he did."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

_WIDTHS: Final = np.geomspace(0.7, 16, 26)  # pixels of the finest axis


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
