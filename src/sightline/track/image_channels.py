"""One image of a frame's channels, for detectors."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.track.detect import blurred, finite_values, noise_deviation

_ANYWHERE: Final = 2000  # random voxels that annotated ones are compared with


def summed_channels(frame: NDArray[np.floating]) -> NDArray[np.float32]:
    """(z, y, x) sum of the channels of a frame, each in units of its noise."""
    if len(frame) == 1:
        return finite_values(frame[0])
    found = np.zeros(frame.shape[1:], np.float32)
    for channel in frame:
        image = finite_values(channel)
        found += image / np.float32(noise_deviation(image) or 1.0)
    return found


def image_weights(
    frames: Sequence[NDArray[np.floating]],
    points: list[NDArray[np.float64]],
    voxel_size: tuple[float, float, float],
    radius: float,
    rng: np.random.Generator,
) -> tuple[float, ...]:
    """Weights of channels by which annotated points differ most from anywhere in the frame.

    Parameters
    ----------
    frames
        Each (channel, z, y, x).
    points
        (point, 3) of each frame, inside of it.
    voxel_size, radius
        In one unit.
    rng
        Of the voxels that points are compared with.

    Returns
    -------
    tuple of float
        Fisher's discriminant of the blobs' response in each channel, the largest 1; negative where
        things are dark.
    """
    inside, outside = [], []
    for frame, there in zip(frames, points, strict=True):
        responses = [_response(finite_values(one), voxel_size, radius) for one in frame]
        noise = [noise_deviation(one) or 1.0 for one in responses]
        scaled = np.stack([one / each for one, each in zip(responses, noise, strict=True)])
        anywhere = rng.integers(0, frame.shape[1:], (_ANYWHERE, 3))
        own = np.clip(np.rint(there).astype(int), 0, np.array(frame.shape[1:]) - 1)
        inside.append(scaled[:, *own.T])
        outside.append(scaled[:, *anywhere.T])
    here, there = np.concatenate(inside, axis=1), np.concatenate(outside, axis=1)
    away = here.mean(axis=1) - there.mean(axis=1)
    if len(away) == 1:
        return (1.0,) if away[0] >= 0 else (-1.0,)
    spread = there @ there.T / there.shape[1] + here @ here.T / max(here.shape[1], 1)
    ridge = max(1e-6 * float(np.trace(spread)), 1e-12)
    weights = np.linalg.solve(spread + ridge * np.eye(len(away)), away)
    if not weights.any():
        return (1.0,) * len(away)
    return tuple((weights / np.abs(weights).max()).tolist())


def _response(
    image: NDArray[np.float32], voxel_size: tuple[float, float, float], radius: float
) -> NDArray[np.float32]:
    """Difference of Gaussians about the radius."""
    sigma = np.where(np.array(image.shape) == 1, 0, radius / np.array(voxel_size))
    return blurred(image, 0.71 * sigma) - blurred(image, 1.41 * sigma)


def weighed_image(
    frame: NDArray[np.floating],
    weights: tuple[float, ...],
    voxel_size: tuple[float, float, float],
    radius: float,
) -> NDArray[np.float32]:
    """(z, y, x) weighted sum of a frame's channels, each in units of its noise.

    Parameters
    ----------
    frame : (channel, z, y, x)
    weights
        Of `image_weights`.
    voxel_size, radius
        In one unit.
    """
    if len(weights) == 1:
        return np.float32(weights[0]) * finite_values(frame[0])
    found = np.zeros(frame.shape[1:], np.float32)
    for channel, weight in zip(frame, weights, strict=True):
        image = finite_values(channel)
        noise = noise_deviation(_response(image, voxel_size, radius))
        found += np.float32(weight / noise if noise else 0.0) * image
    return found
