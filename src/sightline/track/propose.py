"""Keypoints to begin with, where nobody has annotated anything: bright blobs, the strongest first.

A person then takes away what is none. The paper names the need of a first annotated frame as its
limitation ("Discussion").
"""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.track.detect import Detections, blurred, detect_blobs, noise_deviation
from sightline.track.image_channels import summed_channels
from sightline.track.local_maxima import first_of_near, local_maxima

_RATIO: Final = 1.4  # of neighbouring widths
_WIDTHS: Final = _RATIO ** np.arange(-1, 11)  # pixels of the finest axis
_LEAST: Final = 8.0  # standard deviations of the noise that such a blob reaches
_FINE: Final = 0.6  # radii: blobs that touch are told apart at this scale
_APART: Final = 1.1  # radii between two blobs, at least


def propose(
    frame: NDArray[np.floating],
    voxel_size: tuple[float, float, float],
    radius: float | None = None,
    most: int | None = None,
) -> Detections:
    """Find bright blobs of a size.

    Parameters
    ----------
    frame : (channel, z, y, x)
        The channels are summed, each in units of its noise.
    voxel_size
        Along (z, y, x).
    radius
        Standard deviation of a blob's brightness, in that unit; `blob_radius` if not given.
    most
        Blobs to keep at most, the strongest.

    Returns
    -------
    Detections
        Without probabilities, the strongest first; no two nearer to each other than about a radius.

    Raises
    ------
    SettingError
        If the radius is not above 0, or is not given and there are no blobs to tell it.
    """
    image = summed_channels(frame)
    if radius is None:
        radius = blob_radius(image, voxel_size)
    found = detect_blobs(image, voxel_size, (_FINE * radius,))
    kept = first_of_near(found.positions * np.array(voxel_size), _APART * radius)
    positions, strength = found.positions[kept][:most], found.strength[kept][:most]
    return Detections(positions, strength, np.full(len(strength), radius))


def blob_radius(image: NDArray[np.float32], voxel_size: tuple[float, float, float]) -> float:
    """Typical standard deviation of the brightness of bright blobs.

    A blob of radius r is a maximum in space and scale of normalised differences of Gaussians, at a
    scale of r in a plane and of sqrt(2/3) r in space (Lindeberg 1998). The median is taken with
    weights between strength alone, by which the grains of large things outweigh these, and all
    their light, by which crowds and bodies do.

    Parameters
    ----------
    image : (z, y, x)
        Finite.
    voxel_size
        Along (z, y, x).

    Returns
    -------
    float
        In the unit of the voxel size.

    Raises
    ------
    SettingError
        If there are none.
    """
    size = np.array(voxel_size)
    long = np.array(image.shape) > 1
    widths = _WIDTHS * size[long].min()
    scales, strengths = _in_space_and_scale(image, widths, size, long)
    if not len(scales):
        raise SettingError("The frame shows no bright blobs that would tell a radius; give one.")
    order = np.argsort(scales, kind="stable")
    light = np.cumsum(strengths[order] * (scales[order] / widths[0]) ** (long.sum() - 0.5))
    typical = scales[order][np.searchsorted(light, light[-1] / 2)]
    return float(typical * np.sqrt(long.sum() / 2))


def _in_space_and_scale(
    image: NDArray[np.float32],
    widths: NDArray[np.float64],
    size: NDArray[np.float64],
    long: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scales and strengths of the maxima in space and scale, the scale by a parabola."""
    blurs = (blurred(image, np.where(long, width / size, 0)) for width in widths)
    differences = (fine - wide for fine, wide in pairwise(blurs))
    finer, middle = next(differences), next(differences)
    scales, strengths = [], []
    for width, coarser in zip(widths[1:], differences, strict=False):
        at = tuple(local_maxima(middle, _LEAST * noise_deviation(middle)).T)
        below, own, above = (one[at].astype(np.float64) for one in (finer, middle, coarser))
        highest = (own > below) & (own > above)
        below, own, above = below[highest], own[highest], above[highest]
        shift = (below - above) / (2 * (below + above - 2 * own))
        scales.append(width * _RATIO ** (0.5 + shift))
        strengths.append(own)
        finer, middle = middle, coarser
    return np.concatenate(scales), np.concatenate(strengths)
