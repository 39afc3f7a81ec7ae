"""A project of what was prepared; it appears whole or not at all."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from sightline.data.candidate_set import CandidateSet
from sightline.data.decision import Decision, DecisionKind
from sightline.data.features import FeatureTable
from sightline.project.candidates import store_candidates
from sightline.project.durable import sync_folder
from sightline.project.evidence import new_evidence
from sightline.project.faults import reported
from sightline.project.project import SUFFIX, Project
from sightline.project.source import remember_sources
from sightline.workflows.candidate_traces import row_blocks
from sightline.workflows.carrying import carry
from sightline.workflows.prepare_steps import Described


def make_project(
    output: Path,
    folder: Path,
    described: Described,
    found: CandidateSet,
    table: FeatureTable,
    classes: Sequence[str],
    carry_from: str | Path = "",
) -> dict[str, Any]:
    """Put evidence, features and the decisions that came along into a project.

    Parameters
    ----------
    output
        The project folder; not there yet.
    folder
        Of unfinished work, on the same disk; the project is made in it and moved out when whole.
    described
        Evidence and features.
    found
        The candidates as they came, with labels.
    table
        Their features.
    classes
        Names of the verdicts; with two, the second is a cell.
    carry_from
        Project of an earlier extraction, whose decisions carry on.

    Raises
    ------
    InputError, ProjectError
        If it cannot be written, or the earlier project cannot be used.
    """
    aside = folder / f"whole-{uuid4().hex}{SUFFIX}"  # nobody else's, should two do the same
    with reported(output):
        for left in folder.glob(f"whole-*{SUFFIX}"):
            shutil.rmtree(left, ignore_errors=True)
        project = Project.create(aside, "sort")
        store_candidates(project, [table], classes)
        store_evidence(project, described)
        if Path(found.source).exists():
            remember_sources(project, {table.recording: Path(found.source)})
        said = record_labels(project, table, found, classes)
        carried = {}
        if carry_from:
            carried = carry(carry_from, project, described.evidence, described.traces)
        aside.rename(output)
        sync_folder(output.parent)
    about = described.evidence.about
    return {
        "project": str(output),
        "recordings": {table.recording: len(table)},
        "decisions": said,
        **({"earlier_extraction": carried} if carry_from else {}),
        "warnings": list(about.warnings),
        "notes": [*about.notes, *table.notes, *_left_out(found, classes)],
    }


def store_evidence(project: Project, described: Described, number: int = 0) -> None:
    """Store evidence, traces and coded snapshots; one batch is in memory at a time."""
    with new_evidence(
        project,
        described.evidence,
        (described.traces.shape[0], described.traces.shape[1]),
        described.coding,
        described.pixels,
        number,
    ) as (write_traces, write_codes):
        for begin, end in row_blocks(*described.traces.shape):
            write_traces(np.asarray(described.traces[begin:end]))
        for path in described.batches:
            with np.load(path) as parts:
                write_codes(parts["codes"])


def record_labels(
    project: Project, table: FeatureTable, found: CandidateSet, classes: Sequence[str]
) -> dict[str, int]:
    """Record what annotators had said of the candidates; return how much by annotator."""
    said: dict[str, int] = {}
    if _left_out(found, classes):
        return said
    with project.journal() as journal:
        for annotator, labels in found.labels.items():
            decisions = [
                Decision(
                    item,
                    annotator,
                    DecisionKind.VERDICT,
                    classes[int(label)],
                    evidence=f"{found.format}:{Path(found.source).name}",
                )
                for item, label in zip(table.items, labels, strict=True)
                if label >= 0
            ]
            if decisions:
                journal.record(decisions, uuid4().hex)
                said[annotator] = len(decisions)
    return said


def _left_out(found: CandidateSet, classes: Sequence[str]) -> list[str]:
    """A note, where labels came along that are not of these classes."""
    if not found.labels or len(classes) == 2:
        return []
    return ["The labels that came along are of two classes, and were left out."]
