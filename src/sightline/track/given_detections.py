"""Detections from elsewhere: points, label images, probability maps, functions; and joining."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sightline.errors import SettingError
from sightline.track.detect import Detections, blurred
from sightline.track.local_maxima import below_a_pixel, first_of_near, local_maxima

DetectFunction = Callable[[NDArray[np.float32]], "Detections | ArrayLike"]


def detections_of_points(positions: ArrayLike, score: ArrayLike | None = None) -> Detections:
    """Take points for detections; those whose score is a probability keep it.

    Parameters
    ----------
    positions : (detection, 3)
        (z, y, x) pixels.
    score : (detection,), optional
        How sure somebody was; without it, or where it is no number, a point is certain. Scores
        above 1 are no probabilities and only say which come first.

    Returns
    -------
    Detections
        The surest first.

    Raises
    ------
    SettingError
        If positions are not (detection, 3) numbers, or there is not one score for each.
    """
    places = np.asarray(positions, np.float64)
    if places.ndim != 2 or places.shape[1] != 3 or not np.isfinite(places).all():
        raise SettingError(
            f"Detections are {places.shape}; give (detection, 3) numbers: z, y, x in pixels."
        )
    sure = np.ones(len(places)) if score is None else np.asarray(score, np.float64)
    if sure.shape != (len(places),):
        raise SettingError(f"{sure.shape} scores for {len(places)} detections; give one for each.")
    sure = np.where(np.isnan(sure), 1.0, sure)
    order = np.argsort(-sure, kind="stable")
    chance = sure if not len(sure) or (sure.min() >= 0 and sure.max() <= 1) else np.ones(len(sure))
    unknown = np.full(len(places), np.nan)
    return Detections(places[order], sure[order], unknown, chance[order])


def detections_of_labels(
    labels: NDArray[np.integer], voxel_size: tuple[float, float, float]
) -> Detections:
    """Take the centroid of every label for a detection; the largest come first.

    Parameters
    ----------
    labels : (z, y, x) integers
        0 is nothing.
    voxel_size
        Along (z, y, x).

    Returns
    -------
    Detections
        ``strength`` is the number of voxels, ``radius`` the standard deviation along an axis of a
        ball, or in a flat image of a disk, of as many.

    Raises
    ------
    SettingError
        If labels are not whole numbers from 0.
    """
    image = np.asarray(labels)
    whole = image.dtype.kind in "iub"
    if image.ndim != 3 or not (whole or np.array_equal(image, np.rint(image))) or image.min() < 0:
        raise SettingError(
            f"Labels are {image.shape} {image.dtype}; give (z, y, x) whole numbers, 0 for nothing."
        )
    places = np.argwhere(image)
    _, label, count = np.unique(image[tuple(places.T)], return_inverse=True, return_counts=True)
    sums = [np.bincount(label, weights=axis, minlength=len(count)) for axis in places.T]
    centres = np.stack(sums, axis=1) / np.maximum(count, 1)[:, None]
    order = np.argsort(-count, kind="stable")
    radius = _deviation_of_ball(count * _size_of_voxel(image.shape, voxel_size), len(image) == 1)
    return Detections(
        centres[order], count[order].astype(np.float64), radius[order], np.ones(len(count))
    )


def detections_of_map(
    probability: NDArray[np.floating],
    voxel_size: tuple[float, float, float],
    radius: float,
    least_probability: float = 0.5,
) -> Detections:
    """Take the local maxima of a probability map for detections, placed below a pixel.

    Parameters
    ----------
    probability : (z, y, x)
        0 to 1.
    voxel_size, radius
        In one unit. The map is smoothed by half a radius, so that a plateau has one maximum.
    least_probability
        That the map reaches there.

    Returns
    -------
    Detections
        The most probable first, none nearer to another than a radius.

    Raises
    ------
    SettingError
        If values are not between 0 and 1, or the radius is not above 0.
    """
    chance = np.asarray(probability, np.float32)
    if chance.ndim != 3 or not (chance.min(initial=0) >= 0 and chance.max(initial=0) <= 1):
        raise SettingError(
            f"A probability map is {chance.shape} with values from {chance.min(initial=0):g} to "
            f"{chance.max(initial=0):g}; give (z, y, x) with values from 0 to 1."
        )
    if not radius > 0:
        raise SettingError(f"radius is {radius}; it must be above 0.")
    size = np.array(voxel_size)
    smooth = blurred(chance, np.where(np.array(chance.shape) > 1, 0.5 * radius / size, 0))
    places = local_maxima(smooth, 0.0)
    peaks = chance[tuple(places.T)].astype(np.float64)
    order = np.lexsort((-smooth[tuple(places.T)], -peaks))
    order = order[peaks[order] >= least_probability]
    positions = places[order] + below_a_pixel(smooth, places[order])
    kept = first_of_near(positions * size, radius)
    found, count = peaks[order][kept], int(kept.sum())
    return Detections(positions[kept], found, np.full(count, radius), found)


def detections_by_function(function: DetectFunction, frame: NDArray[np.float32]) -> Detections:
    """Ask a user's function for the detections of a frame.

    Parameters
    ----------
    function
        Takes (channel, z, y, x) float32; gives (detection, 3) positions or `Detections`.
    frame : (channel, z, y, x)

    Raises
    ------
    SettingError
        If it gives something else.
    """
    found = function(frame)
    return found if isinstance(found, Detections) else detections_of_points(found)


def join_detections(
    sets: Sequence[Detections], voxel_size: tuple[float, float, float], apart: float
) -> Detections:
    """Join detections; of those that are near to each other only the most probable stays.

    Parameters
    ----------
    sets
        Of one frame; where equally probable, those of earlier sets stay.
    voxel_size, apart
        In one unit; nearer than this is the same thing.

    Returns
    -------
    Detections
        The most probable first; without a probability, a detection counts as certain.
    """
    parts = [(one.positions, one.strength, one.radius, _certain(one)) for one in sets]
    positions, strength, radius, chance = (
        np.concatenate(part) for part in zip(*parts, strict=True)
    )
    order = np.argsort(-chance, kind="stable")
    kept = order[first_of_near(positions[order] * np.array(voxel_size), apart)]
    return Detections(positions[kept], strength[kept], radius[kept], chance[kept])


def _certain(detections: Detections) -> NDArray[np.float64]:
    chance = detections.probability
    return np.ones(len(detections.positions)) if chance is None else chance


def _size_of_voxel(shape: tuple[int, ...], voxel_size: tuple[float, float, float]) -> float:
    """Volume, or area in a flat image."""
    return float(
        np.prod([size for size, length in zip(voxel_size, shape, strict=True) if length > 1])
    )


def _deviation_of_ball(volumes: NDArray[np.floating], flat: bool) -> NDArray[np.float64]:
    if flat:
        return np.sqrt(volumes / np.pi) / 2
    return np.cbrt(volumes * 3 / (4 * np.pi)) / np.sqrt(5)
