"""Find an animal as a whole anywhere in a flat frame, at any turn, coarsely."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.fft import next_fast_len

from sightline.track.body_frame import Body, Pose, turn

_SIDE: Final = 128  # longest side of the coarse image, pixels
_ANGLES: Final = 24
_MOST: Final = 10  # references whose looks are kept
_UPRIGHT: Final = 0.95  # resultant length of turns above which bodies do not turn
_LEANING: Final = 0.8  # radians that such a body may still be turned, either way


@dataclass(frozen=True)
class BodyLooks:
    """What a whole animal looks like in references, at every angle.

    Parameters
    ----------
    angles : (angle,) float64
        That are tried, radians.
    reach
        Pixels from the middle of a look to its edge; it has ``2 * reach + 1`` a side.
    weights : (angle, y, x) float32
        How much each pixel counts: most near a part. They add up to 1.
    looks : (angle, reference, y, x) float32
        Coarse images of the body.
    size
        Of the body, coarse pixels.
    """

    angles: NDArray[np.float64]
    reach: int
    weights: NDArray[np.float32] = field(repr=False)
    looks: NDArray[np.float32] = field(repr=False)
    size: float


def learn_looks(
    images: Sequence[NDArray[np.float32]],
    poses: Sequence[Pose],
    body: Body,
    radius: float,
    angles: tuple[float, ...] | None = None,
) -> BodyLooks:
    """Cut the looks of a body out of images (y, x) in which its poses are known.

    Parameters
    ----------
    radius
        Of a part, pixels.
    angles
        Turns against the first reference that are tried. None: all round, unless three references
        or more are turned alike.
    """
    coarse, by = coarse_image(images[0])
    shape = body.shape[np.isfinite(body.shape).all(axis=1)] / by
    reach = int(np.ceil(np.linalg.norm(shape, axis=1).max() + radius / by))
    reach = min(reach, max(coarse.shape) // 2)
    tried = _angles(poses) if angles is None else np.array(angles) + poses[0].angle
    line = np.arange(-reach, reach + 1.0)
    grid = np.stack(np.meshgrid(line, line, indexing="ij"), -1)
    kept = np.unique(np.linspace(0, len(poses) - 1, min(len(poses), _MOST)).astype(int))
    shown = [(coarse_image(images[k])[0], poses[k]) for k in kept]
    weights, looks = [], []
    for angle in tried:
        away = ((grid[:, :, None] - turn(shape, angle)) ** 2).sum(axis=-1)
        weight = np.exp(-away / (2 * max(radius / by, 1.0) ** 2)).max(axis=-1)
        weights.append(weight / weight.sum())
        looks.append([_look(image, pose, grid, angle, by) for image, pose in shown])
    return BodyLooks(
        tried, reach, np.array(weights, np.float32), np.array(looks, np.float32), body.size / by
    )


def find_bodies(image: NDArray[np.float32], known: BodyLooks, count: int) -> list[Pose]:
    """Give the places and turns in an image (y, x) at which it looks most like the body.

    How alike an image is to a look is the mean of two weighted correlations, with and without the
    look's own mean, so that a bare floor is not like a bare floor.

    Returns
    -------
    list of `Pose`
        Best first; none near to a better one of nearly the same turn.
    """
    coarse, by = coarse_image(image)
    alike = _alike(coarse, known)
    apart = max(int(0.3 * known.size), 1)
    found = []
    for _ in range(count):
        angle, y, x = np.unravel_index(int(alike.argmax()), alike.shape)
        if alike[angle, y, x] == -np.inf:
            break
        centre = np.array([y, x], np.float64) * by + (by - 1) / 2
        found.append(Pose(float(known.angles[angle]), centre))
        near = np.cos(known.angles - known.angles[angle]) > np.cos(1.5 * 2 * np.pi / _ANGLES)
        rows = slice(max(int(y) - apart, 0), int(y) + apart + 1)
        columns = slice(max(int(x) - apart, 0), int(x) + apart + 1)
        alike[near, rows, columns] = -np.inf
    return found


def coarse_image(image: NDArray[np.float32]) -> tuple[NDArray[np.float32], int]:
    """(y, x) means of tiles, and the tile's side."""
    by = max(-(-max(image.shape) // _SIDE), 1)
    height, width = (max(size // by, 1) * by for size in image.shape)
    image = np.pad(image, [(0, max(by - size, 0)) for size in image.shape], mode="edge")
    tiles = image[:height, :width].reshape(height // by, by, width // by, by)
    return np.ascontiguousarray(tiles.mean(axis=(1, 3))), by


def _angles(poses: Sequence[Pose]) -> NDArray[np.float64]:
    """All round; about the references' own where three or more are turned alike."""
    every = np.arange(_ANGLES) * 2 * np.pi / _ANGLES
    mean = np.mean([np.exp(1j * pose.angle) for pose in poses])
    if len(poses) < 3 or abs(mean) < _UPRIGHT:
        return every
    about = every[np.cos(every) > np.cos(_LEANING)]
    return about + float(np.angle(mean))


def _look(
    coarse: NDArray[np.float32], pose: Pose, grid: NDArray[np.float64], angle: float, by: int
) -> NDArray[np.float32]:
    """(y, x) the image around a body, turned so that the body is turned by an angle."""
    at = turn(grid, pose.angle - angle) + (pose.centre - (by - 1) / 2) / by
    found = np.empty(at.shape[:2], np.float32)
    ndimage.map_coordinates(coarse, np.moveaxis(at, -1, 0), found, order=1, mode="nearest")
    return found


def _alike(coarse: NDArray[np.float32], known: BodyLooks) -> NDArray[np.float32]:
    """(angle, y, x) how alike the image is to the most alike look, by Fourier transforms."""
    height, width = coarse.shape
    padded = np.pad(coarse, known.reach, mode="edge")
    size = [next_fast_len(side, real=True) or side for side in padded.shape]
    image, square = np.fft.rfft2(padded, size), np.fft.rfft2(padded**2, size)

    def matched(with_what: NDArray, kernels: NDArray[np.float32]) -> NDArray[np.float32]:
        product = with_what * np.conj(np.fft.rfft2(kernels, size))
        return np.fft.irfft2(product, size)[:, :height, :width].astype(np.float32)

    mean, power = matched(image, known.weights), matched(square, known.weights)
    floor = 0.05 * float(power.max()) + 1e-12
    found = np.empty((len(known.angles), height, width), np.float32)
    for k, (weights, looks) in enumerate(zip(known.weights, known.looks, strict=True)):
        product = matched(image, looks * weights)
        own = (looks * weights).sum(axis=(1, 2))[:, None, None]
        own_power = (looks**2 * weights).sum(axis=(1, 2))[:, None, None]
        level = product / np.sqrt((power[k] + floor) * (own_power + floor))
        spread = np.maximum(power[k] - mean[k] ** 2, 0) + floor
        spread = spread * (np.maximum(own_power - own**2, 0) + floor)
        found[k] = (level + (product - own * mean[k]) / np.sqrt(spread)).max(axis=0) / 2
    return found
