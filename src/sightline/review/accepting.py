"""The machine's labels as an annotator accepted them: kept as they were, for all exports.

An accepted result is no decision on any candidate. What the annotator decides, before or after,
outranks it; what more answers would make of the machine does not touch it. It is an act in the
journal, so that undo takes it back, and may be withdrawn at any time.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.decision import ACCEPTED, WITHDRAWN, Decision, DecisionKind
from sightline.data.entry import Entry
from sightline.data.sorting import Predictions
from sightline.errors import ProjectError, SettingError
from sightline.project.payload import read_payload, store_payload
from sightline.review.sort_session import SortSession
from sightline.sort.classifier import Model, model_to_dict

FORMAT: Final = "sightline-accepted-result"
FORMAT_VERSION: Final = 1

_ITEM: Final = "result"


@dataclass(frozen=True)
class AcceptedLabels:
    """What the machine said of every candidate when its labels were accepted.

    Parameters
    ----------
    items
        Name of each candidate.
    classes
        Class names.
    labels : (candidate,) int8
        The machine's class index of each, also of what was decided.
    probability : (candidate,) or (candidate, class) float32
        As in `Predictions`.
    threshold
        As in `Predictions`.
    target
        What was wanted of the labels, in words.
    settings
        Of the classifier, as plain values.
    feature_version
        Of the features.
    model_digest
        SHA-256 of the fitted weights.
    answers
        Training answers of each class, by name, that it rests on.
    """

    items: tuple[str, ...]
    classes: tuple[str, ...]
    labels: NDArray[np.int8]
    probability: NDArray[np.float32]
    threshold: float
    target: str
    settings: dict[str, Any]
    feature_version: str
    model_digest: str
    answers: dict[str, int]


@dataclass(frozen=True)
class AcceptedResult:
    """Labels that stand as accepted.

    Parameters
    ----------
    labels
        What was accepted.
    time_utc
        When.
    """

    labels: AcceptedLabels
    time_utc: datetime


def accept(session: SortSession, client_id: str) -> None:
    """Accept the machine's labels as they are now, in place of what was accepted before.

    Raises
    ------
    SettingError
        If there is no classifier yet.
    ProjectError
        If it could not be written; then nothing was accepted.
    """
    if _is_recorded(session, client_id, ACCEPTED):
        return
    content = _to_json(_labels_now(session))
    digest = store_payload(session.project.payloads, content)
    _record(session, Decision(
        _ITEM, session.annotator, DecisionKind.RESULT, ACCEPTED, payload=digest,
        evidence=f"features:{session.tables[0].version}", blind=False,
    ), client_id)  # fmt: skip


def withdraw(session: SortSession, client_id: str) -> None:
    """Take back what was accepted: exports follow the machine again.

    Raises
    ------
    SettingError
        If nothing is accepted.
    ProjectError
        If it could not be written; then nothing changed.
    """
    if _is_recorded(session, client_id, WITHDRAWN):
        return
    if _standing(session) is None:
        raise SettingError(f"{session.annotator} has accepted nothing that could be taken back.")
    withdrawn = Decision(_ITEM, session.annotator, DecisionKind.RESULT, WITHDRAWN, blind=False)
    _record(session, withdrawn, client_id)


def accepted_result(session: SortSession) -> AcceptedResult | None:
    """What the annotator accepted last and did not take back; none, if nothing.

    Raises
    ------
    ProjectError
        If it is missing, damaged or of other candidates.
    """
    entry = _standing(session)
    if entry is None:
        return None
    labels = _read(session.project.payloads, entry.decisions[0].payload or "")
    if labels.items != session.learner.design.items or labels.classes != session.classes:
        raise ProjectError(
            f"{session.project.path}: the accepted result is of other candidates or classes. Take "
            "it back, or accept the labels again."
        )
    return AcceptedResult(labels, entry.time_utc)


def final_predictions(session: SortSession) -> Predictions:
    """Every candidate's final label: the annotator's; else as accepted; else the machine's now."""
    accepted = accepted_result(session)
    return session.predict() if accepted is None else _outranked(session, accepted.labels)


def _outranked(session: SortSession, labels: AcceptedLabels) -> Predictions:
    """Accepted labels, with the annotator's decisions in their place."""
    learner = session.learner
    human = learner.decided
    return Predictions(
        labels.items,
        np.where(human, learner.answers, labels.labels).astype(np.int8),
        labels.probability,
        human,
        session.classes,
        labels.threshold,
    )


