"""How probable things are at every voxel, for a detection loss."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.track.detect import Detections
from sightline.track.detector import Detector, detect

_FAINT: Final = 0.01  # probability that the map does not show


def probability_map(frame: NDArray[np.floating], detector: Detector) -> NDArray[np.float32]:
    """How probable it is that a voxel belongs to a thing's middle, for a detection loss.

    Parameters
    ----------
    frame : (channel, z, y, x)
    detector
        Of `train_detector`.

    Returns
    -------
    (z, y, x) float32
        See `painted_probability`.

    Raises
    ------
    SettingError
        If the frame is not of the kind that the detector was trained on.
    """
    found = detect(frame, detector, _FAINT)
    return painted_probability(found, frame.shape[1:], detector.voxel_size, detector.radius)


def painted_probability(
    detections: Detections,
    shape: tuple[int, ...],
    voxel_size: tuple[float, float, float],
    radius: float,
) -> NDArray[np.float32]:
    """Paint detections: each one's probability, falling off as a blob of a radius does.

    Parameters
    ----------
    detections
        Without a probability, each counts as certain.
    shape
        (z, y, x) of the frame.
    voxel_size, radius
        In one unit.

    Returns
    -------
    (z, y, x) float32
        0 to 1; where several reach, the largest.
    """
    painted = np.zeros(shape, np.float32)
    size = np.array(shape)
    sigma = radius / np.array(voxel_size)
    chance = detections.probability
    peaks = np.ones(len(detections.positions)) if chance is None else chance
    for centre, peak in zip(detections.positions, peaks, strict=True):
        first = np.clip(np.ceil(centre - 3 * sigma), 0, size).astype(int)
        last = np.clip(np.floor(centre + 3 * sigma) + 1, 0, size).astype(int)
        z, y, x = (
            np.exp(-(((np.arange(a, b) - at) / wide) ** 2) / 2).astype(np.float32)
            for a, b, at, wide in zip(first, last, centre, sigma, strict=True)
        )
        window = painted[tuple(slice(a, b) for a, b in zip(first, last, strict=True))]
        np.maximum(window, np.float32(peak) * z[:, None, None] * y[:, None] * x, out=window)
    return painted
