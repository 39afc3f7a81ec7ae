"""Traces as an extraction tool finds them: what a movie holds under each footprint."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse import linalg

from sightline.data.candidate_set import TraceKind
from sightline.simulate.calcium_movie import SimulatedMovie

_VALUES_AT_ONCE = 2**22
_RING_UM = 16.0
_GAP_UM = 4.0
_FEWEST_RING_PIXELS = 20

# Keeps least squares solvable where two footprints are nearly the same, as CNMF and EXTRACT do.
_RIDGE = 0.01


def estimate_traces(
    movie: SimulatedMovie,
    footprints: sparse.csr_array,
    kind: TraceKind,
    *,
    surround_share: float,
) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
    """Estimate traces in one pass over the movie.

    With footprints A, movie Y and surround s: the model is (A A' + ridge) x = A (Y - share s), the
    mean A (Y - share s) / sum A. Each trace has its median taken off.

    Parameters
    ----------
    movie
        Where the traces come from.
    footprints : (candidate, pixel) float32
        Largest weight 1.
    kind
        As in `CandidateSet`.
    surround_share
        How much of the mean over a ring around each candidate is taken off.

    Returns
    -------
    traces : (candidate, frame) float32
        Counts.
    images : dict of (height, width) float32
        ``"mean"`` and ``"maximum"`` over all frames.
    """
    sums = np.asarray(footprints.sum(axis=1), np.float32)
    surround = sparse.diags_array(surround_share * sums) @ _surrounds(movie, footprints)
    projected, images = _project(movie, sparse.csr_array(footprints - surround, dtype=np.float32))
    if kind == "model":
        overlaps = (footprints @ footprints.T).astype(np.float64)
        overlaps += sparse.diags_array(_RIDGE * overlaps.diagonal())
        solve = linalg.splu(overlaps.tocsc()).solve
        traces = solve(projected.astype(np.float64)).astype(np.float32)
    else:
        traces = projected / sums[:, None]
    traces -= np.median(traces, axis=1, keepdims=True)
    return traces, images


def _project(
    movie: SimulatedMovie, weights: sparse.csr_array
) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
    """Weights times movie (candidate, frame), and the movie's mean and maximum."""
    info = movie.info
    candidates, pixels = len(weights.indptr) - 1, info.shape[1] * info.shape[2]
    step = max(_VALUES_AT_ONCE // pixels, 1)
    projected = np.empty((candidates, info.frames), np.float32)
    total, highest = np.zeros(pixels), np.zeros(pixels, info.dtype)
    for start in range(0, info.frames, step):
        stop = min(start + step, info.frames)
        frames = movie.read(start, stop).reshape(stop - start, pixels)
        projected[:, start:stop] = weights @ frames.T.astype(np.float32, order="C")
        total += frames.sum(0, dtype=np.uint64)
        np.maximum(highest, frames.max(0), out=highest)
    shape = info.shape[1:]
    images = {"mean": total / info.frames, "maximum": highest}
    return projected, {
        name: image.reshape(shape).astype(np.float32) for name, image in images.items()
    }


def _surrounds(movie: SimulatedMovie, footprints: sparse.csr_array) -> sparse.csr_array:
    """Weights (candidate, pixel) of the mean over a ring around each footprint, without others."""
    shape = (movie.settings.height, movie.settings.width)
    taken = np.zeros(shape, bool)
    taken.reshape(-1)[footprints.indices[footprints.data > 0.5]] = True
    outer, gap = (length / movie.settings.pixel_size_um for length in (_RING_UM, _GAP_UM))
    rings = [
        _ring(footprints.indices[start:stop], taken, outer, max(gap, 1))
        for start, stop in zip(footprints.indptr[:-1], footprints.indptr[1:], strict=True)
    ]
    starts = np.cumsum([0, *map(len, rings)])
    weights = np.concatenate([np.full(len(ring), 1 / max(len(ring), 1)) for ring in rings])
    return sparse.csr_array(
        (weights.astype(np.float32), np.concatenate(rings), starts), shape=footprints.shape
    )


def _ring(
    pixels: NDArray[np.integer], taken: NDArray[np.bool_], outer: float, gap: float
) -> NDArray[np.int64]:
    """Pixels between two distances of a footprint; those of others only where few would be left."""
    height, width = taken.shape
    y, x = np.divmod(pixels, width)
    reach = int(np.ceil(outer))
    rows = np.arange(max(y.min() - reach, 0), min(y.max() + reach + 1, height))
    columns = np.arange(max(x.min() - reach, 0), min(x.max() + reach + 1, width))
    away = np.ones((len(rows), len(columns)), bool)
    away[y - rows[0], x - columns[0]] = False
    distance = np.asarray(ndimage.distance_transform_edt(away))
    around = (distance > gap) & (distance <= outer)
    free = around & ~taken[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    chosen = free if free.sum() >= _FEWEST_RING_PIXELS else around
    return (rows[:, None].astype(np.int64) * width + columns)[chosen]
