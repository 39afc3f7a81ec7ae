"""Where candidates lie: outlines, centres, neighbours and crops (ActSort, A.1.2)."""

import contourpy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import KDTree

from sightline.data.evidence import Layout
from sightline.sort.evidence.settings import DEFAULT_EVIDENCE, EvidenceSettings


def lay_out(
    footprints: sparse.csr_array,
    image_shape: tuple[int, int],
    settings: EvidenceSettings = DEFAULT_EVIDENCE,
) -> Layout:
    """Find outlines, centres, neighbours and crops of all candidates.

    A neighbour is one whose centre lies in the candidate's box widened by the margin. A crop holds
    the widened box and the neighbours' boxes as far as ``reach_px``.

    Parameters
    ----------
    footprints : (candidate, pixel) CSR
        Scaled to a maximum of 1; pixel is ``y * width + x``.
    image_shape
        (height, width).
    settings
        Level of the outline, margin and reach.
    """
    outlines = [
        _outline(*_box_of(footprints, index, image_shape), settings.outline_level)
        for index in range(len(footprints.indptr) - 1)
    ]
    centres = _centres(footprints, image_shape)
    boxes = np.array([_box_around(parts, image_shape) for parts in outlines], np.int32)
    boxes = boxes.reshape(-1, 4)
    starts, neighbours = _neighbours(centres, boxes, settings.margin_px)
    crops = _crops(boxes, starts, neighbours, image_shape, settings)
    parts = [part for outline in outlines for part in outline]
    return Layout(
        centres,
        boxes,
        crops,
        np.concatenate([np.zeros((0, 2), np.float32), *parts]),
        _starts([len(part) for part in parts]),
        _starts([len(outline) for outline in outlines]),
        neighbours,
        starts,
    )


def _box_of(
    footprints: sparse.csr_array, index: int, image_shape: tuple[int, int]
) -> tuple[NDArray[np.float32], int, int]:
    """Footprint cut to its own pixels and a border of zeros, and where that begins."""
    begin, end = footprints.indptr[index : index + 2]
    if begin == end:
        return np.zeros((1, 1), np.float32), 0, 0
    y, x = np.divmod(footprints.indices[begin:end], image_shape[1])
    top, left = int(y.min()) - 1, int(x.min()) - 1
    image = np.zeros((int(y.max()) - top + 2, int(x.max()) - left + 2), np.float32)
    image[y - top, x - left] = footprints.data[begin:end]
    return image, top, left


def _outline(
    image: NDArray[np.float32], top: int, left: int, level: float
) -> list[NDArray[np.float32]]:
    """Closed lines at a level of the footprint, (y, x) in the image."""
    if min(image.shape) < 2:
        return []
    lines = contourpy.contour_generator(z=image).lines(level)
    corner = np.array([top, left], np.float32)
    return [np.asarray(line, np.float32)[:, ::-1] + corner for line in lines]


def _box_around(parts: list[NDArray[np.float32]], image_shape: tuple[int, int]) -> list[int]:
    if not parts:
        return [0, 0, 1, 1]
    points = np.concatenate(parts)
    low = np.clip(np.floor(points.min(0)), 0, None).astype(int)
    high = np.minimum(np.ceil(points.max(0)).astype(int) + 1, image_shape)
    return [*low.tolist(), *np.maximum(high, low + 1).tolist()]


def _centres(footprints: sparse.csr_array, image_shape: tuple[int, int]) -> NDArray[np.float32]:
    y, x = np.divmod(footprints.indices, image_shape[1])
    owner = np.repeat(np.arange(len(footprints.indptr) - 1), np.diff(footprints.indptr))
    count = np.bincount(owner, minlength=len(footprints.indptr) - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        sums = [np.bincount(owner, axis, minlength=len(count)) for axis in (y, x)]
        return (np.stack(sums, 1) / count[:, None]).astype(np.float32)


def _neighbours(
    centres: NDArray[np.float32], boxes: NDArray[np.int32], margin_px: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    known = np.flatnonzero(np.isfinite(centres).all(1))
    if not known.size:
        return np.zeros(len(centres) + 1, np.int64), np.zeros(0, np.int32)
    low = boxes[known, :2] - margin_px
    high = boxes[known, 2:] - 1 + margin_px
    tree = KDTree(centres[known])
    near = tree.query_ball_point((low + high) / 2, (high - low).max(1) / 2, p=np.inf)
    counts = np.zeros(len(centres), np.int64)
    found = []
    for place, (index, others) in enumerate(zip(known, near, strict=True)):
        ids = known[np.asarray(others, np.intp)]
        inside = ((centres[ids] > low[place]) & (centres[ids] < high[place])).all(1)
        ids = np.sort(ids[inside & (ids != index)])
        counts[index] = len(ids)
        found.append(ids.astype(np.int32))
    return _starts(counts), np.concatenate([np.zeros(0, np.int32), *found])


def _crops(
    boxes: NDArray[np.int32],
    starts: NDArray[np.int64],
    neighbours: NDArray[np.int32],
    image_shape: tuple[int, int],
    settings: EvidenceSettings,
) -> NDArray[np.int32]:
    low, high = boxes[:, :2] - settings.margin_px, boxes[:, 2:] + settings.margin_px
    reach_low, reach_high = boxes[:, :2] - settings.reach_px, boxes[:, 2:] + settings.reach_px
    owner = np.repeat(np.arange(len(boxes)), np.diff(starts))
    np.minimum.at(low, owner, np.maximum(boxes[neighbours, :2], reach_low[owner]))
    np.maximum.at(high, owner, np.minimum(boxes[neighbours, 2:], reach_high[owner]))
    return np.concatenate([np.maximum(low, 0), np.minimum(high, image_shape)], 1).astype(np.int32)


def _starts(counts: list[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
