"""Candidates that look like one cell: suggest pairs, take the answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sightline.data.decision import DIFFERENT_CELLS, SAME_CELL, SKIP, UNSURE
from sightline.errors import ProjectError
from sightline.formats.table import write_rows
from sightline.project.evidence import has_evidence, open_evidence
from sightline.review.merging import (
    MergeSuggestion,
    decide_each_merge,
    merge_contradictions,
    merge_groups,
    merge_suggestions,
)
from sightline.review.sort_session import SortSession
from sightline.sort.duplicates import find_duplicates
from sightline.workflows.sorting import read_verdicts

_NUMBERS = ("overlap", "containment", "trace_correlation", "distance_px", "score")


def duplicates(session: SortSession, output: str | Path | None = None) -> list[dict[str, Any]]:
    """Suggest pairs of candidates that look like one cell, the likeliest first.

    Parameters
    ----------
    session
        The annotator's; pairs already answered are left out.
    output
        CSV file to write, whose last column, ``verdict``, is to be filled in with ``same cell`` or
        ``different cells`` and given to `merge`.

    Raises
    ------
    ProjectError
        If the project holds features only.
    InputError
        If the file is there already.
    """
    rows = [
        {
            "item": suggestion.item,
            "kind": suggestion.evidence.kind,
            **{name: getattr(suggestion.evidence, name) for name in _NUMBERS},
        }
        for suggestion in _suggestions(session)
    ]
    if output is not None:
        header = ["item", "kind", *_NUMBERS, "verdict"]
        body = [[row["item"], row["kind"], *_rounded(row), ""] for row in rows]
        write_rows(Path(output), header, body)
    return rows


def merge(session: SortSession, answers: str | Path) -> dict[str, Any]:
    """Take in a table of answers about pairs; rows without one are passed over.

    Candidates judged the same cell are one in every export. `SortSession.undo` takes all answers of
    the table back.

    Parameters
    ----------
    session
        The annotator's.
    answers
        CSV file as `duplicates` wrote it.

    Returns
    -------
    dict
        Pairs ``recorded``, rows ``left`` without answer, ``groups`` of one cell, and pairs that
        ``contradict`` other answers.

    Raises
    ------
    InputError
        If an item or verdict is unknown; then nothing is recorded.
    """
    rows = read_verdicts(answers, (SAME_CELL, DIFFERENT_CELLS, UNSURE, SKIP))
    given = {row["item"]: row["verdict"] for row in rows if row["verdict"]}
    decide_each_merge(session, given)
    groups = merge_groups(session)
    return {
        "recorded": len(given),
        "left": len(rows) - len(given),
        "groups": sum(map(len, groups.values())),
        "contradict": list(merge_contradictions(session)),
    }


def _suggestions(session: SortSession) -> Iterator[MergeSuggestion]:
    found = False
    for number, table in enumerate(session.tables):
        if not has_evidence(session.project, number):
            continue
        found = True
        with open_evidence(session.project, number) as reader:
            evidence = reader.evidence
            traces = reader.traces() if reader.trace_shape[1] else None
            pairs = find_duplicates(evidence.footprints, traces, evidence.image_shape)
        yield from merge_suggestions(session, table.recording, pairs)
    if not found:
        raise ProjectError(
            f"{session.project.path}: it holds features only; expected footprints and traces. "
            "Prepare it from a movie and its candidates."
        )


def _rounded(row: dict[str, Any]) -> list[str]:
    return [f"{row[name]:.3f}" for name in _NUMBERS]
