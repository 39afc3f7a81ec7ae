"""Traces of others as float32 without gaps, whatever they held."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROWS_AT_ONCE = 256


def finite_traces(
    traces: NDArray[Any], *, minus: NDArray[Any] | None = None, share: float = 1.0
) -> tuple[NDArray[np.float32], list[str]]:
    """Copy traces, in blocks of candidates, with 0 where they are not finite.

    Parameters
    ----------
    traces : (candidate, frame)
        Numbers; may be a memory map or an HDF5 dataset.
    minus : (candidate, frame)
        What to take off, times ``share``.

    Returns
    -------
    traces : (candidate, frame) float32
    notes
        How many values were not finite, in how many candidates, if any were.
    """
    finite = np.empty(traces.shape, np.float32)
    bad = np.zeros(len(traces), np.int64)
    for start in range(0, len(traces), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        with np.errstate(over="ignore", invalid="ignore"):
            finite[rows] = traces[rows]
            if minus is not None:
                finite[rows] -= np.float32(share) * np.asarray(minus[rows], np.float32)
        missing = ~np.isfinite(finite[rows])
        finite[rows][missing] = 0
        bad[rows] = missing.sum(1)
    return finite, note_on_gaps(bad)


def note_on_gaps(bad: NDArray[np.int64]) -> list[str]:
    """Say how many values of the traces were not finite, given their number for each candidate."""
    if not bad.any():
        return []
    many = f"{bad.sum():,} values of the traces of {(bad > 0).sum()} candidates"
    return [f"{many} were not finite: taken as 0."]
