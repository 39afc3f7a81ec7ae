"""Size, place and shape of a footprint: features 37-45."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sightline.sort.features.outline import circumference, connected_parts, smoothed_perimeter

BODY: Final = 0.1
_CORE: Final = 0.3
_SUPPORT: Final = 1e-3


class Footprint(NamedTuple):
    """A cropped footprint and where it lies in the image.

    Parameters
    ----------
    weights : (height, width) float64
        Maximum 1; zero beyond the crop.
    crop
        (top, left, bottom, right) in the image, the last two exclusive.
    image_shape
        (height, width) of the image.
    """

    weights: NDArray[np.float64]
    crop: tuple[int, int, int, int]
    image_shape: tuple[int, int]


def footprint_area(footprint: Footprint) -> int:
    """Feature 37: pixels above a tenth of the maximum."""
    return int((footprint.weights > BODY).sum())


def footprint_fragmented(footprint: Footprint) -> int:
    """Feature 38 of the reference: 1 unless binarisation by the local mean leaves one part.

    A pixel is kept above 1.1 times the mean of the window around it of an eighth of the image
    (MATLAB's adaptive threshold at sensitivity 0.5, border pixels repeated).
    """
    weights = footprint.weights
    rows, columns = (
        _window_weights(first, count, size)
        for first, count, size in zip(
            footprint.crop[:2], weights.shape, footprint.image_shape, strict=True
        )
    )
    kept = weights > np.minimum(1.1 * (rows @ weights @ columns.T), 1)
    return int(connected_parts(kept)[1] != 1)


def footprint_bodies(footprint: Footprint) -> int:
    """Feature 38 of the paper: number of 8-connected parts above a tenth of the maximum."""
    return connected_parts(footprint.weights > BODY)[1]


def footprint_sum(footprint: Footprint) -> float:
    """Features 39 and, divided by the image's size, 44: sum of the weights."""
    return float(footprint.weights.sum())


def footprint_circumference(footprint: Footprint, threshold: float) -> float:
    """Feature 40: length of the outer boundaries of the pixels above the threshold, pixels."""
    return circumference(footprint.weights > threshold)


def edge_distance_of_peak(footprint: Footprint) -> float:
    """Feature 41 of the reference: from the brightest pixel to the nearest edge, pixels.

    With the reference's one-based coordinates: 1 at the left and top edge, 0 at the right and
    bottom. Of equally bright pixels the middle one, column after column.
    """
    weights = footprint.weights
    if not weights.any():
        return float("nan")
    columns, rows = np.nonzero(np.isclose(weights.T, weights.max(), rtol=0, atol=0))
    middle = (len(rows) - 1) // 2
    height, width = footprint.image_shape
    y = footprint.crop[0] + rows[middle] + 1
    x = footprint.crop[1] + columns[middle] + 1
    return float(min(y, height - y, x, width - x))


def edge_distance_of_centre(footprint: Footprint) -> float:
    """Feature 41 corrected: from the weighted centre to the image's nearest edge, pixels."""
    weights = footprint.weights
    total = weights.sum()
    if total == 0:
        return float("nan")
    y = footprint.crop[0] + 0.5 + weights.sum(1) @ np.arange(weights.shape[0]) / total
    x = footprint.crop[1] + 0.5 + weights.sum(0) @ np.arange(weights.shape[1]) / total
    height, width = footprint.image_shape
    return float(min(y, height - y, x, width - x))


def largest_body(footprint: Footprint) -> NDArray[np.bool_]:
    """The largest 8-connected part of the pixels above 0.3; of equals the first."""
    parts, count = connected_parts(footprint.weights > _CORE)
    if count == 0:
        return np.zeros(footprint.weights.shape, bool)
    return parts == 1 + np.argmax(np.bincount(parts.ravel())[1:])


def circularity_of_centres(body: NDArray[np.bool_]) -> float:
    """Feature 42 of the reference: 4 pi area / perimeter squared; above 1 for small bodies."""
    perimeter = smoothed_perimeter(body)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(4 * np.pi * np.float64(body.sum()) / perimeter**2)


def circularity(body: NDArray[np.bool_]) -> float:
    """Feature 42 corrected: as the reference's, with a perimeter that includes the pixels' halves.

    A walk through the pixels' centres is shorter by pi than one around them half a pixel outside.
    """
    if not body.any():
        return float("nan")
    perimeter = smoothed_perimeter(body) + np.pi
    return float(4 * np.pi * body.sum() / perimeter**2)


def elongation(body: NDArray[np.bool_]) -> float:
    """Feature 43: major over minor axis of the ellipse with the body's second moments.

    A pixel counts as a square, so that even a line has a width (as MATLAB's ``regionprops``).
    """
    y, x = np.nonzero(body)
    if not len(y):
        return float("nan")
    y, x = y - y.mean(), x - x.mean()
    yy, xx, xy = np.mean(y * y) + 1 / 12, np.mean(x * x) + 1 / 12, np.mean(x * y)
    spread = np.hypot(xx - yy, 2 * xy)
    return float(np.sqrt((xx + yy + spread) / (xx + yy - spread)))


def spatial_corruption(footprint: Footprint) -> float:
    """Feature 45: variation around the local mean over variation around the overall mean.

    The local mean is over 4 x 4 pixels, from one before to two after, border pixels repeated.
    """
    weights = footprint.weights
    support = weights > _SUPPORT
    if not support.any():
        return float("nan")
    wide = _with_margin(footprint, 2)
    windows = np.lib.stride_tricks.sliding_window_view(wide, (4, 4))[1:, 1:]
    local = windows.mean((-1, -2))[support]
    values = weights[support]
    overall = values.mean()
    near = np.mean(np.square(values - local) / np.maximum(local, 0.01))
    far = np.mean(np.square(values - overall) / max(overall, 0.01))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(near / far)


def _window_weights(first: int, count: int, size: int) -> NDArray[np.float64]:
    """How much each of a crop's lines weighs in the mean of the window around each of them.

    The window spans an eighth of the image's ``size`` lines; beyond the image its last line is
    repeated.
    """
    radius = size // 16
    lines = np.arange(first, first + count)
    window = np.clip(lines[:, None] + np.arange(-radius, radius + 1), 0, size - 1)
    line, place = np.nonzero((window >= first) & (window < first + count))
    counts = np.zeros((count, count))
    np.add.at(counts, (line, window[line, place] - first), 1)
    return counts / (2 * radius + 1)


def _with_margin(footprint: Footprint, margin: int) -> NDArray[np.float64]:
    """The weights with a margin around: zeros in the image, its border pixels repeated beyond."""
    top, left, bottom, right = footprint.crop
    height, width = footprint.image_shape
    free = [(min(margin, top), min(margin, height - bottom)),
            (min(margin, left), min(margin, width - right))]  # fmt: skip
    beyond = [(margin - before, margin - after) for before, after in free]
    return np.pad(np.pad(footprint.weights, free), beyond, mode="edge")
