"""Patches around points: values and slopes of an image between its pixels, and their weights."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.learn.compiled import compiled

_ACROSS: Final = 8  # samples on either side of the middle, at least, where there are as many pixels


@dataclass(frozen=True)
class PatchGrid:
    """Where a patch is sampled, and how much each sample counts.

    Parameters
    ----------
    offsets : (sample, 3) float64
        (z, y, x) from the point, pixels.
    weights : (sample,) float64
        Gaussian in the distance; they add up to 1.
    """

    offsets: NDArray[np.float64]
    weights: NDArray[np.float64]


def patch_grid(sigma: float, voxel_size: NDArray[np.float64], shape: tuple[int, ...]) -> PatchGrid:
    """Samples within two standard deviations of a point, at every pixel; fewer in large patches.

    Parameters
    ----------
    sigma
        Standard deviation of the weights, in units of the voxel size.
    voxel_size : (3,)
        Along (z, y, x).
    shape
        Of the image (z, y, x); an axis of one pixel has one sample.
    """
    half = np.floor(2 * sigma / voxel_size).astype(int)
    half = np.minimum(half, np.array(shape) - 1)
    steps = np.maximum(half // _ACROSS, 1)
    reach = half // steps * steps
    axes = [np.arange(-far, far + 1.0, step) for far, step in zip(reach, steps, strict=True)]
    offsets = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    distance = ((offsets * voxel_size) ** 2).sum(axis=1)
    near = distance <= (2 * sigma) ** 2 + 1e-9
    weights = np.exp(-distance[near] / (2 * sigma**2))
    return PatchGrid(offsets[near], weights / weights.sum())


def pyramid(
    frame: NDArray[np.float32], voxel_size: tuple[float, float, float], levels: int
) -> list[tuple[NDArray[np.float32], NDArray[np.float64]]]:
    """The frame smoothed lightly, then at ever coarser sampling.

    An axis is halved only while its pixels are not larger than the smallest by more than half, and
    while eight are left.

    Returns
    -------
    list of ((channel, z, y, x) float32, (3,) float64)
        Finest first; each with its number of original pixels a pixel.
    """
    step = np.ones(3)
    image = _smoothed(frame, np.array(voxel_size), 0.7)
    found = [(image, step)]
    for _ in range(levels - 1):
        size = np.array(voxel_size) * step
        shape = np.array(image.shape[1:])
        halved = (size <= 1.5 * size[shape > 1].min(initial=np.inf)) & (shape >= 16)
        if not halved.any():
            break
        image = _smoothed(image, size, 1.0)
        thin = tuple(slice(None, None, 2 if one else 1) for one in halved)
        image = np.ascontiguousarray(image[(slice(None), *thin)])
        step = np.where(halved, 2 * step, step)
        found.append((image, step))
    return found


def _smoothed(
    frame: NDArray[np.float32], voxel_size: NDArray[np.float64], pixels: float
) -> NDArray[np.float32]:
    """Smoothed by so many of the smallest pixels, as far along every axis."""
    shape = np.array(frame.shape[1:])
    sigma = pixels * voxel_size[shape > 1].min(initial=np.inf) / voxel_size
    sigma = np.where(shape > 1, sigma, 0)
    smooth = np.empty_like(frame, dtype=np.float32)
    for channel, one in enumerate(frame):
        ndimage.gaussian_filter(one, sigma, output=smooth[channel], mode="nearest")
    return smooth


def sample(
    image: NDArray[np.float32], places: NDArray[np.float64], offsets: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values and slopes around places, between pixels by the mean of the eight nearest.

    The image goes on beyond its border as it ends there.

    Returns
    -------
    values : (place, channel, sample) float64
    slopes : (place, channel, sample, 3) float64
        A pixel along (z, y, x).
    """
    values = np.empty((len(places), len(image), len(offsets)))
    slopes = np.empty((*values.shape, 3))
    _sample(image, places, offsets, values, slopes)
    return values, slopes


@compiled
def _sample(
    image: NDArray, places: NDArray, offsets: NDArray, values: NDArray, slopes: NDArray
) -> None:
    channels, depth, height, width = image.shape
    for place in range(len(places)):
        for one in range(len(offsets)):
            z = min(max(places[place, 0] + offsets[one, 0], 0.0), depth - 1.0)
            y = min(max(places[place, 1] + offsets[one, 1], 0.0), height - 1.0)
            x = min(max(places[place, 2] + offsets[one, 2], 0.0), width - 1.0)
            z0, y0, x0 = (
                min(int(z), max(depth - 2, 0)),
                min(int(y), height - 2),
                min(int(x), width - 2),
            )
            z1 = min(z0 + 1, depth - 1)
            a, b, c = z - z0, y - y0, x - x0
            for channel in range(channels):
                low, high = image[channel, z0], image[channel, z1]
                p00 = low[y0, x0] * (1 - c) + low[y0, x0 + 1] * c
                p01 = low[y0 + 1, x0] * (1 - c) + low[y0 + 1, x0 + 1] * c
                p10 = high[y0, x0] * (1 - c) + high[y0, x0 + 1] * c
                p11 = high[y0 + 1, x0] * (1 - c) + high[y0 + 1, x0 + 1] * c
                values[place, channel, one] = (p00 * (1 - b) + p01 * b) * (1 - a) + (
                    p10 * (1 - b) + p11 * b
                ) * a
                slopes[place, channel, one, 0] = (p10 - p00) * (1 - b) + (p11 - p01) * b
                slopes[place, channel, one, 1] = (p01 - p00) * (1 - a) + (p11 - p10) * a
                q0 = (low[y0, x0 + 1] - low[y0, x0]) * (1 - b) + (
                    low[y0 + 1, x0 + 1] - low[y0 + 1, x0]
                ) * b
                q1 = (high[y0, x0 + 1] - high[y0, x0]) * (1 - b) + (
                    high[y0 + 1, x0 + 1] - high[y0 + 1, x0]
                ) * b
                slopes[place, channel, one, 2] = q0 * (1 - a) + q1 * a
