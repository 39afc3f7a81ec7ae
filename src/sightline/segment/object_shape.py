"""Size, shape and place of every object of a label image, counted for all at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull

PixelSize = tuple[float, float]


def object_shapes(
    objects: NDArray[np.int32], pixel_size_um: PixelSize | None = None
) -> dict[str, NDArray[Any]]:
    """Measure shapes; pixels are squares, or what their size says.

    Parameters
    ----------
    objects : (y, x) int32
        Objects from 1 without gaps, 0 for none.
    pixel_size_um
        Along y and x. Columns in micrometres are there only where it is known; ``perimeter_um``
        only where pixels are square.

    Returns
    -------
    dict
        Of arrays (object,): ``area``, ``perimeter`` (Cauchy and Crofton's, by lines in four
        directions), ``equivalent_diameter`` of a disc as large, ``major_axis`` and ``minor_axis``
        of the ellipse with the same second moments, ``orientation_deg`` of the major axis, from -90
        to 90, counter-clockwise from the image's rows, ``eccentricity``, ``solidity`` (area over
        that of the convex hull), ``y`` and ``x`` of the centroid, pixel centres at whole numbers,
        the box ``top_px`` to ``bottom_px`` and ``left_px`` to ``right_px`` (ends are not inside),
        and ``touches_border``.
    """
    size = pixel_size_um or (1.0, 1.0)
    boxes = ndimage.find_objects(objects)
    area = np.bincount(objects.ravel(), minlength=len(boxes) + 1)[1:]
    perimeter = _perimeters(objects, len(boxes))
    middle, moments = _moments(objects, area)
    columns: dict[str, NDArray[Any]] = {"area_px": area}
    pairs = _sizes(area, perimeter, middle, moments, (1.0, 1.0))
    columns |= {f"{name}_px": values for name, values in pairs.items()}
    if pixel_size_um is not None:
        columns["area_um2"] = area * size[0] * size[1]
        pairs = _sizes(area, perimeter, middle, moments, pixel_size_um)
        columns |= {f"{name}_um": values for name, values in pairs.items()}
    major, minor, angle = _axes(moments, size)
    columns |= {
        "orientation_deg": angle,
        "eccentricity": np.sqrt(1 - np.minimum(minor / np.maximum(major, 1e-12), 1) ** 2),
        "solidity": _solidity(objects, boxes, area),
    }
    return columns | _boxes(boxes, objects.shape)


def _sizes(
    area: NDArray[np.int64],
    perimeter: NDArray[np.float64],
    middle: NDArray[np.float64],
    moments: NDArray[np.float64],
    size: PixelSize,
) -> dict[str, NDArray[np.float64]]:
    """Lengths and places in the unit in which pixels have that size."""
    major, minor, _ = _axes(moments, size)
    square = {"perimeter": perimeter * size[0]} if size[0] == size[1] else {}
    return square | {
        "equivalent_diameter": np.sqrt(4 / np.pi * area * size[0] * size[1]),
        "major_axis": major,
        "minor_axis": minor,
        "y": middle[0] * size[0],
        "x": middle[1] * size[1],
    }


def _moments(
    objects: NDArray[np.int32], area: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(2, object) centroids and (3, object) variances along y and x and covariance, pixels.

    A pixel is a square and not a point, which adds 1/12 to the variances.
    """
    places = np.nonzero(objects)
    which = objects[places]
    count = len(area) + 1
    middle = np.stack([np.bincount(which, along, minlength=count)[1:] / area for along in places])
    y, x = (along - mean[which - 1] for along, mean in zip(places, middle, strict=True))
    sums = [np.bincount(which, product, minlength=count)[1:] for product in (y * y, x * x, y * x)]
    return middle, np.stack(sums) / area + np.array([[1 / 12], [1 / 12], [0]])


def _axes(
    moments: NDArray[np.float64], size: PixelSize
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(object,) long and short axis of the ellipse with the same moments, and the long one's angle.

    A filled ellipse has a quarter of a half axis squared as variance along that axis.
    """
    y, x = moments[0] * size[0] ** 2, moments[1] * size[1] ** 2
    both = moments[2] * size[0] * size[1]
    root = np.sqrt(((y - x) / 2) ** 2 + both**2)
    major, minor = (y + x) / 2 + root, np.maximum((y + x) / 2 - root, 0)
    angle = np.degrees(np.arctan2(-2 * both, x - y) / 2)
    return 4 * np.sqrt(major), 4 * np.sqrt(minor), angle


def _perimeters(objects: NDArray[np.int32], count: int) -> NDArray[np.float64]:
    """(object,) pi / 8 of the borders that lines in four directions cross, times their distance."""
    padded = np.pad(objects, 1)
    inner = slice(1, None), slice(None, -1)
    total = np.zeros(count + 1)
    for rows, columns, apart in (
        ((slice(None), slice(None)), inner, 1.0),
        (inner, (slice(None), slice(None)), 1.0),
        (inner, inner, np.sqrt(0.5)),
        (inner, inner[::-1], np.sqrt(0.5)),
    ):
        one, other = padded[rows[0], columns[0]], padded[rows[1], columns[1]]
        border = one != other
        for side in (one, other):
            total += apart * np.bincount(side[border], minlength=count + 1)
    return np.pi / 8 * total[1:]


def _solidity(
    objects: NDArray[np.int32], boxes: list[Any], area: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(object,) pixels over the area of the convex hull around their squares."""
    found = np.ones(len(area))
    for number, box in enumerate(boxes, start=1):
        inside = objects[box] == number
        rows = np.flatnonzero(inside.any(axis=1))
        first = inside.argmax(axis=1)[rows]
        last = inside.shape[1] - inside[:, ::-1].argmax(axis=1)[rows]
        ends = [(row + step, end) for step in (0, 1) for end in (first, last) for row in (rows,)]
        corners = np.concatenate([np.stack([row, end], axis=1) for row, end in ends])
        found[number - 1] = area[number - 1] / ConvexHull(corners).volume
    return found


def _boxes(boxes: list[Any], shape: tuple[int, ...]) -> dict[str, NDArray[Any]]:
    ends = np.array(
        [[side.start, side.stop] for box in boxes for side in box], np.int64
    ).reshape(-1, 4)  # fmt: skip
    top, bottom, left, right = ends.T
    touches = (top == 0) | (left == 0) | (bottom == shape[0]) | (right == shape[1])
    return {
        "top_px": top, "left_px": left, "bottom_px": bottom, "right_px": right,
        "touches_border": touches,
    }  # fmt: skip
