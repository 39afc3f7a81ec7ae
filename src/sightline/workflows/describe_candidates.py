"""Evidence and features of some candidates, from what the pass over the movie left."""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.evidence import (
    ABSENT,
    CandidateEvidence,
    crop_footprint,
    traces_in_snapshots,
)
from sightline.data.feature_set import FeatureSet
from sightline.sort.evidence.coding import encode
from sightline.sort.evidence.events import find_events
from sightline.sort.evidence.settings import EvidenceSettings
from sightline.sort.evidence.windows import Windows
from sightline.sort.features.compute import candidate_features
from sightline.workflows.scan_movie import load_windows
from sightline.workflows.scratch import save_array, save_arrays

UserFeature = Callable[[CandidateEvidence], float]

_BATCH_PIXELS: Final = 16 * 2**20


@dataclass(frozen=True)
class EventsJob:
    """Consecutive candidates whose events one process finds.

    Parameters
    ----------
    folder
        Where the traces lie and results are put.
    start, stop
        Candidates, the last exclusive.
    settings
        With the window in movie frames.
    movie_downsampled
        As in `MovieNotes`.
    """

    folder: Path
    start: int
    stop: int
    settings: EvidenceSettings
    movie_downsampled: int

    @property
    def file(self) -> Path:
        """Name of the result's file."""
        return self.folder / f"events-{self.start:07d}.npy"


@dataclass(frozen=True)
class Batch:
    """Consecutive candidates that one process describes.

    Parameters
    ----------
    folder
        Where the plan lies and results are put.
    number
        Of the batch, from 0.
    start, stop
        Candidates, the last exclusive.
    feature_set
        Which features; None for none.
    functions
        Features of the user's own, which follow.
    image_shape
        (height, width).
    half_window, movie_downsampled
        As in `MovieNotes`.
    stretches
        First movie frame of each stretch, and the number of frames; empty without a movie.
    dtype
        Of the movie's values.
    largest_error
        That coding may make, in movie units.
    """

    folder: Path
    number: int
    start: int
    stop: int
    feature_set: FeatureSet | None
    functions: tuple[UserFeature, ...]
    image_shape: tuple[int, int]
    half_window: int
    movie_downsampled: int
    stretches: tuple[int, ...]
    dtype: str
    largest_error: float

    @property
    def file(self) -> Path:
        """Name of the result's file."""
        return self.folder / f"batch-{self.number:05d}"


def plan_batches(windows_start: NDArray[np.int64] | None, candidates: int) -> list[tuple[int, int]]:
    """Divide the candidates into batches of bounded memory, whatever the number of processes.

    Parameters
    ----------
    windows_start : (candidate + 1,) int64 or None
        Pixels of all snapshots before each candidate; None without a movie.
    candidates
        Their number.
    """
    most = 64
    if windows_start is None:
        return [(begin, min(begin + most, candidates)) for begin in range(0, candidates, most)]
    batches, begin = [], 0
    while begin < candidates:
        limit = windows_start[begin] + _BATCH_PIXELS
        end = int(np.searchsorted(windows_start, limit, side="right")) - 1
        end = min(max(end, begin + 1), begin + most, candidates)
        batches.append((begin, end))
        begin = end
    return batches


def save_footprints(folder: Path, footprints: sparse.csr_array) -> None:
    """Put the footprints where all processes find them."""
    for part in ("data", "indices", "indptr"):
        save_array(folder / f"footprints-{part}.npy", getattr(footprints, part))


def load_footprints(folder: Path, image_shape: tuple[int, int]) -> sparse.csr_array:
    """Map the footprints into memory."""
    data, indices, indptr = (
        np.load(folder / f"footprints-{part}.npy", mmap_mode="r")
        for part in ("data", "indices", "indptr")
    )
    shape = (len(indptr) - 1, image_shape[0] * image_shape[1])
    return sparse.csr_array((data, indices, indptr), shape=shape)


def load_traces(folder: Path) -> NDArray[np.float32]:
    """Map the traces (candidate, frame) into memory; there may be no frames."""
    path = folder / "traces.npy"
    try:
        return np.load(path, mmap_mode="r")
    except ValueError:  # nothing to map
        return np.load(path)


def find_events_of(job: EventsJob) -> dict[str, int]:
    """Find the events of some candidates; leave them in the folder."""
    traces = load_traces(job.folder)
    events = [
        find_events(np.array(traces[index]), job.settings, job.movie_downsampled)
        for index in range(job.start, job.stop)
    ]
    save_array(job.file, np.stack(events))
    return {"candidates": job.stop - job.start}


