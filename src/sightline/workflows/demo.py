"""The whole loop on simulated candidates and a simulated annotator: `sightline demo sort`."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sightline.data.decision import CELL, NOT_CELL
from sightline.errors import InputError, SettingError
from sightline.project.candidates import store_candidates
from sightline.project.project import Project
from sightline.query.choose import Strategy
from sightline.review import sort_audit
from sightline.review.sort_session import DEFAULT_STRATEGY, SortSession
from sightline.simulate.annotator import SimulatedAnnotator, simulate_annotator
from sightline.simulate.candidates import SimulatedCandidates, simulate_candidates
from sightline.trust.accuracy import measure_accuracy

_EVERY = 10


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration did and found.

    Parameters
    ----------
    project
        The project folder; it can be opened like any other.
    figure
        Picture of the learning curves.
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
    answered: tuple[int, ...]
    balanced_accuracy: tuple[float, ...]
    at_random: tuple[float, ...]
    annotator_balanced_accuracy: float
    audit: dict[str, Any]
    truth: dict[str, float]
    advice: str


def demo_sort(
    folder: str | Path | None = None,
    *,
    candidates: int = 2000,
    answers: int = 100,
    audit_size: int = 150,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> DemoResult:
    """Simulate candidates and an annotator, sort, audit, and compare with the truth.

    Parameters
    ----------
    folder
        New or empty folder for project and picture; a temporary one if not given.
    candidates, answers, audit_size
        Candidates, answers of the annotator, and questions of the audit.
    seed
        Same seed, same result.
    progress
        Called with the number of answers and of all.

    Raises
    ------
    SettingError
        If there are too few candidates for the answers.
    InputError
        If the folder holds something already.
    """
    if candidates < 100 or not 10 <= answers <= candidates // 4:
        raise SettingError(
            f"The demo was given {candidates} candidates and {answers} answers; it needs at least "
            "100 candidates, and between 10 and a quarter of them as answers."
        )
    home = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="sightline-demo-"))
    home.mkdir(parents=True, exist_ok=True)
    if any(home.iterdir()):
        raise InputError(home, "it holds something", "a new folder", "Choose another name.")
    rng = np.random.default_rng(seed)
    simulated = simulate_candidates(candidates, rng)
    annotator = simulate_annotator("ada", simulated, rng, error=0.06, leniency=0.2)
    chosen = _make_project(home / "demo.sightline", simulated)
    random = _make_project(home / "demo-random.sightline", simulated)
    with SortSession(random, annotator.name, strategy=Strategy("random"), seed=seed) as session:
        counts, at_random = _run(session, annotator, simulated, answers, lambda _done: None)
    with SortSession(chosen, annotator.name, strategy=DEFAULT_STRATEGY, seed=seed) as session:
        counts, accuracy = _run(
            session, annotator, simulated, answers, lambda done: progress(done, answers)
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
        tuple(counts),
        tuple(accuracy),
        tuple(at_random),
        own,
        audit,
        truth,
        advice,
    )


def _make_project(path: Path, simulated: SimulatedCandidates) -> Path:
    project = Project.create(path, "sort")
    store_candidates(project, [simulated.features], (NOT_CELL, CELL))
    return path


def _run(
    session: SortSession,
    annotator: SimulatedAnnotator,
    simulated: SimulatedCandidates,
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
