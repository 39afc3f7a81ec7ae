"""Places of a frame where there may be a blob, and what they look like at several scales.

A ladder of Gaussian blurs is made once. Differences of neighbouring ones, about the Laplacian of
Gaussian at as many scales, propose places; these differences, the brightness and the bends along
each axis describe them.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates
from scipy.spatial import KDTree

from sightline.track.detect import blurred
from sightline.track.local_maxima import below_a_pixel, local_maxima

WIDTHS: Final = (0.35, 0.5, 0.71, 1.0, 1.41, 2.0)  # of the blurs, in radii
_PROPOSING: Final = (1, 2, 3)  # differences whose maxima are places
_BENDING: Final = (1, 2)  # blurs that bends are taken from
_BRIGHT: Final = (2, 5)  # blurs that brightness is taken from
_LEAST: Final = 2.5  # standard deviations of the noise that a place reaches
_FINEST: Final = 0.35  # voxels: the least smoothing along an axis
_STEP: Final = 0.7  # radii from a place to where its bend is taken
_NEAR: Final = 2.0  # radii
_SAMPLE: Final = 100_000  # voxels that tell of all


@dataclass(frozen=True)
class BlurLadder:
    """A frame, blurred.

    Parameters
    ----------
    blurred
        (z, y, x) float32, one for each of ``WIDTHS``.
    noise
        Standard deviation of each difference of neighbouring ones between blobs; above 0.
    voxel_size, radius
        In one unit.
    """

    blurred: tuple[NDArray[np.float32], ...] = field(repr=False)
    noise: tuple[float, ...]
    voxel_size: NDArray[np.float64]
    radius: float

    @property
    def flat(self) -> bool:
        """Whether there is one plane only."""
        return len(self.blurred[0]) == 1


@dataclass(frozen=True)
class Places:
    """Where there may be a blob; see `blob_places`.

    Parameters
    ----------
    positions : (place, 3) float64
        (z, y, x) pixels.
    strength : (place,) float64
        Of the difference that is largest there, in standard deviations of its noise.
    radius : (place,) float64
        Of a blob whose difference is largest at that scale.
    """

    positions: NDArray[np.float64]
    strength: NDArray[np.float64]
    radius: NDArray[np.float64]


def blur_ladder(
    image: NDArray[np.float32], voxel_size: tuple[float, float, float], radius: float
) -> BlurLadder:
    """Blur an image to all widths, each from the one before.

    Parameters
    ----------
    image : (z, y, x)
        Finite.
    voxel_size, radius
        Along (z, y, x), and the blobs' standard deviation, in one unit.
    """
    size = np.array(voxel_size)
    flat = np.array(image.shape) == 1
    blurs, before = [], np.zeros(3)
    for width in WIDTHS:
        sigma = np.where(flat, 0, np.maximum(width * radius / size, _FINEST))
        image = blurred(image, np.sqrt(np.maximum(sigma**2 - before**2, 0)))
        blurs.append(image)
        before = sigma
    every = max(image.size // _SAMPLE, 1)
    sample = np.stack([one.ravel()[::every] for one in blurs])
    differences = sample[:-1] - sample[1:]
    spread = np.abs(differences - np.median(differences, axis=1, keepdims=True))
    rounding = 1e-6 * np.abs(blurs[0]).max(initial=0) + 1e-30
    noise = np.maximum(np.median(spread, axis=1) / 0.6745, rounding)
    return BlurLadder(tuple(blurs), tuple(noise.tolist()), size, radius)


def blob_places(ladder: BlurLadder, most: int) -> Places:
    """Local maxima of the differences at several scales; one blob may have one at each.

    Parameters
    ----------
    ladder
        Of a frame. One that is constant has no places.
    most
        Of each scale, the strongest.
    """
    found = [_maxima(ladder, scale, most) for scale in _PROPOSING]
    positions, strength, radius = (np.concatenate(part) for part in zip(*found, strict=True))
    return Places(positions, strength, radius)


def describe_places(
    ladder: BlurLadder, positions: NDArray[np.float64], near: Places
) -> NDArray[np.float64]:
    """What a frame looks like at some positions, whatever its brightness and noise.

    Parameters
    ----------
    ladder
        Of the frame.
    positions : (place, 3)
        (z, y, x) pixels.
    near
        All places of the frame: how strong the strongest near by is, tells much.

    Returns
    -------
    (place, channel) float64
        Channels as `channel_names` names them; inverse hyperbolic sines, which tame what is large.
    """
    values = [_at(one, positions) for one in ladder.blurred]
    noise = ladder.noise
    differences = [
        (fine - wide) / one for fine, wide, one in zip(values, values[1:], noise, strict=False)
    ]
    widest = ladder.blurred[-1].ravel()
    background = float(np.median(widest[:: max(widest.size // _SAMPLE, 1)]))
    bright = [(values[blur] - background) / noise[_PROPOSING[0]] for blur in _BRIGHT]
    axes = range(int(ladder.flat), 3)
    bends = [_bend(ladder, blur, axis, positions) for blur in _BENDING for axis in axes]
    return np.arcsinh(
        np.stack([*differences, *bright, *bends, _strongest(ladder, positions, near)], axis=1)
    )


def channel_names(flat: bool) -> tuple[str, ...]:
    """Names of the channels of `describe_places`, for a frame of one plane or of several."""
    axes = "yx" if flat else "zyx"
    pairs = pairwise(WIDTHS)
    return (
        *(f"difference of {fine:g} and {wide:g} radii" for fine, wide in pairs),
        *(f"brightness at {WIDTHS[blur]:g} radii" for blur in _BRIGHT),
        *(f"bend along {axis} at {WIDTHS[blur]:g} radii" for blur in _BENDING for axis in axes),
        "strongest near by",
    )


def _maxima(
    ladder: BlurLadder, scale: int, most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Positions, strengths and radii of the maxima of one difference."""
    response = ladder.blurred[scale] - ladder.blurred[scale + 1]
    noise = ladder.noise[scale]
    places = local_maxima(response, _LEAST * noise)
    strength = response[tuple(places.T)].astype(np.float64) / noise
    first = np.argsort(-strength, kind="stable")[:most]
    positions = places[first] + below_a_pixel(response, places[first])
    width = float(np.sqrt(WIDTHS[scale] * WIDTHS[scale + 1])) * ladder.radius
    return positions, strength[first], np.full(len(first), width)


def _at(image: NDArray[np.float32], positions: NDArray[np.float64]) -> NDArray[np.float64]:
    return map_coordinates(image, positions.T, np.float64, order=1, mode="nearest")


def _bend(
    ladder: BlurLadder, blur: int, axis: int, positions: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How much brighter a place is than its two sides along an axis."""
    image, step = ladder.blurred[blur], np.zeros(3)
    step[axis] = max(1.0, _STEP * ladder.radius / ladder.voxel_size[axis])
    sides = _at(image, positions - step) + _at(image, positions + step)
    return (2 * _at(image, positions) - sides) / ladder.noise[blur]


def _strongest(
    ladder: BlurLadder, positions: NDArray[np.float64], near: Places
) -> NDArray[np.float64]:
    """(place,) strength of the strongest of all places near each, itself included."""
    size, reach = ladder.voxel_size, _NEAR * ladder.radius
    found = np.zeros(len(positions))
    if len(near.positions):
        around = KDTree(near.positions * size).query_ball_point(positions * size, reach)
        for place, others in enumerate(around):
            found[place] = near.strength[others].max(initial=0.0)
    return found