def describe_batch(batch: Batch) -> dict[str, int]:
    """Compute features and code the snapshots of a batch; leave both in the folder."""
    footprints = load_footprints(batch.folder, batch.image_shape)
    traces = load_traces(batch.folder)
    events = np.load(batch.folder / "events.npy", mmap_mode="r")
    crops = np.load(batch.folder / "crops.npy", mmap_mode="r")
    pieces = _Pieces(batch) if batch.stretches else None
    results: list[dict[str, Any]] = []
    for index in range(batch.start, batch.stop):
        snapshots = None if pieces is None else pieces.snapshots(index)
        kept, snapshots = _whole_snapshots(np.array(events[index]), snapshots)
        crop = crops[index]
        top, left, bottom, right = (int(edge) for edge in crop)
        trace = np.array(traces[index])
        present = kept[kept != ABSENT]
        evidence = CandidateEvidence(
            index,
            crop_footprint(footprints, index, crop, batch.image_shape[1]),
            (top, left, bottom, right),
            batch.image_shape,
            trace,
            present,
            None if snapshots is None else snapshots.astype(np.float32),
            traces_in_snapshots(trace, present, batch.half_window, batch.movie_downsampled),
        )
        results.append(
            {
                "events": kept,
                "features": _features(evidence, batch),
                **_coded(snapshots, batch.largest_error),
            }
        )
    codes = [result.pop("codes") for result in results]
    stacked: dict[str, Any] = {
        name: np.stack([result[name] for result in results]) for name in results[0]
    }
    save_arrays(batch.file, codes=np.concatenate(codes), **stacked)
    return {"candidates": batch.stop - batch.start}


def _features(evidence: CandidateEvidence, batch: Batch) -> NDArray[np.float64]:
    own = [float(function(evidence)) for function in batch.functions]
    if batch.feature_set is None:
        return np.array(own)
    return np.concatenate([candidate_features(evidence, batch.feature_set), own])


class _Pieces:
    """The pixels that the pass over the movie cut out, in the stretches' files."""

    def __init__(self, batch: Batch) -> None:
        self.folder, self.dtype = batch.folder, np.dtype(batch.dtype)
        self.windows: Windows = load_windows(batch.folder)
        bounds = np.searchsorted(self.windows.frame, batch.stretches)
        self.bounds, self.offsets = bounds[:-1], self.windows.start[bounds]

    def snapshots(self, index: int) -> NDArray[Any] | None:
        """A candidate's snapshots (event, frame, height, width) as the movie has them."""
        pieces = np.array(self.windows.of_candidate[index])
        pieces = pieces[pieces[:, 0] >= 0]
        if not pieces.size:
            return None
        top, left, bottom, right = self.windows.crop[pieces[0, 0]].tolist()
        cut = np.empty((pieces.size, (bottom - top) * (right - left)), self.dtype)
        stretches = np.searchsorted(self.bounds, pieces.ravel(), side="right") - 1
        begins = self.windows.start[pieces.ravel()] - self.offsets[stretches]
        places = (begins * self.dtype.itemsize).tolist()
        for stretch in np.unique(stretches):
            path = self.folder / f"pieces-{stretch:04d}"
            with path.open("rb") as file:
                for row in np.flatnonzero(stretches == stretch).tolist():
                    file.seek(places[row])
                    if file.readinto(cut[row].data) < cut[row].nbytes:
                        raise OSError(errno.EIO, "it ends too early", str(path))
        return cut.reshape(*pieces.shape, bottom - top, right - left)


def _whole_snapshots(
    events: NDArray[np.int32], snapshots: NDArray[Any] | None
) -> tuple[NDArray[np.int32], NDArray[Any] | None]:
    """Leave out events whose frames hold values that are not numbers."""
    if snapshots is None or snapshots.dtype.kind != "f":
        return events, snapshots
    whole = np.isfinite(snapshots.reshape(len(snapshots), -1)).all(1)
    present = events[events != ABSENT][whole]
    kept = np.full_like(events, ABSENT)
    kept[: len(present)] = present
    return kept, snapshots[whole] if whole.any() else None


def _coded(snapshots: NDArray[Any] | None, largest_error: float) -> dict[str, Any]:
    if snapshots is None:
        codes = np.zeros(0, np.uint16)
        return {
            "codes": codes,
            "pixels": 0,
            "coding": np.array([0, 1.0]),
            "contrast": _contrast(codes),
        }
    coded = encode(snapshots, largest_error)
    return {
        "codes": coded.codes.astype(np.uint16).ravel(),
        "pixels": snapshots.size,
        "coding": np.array([coded.least, coded.step]),
        "contrast": _contrast(snapshots),
    }


def _contrast(values: NDArray[Any]) -> NDArray[np.float32]:
    """Least, largest, 10 % and 99.9 % quantile (ActSort, A.1.2)."""
    if not values.size:
        return np.full(4, np.nan, np.float32)
    quantiles = np.quantile(values, [0.1, 0.999])
    return np.array([values.min(), values.max(), *quantiles], np.float32)
