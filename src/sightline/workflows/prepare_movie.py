"""From a movie and its candidates to a project: evidence, features, decisions that came along."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

import sightline
from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.data.decision import CELL, NOT_CELL
from sightline.data.feature_set import FeatureSet
from sightline.data.features import FEWEST_CANDIDATES
from sightline.data.recording import RecordingInfo
from sightline.errors import InputError, SettingError
from sightline.formats.candidates.open_candidates import open_candidates
from sightline.formats.candidates.open_labels import open_labels
from sightline.project.project import SUFFIX
from sightline.sort.evidence.settings import DEFAULT_EVIDENCE, EvidenceSettings
from sightline.sort.features.compute import feature_version
from sightline.workflows.added_features import (
    AddedFeatures,
    describe_functions,
    feature_table,
    read_added,
)
from sightline.workflows.carrying import check_earlier
from sightline.workflows.describe_candidates import UserFeature
from sightline.workflows.held_movie import OpenMovie
from sightline.workflows.open_movie import open_movie
from sightline.workflows.preparation import Preparation
from sightline.workflows.prepare_steps import Phase, make_evidence
from sightline.workflows.prepared_project import make_project
from sightline.workflows.scratch import open_scratch, remove_scratch, scratch_of
from sightline.workflows.sorting import check_classes

Summary = dict[str, Any]


@dataclass(frozen=True)
class PrepareOptions:
    """What a user may say beyond the files.

    Parameters
    ----------
    movie, candidates
        Keyword arguments of `open_recording` and of `open_candidates`.
    movie_downsampled
        Frames of a trace in one frame of the movie.
    evidence
        Events and snapshots.
    features
        ``"sightline"``, or ``"actsort"`` for the reference's formulas.
    name
        Of the recording in the project; the movie's or the candidates' own if empty.
    classes
        Names of the verdicts; with two, the second is a cell.
    columns
        Features of the user's own: a table with a column ``candidate``, or functions of a
        `CandidateEvidence`, defined at the top level of a module.
    labels, annotator
        Verdicts that a person gave before, in a file, and who it was.
    carry_from
        Project of an earlier extraction of the same recording, whose decisions carry on.
    """

    movie: dict[str, Any] = field(default_factory=dict)
    candidates: dict[str, Any] = field(default_factory=dict)
    movie_downsampled: int = 1
    evidence: EvidenceSettings = DEFAULT_EVIDENCE
    features: FeatureSet = "sightline"
    name: str = ""
    classes: Sequence[str] = (NOT_CELL, CELL)
    columns: str | Path | Mapping[str, UserFeature] = ""
    labels: str | Path = ""
    annotator: str = ""
    carry_from: str | Path = ""


def prepare_movie(
    movie: str | Path | OpenMovie | None,
    candidates: str | Path | CandidateSet,
    output: str | Path,
    options: PrepareOptions | None = None,
    *,
    workers: int | None = None,
    on: str = "",
    phase: Phase = lambda _name: lambda _done, _total: None,
) -> Summary:
    """Make a project from a movie and the candidates that an extraction found in it.

    The movie is read once, in file order (twice if traces must be estimated), and not needed
    afterwards. Stopped work is gone on with by the same call.

    Parameters
    ----------
    movie
        File or folder of frames, or a function that opens a `Recording` in whatever process it is
        called; None where there is none: then evidence is made from footprints, traces and the
        extractor's images, and features that need frames are missing.
    candidates
        The extraction's output: file or folder, or what was read from one.
    output
        Project folder to make, with a name that ends in ``.sightline``.
    options
        What the files do not say.
    workers
        Processes; one a core if not given.
    on
        Address of a Dask scheduler to do the work, instead of this machine.
    phase
        Takes the name of the next step, and returns what is called with the number of its finished
        parts and of all.

    Returns
    -------
    dict
        ``project``, ``recordings`` with their number of candidates, ``decisions`` that came along,
        ``warnings`` about the recording and ``notes`` on what was found and assumed.

    Raises
    ------
    InputError, SettingError
        If a file cannot be used, or movie and candidates do not fit each other.
    ProjectError
        If the project cannot be written; what was done is kept for the next call.
    """
    options = options or PrepareOptions()
    output = _free(Path(output))
    feature_version(options.features)
    check_classes(options.classes)
    if options.movie_downsampled < 1:
        raise SettingError(
            f"movie_downsampled is {options.movie_downsampled}; it must be 1 or more."
        )
    opened = _opener(movie, options)
    info = None if opened is None else _info(opened)
    found = candidates
    if not isinstance(found, CandidateSet):
        found = open_candidates(found, **_with_shape(options.candidates, info))
    if info is None:
        found = replace(found, frame_rate_hz=_trace_rate(found, options))
    settings = options.evidence.in_frames(_movie_rate(found, info, options.movie_downsampled))
    _check_fit(found, info, settings, options.movie_downsampled)
    found = replace(found, recording=options.name or (info.name if info else found.recording))
    if options.carry_from:
        check_earlier(options.carry_from, found.recording, found.image_shape, options.classes)
    found = _with_labels(found, options)
    added = read_added(options.columns, found)
    work = Preparation(
        scratch_of(output),
        found,
        opened,
        info,
        settings,
        options.movie_downsampled,
        options.features,
        added.functions,
        workers,
        on,
    )
    open_scratch(work.folder, _made_from(work, options, added))
    try:
        summary = _finish(work, output, options, added, phase)
    except InputError:  # the same call would end the same way
        remove_scratch(work.folder)
        raise
    remove_scratch(work.folder)  # once nothing in it is mapped into memory
    return summary


def _finish(
    work: Preparation, output: Path, options: PrepareOptions, added: AddedFeatures, phase: Phase
) -> Summary:
    described = make_evidence(work, phase)
    found, classes = work.candidates, options.classes
    table = feature_table(described.features, found, options.features, added)
    return make_project(output, work.folder, described, found, table, classes, options.carry_from)


def _opener(movie: str | Path | OpenMovie | None, options: PrepareOptions) -> OpenMovie | None:
    if isinstance(movie, str | Path):
        return partial(open_movie, Path(movie), options.movie)
    return movie


def _info(opened: OpenMovie) -> RecordingInfo:
    with opened() as recording:
        return recording.info


def _free(output: Path) -> Path:
    """Refuse a wrong or taken name before hours of work, not after."""
    if output.suffix != SUFFIX:
        raise InputError(output, "another ending", SUFFIX, f"Call it {output.name}{SUFFIX}.")
    if output.exists():
        raise InputError(output, "something there", "no such folder", "Choose another name.")
    if not output.parent.is_dir():
        raise InputError(
            output, f"there is no folder {output.parent}", "a folder that exists", "Make it first."
        )
    return output


def _with_shape(options: dict[str, Any], info: RecordingInfo | None) -> dict[str, Any]:
    if info is None or options.get("image_shape"):
        return options
    return {**options, "image_shape": info.shape[1:]}


def _with_labels(found: CandidateSet, options: PrepareOptions) -> CandidateSet:
    if not options.labels:
        return found
    said = open_labels(options.labels, found)
    if options.annotator and len(said) == 1:
        said = {options.annotator: next(iter(said.values()))}
    return check_candidates(replace(found, labels={**found.labels, **said}))


def _trace_rate(found: CandidateSet, options: PrepareOptions) -> float | None:
    """Frames of a trace a second, where there is no movie to say so."""
    told = options.movie.get("frame_rate_hz")
    if told is None:
        return found.frame_rate_hz
    if not 0 < told < math.inf:
        raise SettingError(f"--frame-rate is {told}; it must be a number above 0.")
    return told * options.movie_downsampled


def _movie_rate(
    found: CandidateSet, info: RecordingInfo | None, movie_downsampled: int
) -> float | None:
    if info is not None and info.frame_rate_hz:
        return info.frame_rate_hz
    return found.frame_rate_hz / movie_downsampled if found.frame_rate_hz else None


def _check_fit(
    found: CandidateSet,
    info: RecordingInfo | None,
    settings: EvidenceSettings,
    movie_downsampled: int,
) -> None:
    if len(found) < FEWEST_CANDIDATES:
        raise InputError(
            found.source,
            f"it has {len(found)} candidates",
            f"at least {FEWEST_CANDIDATES}, three of each class to learn from",
            "So few are judged faster by eye.",
        )
    if info is None:
        return
    if info.shape[1:] != found.image_shape:
        raise InputError(
            info.source,
            f"frames of {_size(info.shape[1:])} pixels",
            f"{_size(found.image_shape)}, as the footprints of {found.source}",
            "Give the movie that the candidates were extracted from, before any cropping.",
        )
    if info.frames < settings.window:
        raise InputError(
            info.source,
            f"{info.frames} frames",
            f"at least {settings.window}, the window of one event",
            "Give the whole movie, or a smaller --half-window.",
        )
    if found.traces is None:
        return
    frames = found.traces.shape[1]
    if not 0 <= frames - info.frames * movie_downsampled < movie_downsampled:
        ratio = frames / info.frames
        whole = max(1, round(ratio))
        advice = (
            f"Give --movie-downsampled {whole}."
            if whole != movie_downsampled and abs(ratio - whole) < 0.01 * ratio
            else "Give the movie that the traces were taken from, whole."
        )
        raise InputError(
            info.source,
            f"{info.frames} frames",
            f"{frames // movie_downsampled}, for the traces of {found.source} have {frames}",
            advice,
        )


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _made_from(work: Preparation, options: PrepareOptions, added: AddedFeatures) -> dict[str, Any]:
    """What the unfinished work rests on; if any of it changes, it is begun anew."""
    info, found = work.info, work.candidates
    return {
        "sightline": sightline.__version__,
        "evidence": asdict(work.settings),
        "movie_downsampled": work.movie_downsampled,
        "features": work.feature_set,
        "functions": describe_functions(added),
        "movie": None
        if info is None
        else [info.source, _stamp(Path(info.source)), *info.shape, info.dtype.str],
        "read_as": {name: str(value) for name, value in options.movie.items()},
        "candidates": [found.source, found.format, found.trace_kind, _digest(found)],
    }


def _stamp(path: Path) -> list[list[Any]]:
    """Names, sizes and times of the files of a movie."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [
        [file.name, stat.st_size, stat.st_mtime_ns]
        for file in files
        if file.is_file() and (stat := file.stat())
    ]


def _digest(found: CandidateSet) -> str:
    frames = None if found.traces is None else found.traces.shape[1]
    said = json.dumps([found.identities, found.image_shape, frames])
    digest = hashlib.sha256(said.encode())
    footprints: sparse.csr_array = found.footprints
    arrays: list[NDArray[Any]] = [footprints.data, footprints.indices, footprints.indptr]
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    for begin in range(0, 0 if found.traces is None else len(found), 256):
        rows = found.traces[begin : begin + 256] if found.traces is not None else ()
        digest.update(np.ascontiguousarray(rows).tobytes())
    return digest.hexdigest()
