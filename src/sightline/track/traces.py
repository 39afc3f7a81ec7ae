"""How bright followed points are: read off each frame, and put against a baseline."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter
from scipy.spatial import KDTree

from sightline.errors import SettingError
from sightline.track.located import known

_INSIDE: Final = 1.5  # radii: what belongs to a point, unless it is nearer to another
_SHELL: Final = (2.0, 3.5)  # radii: what is around it, without what belongs to others


def read_brightness(
    frame: NDArray[np.float32],
    positions: NDArray[np.floating],
    voxel_size: tuple[float, float, float],
    radius: float,
) -> NDArray[np.float64]:
    """Brightness of each point above what surrounds it.

    The mean over its voxels, weighted by a Gaussian of its radius, less the median of the shell
    around it. A voxel belongs to the nearest point within 1.5 radii, and to no shell.

    Parameters
    ----------
    frame : (channel, z, y, x)
    positions : (keypoint, 3)
        (z, y, x) pixels; NaN where missing.
    voxel_size
        Along (z, y, x).
    radius
        Standard deviation of a point's brightness, in the unit of the voxel size.

    Returns
    -------
    (keypoint, channel) float64
        NaN where the point has no position, or no voxel of its own.
    """
    size = np.array(voxel_size)
    shape = np.array(frame.shape[1:])
    positions = np.asarray(positions, np.float64)
    there = known(positions)
    found = np.full((len(positions), len(frame)), np.nan)
    places = positions[there] * size
    if not len(places):
        return found
    tree = KDTree(places)
    reach = np.floor(_SHELL[1] * radius / size).astype(int)
    for row, place in zip(np.flatnonzero(there), places, strict=True):
        middle = np.rint(place / size).astype(int)
        low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach + 1, shape)
        if (high <= low).any():
            continue
        axes = [np.arange(start, stop) for start, stop in zip(low, high, strict=True)]
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3) * size
        nearest = tree.query(grid)[0]
        own = np.linalg.norm(grid - place, axis=1)
        box = tuple(slice(start, stop) for start, stop in zip(low, high, strict=True))
        values = frame[(slice(None), *box)].reshape(len(frame), -1)
        found[row] = _above_surround(values, own, nearest, radius)
    return found


def _above_surround(
    values: NDArray[np.float32],
    own: NDArray[np.float64],
    nearest: NDArray[np.float64],
    radius: float,
) -> NDArray[np.float64]:
    """(channel,) of voxels (channel, voxel) at a distance from their point and from any point."""
    mine = (own <= _INSIDE * radius) & (own <= nearest + 1e-9)
    if not mine.any():
        return np.full(len(values), np.nan)
    weight = np.exp(-(own[mine] ** 2) / (2 * radius**2))
    inside = values[:, mine] @ weight / weight.sum()
    around = (own > _SHELL[0] * radius) & (own <= _SHELL[1] * radius)
    around &= nearest > _INSIDE * radius
    if not around.any():
        return inside
    return inside - np.median(values[:, around], axis=1)


def relative_change(
    brightness: NDArray[np.floating], window: int | None = None, percentile: float = 20.0
) -> NDArray[np.float64]:
    """Change against a baseline: (F - F0) / F0.

    Parameters
    ----------
    brightness : (frame, ...)
        NaN where missing; it stays so.
    window
        Frames around each over which the baseline is taken; None: all.
    percentile
        Of the brightness there that is the baseline; 50 for points that are as often below as
        above.

    Returns
    -------
    (frame, ...) float64
        NaN where the baseline is not above 0.

    Raises
    ------
    SettingError
        If the percentile is not between 0 and 100, or the window not positive.
    """
    if not 0 <= percentile <= 100:
        raise SettingError(f"The percentile is {percentile}; it must be from 0 to 100.")
    if window is not None and window < 1:
        raise SettingError(f"The window is {window} frames; it must be 1 or more.")
    values = np.asarray(brightness, np.float64)
    base = np.full(values.shape, np.nan)
    flat, out = values.reshape(len(values), -1), base.reshape(len(values), -1)
    for column in range(flat.shape[1]):
        there = np.flatnonzero(np.isfinite(flat[:, column]))
        if len(there):
            out[:, column] = _baseline(flat[:, column], there, window, percentile)
    return np.divide(values - base, base, out=np.full(values.shape, np.nan), where=base > 0)


def _baseline(
    trace: NDArray[np.float64], there: NDArray[np.int64], window: int | None, percentile: float
) -> NDArray[np.float64]:
    """(frame,) with gaps filled between their ends, so that they neither raise nor lower it."""
    if window is None or window >= len(trace):
        return np.full(len(trace), np.percentile(trace[there], percentile))
    filled = np.interp(np.arange(len(trace)), there, trace[there])
    return percentile_filter(filled, percentile, size=window, mode="nearest")
