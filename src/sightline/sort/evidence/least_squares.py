"""Traces of given footprints, by least squares on the movie.

Each frame is taken to be a sum of footprints and of a smooth background: ``frame = S c + B b``. The
columns of B are tents on a coarse grid, so that neuropil around a cell is not counted as its
activity, and overlapping footprints share what they share.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

_RIDGE = 1e-6  # of the mean diagonal, so that identical footprints share their activity


@dataclass(frozen=True)
class TraceModel:
    """What frames are projected onto: footprints, and tents on a grid.

    Parameters
    ----------
    footprints : (candidate, lit pixel) float32 CSR
        Weights of the pixels that any footprint has.
    pixels : (lit pixel,) int64
        Which these are, ``y * width + x``.
    down, right : (point, height), (point, width) float32
        The tents along each axis; a tent of the image is the product of two.
    gram : (regressor, regressor) float64 CSC
        Products of footprints and tents with each other, with a ridge that makes them solvable.
    """

    footprints: sparse.csr_array
    pixels: NDArray[np.int64]
    down: NDArray[np.float32]
    right: NDArray[np.float32]
    gram: sparse.csc_array


def make_trace_model(
    footprints: sparse.csr_array, image_shape: tuple[int, int], spacing_px: float = 0.0
) -> TraceModel:
    """Join footprints with a smooth background.

    Parameters
    ----------
    footprints : (candidate, pixel) CSR
        Pixel is ``y * width + x``.
    image_shape
        (height, width).
    spacing_px
        Distance of the background's grid points; four times the typical diameter of a footprint if
        zero.
    """
    if not spacing_px:
        area = np.median(np.diff(footprints.indptr)) if len(footprints.indptr) > 1 else 1
        spacing_px = float(np.clip(4 * np.sqrt(max(area, 1)), 16, max(image_shape)))
    down, right = (_tents(length, spacing_px) for length in image_shape)
    tents = sparse.kron(sparse.csr_array(down), sparse.csr_array(right), format="csr")
    regressors = sparse.csr_array(sparse.vstack([footprints, tents]), dtype=np.float64)
    gram = regressors @ regressors.T
    diagonal = gram.diagonal()
    ridge = sparse.diags_array(_RIDGE * diagonal.mean() + (diagonal == 0))
    pixels = np.unique(footprints.indices).astype(np.int64)
    lit = sparse.csr_array(footprints[:, pixels], dtype=np.float32)
    return TraceModel(lit, pixels, down, right, sparse.csc_array(gram + ridge))


def project_frames(model: TraceModel, frames: NDArray) -> NDArray[np.float32]:
    """Return the products of regressors and frames, (regressor, frame) float32.

    A frame with a value that is not finite gives ``nan``.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        values = frames.astype(np.float32, copy=False)
        tents = (model.down @ values @ model.right.T).reshape(len(frames), -1)
        lit = values.reshape(len(frames), -1)[:, model.pixels]
        return np.concatenate([model.footprints @ lit.T, tents.T]).astype(np.float32)


def solve_traces(model: TraceModel, products: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the traces (candidate, frame) float32 that rebuild the frames best.

    Parameters
    ----------
    model
        Footprints and background.
    products : (regressor, frame) float32
        As `project_frames` gives them; a frame with a value that is not finite has a ``nan`` trace.
    """
    candidates = len(model.footprints.indptr) - 1
    good = np.isfinite(products).all(0)
    traces = np.full((candidates, products.shape[1]), np.nan, np.float32)
    solved = splu(model.gram).solve(products[:, good].astype(np.float64))
    traces[:, good] = solved[:candidates]
    return traces


def hold_last(traces: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return traces (candidate, frame) whose ``nan`` frames hold the one before; 0 at first."""
    known = np.isfinite(traces)
    place = np.maximum.accumulate(np.where(known, np.arange(traces.shape[1]), 0), axis=1)
    return np.where(np.isfinite(held := np.take_along_axis(traces, place, 1)), held, 0)


def _tents(length: int, spacing: float) -> NDArray[np.float32]:
    """Linear interpolation between evenly spaced points, (point, pixel)."""
    points = max(2, round(length / spacing) + 1)
    place = np.linspace(0, points - 1, length)
    return np.maximum(0, 1 - np.abs(place - np.arange(points)[:, None])).astype(np.float32)
