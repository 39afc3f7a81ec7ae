"""Find bright blobs, such as nuclei: differences of Gaussians, local maxima, below a pixel."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.errors import SettingError

_RATIO: Final = 1.4  # of the two Gaussians' sizes
_BLUR: Final = 0.35  # voxels: the least smoothing along an axis, so that noise is not a blob


@dataclass(frozen=True)
class Detections:
    """Blobs of a frame, strongest first.

    Parameters
    ----------
    positions : (detection, 3) float64
        (z, y, x) pixels.
    strength : (detection,) float64
        Response in standard deviations of the response between blobs.
    radius : (detection,) float64
        Scale of the strongest response, in the unit of the voxel size.
    """

    positions: NDArray[np.float64]
    strength: NDArray[np.float64]
    radius: NDArray[np.float64]


def detect_blobs(
    image: NDArray[np.floating],
    voxel_size: tuple[float, float, float],
    radii: tuple[float, ...],
    least_strength: float = 5.0,
    most: int | None = None,
) -> Detections:
    """Find bright blobs of some sizes.

    At each scale the image is smoothed with two Gaussians and the difference taken (about the
    Laplacian of Gaussian, in a unit that compares scales); a blob is a local maximum of the
    largest response of all scales, placed by a parabola along each axis.

    Parameters
    ----------
    image : (z, y, x)
        One channel, or the sum of some. Values that are not finite count as the median.
    voxel_size
        Size of a voxel along (z, y, x), in any unit.
    radii
        Standard deviations of the blobs looked for, in that unit.
    least_strength
        Standard deviations of the response that a blob must reach.
    most
        Blobs to keep at most, the strongest.

    Raises
    ------
    SettingError
        If there is no radius, or one is not positive.

    References
    ----------
    Lindeberg, Feature detection with automatic scale selection (1998).
    """
    if not radii or min(radii) <= 0:
        raise SettingError(f"radii are {radii!r}; give at least one, each above 0.")
    values = np.asarray(image, np.float32)
    finite = np.isfinite(values)
    if not finite.all():
        values = np.where(finite, values, np.median(values[finite]) if finite.any() else 0)
    responses = [_response(values, np.array(voxel_size), radius) for radius in radii]
    best = responses[0] if len(radii) == 1 else np.max(responses, axis=0)
    noise = _deviation(best)
    if noise == 0:
        return Detections(np.empty((0, 3)), np.empty(0), np.empty(0))
    peak = (best == ndimage.maximum_filter(best, 3)) & (best > least_strength * noise)
    places = np.argwhere(peak)
    strength = best[peak].astype(np.float64) / noise
    first = np.argsort(-strength, kind="stable")[:most]
    places = places[first]
    scale = np.argmax([response[tuple(places.T)] for response in responses], axis=0)
    return Detections(
        positions=places + _parabola(best, places),
        strength=strength[first],
        radius=np.asarray(radii, np.float64)[scale],
    )


def _response(
    values: NDArray[np.float32], voxel_size: NDArray[np.float64], radius: float
) -> NDArray[np.float32]:
    """Difference of Gaussians whose sizes lie about the radius."""
    sigma = np.maximum(radius / voxel_size, _BLUR)
    sigma[np.array(values.shape) == 1] = 0
    fine, wide = np.empty_like(values), np.empty_like(values)
    ndimage.gaussian_filter(values, sigma / np.sqrt(_RATIO), output=fine, mode="nearest")
    ndimage.gaussian_filter(values, sigma * np.sqrt(_RATIO), output=wide, mode="nearest")
    return fine - wide


def _deviation(response: NDArray[np.float32]) -> float:
    """Standard deviation of the noise, by the median, of the pixels that are not blobs."""
    sample = response.ravel()[:: max(response.size // 100_000, 1)]
    spread = float(np.median(np.abs(sample - np.median(sample)))) / 0.6745
    rounding = 1e-6 * float(np.abs(response).max(initial=0))
    return max(spread, rounding)


def _parabola(response: NDArray[np.float32], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """(place, 3) offset of the maximum from its voxel's centre, within half a voxel."""
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
