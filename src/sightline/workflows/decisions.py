"""Everybody's decisions as a table, whatever state the rest of the project is in."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sightline.data.decision import Decision
from sightline.formats.table import write_rows
from sightline.project.bundle import is_bundle, unpacked
from sightline.project.project import Project

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
)


def decisions(project: str | Path, output: str | Path) -> "Summary":
    """Write everybody's standing decisions, which need nothing but the journal.

    Parameters
    ----------
    project
        Project folder or bundle; features and evidence may be damaged or missing.
    output
        New CSV file, with a row a decision and the columns ``COLUMNS``.

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
        with unpacked(path) as folder:
            rows = standing_decisions(Project.open(folder))
    else:
        rows = standing_decisions(Project.open(path))
    write_rows(Path(output), COLUMNS, rows)
    return {"output": str(output), "decisions": len(rows)}


def standing_decisions(project: Project) -> list[list[str]]:
    """Everybody's standing decisions, in the columns ``COLUMNS``."""
    with project.journal() as journal:
        hands = journal.state().hands
    said: dict[tuple[str, str, str], list[str]] = {}
    for annotator in sorted(hands):
        for entry in hands[annotator].standing:
            for decision in entry.decisions:
                row = _row(decision, entry.time_utc.isoformat())
                said[annotator, decision.item, decision.kind.value] = row
    return list(said.values())


def _row(decision: Decision, time_utc: str) -> list[str]:
    seconds = "" if decision.seconds is None else f"{decision.seconds:g}"
    yes = {True: "yes", False: "no"}
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
    ]
