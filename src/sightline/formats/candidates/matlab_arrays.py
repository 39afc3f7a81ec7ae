"""What a MATLAB array can be: footprints or traces, in each order of axes that its sizes allow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.formats.candidates.finite_traces import finite_traces
from sightline.formats.candidates.matlab_file import Array, Cells, Sparse, matlab_shape
from sightline.formats.candidates.sparse_columns import footprints_of_columns

IMAGES_FIRST: Final = "height x width x candidates"
CANDIDATES_FIRST: Final = "candidates x height x width"
PIXELS_FIRST: Final = "pixels x candidates"
FRAMES_FIRST: Final = "frames x candidates"
FRAMES_LAST: Final = "candidates x frames"

Shape = tuple[int, int]


@dataclass(frozen=True)
class FootprintReading:
    """One way to take an array as footprints: how many, of which image, in which order."""

    count: int
    image_shape: Shape
    order: str
    read: Callable[[], sparse.csr_array]


@dataclass(frozen=True)
class TraceReading:
    """One way to take an array as traces."""

    count: int
    order: str
    read: Callable[[], tuple[NDArray[np.float32], list[str]]]


def footprint_readings(node: Any, image_shape: Shape | None) -> list[FootprintReading]:
    """All ways to take an array as footprints, those of another image size left out.

    Parameters
    ----------
    node
        Of the tree that `open_matlab` gives: images stacked before or behind, columns of pixels,
        EXTRACT's N-dimensional sparse object, or a cell array of images.
    image_shape
        (height, width), pixels, where it is known; columns of pixels need it.
    """
    if isinstance(node, dict):
        readings = _of_sparse_object(node)
    elif isinstance(node, Cells):
        readings = _of_cells(node)
    elif isinstance(node, Sparse):
        readings = _of_columns(node.rows, node.columns, node.read, image_shape)
    elif len(matlab_shape(node)) == 3:
        readings = _of_stack(node)
    elif len(matlab_shape(node)) == 2:
        rows, columns = matlab_shape(node)
        readings = _of_columns(rows, columns, lambda: _full_columns(node), image_shape)
        readings.append(
            FootprintReading(1, (rows, columns), IMAGES_FIRST, lambda: _rows_of([node[:].T]))
        )
    else:
        readings = []
    return [one for one in readings if image_shape is None or one.image_shape == image_shape]


def trace_readings(node: Any) -> list[TraceReading]:
    """Both ways to take a matrix as traces."""
    shape = matlab_shape(node)
    if isinstance(node, (Sparse, Cells)) or len(shape) != 2:
        return []
    across: Any = _Across(node)
    return [
        TraceReading(shape[0], FRAMES_LAST, lambda: finite_traces(across)),
        TraceReading(shape[1], FRAMES_FIRST, lambda: finite_traces(node)),
    ]


class _Across:
    """A matrix seen with its axes exchanged, read in parts."""

    def __init__(self, stored: Array) -> None:
        self._stored = stored
        self.shape = stored.shape[::-1]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        return np.asarray(self._stored[:, rows]).T


def _of_stack(stored: Array) -> list[FootprintReading]:
    """Images one by one from a stack, stored with its axes in reverse."""
    height, width, count = matlab_shape(stored)
    behind = FootprintReading(
        count, (height, width), IMAGES_FIRST, lambda: _rows_of(image.T for image in _parts(stored))
    )
    count, height, width = matlab_shape(stored)
    before = FootprintReading(
        count, (height, width), CANDIDATES_FIRST, lambda: _rows_of_planes(stored)
    )
    return [behind, before]


def _parts(stored: Array) -> Iterator[NDArray[Any]]:
    for index in range(len(stored)):
        yield np.asarray(stored[index])


def _rows_of(images: Any) -> sparse.csr_array:
    """Footprints from images (height, width), of which only one is held at a time."""
    return sparse.csr_array(
        sparse.vstack(
            [sparse.csr_array(np.asarray(image, np.float32).reshape(1, -1)) for image in images],
            format="csr",
        )
    )


def _rows_of_planes(stored: Array) -> sparse.csr_array:
    """Footprints from (width, height, candidate), one column of the images at a time."""
    width, height, count = stored.shape
    found = []
    for x in range(width):
        y, candidate = np.nonzero(column := np.asarray(stored[x]))
        found.append((candidate, y * width + x, column[y, candidate].astype(np.float32)))
    candidates, pixels, weights = (np.concatenate(part) for part in zip(*found, strict=True))
    return sparse.csr_array((weights, (candidates, pixels)), shape=(count, height * width))


def _of_cells(cells: Cells) -> list[FootprintReading]:
    shapes = {matlab_shape(cell) for cell in cells}
    if len(shapes) != 1 or len(shape := shapes.pop()) != 2:
        return []

    def images() -> Iterator[NDArray[Any]]:
        for cell in cells:
            yield cell.read().toarray() if isinstance(cell, Sparse) else np.asarray(cell[:]).T

    return [
        FootprintReading(len(cells), (shape[0], shape[1]), IMAGES_FIRST, lambda: _rows_of(images()))
    ]


def _of_columns(
    rows: int, columns: int, read: Callable[[], sparse.csc_array], image_shape: Shape | None
) -> list[FootprintReading]:
    """Columns of pixels, as many as the known image has."""
    if image_shape is None or image_shape[0] * image_shape[1] != rows:
        return []
    return [
        FootprintReading(
            columns, image_shape, PIXELS_FIRST, lambda: footprints_of_columns(read(), image_shape)
        )
    ]


def _full_columns(stored: Array) -> sparse.csc_array:
    """A full matrix of pixels x candidates, one column at a time."""
    rows = [sparse.csr_array(np.asarray(part).reshape(1, -1)) for part in _parts(stored)]
    return sparse.csc_array(sparse.vstack(rows, format="csr").T)


def _of_sparse_object(held: dict[str, Any]) -> list[FootprintReading]:
    """EXTRACT's ndSparse: a sparse matrix, and the shape it has been folded from."""
    data, folded = held.get("data"), held.get("ndShape")
    if not isinstance(data, Sparse) or folded is None:
        return []
    lengths = [int(length) for length in np.ravel(folded[:])]
    height, width, count = (*lengths, 1, 1)[:3]
    if height * width * count != data.rows * data.columns or len(lengths) > 3:
        return []

    def read() -> sparse.csr_array:
        matrix = data.read()
        if data.columns != count:  # a single image is kept as it is
            matrix = sparse.csc_array(matrix.reshape((height * width, count), order="F"))
        return footprints_of_columns(matrix, (height, width))

    return [FootprintReading(count, (height, width), IMAGES_FIRST, read)]
