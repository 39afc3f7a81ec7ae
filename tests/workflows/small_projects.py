"""A small simulated recording, its extraction in the formats of labs, and projects made of them."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from scipy import sparse

from sightline.data.candidate_set import CandidateSet
from sightline.data.decision import SAME_CELL, pair_item
from sightline.review.merging import decide_merge
from sightline.review.sort_session import SortSession
from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.extraction import (
    ExtractionSettings,
    SimulatedExtraction,
    simulate_extraction,
)
from sightline.simulate.movie_settings import MovieSettings
from sightline.workflows.exporting import export
from sightline.workflows.prepare_movie import PrepareOptions, prepare_movie

SIZE = 64
MOVIE = MovieSettings(frames=300, height=SIZE, width=SIZE, cells=12, seed=0)
NAMES = ("not cell", "cell")
ANSWERED = range(16)


@cache
def extraction() -> SimulatedExtraction:
    """Twelve cells, three of them found twice, and eleven things that are none."""
    few = dict.fromkeys(("fragments", "merged_pairs", "vessels", "motion_edges", "noise"), 2)
    settings = ExtractionSettings(duplicates=3, neuropil=1, **few)
    return simulate_extraction(simulate_movie(MOVIE), settings)


def prepared(
    path: Path,
    candidates: CandidateSet | Path | None = None,
    *,
    movie: bool = False,
    **options: Any,
) -> Path:
    """Make a project; its recording is called ``mouse`` unless told otherwise."""
    found = extraction().candidates if candidates is None else candidates
    opened = partial(simulate_movie, MOVIE) if movie else None
    said = PrepareOptions(**{"name": "mouse", **options})
    prepare_movie(opened, found, path, said, workers=1)
    return path


def truths(rows: range | list[int], recording: str = "mouse") -> dict[str, str]:
    """What is true of these candidates, as verdicts."""
    truth = extraction().truth
    return {f"{recording}/{row}": NAMES[int(truth[row])] for row in rows}


def answer(path: Path, rows: range | list[int] = ANSWERED, annotator: str = "anna") -> Path:
    """Let an annotator say what is true of these candidates."""
    with SortSession(path, annotator) as session:
        recording = session.tables[0].recording
        session.decide_each(truths(rows, recording))
    return path


def twins() -> list[tuple[str, str]]:
    """Identities of a whole cell and of the duplicate of it, by row."""
    made = extraction()
    whole = {
        int(cell): row
        for row, (cell, kind) in enumerate(zip(made.cells[:, 0], made.kinds, strict=True))
        if kind in ("cell", "silent cell")
    }
    pairs = [
        sorted((row, whole[int(made.cells[row, 0])]))
        for row, kind in enumerate(made.kinds)
        if kind == "duplicate"
    ]
    return [(str(first), str(second)) for first, second in pairs]


def without_traces(candidates: CandidateSet) -> CandidateSet:
    return CandidateSet(**{**vars(candidates), "traces": None, "frame_rate_hz": None})


def suite2p_folder(folder: Path) -> Path:
    """The extraction as suite2p leaves it."""
    found = extraction().candidates
    footprints = found.footprints
    folder.mkdir(parents=True)
    regions = []
    for begin, end in zip(footprints.indptr, footprints.indptr[1:], strict=False):
        y, x = np.divmod(footprints.indices[begin:end], SIZE)
        regions.append({"ypix": y, "xpix": x, "lam": footprints.data[begin:end]})
    probability = np.linspace(0.02, 0.98, len(found))
    np.save(folder / "stat.npy", np.array(regions, object), allow_pickle=True)
    np.save(folder / "ops.npy", {"Ly": SIZE, "Lx": SIZE, "fs": 10.0}, allow_pickle=True)  # type: ignore
    np.save(folder / "F.npy", found.traces)
    np.save(folder / "Fneu.npy", np.zeros_like(found.traces))
    np.save(folder / "iscell.npy", np.column_stack([probability > 0.5, probability]))
    return folder


def caiman_file(path: Path) -> Path:
    """The extraction as CaImAn saves it: pixels column by column."""
    found = extraction().candidates
    images = found.footprints.toarray().reshape(len(found), SIZE, SIZE)
    columns = sparse.csc_array(images.transpose(0, 2, 1).reshape(len(found), -1).T)
    with h5py.File(path, "w") as file:
        for part in ("data", "indices", "indptr"):
            file[f"estimates/A/{part}"] = getattr(columns, part)
        file["estimates/A/shape"] = np.array(columns.shape)
        file["estimates/C"] = found.traces
        file["estimates/dims"] = [SIZE, SIZE]
        file["params/data/fr"] = 10.0
    return path


@contextmanager
def anna(project: Path) -> Iterator[SortSession]:
    with SortSession(project, "anna") as session:
        yield session


def exported(project: Path, to: str, output: Path | None = None, **options: Any) -> Path:
    with anna(project) as session:
        return Path(export(session, to, output, **options)["output"])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def merge(project: Path, *members: str) -> None:
    with anna(project) as session:
        pairs = [pair_item("mouse", members[0], other) for other in members[1:]]
        decide_merge(session, pairs, SAME_CELL)
