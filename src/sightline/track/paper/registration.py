"""The registration loss: patches of a frame against a reference's, and the slope of their likeness.

Compiled, a point at a time: the slope needs no more than the patch and its slopes in the cache.
"""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sightline.learn.compiled import compiled
from sightline.track.paper.foveated import FoveatedGrid, blur_kernels

_compiled = partial(compiled, fastmath={"reassoc", "contract"})

_CENTRE = (1, 5, 5)  # samples either side of a patch's middle, whose mean is a point's brightness


@dataclass(frozen=True)
class Target:
    """What patches should look like, at one blur.

    Parameters
    ----------
    wanted : (point, channel, z, y, x) float64
        The blurred patches less their means.
    deviation : (point,) float64
        Their standard deviations.
    kernels
        Of the blur, along z, and along y and x.
    centre : (z, y, x) float64
        Weights with which a patch, before the blur, gives the brightness at its centre after it.
    """

    wanted: NDArray[np.float64]
    deviation: NDArray[np.float64]
    kernels: tuple[NDArray[np.float64], NDArray[np.float64]]
    centre: NDArray[np.float64]


@dataclass(frozen=True)
class Likeness:
    """How alike patches are, and how that changes with their place.

    Parameters
    ----------
    correlation : (point,) float64
    slope : (point, 4) float64
        Of the correlation, a pixel along (z, y, x) and a radian about z.
    brightness : (point, channel) float64
        At the centre.
    brightness_slope : (point, channel, 4) float64
    """

    correlation: NDArray[np.float64]
    slope: NDArray[np.float64]
    brightness: NDArray[np.float64]
    brightness_slope: NDArray[np.float64]


def cut_patches(
    image: NDArray[np.float32],
    places: NDArray[np.float64],
    grid: FoveatedGrid,
    angles: NDArray[np.float64] | None = None,
) -> NDArray[np.float32]:
    """(point, channel, z, y, x) dimmed patches around places (point, 3), pixels; no NaN."""
    turned = np.zeros(len(places)) if angles is None else angles
    found = np.empty((len(places), len(image), *grid.weights.shape))
    slopes = np.empty((4, *found.shape[1:]))
    sides = (grid.z, grid.y, grid.x, grid.weights)
    for place, angle, values in zip(places, turned, found, strict=True):
        _sample(image, place, angle, sides, values, slopes)
    return found.astype(np.float32)


