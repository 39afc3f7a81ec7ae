"""Compressed sparse matrices of others, checked before anything walks along their indices."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def checked_columns(
    data: NDArray[Any], indices: NDArray[Any], starts: NDArray[Any], shape: tuple[int, int]
) -> sparse.csc_array:
    """Put a sparse matrix together from the parts that SciPy, HDF5 and MATLAB store alike.

    Parameters
    ----------
    data, indices : (stored,)
        Values, and the row of each.
    starts : (columns + 1,)
        Where in ``data`` each column starts, and the end of the last.
    shape
        Rows and columns.

    Raises
    ------
    ValueError
        If the parts do not fit each other.
    """
    rows, columns = shape
    parts = (data, indices, starts)
    if any(part.ndim != 1 or part.dtype.kind not in "fiub" for part in parts):
        raise ValueError("a sparse matrix of anything but numbers in a row")
    starts, indices = starts.astype(np.int64), indices.astype(np.int64)
    if len(starts) != columns + 1 or starts[0] != 0 or (np.diff(starts) < 0).any():
        raise ValueError(f"a sparse matrix whose starts do not give {columns} columns")
    if not len(data) == len(indices) == starts[-1]:
        raise ValueError(f"a sparse matrix of {len(data)} values at {len(indices)} places")
    if len(indices) and not (indices.min() >= 0 and indices.max() < rows):
        raise ValueError(f"a sparse matrix with values outside of its {rows} rows")
    return sparse.csc_array((data, indices, starts), shape=shape)


def footprints_of_columns(
    columns: sparse.csc_array, image_shape: tuple[int, int]
) -> sparse.csr_array:
    """Turn columns into footprints; MATLAB and CaImAn number pixels down each image column.

    Parameters
    ----------
    columns : (pixel, candidate)
        Weight of pixel ``x * height + y``.
    image_shape
        (height, width), pixels; their product is the number of pixels.

    Returns
    -------
    (candidate, pixel) float32
        Weight of pixel ``y * width + x``.
    """
    height, width = image_shape
    x, y = np.divmod(columns.indices.astype(np.int64), height)
    parts = (columns.data.astype(np.float32), y * width + x, columns.indptr)
    return sparse.csr_array(parts, shape=(len(columns.indptr) - 1, height * width))
