"""Audits: drawn, answered one by one, reported."""

from dataclasses import asdict
from functools import partial
from statistics import median
from typing import Any, Final

import numpy as np
from fastapi import APIRouter, Path

from sightline.errors import ProjectError
from sightline.review import sort_audit
from sightline.review.live_session import LiveSession
from sightline.review.sort_session import SortSession
from sightline.web.meant import WholeServed
from sightline.web.messages import AuditAnswer, AuditRequest, Name
from sightline.web.values import plain

_FEWEST_TIMED: Final = 5
_NAME: Final = Path(pattern=r"^audit-\d{3,9}$")

routes = APIRouter(prefix="/api")


@routes.get("/audits")
async def audits(served: WholeServed, annotator: Name) -> dict[str, Any]:
    """All audits, how far this annotator has come in each, and what a new one would cost."""

    def look(live: LiveSession) -> dict[str, Any]:
        session = live.session
        items, open_rows = session.learner.design.items, np.flatnonzero(~session.learner.decided)
        timed = [one.seconds for one in session.decisions.values() if one.seconds]
        return {
            "audits": [_progress(session, name) for name in sort_audit.names(session)],
            "seconds_per_answer": median(timed) if len(timed) >= _FEWEST_TIMED else None,
            "to_audit": len(open_rows),
            "seen": sum(items[row] in session.revealed for row in open_rows),
        }

    return await served.sessions.call(annotator, look)


@routes.post("/audits")
async def draw(served: WholeServed, said: AuditRequest) -> dict[str, Any]:
    """Draw a new audit; give its questions."""
    drawn = await served.sessions.call(
        said.of or said.annotator, lambda live: sort_audit.draw(live.session, said.questions)
    )
    look = partial(_sheet, name=drawn[0])
    return await served.sessions.call(said.annotator, look)


@routes.get("/audits/{name}")
async def questions(served: WholeServed, annotator: Name, name: str = _NAME) -> dict[str, Any]:
    """An audit's questions in their order, and this annotator's answers."""
    return await served.sessions.call(annotator, partial(_sheet, name=name))


@routes.post("/audits/{name}/answer")
async def answer(served: WholeServed, said: AuditAnswer, name: str = _NAME) -> dict[str, Any]:
    """Record an answer; an ordinary undo takes it back."""

    def act(live: LiveSession) -> None:
        sort_audit.answer(
            live.session,
            name,
            live.annotator,
            {live.item(said.row): said.verdict},
            seconds=said.seconds,
            client_id=said.client_id,
        )
        live.judged([said.row])

    _, state = await served.sessions.act(said.annotator, act)
    served.sessions.told_decided(said.annotator, [said.row])
    return {"state": state}


@routes.get("/audits/{name}/report")
async def report(served: WholeServed, annotator: Name, name: str = _NAME) -> dict[str, Any]:
    """What the answers so far say of the labels, with 95 % bounds."""

    def look(live: LiveSession) -> dict[str, Any]:
        found = sort_audit.report(live.session, name, live.annotator)
        said = sort_audit.answers(live.session, name, live.annotator).values()
        seen = sum(not decision.blind for decision in said)
        return {**_progress(live.session, name), **asdict(found), "not_blind": seen}

    return plain(await served.sessions.call(annotator, look))


def _progress(session: SortSession, name: str) -> dict[str, Any]:
    try:
        kept = sort_audit.read(session, name)
    except ProjectError as trouble:
        return {"name": name, "trouble": str(trouble)}
    return {
        "name": name,
        "of": kept.annotator,
        "accepted": kept.accepted,
        "drawn": len(kept.sample.drawn),
        "said": len(sort_audit.answers(session, name, session.annotator)),
    }


def _sheet(live: LiveSession, name: str) -> dict[str, Any]:
    session = live.session
    kept = sort_audit.read(session, name)
    said = sort_audit.answers(session, name, live.annotator)
    items = session.learner.design.items
    return {
        "name": name,
        "of": kept.annotator,
        "questions": [
            {"row": int(row), "said": said[items[row]].value if items[row] in said else None}
            for row in kept.sample.drawn
        ],
    }
