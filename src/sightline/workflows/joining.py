"""Several prepared projects, or bundles, as one that is sorted as one batch."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from sightline.data.decision import DecisionKind
from sightline.data.entry import Entry
from sightline.data.features import FeatureTable
from sightline.errors import InputError
from sightline.project.bundle import is_bundle, read_bundle
from sightline.project.candidates import Candidates, read_candidates, store_candidates
from sightline.project.durable import sync_folder, written_aside
from sightline.project.evidence import evidence_path, has_evidence
from sightline.project.faults import reported
from sightline.project.fold import standing
from sightline.project.journal import Journal
from sightline.project.project import JOURNAL, SUFFIX, Project
from sightline.project.source import remember_sources, sources_of
from sightline.sort.design import check_alike


def is_project(path: str | Path) -> bool:
    """Whether the name is a project's or a bundle's."""
    return Path(path).suffix == SUFFIX or is_bundle(Path(path))


def join_projects(inputs: Sequence[str | Path], output: str | Path) -> dict[str, Any]:
    """Make one project of several projects or bundles; of one bundle, unpack it.

    Every act that stands comes along with its time, to be undone by itself; what was undone does
    not, nor do audits and accepted results, which are of one project's labels. Questions that were
    drawn at random count as chosen, for they were drawn from a part of the batch only.

    Parameters
    ----------
    inputs
        Project folders and bundles of sorting, with recordings of different names.
    output
        Project folder to make.

    Raises
    ------
    InputError, ProjectError
        If one cannot be read, or they do not go together.
    """
    output = Path(output)
    if output.suffix != SUFFIX:
        raise InputError(output, "another ending", SUFFIX, f"Call it {output.name}{SUFFIX}.")
    if output.exists():
        raise InputError(output, "something there", "no such folder", "Choose another name.")
    with (
        reported(output),
        tempfile.TemporaryDirectory(
            prefix=f".{output.name}.", dir=output.parent, ignore_cleanup_errors=True
        ) as name,
    ):
        folder = Path(name)
        projects = [_opened(Path(path), folder, number) for number, path in enumerate(inputs)]
        every = [read_candidates(project) for project in projects]
        tables = _together(every, ", ".join(map(str, inputs)))
        if len(inputs) == 1 and is_bundle(Path(inputs[0])):
            whole = projects[0]
        else:
            whole = Project.create(folder / f"whole{SUFFIX}", "sort")
            store_candidates(whole, tables, every[0].classes)
            _copy_evidence(projects, [len(candidates.tables) for candidates in every], whole)
            _copy_decisions(projects, whole)
        whole.path.rename(output)
        sync_folder(output.parent)
    return _summary(Project.open(output))


def _opened(path: Path, folder: Path, number: int) -> Project:
    if is_bundle(path):
        return read_bundle(path, folder / f"{number}{SUFFIX}")
    return Project.open(path)


def _together(every: Sequence[Candidates], where: str) -> list[FeatureTable]:
    """All tables, if their names differ and their classes and features are the same."""
    tables = [table for candidates in every for table in candidates.tables]
    names = [table.recording for table in tables]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(
            where,
            f"two recordings are called {twice!r}",
            "different names",
            "Prepare one of them again with --name.",
        )
    classes = sorted({" / ".join(candidates.classes) for candidates in every})
    if len(classes) > 1:
        raise InputError(
            where,
            f"their classes differ: {', '.join(classes)}",
            "the same classes in all",
            "Prepare them with the same --class options.",
        )
    for table in tables[1:]:
        check_alike(tables[0], table)
    return tables


def _copy_evidence(projects: Sequence[Project], sizes: Sequence[int], whole: Project) -> None:
    """Copy the evidence of each project's recordings, numbered on, and where it came from."""
    number = 0
    for project, recordings in zip(projects, sizes, strict=True):
        for own in range(recordings):
            if has_evidence(project, own):
                with written_aside(evidence_path(whole, number)) as aside:
                    shutil.copyfile(evidence_path(project, own), aside)
            number += 1
    remember_sources(whole, {k: v for each in projects for k, v in sources_of(each).items()})


def _copy_decisions(projects: Sequence[Project], whole: Project) -> None:
    """Record anew every act that stands, in order, at the time that it was first recorded."""
    entries: list[Entry] = []
    for project in projects:
        with project.journal() as journal:
            hands = journal.state().hands.values()
        standing_entries = (each for hand in hands for each in hand.standing)
        entries += sorted((each for each in standing_entries if not _is_result(each)), key=_number)
    times = (entry.time_utc for entry in entries)
    with Journal.open(whole.path / JOURNAL, clock=lambda: next(times)) as journal:
        for entry in entries:
            decisions = [
                replace(one, evidence=f"joined:{one.evidence.removeprefix('joined:')}", probe=False)
                for one in entry.decisions
            ]
            journal.record(decisions, uuid4().hex)


def _is_result(entry: Entry) -> bool:
    return any(decision.kind is DecisionKind.RESULT for decision in entry.decisions)


def _number(entry: Entry) -> int:
    return entry.number


def _summary(project: Project) -> dict[str, Any]:
    with project.journal() as journal:
        state = journal.state()
    return {
        "project": str(project.path),
        "recordings": {t.recording: len(t) for t in read_candidates(project).tables},
        "decisions": {name: len(standing(state, name)) for name in sorted(state.hands)},
    }
