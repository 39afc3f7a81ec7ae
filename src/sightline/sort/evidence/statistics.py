"""Sums over the frames of a movie, from which its projections and its health are read."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sightline.learn.compiled import compiled

_BAND_ROWS = 8  # rows whose sums stay in the processor's cache while all frames of a block pass
_MOST_GAPS = 0.5  # share of a frame
_LARGEST = np.finfo(np.float32).max


@dataclass(frozen=True)
class FrameSums:
    """What a stretch of frames adds up to.

    Values are taken relative to ``origin``, so that squares do not lose their last digits. Frames
    with a value that is not finite count nowhere but in ``brightness`` and ``change``.

    Parameters
    ----------
    frames
        Frames counted.
    maximum : (height, width) float32
        Largest value; minus infinity where there is none.
    total, squares : (height, width)
        Sums of values and of their squares.
    products : (4, height, width)
        Sums of products with the pixel to the right, below, below right and below left.
    steps : (height, width)
        Sums of squared differences between consecutive frames.
    pairs
        Consecutive frames that ``steps`` counts.
    brightness : (frame,) float64
        Mean of each frame; ``nan`` if a value of it is not finite.
    change : (frame,) float64
        Mean squared difference to the frame before; ``nan`` for the first of a block.
    """

    frames: int
    maximum: NDArray[np.float32]
    total: NDArray[np.floating]
    squares: NDArray[np.floating]
    products: NDArray[np.floating]
    steps: NDArray[np.floating]
    pairs: int
    brightness: NDArray[np.float64]
    change: NDArray[np.float64]


@dataclass(frozen=True)
class Projections:
    """Summary images (height, width) float32 of a movie, and its noise.

    Parameters
    ----------
    maximum, mean
        Over time.
    correlation
        Mean correlation over time of a pixel with its eight neighbours.
    noise
        Standard deviation of what changes from one frame to the next, divided by sqrt 2: for white
        noise its standard deviation, in movie units.
    """

    maximum: NDArray[np.float32]
    mean: NDArray[np.float32]
    correlation: NDArray[np.float32]
    noise: NDArray[np.float32]


def no_sums(image_shape: tuple[int, ...]) -> FrameSums:
    """Return the sums of no frames, to be added to."""
    images = np.zeros((7, *image_shape))
    none = np.zeros(0)
    maximum = np.full(image_shape, -np.inf, np.float32)
    return FrameSums(0, maximum, images[0], images[1], images[2:6], images[6], 0, none, none)


def sum_frames(frames: NDArray, origin: NDArray[np.float32]) -> FrameSums:
    """Add up a block of at most some hundred consecutive frames.

    Parameters
    ----------
    frames : (frame, height, width)
        Of any type of number.
    origin : (height, width) float32
        A typical frame of the movie, the same for all blocks.
    """
    count, *shape = frames.shape
    sums = np.zeros((shape[0], 7, shape[1]), np.float32)
    maximum = np.full(shape, -np.inf, np.float32)
    brightness, change = np.zeros(count), np.zeros(count)
    good = np.ones(count, np.bool_)
    if frames.dtype.kind == "f":
        good = finite_frames(frames)
    _add_up(np.ascontiguousarray(frames), origin, good, maximum, sums, brightness, change)
    follows = good & np.r_[False, good[:-1]]
    size, level = float(np.prod(shape)), float(origin.mean(dtype=np.float64))
    images = sums.transpose(1, 0, 2)
    return FrameSums(
        int(good.sum()),
        maximum,
        images[0],
        images[1],
        images[2:6],
        images[6],
        int(follows.sum()),
        np.where(good, brightness / size + level, np.nan),
        np.where(follows, change / size, np.nan),
    )


def finite_frames(frames: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Whether all values of each frame (frame, height, width) are finite."""
    with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs add up to nan
        return np.isfinite(frames.reshape(len(frames), -1).sum(1, dtype=np.float64))


def fill_gaps(frames: NDArray[np.floating], origin: NDArray[np.float32]) -> int:
    """Give missing pixels the value that is typical there, so that their frame counts.

    Motion correction leaves some without a value at the border. Frames that lack more than half of
    their pixels stay as they are.

    Parameters
    ----------
    frames : (frame, height, width)
        Changed in place.
    origin : (height, width) float32
        A typical frame, finite.

    Returns
    -------
    int
        Number of frames that had gaps filled.
    """
    filled = 0
    for index in np.flatnonzero(~finite_frames(frames)):
        gaps = ~np.isfinite(frames[index])
        if gaps.mean() <= _MOST_GAPS:
            frames[index][gaps] = origin[gaps]
            filled += 1
    return filled


