"""What an annotator does; every answer is on disk before it is acknowledged."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import PurePath, PureWindowsPath
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Query, Response, WebSocket

from sightline.review.kept_start import kept_start
from sightline.review.live_session import LiveSession
from sightline.review.merging import decide_merge, merge_suggestions
from sightline.review.notes import note, notes
from sightline.review.own_agreement import own_agreement
from sightline.review.session_settings import SessionSettings
from sightline.review.sort_session import SortSession
from sightline.sort.duplicates import DuplicatePair
from sightline.web.live import turn_away
from sightline.web.meant import MeantServed, WholeServed
from sightline.web.messages import (
    ActRequest,
    DecideRequest,
    ExportRequest,
    MergeRequest,
    Name,
    NoteRequest,
    Row,
    SessionRequest,
)
from sightline.web.packet import MEDIA_TYPE, pack
from sightline.web.served import Served
from sightline.web.values import plain

MOST_QUESTIONS: Final = 100

_OF_A_PAIR: Final = ("overlap", "containment", "trace_correlation", "distance_px", "score")

routes = APIRouter(prefix="/api")


@routes.post("/session")
async def set_session(served: WholeServed, said: SessionRequest) -> dict[str, Any]:
    """Take settings, and give the state."""
    return await served.sessions.change_settings(said.annotator, said.given())


@routes.get("/session")
async def session(served: WholeServed, annotator: Name) -> dict[str, Any]:
    """How far an annotator has come."""
    return await served.sessions.call(annotator, LiveSession.state)


@routes.get("/agreement")
async def agreement(served: WholeServed, annotator: Name) -> dict[str, Any]:
    """How far the annotator agrees with himself, and whether he changes."""

    def look(live: LiveSession) -> dict[str, Any]:
        return plain(asdict(own_agreement(live.session.answers, live.session.classes)))

    return await served.sessions.call(annotator, look)


@routes.get("/labels")
async def labels(
    served: WholeServed, annotator: Name, reveal: bool = False, hide: bool = False
) -> Response:
    """What the annotator said, and what may be shown of the machine's predictions."""
    look = partial(LiveSession.labels, reveal=reveal, hide=hide)
    shown = await served.sessions.call(annotator, look)
    arrays = {
        "decided": shown.said,
        "predicted": shown.predicted,
        "probability": shown.probability,
    }
    body = pack({"version": shown.version, "revealed": shown.revealed}, arrays)
    return Response(body, media_type=MEDIA_TYPE, headers={"cache-control": "no-store"})


@routes.get("/questions")
async def questions(
    served: WholeServed,
    annotator: Name,
    n: Annotated[int, Query(ge=1, le=MOST_QUESTIONS)] = 12,
    current: Row | None = None,
) -> dict[str, Any]:
    """The next questions, leased to the annotator."""
    return {"questions": await served.sessions.questions(annotator, n, current)}


@routes.post("/decide")
async def decide(served: WholeServed, said: DecideRequest) -> dict[str, Any]:
    """Record a verdict."""
    rows = list(dict.fromkeys(said.rows))
    act = partial(
        LiveSession.decide,
        rows=rows,
        verdict=said.verdict,
        client_id=said.client_id,
        seconds=said.seconds,
        probes=said.probe,
        repeats=said.repeat,
    )
    _, state = await served.sessions.act(said.annotator, act)
    served.sessions.told_decided(said.annotator, rows)
    return {"state": state}


@routes.post("/undo")
async def undo(served: WholeServed, said: ActRequest) -> dict[str, Any]:
    """Take back the last act."""
    return await _reverse(served, said, LiveSession.undo)


@routes.post("/redo")
async def redo(served: WholeServed, said: ActRequest) -> dict[str, Any]:
    """Reinstate what was undone last."""
    return await _reverse(served, said, LiveSession.redo)


@routes.post("/note")
async def write_note(served: WholeServed, said: NoteRequest) -> dict[str, Any]:
    """Note something on a candidate."""

    def act(live: LiveSession) -> None:
        note(live.session, live.item(said.row), said.text, said.client_id)
        live.acted()

    _, state = await served.sessions.act(said.annotator, act)
    return {"state": state}


