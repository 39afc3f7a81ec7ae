"""Which footprints are near each other, and how alike they are; linear in candidates."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_BLOCK_ROWS = 2048
_BLOCK_PAIRS = 32768
_SMALLEST_TILE = 2


def supports(footprints: sparse.csr_array, fraction: float) -> sparse.csr_array:
    """Leave out the weights that are below a fraction of their footprint's maximum.

    Extractors fade out differently, and the faint rim says little of which cell it is.

    Parameters
    ----------
    footprints : (candidate, pixel) CSR
        Weights, zero or more.
    fraction
        Between 0 and 1.

    Returns
    -------
    (candidate, pixel) float32 CSR
        Each row scaled to a sum of squares of 1; empty ones stay empty. Sorted indices.
    """
    count = len(footprints.indptr) - 1
    row = np.repeat(np.arange(count, dtype=np.int32), np.diff(footprints.indptr))
    weights = footprints.data.astype(np.float32)
    peak = np.zeros(count, np.float32)
    np.maximum.at(peak, row, weights)
    keep = (weights > 0) & (weights >= fraction * peak[row])
    row, weights, pixel = row[keep], weights[keep] / peak[row[keep]], footprints.indices[keep]
    norm = np.sqrt(np.bincount(row, np.square(weights), minlength=count)).astype(np.float32)
    ends = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=count))])
    kept = sparse.csr_array((weights / norm[row], pixel, ends), shape=footprints.shape)
    kept.sort_indices()
    return kept


def near_pairs(
    support: sparse.csr_array, image_shape: tuple[int, int], gap_px: float
) -> NDArray[np.int32]:
    """Pairs of candidates that overlap or come within a gap, and few that do not quite.

    The image is cut into tiles at least as wide as the gap; a pair is near where a pixel of one
    lies in the same or the next tile as a pixel of the other.

    Parameters
    ----------
    support : (candidate, pixel) CSR
        As `supports` gives them.
    image_shape
        (height, width).
    gap_px
        Distance between the centres of the nearest pixels, pixels.

    Returns
    -------
    (pair, 2) int32
        Rows of the candidates, the first the lower; sorted.
    """
    side = max(_SMALLEST_TILE, int(np.ceil(gap_px)))
    width = image_shape[1] // side + 3
    height = image_shape[0] // side + 3
    y, x = np.divmod(support.indices, image_shape[1])
    tile = (y // side + 1) * width + x // side + 1
    tiles = _occupied(tile, support.indptr, height * width)
    across = tiles.T.tocsr()
    around = np.array([dy * width + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1)])
    found = [np.empty((0, 2), np.int32)]
    for part in blocks(len(tiles.indptr) - 1, _BLOCK_ROWS):
        block = tiles[part]
        grown = (block.indices[:, None] + around).ravel()
        near = _occupied(grown, block.indptr * len(around), height * width) @ across
        first = np.repeat(np.arange(part.start, part.stop), np.diff(near.indptr))
        later = near.indices > first
        found.append(np.column_stack([first[later], near.indices[later]]).astype(np.int32))
    pairs = np.concatenate(found)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def likeness(
    first: sparse.csr_array, second: sparse.csr_array, pairs: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Cosine of the footprints of each pair, and the number of pixels they share.

    Parameters
    ----------
    first, second : (candidate, pixel) CSR
        As `supports` gives them.
    pairs : (pair, 2)
        A row of ``first`` and a row of ``second``.

    Returns
    -------
    cosine : (pair,) float32
    shared : (pair,) int32
    """
    cosine = np.zeros(len(pairs), np.float32)
    shared = np.zeros(len(pairs), np.int32)
    for part in blocks(len(pairs), _BLOCK_PAIRS):
        both = first[pairs[part, 0]].multiply(second[pairs[part, 1]]).tocsr()
        cosine[part] = both.sum(axis=1)
        shared[part] = np.diff(both.indptr)
    return np.clip(cosine, 0, 1), shared


def overlapping_pairs(
    first: sparse.csr_array, second: sparse.csr_array, least: float
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Pairs across two sets of footprints whose cosine is not below ``least``, which is positive.

    Returns
    -------
    pairs : (pair, 2) int32
        A row of ``first`` and a row of ``second``, sorted.
    cosine : (pair,) float32
    """
    across = second.T.tocsr()
    pairs, cosines = [np.empty((0, 2), np.int32)], [np.empty(0, np.float32)]
    for part in blocks(len(first.indptr) - 1, _BLOCK_ROWS):
        product = (first[part] @ across).tocsr()
        product.sort_indices()
        row = np.repeat(np.arange(part.start, part.stop), np.diff(product.indptr))
        alike = product.data >= least
        pairs.append(np.column_stack([row, product.indices])[alike].astype(np.int32))
        cosines.append(product.data[alike].astype(np.float32))
    return np.concatenate(pairs), np.clip(np.concatenate(cosines), 0, 1)


def centres(support: sparse.csr_array, image_shape: tuple[int, int]) -> NDArray[np.float64]:
    """Weighted centre of each footprint.

    Returns
    -------
    (candidate, 2) float64
        y and x, pixels; NaN for an empty one.
    """
    count = len(support.indptr) - 1
    row = np.repeat(np.arange(count), np.diff(support.indptr))
    mass = np.bincount(row, support.data, minlength=count)
    sums = [
        np.bincount(row, support.data * place, minlength=count)
        for place in np.divmod(support.indices, image_shape[1])
    ]
    with np.errstate(invalid="ignore"):
        return np.column_stack(sums) / mass[:, None]


def contact(
    support: sparse.csr_array, image_shape: tuple[int, int], pair: tuple[int, int], gap_px: float
) -> float:
    """Share of the smaller footprint's pixels that lie within a gap of the larger's.

    Parameters
    ----------
    support : (candidate, pixel) CSR
        As `supports` gives them.
    image_shape
        (height, width).
    pair
        Rows of two footprints that are not empty.
    gap_px
        Distance between pixel centres, pixels; 0 counts the pixels they share.
    """
    smaller, larger = sorted(
        (support.indices[slice(*support.indptr[row : row + 2])] for row in pair), key=len
    )
    places = [np.column_stack(np.divmod(pixels, image_shape[1])) for pixels in (smaller, larger)]
    from scipy.spatial import KDTree  # noqa: PLC0415 - a quarter of a second, and seldom needed

    distance, _ = KDTree(places[1]).query(places[0])
    return float((distance <= gap_px).mean())


def blocks(count: int, size: int) -> Iterator[slice]:
    """Slices of at most so many, from first to last."""
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def _occupied(
    columns: NDArray[np.integer], ends: NDArray[np.integer], width: int
) -> sparse.csr_array:
    """A sparse matrix of ones at these columns; a column that comes twice counts once."""
    ones = np.ones(len(columns), np.float32)
    # a copy, for what is summed in place may share its ends with another matrix
    matrix = sparse.csr_array((ones, columns, ends), shape=(len(ends) - 1, width), copy=True)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix
