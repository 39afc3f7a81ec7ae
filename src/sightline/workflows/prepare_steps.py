"""The steps from a movie and its candidates to evidence and features; each can be resumed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.compute.here import held_workers
from sightline.compute.jobs import Progress
from sightline.data.candidate_set import CandidateSet
from sightline.data.evidence import Evidence, Layout, MovieNotes
from sightline.data.feature_set import OWN_FEATURES
from sightline.data.recording import RecordingInfo
from sightline.errors import InputError, ProjectError
from sightline.project.faults import reported
from sightline.sort.duplicates import find_duplicates
from sightline.sort.evidence.health import Health, find_warnings, footprints_on_image
from sightline.sort.evidence.layout import lay_out
from sightline.sort.evidence.motion import estimate_shifts
from sightline.sort.evidence.statistics import FrameSums, add_sums, no_sums, project
from sightline.sort.evidence.windows import plan_windows
from sightline.sort.features.compute import OWN_COLUMNS, PAIRWISE_COLUMNS, pairwise_features
from sightline.sort.features.extra import neighbour_features
from sightline.workflows.candidate_traces import estimate_traces, put_traces
from sightline.workflows.describe_candidates import (
    Batch,
    EventsJob,
    describe_batch,
    find_events_of,
    plan_batches,
    save_footprints,
)
from sightline.workflows.preparation import Preparation, do_jobs
from sightline.workflows.scan_movie import (
    Stretch,
    read_sums,
    save_origin,
    save_sums,
    save_windows,
    scan_stretch,
    value_type,
)
from sightline.workflows.scratch import save_array

Phase = Callable[[str], Progress]

_EVENTS_JOB: Final = 128
_MERGED_AT_ONCE: Final = 16  # sums of stretches that are added up before the sum is kept

# What one more process must have to do, for it takes seconds to start.
_WORKER_TRACE_BYTES: Final = 128 * 2**20
_WORKER_MOVIE_BYTES: Final = 512 * 2**20
_WORKER_CANDIDATES: Final = 300


@dataclass(frozen=True)
class Scan:
    """What one pass over a movie gives.

    Parameters
    ----------
    images
        (height, width) float32 each: maximum, mean, correlation, noise.
    sums
        Of the whole movie.
    gaps
        Frames in which pixels without a value were filled.
    samples : (sample, height, width) float32
        Short runs of frames, the middle of the image, from which motion is estimated.
    stretches
        First frame of each stretch, and the number of frames.
    """

    images: dict[str, NDArray[np.float32]]
    sums: FrameSums
    gaps: int
    samples: NDArray[np.float32]
    stretches: tuple[int, ...]


@dataclass(frozen=True)
class Described:
    """What the steps lead to.

    Parameters
    ----------
    evidence
        All but traces and snapshots.
    features : (candidate, feature) float64
        ``nan`` where missing; the set's, then those of the user's functions.
    coding
        Least value and step of each candidate's snapshots.
    pixels : (candidate,) int64
        Values of each candidate's snapshots.
    traces : (candidate, frame) float32
        A memory map.
    batches
        Files of the coded snapshots, in order.
    """

    evidence: Evidence
    features: NDArray[np.float64]
    coding: tuple[NDArray[np.float64], NDArray[np.float64]]
    pixels: NDArray[np.int64]
    traces: NDArray[np.float32]
    batches: tuple[Path, ...]


def make_evidence(work: Preparation, phase: Phase) -> Described:
    """Take all steps: traces if there are none, events, one pass over the movie, description.

    Parameters
    ----------
    work
        What to make evidence of.
    phase
        Takes the name of the next step and returns where its progress goes.

    Raises
    ------
    InputError
        If the movie holds one value only or none, or frames cannot be read.
    ProjectError
        If the disk is full or cannot be written.
    """
    found = work.candidates
    with reported(work.folder), held_workers():
        footprints, scale = _scaled(found.footprints)
        save_footprints(work.folder, footprints)
        origin = None if work.movie is None else save_origin(work.folder, work.movie)
        if found.traces is None and origin is not None:
            traces, notes = estimate_traces(work, footprints, phase("estimating traces"))
        else:
            traces, notes = put_traces(work, scale)
        events = _events(work, traces, phase("finding events"))
        layout = lay_out(footprints, found.image_shape, work.settings)
        save_array(work.folder / "crops.npy", layout.crops)
        scan = None if origin is None else scan_movie(work, events, layout, origin, phase)
        noise = float(np.median(scan.images["noise"])) if scan else 0.0
        parts, batches = _describe(work, layout, scan, noise, phase("computing features"))
        shape, kind = found.image_shape, work.feature_set
        known = traces if traces.size else None
        if kind is not None:
            parts["features"][:, PAIRWISE_COLUMNS] = pairwise_features(known, footprints, kind)
        if kind == "sightline":
            own, _ = neighbour_features(known, footprints, shape, OWN_FEATURES)
            parts["features"][:, OWN_COLUMNS] = own
        pairs = find_duplicates(footprints, known, shape)
    twice = {pair.second for pair in pairs if pair.kind == "duplicate"}
    evidence = Evidence(
        found.recording,
        found.identities,
        shape,
        footprints,
        parts["events"],
        parts["contrast"],
        layout,
        _about(work, scan, noise, len(twice) / len(found), notes),
        {**found.images, **(scan.images if scan else {})},
        found.columns,
        found.proposal,
    )
    least, step = parts["coding"].T
    pixels = parts["pixels"].astype(np.int64)
    return Described(evidence, parts["features"], (least, step), pixels, traces, batches)


def _scaled(footprints: sparse.csr_array) -> tuple[sparse.csr_array, NDArray[np.float32]]:
    """Footprints with a maximum of 1, and what each was divided by."""
    largest = np.asarray(footprints.max(axis=1).todense(), np.float32).ravel()
    scale = np.where(largest > 0, largest, 1).astype(np.float32)
    scaled = sparse.csr_array(footprints, dtype=np.float32, copy=True)
    scaled.data /= np.repeat(scale, np.diff(scaled.indptr))
    scaled.sort_indices()
    return scaled, scale


def _events(
    work: Preparation, traces: NDArray[np.float32], progress: Progress
) -> NDArray[np.int32]:
    jobs = [
        EventsJob(
            work.folder,
            begin,
            min(begin + _EVENTS_JOB, len(traces)),
            work.settings,
            work.movie_downsampled,
        )
        for begin in range(0, len(traces), _EVENTS_JOB)
    ]
    do_jobs(work, find_events_of, jobs, progress, worth=traces.nbytes // _WORKER_TRACE_BYTES)
    events = np.concatenate([np.load(job.file) for job in jobs])
    save_array(work.folder / "events.npy", events)
    return events


def scan_movie(
    work: Preparation,
    events: NDArray[np.int32],
    layout: Layout,
    origin: NDArray[np.float32],
    phase: Phase,
) -> Scan:
    """Read the movie once: its images, its health, and the pixels of all snapshots."""
    _, info = work.with_movie()
    windows = plan_windows(events, layout.crops, work.settings.half_window, work.movie_downsampled)
    save_windows(work.folder, windows)
    stretches = work.stretches()
    sums, gaps = _merged_sums(work, stretches, phase("reading the movie"))
    _check_values(info, sums, origin)
    images = project(sums, origin)
    return Scan(
        {name: getattr(images, name) for name in ("maximum", "mean", "correlation", "noise")},
        sums,
        gaps,
        np.concatenate([np.load(stretch.file("samples")) for stretch in stretches]),
        (*(stretch.start for stretch in stretches), info.frames),
    )


def _check_values(info: RecordingInfo, sums: FrameSums, origin: NDArray[np.float32]) -> None:
    if sums.frames == 0:
        raise InputError(
            info.source,
            "most pixels of each frame hold no number",
            "a movie of cells",
            "Check the file; fill what motion correction left empty, or cut it off.",
        )
    if not np.any(sums.squares) and not np.any(np.diff(origin.ravel())):
        raise InputError(
            info.source,
            "all pixels of all frames hold the same value",
            "a movie of cells",
            "Check the file; the shutter may have been closed.",
        )


def _merged_sums(
    work: Preparation, stretches: list[Stretch], progress: Progress
) -> tuple[FrameSums, int]:
    """Add up the stretches in the order of the movie, as far as they are there, and keep the sum.

    What was added up is removed, so that the disk holds few images however long the movie is.
    """
    kept = work.folder / "sums"
    sums, merged = read_sums(kept) if kept.is_file() else (no_sums(work.candidates.image_shape), 0)
    on_disk, gaps = merged, 0

    def merge(result: dict[str, int]) -> None:
        nonlocal sums, merged, on_disk, gaps
        gaps += result["gaps"]
        while merged < len(stretches) and stretches[merged].file("sums").is_file():
            more, _ = read_sums(stretches[merged].file("sums"))
            sums, merged = add_sums(sums, more), merged + 1
        if merged >= on_disk + _MERGED_AT_ONCE:
            save_sums(kept, sums, np.float64, merged)
            for stretch in stretches[on_disk:merged]:
                stretch.file("sums").unlink()
            on_disk = merged

    _, info = work.with_movie()
    worth = info.frames * info.frame_bytes // _WORKER_MOVIE_BYTES
    do_jobs(work, scan_stretch, stretches, progress, worth=worth, each=merge)
    if merged < len(stretches):
        raise ProjectError(
            f"{stretches[merged].file('sums')}: missing, though it was made. All processes must "
            f"find the folder under this path; remove {work.folder} and prepare again."
        )
    return sums, gaps


def _describe(
    work: Preparation, layout: Layout, scan: Scan | None, noise: float, progress: Progress
) -> tuple[dict[str, NDArray[Any]], tuple[Path, ...]]:
    """Features, contrast and coding of all candidates, and the files of their snapshots."""
    pixels = None
    if scan is not None:
        crops = layout.crops.astype(np.int64)
        area = (crops[:, 2] - crops[:, 0]) * (crops[:, 3] - crops[:, 1])
        pixels = np.concatenate([[0], np.cumsum(area)]) * work.settings.window
        pixels *= work.settings.events
    batches = [
        Batch(
            work.folder,
            number,
            begin,
            end,
            work.feature_set,
            work.functions,
            work.candidates.image_shape,
            work.settings.half_window,
            work.movie_downsampled,
            scan.stretches if scan else (),
            value_type(work.info).str if work.info else "",
            work.settings.coding_error * noise,
        )
        for number, (begin, end) in enumerate(plan_batches(pixels, len(work.candidates)))
    ]
    worth = len(work.candidates) // _WORKER_CANDIDATES
    do_jobs(work, describe_batch, batches, progress, worth=worth)
    loaded: dict[str, list[NDArray[Any]]] = {}
    for batch in batches:
        with np.load(batch.file) as parts:
            for name in ("events", "features", "pixels", "coding", "contrast"):
                loaded.setdefault(name, []).append(parts[name])
    joined = {name: np.concatenate(parts) for name, parts in loaded.items()}
    return joined, tuple(batch.file for batch in batches)


def _about(
    work: Preparation, scan: Scan | None, noise: float, duplicates: float, notes: list[str]
) -> MovieNotes:
    info, found = work.info, work.candidates
    rate = info.frame_rate_hz if info else None
    if scan is None:
        notes.insert(0, "There is no movie: the features that need frames are missing.")
    elif scan.gaps:
        notes.append(
            f"{scan.gaps:,} frames hold pixels without a value; these got the pixel's typical one."
        )
    return MovieNotes(
        info.name if info else "",
        found.frame_rate_hz or (rate * work.movie_downsampled if rate else None),
        work.movie_downsampled,
        info.pixel_size_um if info else None,
        info.units if info else "unknown",
        noise,
        work.settings.half_window,
        found.format,
        Path(found.source).name,
        "model" if found.traces is None else found.trace_kind,
        find_warnings(_health(work, scan, duplicates)),
        (*(info.notes if info else ()), *found.notes, *notes),
    )


def _health(work: Preparation, scan: Scan | None, duplicates: float) -> Health:
    info, shifts = work.info, np.zeros((0, 2), np.float32)
    if info is None or scan is None:
        nothing = np.zeros(0)
        return Health(nothing, nothing, shifts, duplicates=duplicates)
    return Health(
        scan.sums.brightness,
        scan.sums.change,
        estimate_shifts(scan.samples) if len(scan.samples) else shifts,
        info.frame_times_s,
        info.units,
        _saturated(scan.images["maximum"], info.dtype),
        duplicates,
        *footprints_on_image(_density(work.candidates), scan.images["correlation"]),
    )


def _density(found: CandidateSet) -> NDArray[np.float64]:
    """Sum of all footprints, each with a maximum of 1."""
    largest = np.asarray(found.footprints.max(axis=1).todense()).ravel()
    weights = np.divide(1, largest, out=np.zeros(len(found)), where=largest > 0)
    return (weights @ found.footprints).reshape(found.image_shape)


def _saturated(maximum: NDArray[np.float32], dtype: np.dtype[Any]) -> float:
    """Share of the pixels that reach the largest value of a camera of 8 bits or more."""
    if dtype.kind not in "iu":
        return 0.0
    highest = int(np.rint(maximum.max()))
    if highest < 255 or (highest + 1) & highest:  # no 2**bits - 1
        return 0.0
    return float(np.mean(maximum > highest - 0.5))
