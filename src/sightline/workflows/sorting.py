"""Sorting, one function a verb: ask, answer, status; and projects from features."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from sightline.data.decision import CELL, NOT_CELL, SKIP, UNSURE, Decision, DecisionKind
from sightline.data.features import LabelledRecording
from sightline.errors import InputError
from sightline.formats.open_features import read_labelled
from sightline.formats.table import read_rows, write_rows
from sightline.project.candidates import store_candidates
from sightline.project.project import Project
from sightline.query.choose import Strategy, StrategyName
from sightline.review.accepting import accepted_result, words
from sightline.review.own_agreement import own_agreement
from sightline.review.sort_session import SortSession
from sightline.sort.design import make_design
from sightline.sort.settings import DEFAULT, ClassifierSettings, preset
from sightline.sort.target import parse_target

Summary = dict[str, Any]
TWO_CLASSES = (NOT_CELL, CELL)


def prepare_features(
    features: Sequence[str | Path], output: str | Path, classes: Sequence[str] = TWO_CLASSES
) -> Summary:
    """Make a project of one or several recordings' features, sorted as one batch.

    Labels that come with the features become decisions of the annotators they are named after.

    Parameters
    ----------
    features
        Files of features: ``.mat`` (ActSort) or ``.csv``, one row a candidate.
    output
        Project folder to make, with a name that ends in ``.sightline``.
    classes
        Names of the verdicts; the default two are ``not cell`` and ``cell``.

    Returns
    -------
    dict
        ``project``, ``recordings`` with their number of candidates, ``decisions`` that came along
        by annotator, and ``notes`` on what was found.

    Raises
    ------
    InputError, ProjectError
        If a file cannot be used, or the project cannot be made.
    """
    recordings = [read_labelled(path) for path in features]
    if not recordings:
        raise InputError("features", "no file was given", "at least one", "Name the files.")
    check_classes(classes)
    tables = [recording.features for recording in recordings]
    make_design(tables, DEFAULT)
    notes = [f"{table.recording}: {note}" for table in tables for note in table.notes]
    labels = _labels(recordings)
    if labels and tuple(classes) != TWO_CLASSES:
        notes.append("The labels that came along are of other classes, and were left out.")
        labels = {}
    project = Project.create(Path(output), "sort")
    store_candidates(project, tables, classes)
    with project.journal() as journal:
        for decisions in labels.values():
            journal.record(decisions, uuid4().hex)
    return {
        "project": str(project.path),
        "recordings": {table.recording: len(table) for table in tables},
        "decisions": {annotator: len(decisions) for annotator, decisions in labels.items()},
        "notes": notes,
    }


def open_session(
    project: str | Path,
    annotator: str,
    *,
    preset_name: str = "default",
    target: str = "",
    strategy: StrategyName = "dcal",
    weight: float = 0.5,
    probe_every: int = 10,
    seed: int = 0,
) -> SortSession:
    """Open an annotator's session with settings as the command line takes them."""
    settings = settings_of(preset_name, target)
    chosen = Strategy(strategy, weight, probe_every)
    return SortSession(project, annotator, settings=settings, strategy=chosen, seed=seed)


def settings_of(preset_name: str, target: str) -> ClassifierSettings:
    """Return a preset's settings, with another target if one is given."""
    settings = preset(preset_name)
    if not target:
        return settings
    return ClassifierSettings.from_dict(
        {**settings.to_dict(), "target": asdict(parse_target(target))}
    )


def ask(session: SortSession, number: int = 20, output: str | Path | None = None) -> list[Summary]:
    """Choose the next questions, and write them as a table whose last column is to be filled in.

    Parameters
    ----------
    session
        The annotator's.
    number
        Questions wanted.
    output
        CSV file to write, with the columns ``item``, ``reason``, ``probe`` and ``verdict``.

    Raises
    ------
    InputError
        If the file is there already.
    """
    questions = session.batch(number)
    if output is not None:
        rows = [[q.item, q.reason, "yes" if q.probe else "", ""] for q in questions]
        write_rows(Path(output), ["item", "reason", "probe", "verdict"], rows)
    return [asdict(question) for question in questions]


