"""Everybody's decisions as a table, whatever state the rest of the project is in."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sightline.data.decision import Decision, DecisionKind
from sightline.errors import ProjectError
from sightline.formats.table import write_rows
from sightline.project.bundle import is_bundle, unpacked
from sightline.project.journal import Journal
from sightline.project.project import JOURNAL, Project

if TYPE_CHECKING:  # the server starts faster without
    from sightline.workflows.sorting import Summary

COLUMNS: Final = (
    "item",
    "annotator",
    "kind",
    "value",
    "time_utc",
    "seconds",
    "blind",
    "probe",
    "repeat",
    "position",
)
_APART: Final = (DecisionKind.NOTE, DecisionKind.RESULT)  # which supersede only their own kind


def decisions(project: str | Path, output: str | Path) -> "Summary":
    """Write everybody's standing decisions, which need nothing but the journal.

    Parameters
    ----------
    project
        Project folder or bundle; all but the journal may be damaged, missing or newer.
    output
        New CSV file, with a row a decision and the columns ``COLUMNS``; a keypoint's position is
        its z, y and x in pixels.

    Returns
    -------
    dict
        ``output``, and ``decisions``, the number of rows.

    Raises
    ------
    SightlineError
        If it is no project, the journal cannot be read, or the output cannot be written.
    """
    path = Path(project)
    if is_bundle(path):
        with unpacked(path) as folder, _journal(folder) as journal:
            rows = standing_decisions(journal)
    else:
        with _journal(path) as journal:
            rows = standing_decisions(journal)
    write_rows(Path(output), COLUMNS, rows)
    return {"output": str(output), "decisions": len(rows)}


def standing_decisions(journal: Journal) -> list[list[str]]:
    """Everybody's standing decisions, in the columns ``COLUMNS``."""
    hands = journal.state().hands
    said: dict[tuple[str, str, str], list[str]] = {}
    for annotator in sorted(hands):
        for entry in hands[annotator].standing:
            for decision in entry.decisions:
                row = _row(decision, entry.time_utc.isoformat())
                kind = decision.kind.value if decision.kind in _APART else ""
                said[annotator, decision.item, kind] = row
    return list(said.values())


def _journal(folder: Path) -> Journal:
    """The folder's journal; where the folder is no project that is known here, a copy of it."""
    try:
        return Project.open(folder).journal()
    except ProjectError:
        if not (folder / JOURNAL).is_file():
            raise
        return Journal.look(folder / JOURNAL)


def _row(decision: Decision, time_utc: str) -> list[str]:
    seconds = "" if decision.seconds is None else f"{decision.seconds:g}"
    yes = {True: "yes", False: "no"}
    position = " ".join(repr(float(one)) for one in decision.position or ())
    return [
        decision.item,
        decision.annotator,
        decision.kind.value,
        decision.value,
        time_utc,
        seconds,
        yes[decision.blind],
        yes[decision.probe],
        yes[decision.repeat],
        position,
    ]
