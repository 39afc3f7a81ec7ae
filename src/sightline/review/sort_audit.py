"""Measure a sorting's quality: draw a blind random sample, take the answers, report with bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

import numpy as np

from sightline.consensus.majority import UNDECIDED
from sightline.data.decision import UNSURE, Decision, DecisionKind
from sightline.errors import InputError, ProjectError, SettingError
from sightline.project.arrays import read_arrays, write_arrays
from sightline.review.accepting import accepted_result, final_predictions
from sightline.review.sort_session import SortSession
from sightline.trust.audit import Audit, draw_audit
from sightline.trust.quality import Probes, Quality, estimate_quality

_PREFIX = "audit-"
_FIELDS = ("cell", "human", "error", "edges", "stratum", "drawn")


@dataclass(frozen=True)
class KeptAudit:
    """An audit of the project.

    Parameters
    ----------
    name
        Of the audit.
    annotator
        Whose final labels it is of; empty where that was not kept.
    accepted
        Whether the machine's labels were those that had been accepted.
    sample
        What was drawn.
    """

    name: str
    annotator: str
    accepted: bool
    sample: Audit


def draw(session: SortSession, size: int, seed: int = 0) -> tuple[str, list[str]]:
    """Draw and keep a sample of what the machine decided, as accepted where it was.

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
    predictions = final_predictions(session)
    if predictions.human.all() or np.isnan(predictions.probability).all():
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
    kept = {
        "annotator": session.annotator,
        "accepted": accepted_result(session) is not None,
        "seed": seed,
    }
    write_arrays(session.project.arrays, name, arrays, kept)
    return name, [predictions.items[index] for index in audit.drawn]


def names(session: SortSession) -> list[str]:
    """The project's audits, oldest first."""
    found = session.project.arrays.glob(f"{_PREFIX}*.zarr.zip")
    return sorted(path.name.removesuffix(".zarr.zip") for path in found)


def answer(
    session: SortSession,
    name: str,
    auditor: str,
    verdicts: Mapping[str, str],
    *,
    seconds: float | None = None,
    client_id: str | None = None,
) -> None:
    """Record the auditor's verdicts, as one group; none records nothing.

    They may come one by one, in any order and over many days. A verdict on an item that was
    answered before supersedes that answer.

    Parameters
    ----------
    session
        On the project; the auditor's own, where it is to be noted what he had seen before.
    name
        Of the audit.
    auditor
        Who judges.
    verdicts
        Class name or ``"unsure"`` of each item.
    seconds
        Time each took.
    client_id
        Name of this act; sent twice, it counts once.

    Raises
    ------
    InputError
        If a verdict is of an item that the audit did not draw, or is no verdict.
    """
    items = session.learner.design.items
    drawn = {items[index] for index in read(session, name).sample.drawn}
    for item, verdict in verdicts.items():
        if item not in drawn:
            raise InputError(
                item, f"{name} did not draw it", "an item of the audit's list", "Remove that line."
            )
        if verdict not in (*session.classes, UNSURE):
            raise InputError(
                item, f"the verdict is {verdict!r}", "cell, not cell or unsure", "Correct it."
            )
    if not verdicts or (client_id and _is_recorded(session, client_id, auditor, verdicts)):
        return
    seen = session.revealed if auditor == session.annotator else set()
    session.journal.record(
        [
            Decision(
                item,
                auditor,
                DecisionKind.VERDICT,
                verdict,
                seconds=seconds,
                evidence=name,
                blind=item not in seen,
            )
            for item, verdict in verdicts.items()
        ],
        client_id or uuid4().hex,
    )
    session.refresh()


def answers(session: SortSession, name: str, auditor: str) -> dict[str, Decision]:
    """The auditor's latest answer to each question of an audit that has one, by item."""
    return {
        decision.item: decision
        for entry in session.journal.state().hand(auditor).standing
        for decision in entry.decisions
        if decision.evidence == name and decision.kind is DecisionKind.VERDICT
    }


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
    kept = read(session, name)
    items = session.learner.design.items
    said = answers(session, name, auditor)
    given = []
    for index in kept.sample.drawn:
        answered = said.get(items[index])
        if answered is None:
            break
        known = answered.value in session.classes
        given.append(session.classes.index(answered.value) if known else UNDECIDED)
    if not given:
        raise SettingError(f"{auditor} has not answered the first question of {name} yet.")
    # probes tell of the labels that this annotator's machine gives, and not of others
    own = auditor == session.annotator == (kept.annotator or auditor) and not kept.accepted
    probes = _probes(session, kept.sample) if own else None
    return estimate_quality(
        kept.sample, np.array(given, np.int8), np.random.default_rng(0), probes, confidence
    )


def read(session: SortSession, name: str) -> KeptAudit:
    """Read an audit.

    Raises
    ------
    ProjectError
        If there is no such audit, or it is of other candidates.
    """
    if name not in names(session):
        raise ProjectError(f"{session.project.path}: there is no audit {name!r}. Draw one first.")
    arrays, kept = read_arrays(session.project.arrays, name)
    audit = Audit(**{field: arrays[field] for field in _FIELDS})
    if len(audit.cell) != len(session.learner.design):
        raise ProjectError(
            f"{session.project.path}: {name} is of {len(audit.cell)} candidates, the project has "
            f"{len(session.learner.design)}. Draw a new audit."
        )
    return KeptAudit(name, str(kept.get("annotator", "")), bool(kept.get("accepted")), audit)


def _is_recorded(
    session: SortSession, client_id: str, auditor: str, verdicts: Mapping[str, str]
) -> bool:
    """Whether this act is in the journal already; how it was seen may have changed since."""
    entry = session.journal.find(client_id)
    decisions = entry.decisions if entry and entry.annotator == auditor else ()
    return {decision.item: decision.value for decision in decisions} == dict(verdicts)


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