def answer(session: SortSession, answers: str | Path) -> Summary:
    """Take in a table of verdicts; rows without one are passed over.

    Parameters
    ----------
    session
        The annotator's.
    answers
        CSV file with the columns ``item`` and ``verdict``, and ``probe`` as `ask` wrote it.

    Returns
    -------
    dict
        ``recorded`` verdicts and rows ``left`` without one.

    Raises
    ------
    InputError
        If a column is missing, or an item or verdict is unknown; then nothing is recorded.
    """
    rows = read_verdicts(answers, (*session.classes, UNSURE, SKIP))
    for row in rows:
        session.index_of(row["item"])
    given = [row for row in rows if row["verdict"]]
    session.decide_each(
        {row["item"]: row["verdict"] for row in given},
        probes={row["item"] for row in given if row.get("probe")},
    )
    return {"recorded": len(given), "left": len(rows) - len(given)}


def status(session: SortSession) -> Summary:
    """Say how far the sorting has come, whether going on is worth it, and what was accepted.

    ``self_agreement`` is how far the annotator agrees with himself, as in `OwnAgreement`.
    """
    own = own_agreement(session.answers, session.classes)
    return {
        **asdict(session.progress()),
        "accepted": words(accepted_result(session)),
        "self_agreement": asdict(own),
    }


def read_verdicts(path: str | Path, verdicts: Sequence[str]) -> list[dict[str, str]]:
    """Read a table of items and verdicts as dictionaries, one a row.

    Raises
    ------
    InputError
        If it is not there, lacks a column, holds another verdict, or judges an item twice; the line
        is named.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(path, "there is no such file", "a CSV of verdicts", "Check the path.")
    header, body = read_rows(path)
    if not {"item", "verdict"} <= set(header):
        raise InputError(
            path,
            f"its columns are {', '.join(header)}",
            "among them item and verdict",
            "Fill in the table that Sightline wrote.",
        )
    rows = [dict(zip(header, (field.strip() for field in row), strict=True)) for row in body]
    judged: set[str] = set()
    for line, row in enumerate(rows, start=2):
        if row["verdict"] not in ("", *verdicts):
            raise InputError(
                path,
                f"line {line} has the verdict {row['verdict']!r}",
                f"{', '.join(verdicts)}, or nothing",
                "Correct that line; nothing was recorded.",
            )
        if row["verdict"] and row["item"] in judged:
            raise InputError(
                path,
                f"line {line} judges {row['item']} again",
                "one verdict an item",
                "Remove one of the lines; nothing was recorded.",
            )
        if row["verdict"]:
            judged.add(row["item"])
    return rows


def _labels(recordings: Sequence[LabelledRecording]) -> dict[str, list[Decision]]:
    """Labels that came with the features, as decisions of the annotators who gave any."""
    said: dict[str, list[Decision]] = {}
    for recording in recordings:
        table = recording.features
        for annotator, labels in recording.labels.items():
            said.setdefault(annotator, []).extend(
                Decision(
                    item,
                    annotator,
                    DecisionKind.VERDICT,
                    TWO_CLASSES[label],
                    evidence=f"features:{table.version}",
                )
                for item, label in zip(table.items, labels, strict=True)
                if label >= 0
            )
    return {annotator: decisions for annotator, decisions in said.items() if decisions}


def check_classes(classes: Sequence[str]) -> None:
    """Refuse names of verdicts that cannot be told apart.

    Raises
    ------
    InputError
        If there are fewer than two, or one is empty, padded, there twice or an answer of its own.
    """
    reserved = {UNSURE, SKIP, ""} & set(classes)
    padded = any(name != name.strip() for name in classes)
    if len(classes) < 2 or len(set(classes)) < len(classes) or reserved or padded:
        raise InputError(
            "classes",
            ", ".join(repr(name) for name in classes),
            "at least two different names without spaces around them, none of them unsure or skip",
            "Name the classes otherwise.",
        )
