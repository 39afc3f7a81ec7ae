"""Measure a sorting's quality: draw a blind random sample, take the answers, report with bounds."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import numpy as np

from sightline.consensus.majority import UNDECIDED
from sightline.data.decision import UNSURE, Decision, DecisionKind
from sightline.errors import InputError, ProjectError, SettingError
from sightline.project.arrays import read_arrays, write_arrays
from sightline.review.sort_session import SortSession
from sightline.trust.audit import Audit, draw_audit
from sightline.trust.quality import Probes, Quality, estimate_quality

_PREFIX = "audit-"
_FIELDS = ("cell", "human", "error", "edges", "stratum", "drawn")


def draw(session: SortSession, size: int, seed: int = 0) -> tuple[str, list[str]]:
    """Draw and keep a sample of what the machine decided.

    Parameters
    ----------
    session
        The annotator's session, with a classifier; what is audited are its labels as they stand.
    size
        Questions.
    seed
        Of the draw.

    Returns
    -------
    name
        Of the audit.
    items
        To put before the auditor, blindly, in this order.

    Raises
    ------
    SettingError
        If the machine has decided nothing, or there are more than two classes.
    """
    if len(session.classes) != 2:
        raise SettingError("An audit needs two classes, a cell and not a cell.")
    predictions = session.predict()
    if session.learner.model is None or predictions.human.all():
        raise SettingError("There is nothing to audit: the machine has decided nothing.")
    audit = draw_audit(
        predictions.labels == 1,
        predictions.probability,
        predictions.human,
        size,
        np.random.default_rng(seed),
    )
    latest = max((int(name.removeprefix(_PREFIX)) for name in names(session)), default=0)
    name = f"{_PREFIX}{latest + 1:03d}"
    arrays = {field: np.asarray(getattr(audit, field)) for field in _FIELDS}
    write_arrays(session.project.arrays, name, arrays, {"annotator": session.annotator})
    return name, [predictions.items[index] for index in audit.drawn]


def names(session: SortSession) -> list[str]:
    """The project's audits, oldest first."""
    found = session.project.arrays.glob(f"{_PREFIX}*.zarr.zip")
    return sorted(path.name.removesuffix(".zarr.zip") for path in found)


def answer(session: SortSession, name: str, auditor: str, verdicts: Mapping[str, str]) -> None:
    """Record the auditor's verdicts, as one group; none records nothing.

    Raises
    ------
    InputError
        If a verdict is of an item that the audit did not draw, or is no verdict.
    """
    items = session.learner.design.items
    drawn = {items[index] for index in _read(session, name).drawn}
    for item, verdict in verdicts.items():
        if item not in drawn:
            raise InputError(
                item, f"{name} did not draw it", "an item of the audit's list", "Remove that line."
            )
        if verdict not in (*session.classes, UNSURE):
            raise InputError(
                item, f"the verdict is {verdict!r}", "cell, not cell or unsure", "Correct it."
            )
    if not verdicts:
        return
    session.journal.record(
        [
            Decision(item, auditor, DecisionKind.VERDICT, verdict, evidence=name)
            for item, verdict in verdicts.items()
        ],
        uuid4().hex,
    )
    session.refresh()


def report(session: SortSession, name: str, auditor: str, *, confidence: float = 0.95) -> Quality:
    """Estimate the quality of the labels as they stood when the audit was drawn.

    The annotator's random probes count too where auditor and annotator are the same person.

    Raises
    ------
    ProjectError
        If there is no such audit.
    SettingError
        If the auditor has answered nothing of it.
    """
    audit = _read(session, name)
    items = session.learner.design.items
    said = {
        decision.item: decision.value
        for entry in session.journal.state().hand(auditor).standing
        for decision in entry.decisions
        if decision.evidence == name and decision.kind is DecisionKind.VERDICT
    }
    answers = []
    for index in audit.drawn:
        verdict = said.get(items[index])
        if verdict is None:
            break
        known = verdict in session.classes
        answers.append(session.classes.index(verdict) if known else UNDECIDED)
    if not answers:
        raise SettingError(f"{auditor} has not answered the first question of {name} yet.")
    probes = _probes(session, audit) if auditor == session.annotator else None
    return estimate_quality(
        audit, np.array(answers, np.int8), np.random.default_rng(0), probes, confidence
    )


def _read(session: SortSession, name: str) -> Audit:
    if name not in names(session):
        raise ProjectError(f"{session.project.path}: there is no audit {name!r}. Draw one first.")
    arrays, _ = read_arrays(session.project.arrays, name)
    audit = Audit(**{field: arrays[field] for field in _FIELDS})
    if len(audit.cell) != len(session.learner.design):
        raise ProjectError(
            f"{session.project.path}: {name} is of {len(audit.cell)} candidates, the project has "
            f"{len(session.learner.design)}. Draw a new audit."
        )
    return audit


def _probes(session: SortSession, audit: Audit) -> Probes | None:
    """Random questions answered before the audit, as a learner that never saw them labels them."""
    rows = np.array(
        [
            session.index_of(item)
            for item, decision in session.decisions.items()
            if decision.probe and audit.human[session.index_of(item)]
        ],
        int,
    )
    if not rows.size:
        return None
    learner = replace(session.learner)
    learner.answers[:] = np.where(audit.human, session.learner.answers, UNDECIDED)
    answers = learner.answers[rows].copy()
    learner.answers[rows] = UNDECIDED
    learner.refit()
    if learner.probability is None:
        return None
    labels, _ = learner.labels()
    return Probes(labels[rows] == 1, learner.probability[rows].astype(np.float64), answers)
