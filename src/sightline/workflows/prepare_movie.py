"""From a movie and its candidates to a project: evidence, features, decisions that came along."""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

import sightline
from sightline.data.candidate_set import CandidateSet, check_candidates
from sightline.errors import InputError
from sightline.formats.candidates.open_labels import open_labels
from sightline.workflows.added_features import (
    AddedFeatures,
    describe_functions,
    feature_table,
    read_added,
)
from sightline.workflows.carrying import check_earlier
from sightline.workflows.held_movie import OpenMovie
from sightline.workflows.preparation import Preparation
from sightline.workflows.prepare_inputs import (
    PrepareOptions,
    check_fit,
    check_options,
    check_output,
    find_candidates,
    movie_info,
    movie_opener,
)
from sightline.workflows.prepare_steps import Phase, make_evidence
from sightline.workflows.prepared_project import make_project
from sightline.workflows.scratch import open_scratch, remove_scratch, scratch_of

Summary = dict[str, Any]


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
    output = check_output(Path(output))
    check_options(options)
    opened = movie_opener(movie, options)
    info = None if opened is None else movie_info(opened)
    found = find_candidates(candidates, options, info)
    settings = check_fit(found, info, options)
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


def _with_labels(found: CandidateSet, options: PrepareOptions) -> CandidateSet:
    if not options.labels:
        return found
    said = open_labels(options.labels, found)
    if options.annotator and len(said) == 1:
        said = {options.annotator: next(iter(said.values()))}
    return check_candidates(replace(found, labels={**found.labels, **said}))


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
