"""Measure the final labels: `sightline sort audit`."""

from dataclasses import asdict
from pathlib import Path

from sightline.data.decision import UNSURE
from sightline.errors import InputError, SettingError
from sightline.formats.table import write_rows
from sightline.review import sort_audit
from sightline.review.sort_session import SortSession
from sightline.workflows.sorting import Summary, read_verdicts


def audit(
    session: SortSession,
    auditor: str,
    *,
    draw: int = 0,
    output: str | Path | None = None,
    answers: str | Path | None = None,
    name: str = "",
    seed: int = 0,
) -> Summary:
    """Draw a blind sample of what the machine decided, take its answers, report with 95 % bounds.

    Parameters
    ----------
    session
        Of the annotator whose final labels are audited.
    auditor
        Who judges the sample; the annotator or someone else.
    draw
        Questions of a new sample; 0 draws none.
    output
        CSV file for the new sample, with the columns ``item`` and ``verdict`` (empty).
    answers
        The same file, filled in from the top; the rest may follow later.
    name
        Which audit; the latest if empty.
    seed
        Of the draw.

    Returns
    -------
    dict
        ``audit``; after a draw ``drawn``; else ``precision``, ``recall``, ``false_positive_rate``
        and ``cells``, each with ``value``, ``low`` and ``high``, and the number of answers.

    Raises
    ------
    SettingError, InputError, ProjectError
        If there is nothing to audit, or an answer cannot be used.
    """
    if draw and (answers is not None or name):
        raise SettingError("Draw a new audit, or take the answers of one; not both at once.")
    if output is not None and not draw:
        raise SettingError("Only a new sample is written to a file; say how many to draw.")
    if output is not None and Path(output).exists():
        raise InputError(
            output, "the file is there already", "a new name", "Choose another name, or move it."
        )
    if draw:
        name, items = sort_audit.draw(session, draw, seed)
        if output is not None:
            write_rows(Path(output), ["item", "verdict"], [[item, ""] for item in items])
        return {"audit": name, "drawn": items}
    known = sort_audit.names(session)
    if not name and not known:
        raise SettingError(f"{session.project.path} has no audit yet; draw one with --draw 100.")
    name = name or known[-1]
    if answers is not None:
        rows = read_verdicts(answers, (*session.classes, UNSURE))
        verdicts = {row["item"]: row["verdict"] for row in rows if row["verdict"]}
        sort_audit.answer(session, name, auditor, verdicts)
    return {"audit": name, **asdict(sort_audit.report(session, name, auditor))}
