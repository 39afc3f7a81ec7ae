"""Decisions on an earlier extraction, carried to a new one of the same recording."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from sightline.data.decision import Decision, DecisionKind, parse_pair_item
from sightline.data.evidence import Evidence
from sightline.data.features import FeatureTable
from sightline.errors import InputError
from sightline.project.candidates import read_candidates
from sightline.project.evidence import open_evidence
from sightline.project.fold import standing
from sightline.project.project import Project
from sightline.sort.matching import carry_decisions, match_candidates

_KINDS: Final = (DecisionKind.MERGE, DecisionKind.VERDICT)


def check_earlier(
    earlier: str | Path, recording: str, image_shape: tuple[int, int], classes: Sequence[str]
) -> None:
    """Refuse an earlier project whose decisions cannot carry over, before the long work.

    Parameters
    ----------
    earlier
        Project of the earlier extraction.
    recording, image_shape, classes
        Of the new project: its recording's name, (height, width) of the images, and verdicts.

    Raises
    ------
    InputError
        If it holds several recordings and none of this name, images of another size, or other
        classes.
    ProjectError
        If it cannot be read, or holds features only.
    """
    project = Project.open(Path(earlier))
    number, _ = _recording(project, recording)
    known = read_candidates(project).classes
    if known != tuple(classes):
        raise InputError(
            earlier,
            f"its classes are {', '.join(known)}",
            f"{', '.join(classes)}, as the new ones",
            "Give the same --class options.",
        )
    with open_evidence(project, number) as reader:
        shape = reader.evidence.image_shape
    if shape != image_shape:
        raise InputError(
            earlier,
            f"its images have (height, width) {shape}",
            f"{image_shape}, as the new ones",
            "Decisions carry over between extractions of the same images only.",
        )


def carry(
    earlier: str | Path, project: Project, evidence: Evidence, traces: NDArray[np.float32]
) -> dict[str, Any]:
    """Record in a new project what was said of those candidates that are surely the same.

    Parameters
    ----------
    earlier
        Project of the earlier extraction, for which `check_earlier` holds.
    project
        The new one.
    evidence, traces
        Of the new candidates.

    Returns
    -------
    dict
        Decisions ``carried``, those on this recording ``left`` behind, candidates
        ``surely_the_same``, and ``new_questions``.

    Raises
    ------
    InputError, ProjectError
        If it cannot be read.
    """
    old_project = Project.open(Path(earlier))
    number, old = _recording(old_project, evidence.recording)
    with open_evidence(old_project, number) as reader:
        matching = match_candidates(
            reader.evidence.footprints,
            evidence.footprints,
            evidence.image_shape,
            reader.traces() if reader.trace_shape[1] else None,
            traces if traces.size else None,
        )
    with old_project.journal() as journal:
        state = journal.state()
    carried = left = 0
    with project.journal() as journal:
        # by kind, for a candidate may be called as a pair of others is
        for annotator, kind in ((name, kind) for name in sorted(state.hands) for kind in _KINDS):
            decisions = _on(old, standing(state, annotator, kind).values())
            said = carry_decisions(matching, decisions, old, evidence)
            if said.decisions:
                journal.record(said.decisions, uuid4().hex)
            carried, left = carried + len(said.decisions), left + len(said.left)
    sure = int(matching.sure.sum())
    return {
        "carried": carried,
        "left": left,
        "surely_the_same": sure,
        "new_questions": len(evidence.identities) - sure,
    }


def _on(table: FeatureTable, decisions: Iterable[Decision]) -> list[Decision]:
    """Those on this recording, and not on another of the project."""
    items = set(table.items)
    return [
        one
        for one in decisions
        if (
            parse_pair_item(one.item)[0] == table.recording
            if one.kind is DecisionKind.MERGE
            else one.item in items
        )
    ]


def _recording(project: Project, name: str) -> tuple[int, FeatureTable]:
    tables = read_candidates(project).tables
    names = [table.recording for table in tables]
    if name in names:
        return names.index(name), tables[names.index(name)]
    if len(tables) > 1:
        raise InputError(
            project.path,
            f"its recordings are {', '.join(names)}",
            f"one called {name!r}",
            "Give the new recording the same name with --name.",
        )
    return 0, next(iter(tables))