def add_sums(sums: FrameSums, more: FrameSums) -> FrameSums:
    """Add the sums of the frames that follow; the images of ``sums`` are changed in place."""
    np.maximum(sums.maximum, more.maximum, out=sums.maximum)
    for name in ("total", "squares", "products", "steps"):
        image = getattr(sums, name)
        image += getattr(more, name)
    return replace(
        sums,
        frames=sums.frames + more.frames,
        pairs=sums.pairs + more.pairs,
        brightness=np.concatenate([sums.brightness, more.brightness]),
        change=np.concatenate([sums.change, more.change]),
    )


def project(sums: FrameSums, origin: NDArray[np.float32]) -> Projections:
    """Turn the sums of a whole movie into its projections."""
    count = max(int(sums.frames), 1)
    mean = sums.total / count
    variance = np.maximum(sums.squares / count - mean**2, 0)
    noise = np.sqrt(sums.steps / max(2 * int(sums.pairs), 1))
    maximum = np.where(np.isfinite(sums.maximum), sums.maximum, 0) + origin
    return Projections(
        maximum.astype(np.float32),
        (mean + origin).astype(np.float32),
        _correlation(sums.products / count, mean, variance),
        noise.astype(np.float32),
    )


_SHIFTS = ((0, 1), (1, 0), (1, 1), (1, -1))


def _correlation(
    products: NDArray[np.floating], mean: NDArray[np.float64], variance: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Mean correlation with the neighbours; 0 where a pixel never changes."""
    height, width = mean.shape
    summed, count = np.zeros_like(mean), np.zeros_like(mean)
    for product, (down, right) in zip(products, _SHIFTS, strict=True):
        here = np.s_[: height - down, max(0, -right) : width - max(0, right)]
        there = np.s_[down:, max(0, right) : width + min(0, right)]
        covariance = product[here] - mean[here] * mean[there]
        scale = np.sqrt(variance[here] * variance[there])
        r = np.divide(covariance, scale, out=np.zeros_like(scale), where=scale > 0)
        for place in (here, there):
            summed[place] += r
            count[place] += 1
    return np.clip(summed / np.maximum(count, 1), -1, 1).astype(np.float32)


_compiled = partial(compiled, fastmath={"reassoc", "contract"})


@_compiled
def _add_up(
    frames: NDArray,
    origin: NDArray,
    good: NDArray,
    maximum: NDArray,
    sums: NDArray,
    brightness: NDArray,
    change: NDArray,
) -> None:
    count, height, width = frames.shape
    row, other = np.empty(width, np.float32), np.empty(width, np.float32)
    for top in range(0, height, _BAND_ROWS):
        for t in range(count):
            if not good[t]:
                continue
            for y in range(top, min(top + _BAND_ROWS, height)):
                _take(frames[t, y], origin[y], row)
                brightness[t] += _within(row, maximum[y], sums[y])
                if y + 1 < height:
                    _take(frames[t, y + 1], origin[y + 1], other)
                    _with_below(row, other, sums[y])
                if t > 0 and good[t - 1]:
                    _take(frames[t - 1, y], origin[y], other)
                    change[t] += _with_before(row, other, sums[y])


@_compiled
def _take(values: NDArray, origin: NDArray, row: NDArray) -> None:
    for x in range(len(row)):
        row[x] = np.float32(values[x]) - origin[x]


@_compiled
def _within(row: NDArray, maximum: NDArray, sums: NDArray) -> float:
    bright = np.float32(0)
    for x in range(len(row)):
        bright += row[x]
        sums[0, x] += row[x]
        sums[1, x] += row[x] * row[x]
    for x in range(len(row)):
        # compiled to vector instructions only with an upper limit
        maximum[x] = min(_LARGEST, max(maximum[x], row[x]))
    for x in range(len(row) - 1):
        sums[2, x] += row[x] * row[x + 1]
    return float(bright)


@_compiled
def _with_below(row: NDArray, below: NDArray, sums: NDArray) -> None:
    for x in range(len(row)):
        sums[3, x] += row[x] * below[x]
    for x in range(len(row) - 1):
        sums[4, x] += row[x] * below[x + 1]
    for x in range(1, len(row)):
        sums[5, x] += row[x] * below[x - 1]


@_compiled
def _with_before(row: NDArray, before: NDArray, sums: NDArray) -> float:
    stepped = np.float32(0)
    for x in range(len(row)):
        step = row[x] - before[x]
        sums[6, x] += step * step
        stepped += step * step
    return float(stepped)
