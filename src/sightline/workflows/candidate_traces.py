"""Traces of all candidates in one file: as they came, or estimated from the movie."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.compute.jobs import Progress
from sightline.sort.evidence.least_squares import (
    TraceModel,
    hold_last,
    make_trace_model,
    project_frames,
    solve_traces,
)
from sightline.workflows.describe_candidates import load_traces
from sightline.workflows.preparation import Preparation, do_jobs
from sightline.workflows.scan_movie import Stretch, read_blocks
from sightline.workflows.scratch import new_array, save_array, save_arrays

_PARTS: Final = ("data", "indices", "indptr", "shape")
_BLOCK_BYTES: Final = 32 * 2**20
_WORKER_BYTES: Final = 256 * 2**20  # of movie, below which another process does not pay


def put_traces(
    work: Preparation, scale: NDArray[np.float32]
) -> tuple[NDArray[np.float32], list[str]]:
    """Put the traces that came along into the folder.

    Parameters
    ----------
    work
        Of candidates with traces, or without a movie to estimate them from.
    scale : (candidate,) float32
        What footprints were divided by: traces that rebuild the movie are multiplied by it.

    Returns
    -------
    traces : (candidate, frame) float32
        Finite; a memory map.
    notes
        What was done to them.
    """
    found = work.candidates
    path, bad = work.folder / "traces.npy", 0
    if found.traces is None:
        save_array(path, np.zeros((len(found), 0), np.float32))
        notes = ["There are no traces either: only the footprints' shapes can be judged."]
        return load_traces(work.folder), notes
    with new_array(path, found.traces.shape, np.float32) as write:
        for begin, end in row_blocks(*found.traces.shape):
            with np.errstate(over="ignore"):
                rows = np.array(found.traces[begin:end], np.float32)
                if found.trace_kind == "model":
                    rows *= scale[begin:end, None]
            unknown = ~np.isfinite(rows)
            bad += int(unknown.sum())
            for row, gaps in zip(rows, unknown, strict=True):
                row[gaps] = np.median(row[~gaps]) if not gaps.all() else 0
            write(rows)
    notes = [f"{bad:,} values of the traces were not finite; each got its trace's median."]
    return load_traces(work.folder), notes if bad else []


def estimate_traces(
    work: Preparation, footprints: sparse.csr_array, progress: Progress
) -> tuple[NDArray[np.float32], list[str]]:
    """Read the movie once and put the traces of given footprints into the folder; see `put_traces`.

    Parameters
    ----------
    work
        It has a movie; the typical frame lies in its folder.
    footprints : (candidate, pixel) CSR
        Scaled to a maximum of 1.
    progress
        Takes the number of finished parts and of all.
    """
    _save_model(work.folder, make_trace_model(footprints, work.candidates.image_shape))
    stretches = work.stretches()
    _, info = work.with_movie()
    worth = info.frames * info.frame_bytes // _WORKER_BYTES
    do_jobs(work, trace_stretch, stretches, progress, worth=worth)
    repeats = work.movie_downsampled
    shape = (len(work.candidates), info.frames * repeats)
    with new_array(work.folder / "traces.npy", shape, np.float32) as write:
        for begin, end in row_blocks(*shape):
            parts = [np.load(each.file("traces"), mmap_mode="r")[begin:end] for each in stretches]
            write(np.repeat(hold_last(np.concatenate(parts, 1)), repeats, 1))
    notes = ["There were no traces; they were estimated from the movie by least squares."]
    return load_traces(work.folder), notes


def trace_stretch(stretch: Stretch) -> dict[str, int]:
    """Leave the traces of a stretch's frames in the folder, (candidate, frame); ``nan`` if bad."""
    model = _load_model(stretch.folder)
    products = [project_frames(model, frames) for _, frames, _ in read_blocks(stretch)]
    save_array(stretch.file("traces"), solve_traces(model, np.concatenate(products, 1)))
    return {"frames": stretch.stop - stretch.start}


def row_blocks(candidates: int, frames: int) -> Iterator[tuple[int, int]]:
    """Divide traces into blocks of consecutive candidates that fit into memory."""
    rows = max(1, _BLOCK_BYTES // max(1, 4 * frames))
    for begin in range(0, candidates, rows):
        yield begin, min(begin + rows, candidates)


def _save_model(folder: Path, model: TraceModel) -> None:
    footprints, gram = (
        {f"{name}_{part}": getattr(matrix, part) for part in _PARTS}
        for name, matrix in (("footprints", model.footprints), ("gram", model.gram))
    )
    dense = {name: getattr(model, name) for name in ("pixels", "down", "right")}
    save_arrays(folder / "trace-model", **footprints, **gram, **dense)


def _load_model(folder: Path) -> TraceModel:
    with np.load(folder / "trace-model") as stored:
        footprints, gram = (
            tuple(stored[f"{name}_{part}"] for part in _PARTS) for name in ("footprints", "gram")
        )
        return TraceModel(
            sparse.csr_array(footprints[:3], shape=tuple(footprints[3])),
            stored["pixels"],
            stored["down"],
            stored["right"],
            sparse.csc_array(gram[:3], shape=tuple(gram[3])),
        )
