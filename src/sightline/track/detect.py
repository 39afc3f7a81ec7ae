"""Find bright blobs, such as nuclei: differences of Gaussians, local maxima, below a pixel."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.errors import SettingError
from sightline.track.local_maxima import below_a_pixel, local_maxima

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
    probability : (detection,) float64 or None
        That each is one of what is looked for, by a trained detector or by whoever gave them; with
        it, the most probable come first. None where nobody said.
    """

    positions: NDArray[np.float64]
    strength: NDArray[np.float64]
    radius: NDArray[np.float64]
    probability: NDArray[np.float64] | None = None


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
    values = finite_values(image)
    responses = [_response(values, np.array(voxel_size), radius) for radius in radii]
    best = responses[0] if len(radii) == 1 else np.max(responses, axis=0)
    noise = noise_deviation(best)
    if noise == 0:
        return Detections(np.empty((0, 3)), np.empty(0), np.empty(0))
    places = local_maxima(best, least_strength * noise)
    strength = best[tuple(places.T)].astype(np.float64) / noise
    first = np.argsort(-strength, kind="stable")[:most]
    places = places[first]
    scale = np.argmax([response[tuple(places.T)] for response in responses], axis=0)
    return Detections(
        positions=places + below_a_pixel(best, places),
        strength=strength[first],
        radius=np.asarray(radii, np.float64)[scale],
    )


def _response(
    values: NDArray[np.float32], voxel_size: NDArray[np.float64], radius: float
) -> NDArray[np.float32]:
    """Difference of Gaussians whose sizes lie about the radius."""
    sigma = np.maximum(radius / voxel_size, _BLUR)
    sigma[np.array(values.shape) == 1] = 0
    fine, wide = sigma / np.sqrt(_RATIO), sigma * np.sqrt(_RATIO)
    return blurred(values, fine, 4.0) - blurred(values, wide, 4.0)


def finite_values(image: NDArray[np.floating]) -> NDArray[np.float32]:
    """The image with the median in place of what is not finite."""
    values = np.asarray(image, np.float32)
    finite = np.isfinite(values)
    if finite.all():
        return values
    return np.where(finite, values, np.median(values[finite]) if finite.any() else np.float32(0))


def blurred(
    values: NDArray[np.float32], sigma: NDArray[np.float64], truncate: float = 3.0
) -> NDArray[np.float32]:
    """Smooth an image with a Gaussian; its edges go on as they are.

    Parameters
    ----------
    values : (z, y, x)
    sigma : (3,)
        Voxels.
    truncate
        Standard deviations at which the Gaussian ends.
    """
    found = np.empty_like(values)
    ndimage.gaussian_filter(values, sigma.tolist(), output=found, mode="nearest", truncate=truncate)
    return found


def noise_deviation(response: NDArray[np.float32]) -> float:
    """Standard deviation of the noise, by the median, of the pixels that are not blobs."""
    sample = response.ravel()[:: max(response.size // 100_000, 1)]
    spread = float(np.median(np.abs(sample - np.median(sample)))) / 0.6745
    rounding = 1e-6 * float(np.abs(response).max(initial=0))
    return max(spread, rounding)