def accepted_state(session: SortSession) -> dict[str, Any] | None:
    """What was accepted, as plain values for the app; none, if nothing.

    Where it cannot be read, ``trouble`` says why.
    """
    try:
        accepted = accepted_result(session)
    except ProjectError as trouble:
        return {"trouble": str(trouble)}
    if accepted is None:
        return None
    labels, answers = accepted.labels, accepted.labels.answers
    final = _outranked(session, labels).labels
    counts = np.bincount(final, minlength=len(session.classes))
    return {
        "time_utc": accepted.time_utc.isoformat(),
        "answers": sum(answers.values()),
        "answers_now": int(session.learner.decided.sum()),
        "target": labels.target,
        "threshold": None if np.isnan(labels.threshold) else labels.threshold,
        "counts": dict(zip(session.classes, counts.tolist(), strict=True)),
    }


def words(accepted: AcceptedResult | None) -> str:
    """What was accepted when, in short."""
    if accepted is None:
        return "nothing; exports give the machine's labels as they are then"
    labels = accepted.labels
    when = accepted.time_utc.strftime("%Y-%m-%d %H:%M UTC")
    threshold = "" if np.isnan(labels.threshold) else f", threshold {labels.threshold:.3f}"
    return f"{when}, on {sum(labels.answers.values())} answers: {labels.target}{threshold}"


def _standing(session: SortSession) -> Entry | None:
    """The act by which the annotator accepted what stands."""
    for entry in reversed(session.answers.hand.standing):
        if entry.decisions[0].kind is DecisionKind.RESULT:
            return entry if entry.decisions[0].value == ACCEPTED else None
    return None


def _labels_now(session: SortSession) -> AcceptedLabels:
    predictions = session.predict()
    learner = session.learner
    if learner.model is None:
        raise SettingError(
            f"{session.project.path}: {session.annotator} has not decided candidates of two "
            "classes yet, so the machine has labelled nothing; decide some of each first."
        )
    labels, _ = learner.labels()
    counts = learner.answers_of_each_class.tolist()
    return AcceptedLabels(
        predictions.items,
        session.classes,
        labels,
        predictions.probability,
        predictions.threshold,
        str(learner.settings.target),
        learner.settings.to_dict(),
        session.tables[0].version,
        _digest(learner.model),
        dict(zip(session.classes, counts, strict=True)),
    )


def _record(session: SortSession, decision: Decision, client_id: str) -> None:
    session.journal.record([decision], client_id)
    session.refresh()


def _is_recorded(session: SortSession, client_id: str, value: str) -> bool:
    """Whether this act is in the journal already; what the machine says may have changed since."""
    entry = session.journal.find(client_id)
    decision = next(iter(entry.decisions), None) if entry else None
    return decision is not None and (decision.annotator, decision.kind, decision.value) == (
        session.annotator,
        DecisionKind.RESULT,
        value,
    )


def _digest(model: Model) -> str:
    return hashlib.sha256(json.dumps(model_to_dict(model)).encode()).hexdigest()


def _to_json(labels: AcceptedLabels) -> bytes:
    values = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "classes": labels.classes,
        "target": labels.target,
        "threshold": None if np.isnan(labels.threshold) else labels.threshold,
        "answers": labels.answers,
        "feature_version": labels.feature_version,
        "settings": labels.settings,
        "model_sha256": labels.model_digest,
        "items": labels.items,
        "labels": labels.labels.tolist(),
        # the shortest text of a single reads back as the same single
        "probability": [float(str(value)) for value in labels.probability.ravel()],
    }
    return json.dumps(values).encode() + b"\n"


@lru_cache(maxsize=4)
def _read(payloads: Path, digest: str) -> AcceptedLabels:
    """Read what `_to_json` gave; a payload never changes."""
    try:
        return _from_json(json.loads(read_payload(payloads, digest)))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as damage:
        raise ProjectError(
            f"{payloads / digest}: no accepted result that this Sightline can read. Update "
            "Sightline, or accept the labels again."
        ) from damage


def _from_json(values: dict[str, Any]) -> AcceptedLabels:
    if (values["format"], values["version"]) != (FORMAT, FORMAT_VERSION):
        raise ValueError
    items, classes = tuple(values["items"]), tuple(values["classes"])
    shape = (len(items),) if len(classes) == 2 else (len(items), len(classes))
    threshold = values["threshold"]
    labels = np.array(values["labels"], np.int8)
    if labels.shape != (len(items),) or not ((labels >= 0) & (labels < len(classes))).all():
        raise ValueError
    return AcceptedLabels(
        items,
        classes,
        labels,
        np.array(values["probability"], np.float32).reshape(shape),
        float("nan") if threshold is None else float(threshold),
        str(values["target"]),
        dict(values["settings"]),
        str(values["feature_version"]),
        str(values["model_sha256"]),
        dict(values["answers"]),
    )
