"""Simulated recordings to try Sightline on: `sightline demo` and `sightline demo sort`."""

import math
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sightline.compute.jobs import Progress
from sightline.errors import InputError, SettingError
from sightline.project.faults import reported
from sightline.query.choose import Strategy
from sightline.review import sort_audit
from sightline.review.sort_session import DEFAULT_STRATEGY, SortSession
from sightline.simulate.annotator import SimulatedAnnotator, simulate_annotator
from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.extraction import ExtractionSettings, simulate_extraction
from sightline.simulate.movie_settings import MovieSettings
from sightline.trust.accuracy import measure_accuracy
from sightline.workflows.prepare_movie import prepare_movie

KNOWN_ANSWERS: Final = "known answers"
"""The annotator whose verdicts are the truth, in the project of `demo`; to practise on."""

_EVERY = 10
_FRAMES = 1000
_PX_A_CELL = 16
_CLARITY = {"cell": 0.95, "vessel": 0.9, "silent cell": 0.3}  # how plain a case is to the eye


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration did and found.

    Parameters
    ----------
    project
        The project folder; it can be opened like any other.
    figure
        Picture of the learning curves.
    candidates
        How many the extraction gave.
    answered
        Numbers of answers at which the labels were held against the truth.
    balanced_accuracy, at_random
        Of the final labels, with chosen and with random questions.
    annotator_balanced_accuracy
        Of the annotator's own opinion of all candidates.
    audit
        What the audit estimated: ``precision``, ``recall``, ``cells``, with their bounds.
    truth
        The same three, counted.
    advice
        What going on would change.
    """

    project: str
    figure: str
    candidates: int
    answered: tuple[int, ...]
    balanced_accuracy: tuple[float, ...]
    at_random: tuple[float, ...]
    annotator_balanced_accuracy: float
    audit: dict[str, Any]
    truth: dict[str, float]
    advice: str


@dataclass(frozen=True)
class _Judged:
    """The truth of the candidates, and how plain each case is to the eye."""

    cell: NDArray[np.bool_]
    clarity: NDArray[np.float64]


def demo(
    folder: str | Path | None = None,
    *,
    cells: int = 250,
    seed: int = 0,
    phase: Callable[[str], Progress] = lambda _name: lambda _done, _total: None,
) -> Path:
    """Simulate a movie and its extraction, and prepare them for a newcomer to sort.

    The project holds no decisions but those of the annotator ``known answers``: the truth of all
    candidates that can be told by looking.

    Parameters
    ----------
    folder, cells, seed, phase
        As of `demo_sort`.

    Returns
    -------
    Path
        The project folder.

    Raises
    ------
    SettingError
        If there are too few cells, or too many.
    InputError
        If the folder holds something already, or is a file.
    """
    _check_cells(cells, answers=10)
    return _prepare(new_home(folder), cells, seed, phase, answers_known=True)[1]


def demo_sort(
    folder: str | Path | None = None,
    *,
    cells: int = 250,
    answers: int = 60,
    audit_size: int = 100,
    seed: int = 0,
    phase: Callable[[str], Progress] = lambda _name: lambda _done, _total: None,
) -> DemoResult:
    """Simulate a movie, its extraction and an annotator; prepare, sort, audit, compare with truth.

    Parameters
    ----------
    folder
        New or empty folder for project and picture; a temporary one if not given.
    cells, answers, audit_size
        True cells of the movie, answers of the annotator, and questions of the audit.
    seed
        Same seed, same result.
    phase
        Takes the name of the next step, and returns what is called with the number of its finished
        parts and of all.

    Raises
    ------
    SettingError
        If there are too few cells for the answers.
    InputError
        If the folder holds something already.
    """
    _check_cells(cells, answers)
    home = new_home(folder)
    simulated, chosen = _prepare(home, cells, seed, phase)
    rng = np.random.default_rng(seed)
    annotator = simulate_annotator("ada", simulated, rng, error=0.06, leniency=0.2)
    random = home / "demo-random.sightline"
    shutil.copytree(chosen, random)
    judging = phase("judging")
    with SortSession(random, annotator.name, strategy=Strategy("random"), seed=seed) as session:
        counts, at_random = _run(session, annotator, simulated, answers, lambda _done: None)
    with SortSession(chosen, annotator.name, strategy=DEFAULT_STRATEGY, seed=seed) as session:
        counts, accuracy = _run(
            session, annotator, simulated, answers, lambda done: judging(done, answers)
        )
        truth = _truth(session, annotator)
        audit = _audit(session, annotator, audit_size, seed)
        advice = session.progress().advice
    figure = home / "learning_curve.png"
    own = measure_accuracy(annotator.says_cell, simulated.cell).balanced_accuracy
    _draw(figure, counts, accuracy, at_random, own)
    return DemoResult(
        str(chosen),
        str(figure),
        len(simulated.cell),
        tuple(counts),
        tuple(accuracy),
        tuple(at_random),
        own,
        audit,
        truth,
        advice,
    )


def _check_cells(cells: int, answers: int) -> None:
    if not 40 <= cells <= 2000 or not 10 <= answers <= cells // 2:
        raise SettingError(
            f"The demo was given {cells} cells and {answers} answers; it needs 40 to 2000 cells, "
            "and between 10 and half of them as answers."
        )


def new_home(folder: str | Path | None) -> Path:
    """Make a new folder; a temporary one if none is given.

    Raises
    ------
    InputError
        If it holds something already, or is a file.
    """
    home = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="sightline-demo-"))
    if home.exists() and not home.is_dir():
        raise InputError(home, "a file", "a new folder", "Choose another name.")
    with reported(home):
        home.mkdir(parents=True, exist_ok=True)
    if any(home.iterdir()):
        raise InputError(home, "it holds something", "a new folder", "Choose another name.")
    return home


def _prepare(
    home: Path,
    cells: int,
    seed: int,
    phase: Callable[[str], Progress],
    *,
    answers_known: bool = False,
) -> tuple[_Judged, Path]:
    """Simulate, extract and prepare; give the truth, and the project."""
    simulating = phase("simulating the movie")
    side = math.ceil(math.sqrt(cells) * _PX_A_CELL)
    settings = MovieSettings(frames=_FRAMES, height=side, width=side, cells=cells, seed=seed)
    movie = simulate_movie(settings)
    few = max(2, cells // 12)
    extraction = simulate_extraction(
        movie,
        ExtractionSettings(
            duplicates=few,
            fragments=few,
            merged_pairs=few,
            vessels=few,
            motion_edges=few,
            noise=few,
            neuropil=few,
            seed=seed,
        ),
    )
    simulating(1, 1)
    project = home / "demo.sightline"
    found = extraction.candidates
    if answers_known:
        seen = np.array([kind != "silent cell" for kind in extraction.kinds])
        truth = np.where(seen, extraction.truth, -1).astype(np.int8)
        found = replace(found, labels={KNOWN_ANSWERS: truth})
    prepare_movie(partial(simulate_movie, settings), found, project, phase=phase)
    clarity = np.array([_CLARITY.get(kind, 0.6) for kind in extraction.kinds])
    return _Judged(extraction.truth == 1, clarity), project


def _run(
    session: SortSession,
    annotator: SimulatedAnnotator,
    simulated: _Judged,
    answers: int,
    progress: Callable[[int], None],
) -> tuple[list[int], list[float]]:
    """Answer question after question; hold the final labels against the truth now and then."""
    counts, accuracy = [], []
    for done in range(1, answers + 1):
        question = session.next()
        if question is None:
            break
        session.decide(question.item, annotator.verdict(question.index), seconds=2.0)
        progress(done)
        if done % _EVERY == 0:
            labels = session.predict().labels == 1
            counts.append(done)
            accuracy.append(measure_accuracy(labels, simulated.cell).balanced_accuracy)
    return counts, accuracy


def _truth(session: SortSession, annotator: SimulatedAnnotator) -> dict[str, float]:
    """What the audit estimates: the final labels as the auditor would judge them all."""
    accuracy = measure_accuracy(session.predict().labels == 1, annotator.says_cell)
    return {
        "precision": accuracy.precision,
        "recall": accuracy.recall,
        "cells": float(annotator.says_cell.sum()),
    }


def _audit(
    session: SortSession, annotator: SimulatedAnnotator, size: int, seed: int
) -> dict[str, Any]:
    name, items = sort_audit.draw(session, size, seed)
    verdicts = {item: annotator.verdict(session.index_of(item)) for item in items}
    sort_audit.answer(session, name, annotator.name, verdicts)
    return asdict(sort_audit.report(session, name, annotator.name))


def _draw(
    path: Path, counts: list[int], accuracy: list[float], at_random: list[float], own: float
) -> None:
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.axhline(own, color="0.4", linestyle="--", label="annotator, all candidates by hand")
    axes.plot(counts, accuracy, marker="o", color="#0072B2", label="questions chosen (DCAL)")
    axes.plot(counts, at_random, marker="s", color="#E69F00", label="questions at random")
    axes.set_xlabel("candidates judged")
    axes.set_ylabel("balanced accuracy of all labels")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