@routes.get("/notes")
async def read_notes(served: WholeServed, annotator: Name) -> dict[str, Any]:
    """The annotator's notes."""

    def look(live: LiveSession) -> list[dict[str, Any]]:
        index = live.session.answers.index
        said = {index[item]: text for item, text in notes(live.session).items() if item in index}
        return [{"row": row, "text": said[row]} for row in sorted(said)]

    return {"notes": await served.sessions.call(annotator, look)}


@routes.get("/merges")
async def merges(served: WholeServed, annotator: Name) -> dict[str, Any]:
    """Pairs that look like one cell and are not answered yet."""
    found = await served.duplicates()
    return {"pairs": await served.sessions.call(annotator, partial(_pairs, found=found))}


@routes.post("/merges")
async def merge(served: WholeServed, said: MergeRequest) -> dict[str, Any]:
    """Record whether a pair is one cell."""

    def act(live: LiveSession) -> None:
        decide_merge(
            live.session,
            said.item,
            said.value,
            seconds=said.seconds,
            client_id=said.client_id,
        )
        live.acted()

    _, state = await served.sessions.act(said.annotator, act)
    return {"state": state}


@routes.get("/explain")
async def explain(served: WholeServed, annotator: Name, row: Row) -> dict[str, Any]:
    """Which features speak for the prediction and which against."""
    told = await served.sessions.call(annotator, lambda live: live.explain(row))
    return {
        "predicted": told.predicted,
        "for": [[reason.feature, reason.contribution] for reason in told.speak_for],
        "against": [[reason.feature, reason.contribution] for reason in told.speak_against],
    }


@routes.post("/export")
async def write_export(served: WholeServed, said: ExportRequest) -> dict[str, Any]:
    """Write every candidate's final label, as the command line does."""
    settings = await served.sessions.call(said.annotator, lambda live: live.settings)
    return await asyncio.to_thread(_export, served, said, settings)


@routes.websocket("/live")
async def live(socket: WebSocket, served: MeantServed, annotator: Name) -> None:
    """Tell a page what is new; or that its project is no longer open."""
    if served is None:
        await turn_away(socket)
    else:
        await served.hub.serve(socket, annotator)


async def _reverse(served: Served, said: ActRequest, way: Any) -> dict[str, Any]:
    def act(live: LiveSession) -> tuple[str, list[int], list[int]]:
        kind, rows = way(live, client_id=said.client_id)
        return kind, rows, [row for row in rows if row in live.asked_again]

    (kind, rows, repeat), state = await served.sessions.act(said.annotator, act)
    if kind == "verdict":
        served.sessions.told_decided(said.annotator, rows)
    return {"state": state, "rows": rows, "kind": kind, "repeat": repeat}


def _pairs(live: LiveSession, found: Mapping[int, list[DuplicatePair]]) -> list[dict[str, Any]]:
    index, told = live.session.answers.index, []
    for number, pairs in found.items():
        recording = live.session.tables[number].recording
        for pair in merge_suggestions(live.session, recording, pairs):
            evidence = pair.evidence
            told.append(
                {
                    "item": pair.item,
                    "first": index[f"{recording}/{pair.first}"],
                    "second": index[f"{recording}/{pair.second}"],
                    "kind": evidence.kind,
                    **{name: float(getattr(evidence, name)) for name in _OF_A_PAIR},
                }
            )
    return plain(told)


def _export(served: Served, said: ExportRequest, settings: SessionSettings) -> dict[str, Any]:
    from sightline.workflows.exporting import export  # noqa: PLC0415 - all formats, and seldom

    path = served.project.path
    output = None if said.output is None else path.parent / file_name(said.output)
    with SortSession(
        path,
        said.annotator,
        settings=settings.classifier(),
        strategy=settings.questions(),
        earlier=kept_start(served.project, settings.start),
    ) as fitted:
        written = export(
            fitted,
            said.to,
            output,
            recording=said.recording,
            accept=said.accept,
            segmentation=said.segmentation,
            decisions=said.decisions,
        )
    return plain(written)


def file_name(name: str) -> str:
    """The name, if it is one and no path: nothing is written elsewhere than beside the project."""
    plain = PurePath(name).name == name and PureWindowsPath(name).name == name
    if not plain or name.startswith(".") or not name.isprintable():
        raise HTTPException(400, f"output: {name!r} is no plain file name.")
    return name