def values_at(
    image: NDArray[np.float32], places: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(point,) values of an image (z, y, x) between its pixels, and (point, 3) slopes a pixel."""
    values, slopes = np.empty((len(places), 1, 1, 1, 1)), np.empty((len(places), 4, 1, 1, 1, 1))
    middle = np.zeros(1)
    sides = (middle, middle, middle, np.ones((1, 1, 1)))
    for place, value, slope in zip(places, values, slopes, strict=True):
        _sample(image[None], place, 0.0, sides, value, slope)
    return values.reshape(-1), slopes.reshape(-1, 4)[:, :3]


def target_at(patches: NDArray[np.float32], step: int) -> Target:
    """Blur a reference's patches as at a step of the descent."""
    kernels = blur_kernels(step)
    blurred = patches.astype(np.float64)
    scratch = np.empty(blurred.shape[2:])
    for point in blurred:
        for volume in point:
            _blur(volume, kernels, scratch)
    flat = blurred.reshape(len(blurred), math.prod(blurred.shape[1:]))
    deviation = flat.std(axis=1, ddof=1)
    centre = _centre(blurred.shape[2:])
    _blur(centre, kernels, scratch)
    wanted = (flat - flat.mean(axis=1, keepdims=True)).reshape(blurred.shape)
    return Target(wanted, deviation, kernels, centre)


def correlation(
    patches: NDArray[np.float32], others: NDArray[np.float32], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(point,) how alike dimmed patches (point, channel, z, y, x) are, to tell a person.

    The weights that dim them count in means and deviations, of each channel. The loss, as
    published, correlates the dimmed values themselves, so that two evenly grey patches are alike.
    Here a patch without contrast correlates 0.
    """
    share = weights / (weights**2).sum()
    centred = []
    for one in (patches.astype(np.float64), others.astype(np.float64)):
        mean = (one * share).sum(axis=(2, 3, 4), keepdims=True)
        left = (one - mean * weights).reshape(len(one), -1 if len(one) else 1)
        centred.append(np.where(np.abs(left) > 1e-6, left, 0.0))
    length = np.sqrt((centred[0] ** 2).sum(axis=1) * (centred[1] ** 2).sum(axis=1))
    return (centred[0] * centred[1]).sum(axis=1) / np.where(length > 0, length, 1.0)


def likeness(
    image: NDArray[np.float32],
    places: NDArray[np.float64],
    angles: NDArray[np.float64],
    grid: FoveatedGrid,
    target: Target,
) -> Likeness:
    """Correlation of all samples and channels of each point's patch with its target, jointly.

    Parameters
    ----------
    image : (channel, z, y, x)
        Of `foveated.intensities`.
    places : (point, 3)
        Pixels; no NaN.
    angles : (point,)
        By which patches turn about z, radians, from x towards y.

    Notes
    -----
    Equation of L_R in Methods, less the 1; the sum of products is a mean, deviations are of a
    sample, and 1e-5 is added to their product, as in the reference program. A patch without any
    contrast correlates 0 and has no slope.
    """
    count, channels = len(places), len(image)
    found = Likeness(
        np.zeros(count),
        np.zeros((count, 4)),
        np.zeros((count, channels)),
        np.zeros((count, channels, 4)),
    )
    sides = (grid.z, grid.y, grid.x, grid.weights)
    wanted = (target.wanted, target.deviation, target.centre)
    told = (found.correlation, found.slope, found.brightness, found.brightness_slope)
    _compare(image, (places, angles), sides, wanted, target.kernels, told)
    return found


def _centre(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """(z, y, x) equal shares of the samples around the middle."""
    share = np.zeros(shape)
    reaches = zip(shape, _CENTRE, strict=True)
    share[tuple(slice(max(s // 2 - r, 0), s // 2 + r + 1) for s, r in reaches)] = 1
    return share / share.sum()


@_compiled
def _compare(
    image: NDArray, where: tuple, sides: tuple, target: tuple, kernels: tuple, told: tuple
) -> None:
    places, angles = where
    wanted, deviation, centre = target
    correlation, slope, brightness, brightness_slope = told
    patch = wanted.shape[1:]
    values, pull = np.empty(patch), np.empty(patch)
    slopes = np.empty((4, *patch))
    scratch = np.empty(patch[1:])
    for point in range(len(places)):
        _sample(image, places[point], angles[point], sides, values, slopes)
        for channel in range(patch[0]):
            brightness[point, channel] = _product(values[channel], centre)
            for axis in range(4):
                along = _product(slopes[axis, channel], centre)
                brightness_slope[point, channel, axis] = along
            _blur(values[channel], kernels, scratch)
        correlation[point] = _correlation(values, wanted[point], deviation[point], pull)
        for channel in range(patch[0]):
            _blur(pull[channel], kernels, scratch)
            for axis in range(4):
                slope[point, axis] += _product(slopes[axis, channel], pull[channel])


@_compiled
def _correlation(values: NDArray, wanted: NDArray, deviation: float, pull: NDArray) -> float:
    """With what is wanted; ``pull`` becomes its derivative by each value."""
    mine, other, out = values.ravel(), wanted.ravel(), pull.ravel()
    count = len(mine)
    mean = mine.sum() / count
    squares, product = 0.0, 0.0
    for one in range(count):
        squares += (mine[one] - mean) ** 2
        product += mine[one] * other[one]
    spread = np.sqrt(squares / max(count - 1, 1))
    if spread < 1e-9:
        out[:] = 0
        return 0.0
    scale = spread * deviation + 1e-5
    found = product / count / scale
    narrower = found * deviation / scale / ((count - 1) * spread)
    for one in range(count):
        out[one] = other[one] / (count * scale) - narrower * (mine[one] - mean)
    return found


@_compiled
def _product(one: NDArray, other: NDArray) -> float:
    first, second = one.ravel(), other.ravel()
    total = 0.0
    for place in range(len(first)):
        total += first[place] * second[place]
    return total


@_compiled
def _sample(
    image: NDArray, place: NDArray, angle: float, sides: tuple, values: NDArray, slopes: NDArray
) -> None:
    """Dimmed values and slopes (z, y, x, angle) of a patch; the border goes on outside."""
    along_z, along_y, along_x, weights = sides
    channels, depth, height, width = image.shape
    cosine, sine = np.cos(angle), np.sin(angle)
    cells = [_cell(place[0] + one, depth) for one in along_z]
    for j in range(len(along_y)):
        for i in range(len(along_x)):
            right = along_x[i] * cosine - along_y[j] * sine
            down = along_x[i] * sine + along_y[j] * cosine
            y0, y1, b, in_y = _cell(place[1] + down, height)
            x0, x1, c, in_x = _cell(place[2] + right, width)
            for k in range(len(along_z)):
                z0, z1, a, in_z = cells[k]
                weight = weights[k, j, i]
                for channel in range(channels):
                    low, high = image[channel, z0], image[channel, z1]
                    l00, l01, l10, l11 = low[y0, x0], low[y0, x1], low[y1, x0], low[y1, x1]
                    h00, h01, h10, h11 = high[y0, x0], high[y0, x1], high[y1, x0], high[y1, x1]
                    first, second = l00 + (l01 - l00) * c, l10 + (l11 - l10) * c
                    third, fourth = h00 + (h01 - h00) * c, h10 + (h11 - h10) * c
                    near, far = first + (second - first) * b, third + (fourth - third) * b
                    values[channel, k, j, i] = weight * (near + (far - near) * a)
                    near_x = l01 - l00 + (l11 - l10 - l01 + l00) * b
                    far_x = h01 - h00 + (h11 - h10 - h01 + h00) * b
                    by_y = weight * in_y * (second - first + (fourth - third - second + first) * a)
                    by_x = weight * in_x * (near_x + (far_x - near_x) * a)
                    slopes[0, channel, k, j, i] = weight * in_z * (far - near)
                    slopes[1, channel, k, j, i] = by_y
                    slopes[2, channel, k, j, i] = by_x
                    slopes[3, channel, k, j, i] = by_y * right - by_x * down


@_compiled
def _cell(place: float, size: int) -> tuple[int, int, float, float]:
    """Pixels before and after a place, the share of the latter, and 1 if it is within."""
    last = size - 1.0
    within = 1.0 if 0 < place < last else 0.0
    held = min(max(place, 0.0), last)
    before = int(held)
    return before, min(before + 1, size - 1), held - before, within


@_compiled
def _blur(volume: NDArray, kernels: tuple, scratch: NDArray) -> None:
    """In place; beyond the edges lies 0."""
    across, along = kernels
    if len(along) == 1:
        return
    depth, height, width = volume.shape
    rows, other = volume.reshape(depth * height, width), scratch.reshape(depth * height, width)
    half = len(along) // 2
    for row in range(len(rows)):
        one, mixed = rows[row], other[row]
        mixed[:] = 0
        for tap in range(len(along)):
            share, by = along[tap], tap - half
            for i in range(max(-by, 0), min(width, width - by)):
                mixed[i] += share * one[i + by]
    for plane in range(depth):
        _mix(scratch[plane], along, volume[plane])
    planes = volume.reshape(depth, height * width)
    flat = scratch.reshape(depth, height * width)
    flat[:] = planes
    _mix(flat, across, planes)


@_compiled
def _mix(rows: NDArray, kernel: NDArray, out: NDArray) -> None:
    """Weighted sums of neighbouring rows."""
    out[:] = 0
    half = len(kernel) // 2
    for row in range(len(rows)):
        for tap in range(*_taps(row, len(rows), kernel)):
            share, other = kernel[tap], rows[row + tap - half]
            for i in range(rows.shape[1]):
                out[row, i] += share * other[i]


@_compiled
def _taps(place: int, size: int, kernel: NDArray) -> tuple[int, int]:
    """Those that lie within, first and one past the last."""
    half = len(kernel) // 2
    return max(half - place, 0), min(len(kernel), size + half - place)
