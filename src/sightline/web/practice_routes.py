"""Practice on candidates whose answer is known; nothing of it is a decision."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
from fastapi import APIRouter

from sightline.project.kept_sessions import keep_practice, kept_practice
from sightline.review.live_session import LiveSession
from sightline.review.practice import (
    draw_practice,
    known_answer,
    practice_sources,
    score_practice,
)
from sightline.web.meant import WholeServed
from sightline.web.messages import Name, PracticeAnswer, PracticeFinish, PracticeRequest

routes = APIRouter(prefix="/api")


@routes.get("/practice")
async def practice(served: WholeServed, annotator: Name) -> dict[str, Any]:
    """Whose answers can be practised on, and the scores of earlier runs."""

    def look(live: LiveSession) -> dict[str, Any]:
        found = practice_sources(live.session)
        return {
            "sources": [{"annotator": name, "counts": found[name]} for name in found],
            "runs": kept_practice(served.project, annotator),
        }

    return await served.sessions.call(annotator, look)


@routes.post("/practice")
async def begin(served: WholeServed, said: PracticeRequest) -> dict[str, Any]:
    """Draw what is asked, without the answers."""

    def draw(live: LiveSession) -> list[int]:
        return draw_practice(live.session, said.source, said.number, said.seed)

    return {"rows": await served.sessions.call(said.annotator, draw)}


@routes.post("/practice/answer")
async def reveal(served: WholeServed, said: PracticeAnswer) -> dict[str, Any]:
    """Tell the known answer; a later decision on that candidate is not blind."""

    def tell(live: LiveSession) -> str:
        known = known_answer(live.session, said.source, said.row)
        live.reveal(np.array([said.row]))
        return known

    return {"known": await served.sessions.call(said.annotator, tell)}


@routes.post("/practice/finish")
async def finish(served: WholeServed, said: PracticeFinish) -> dict[str, Any]:
    """Keep the score of a run, once; give it, and all runs."""
    answers = [(answer.row, answer.verdict) for answer in said.answers]
    score = partial(_score, source=said.source, answers=answers)
    run = {
        "client_id": said.client_id,
        "finished_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "source": said.source,
        "seed": said.seed,
        **await served.sessions.call(said.annotator, score),
    }
    kept = partial(keep_practice, served.project, said.annotator, run)
    return {"run": run, "runs": await served.sessions.call(said.annotator, lambda _: kept())}


def _score(live: LiveSession, source: str, answers: list[tuple[int, str]]) -> dict[str, Any]:
    score = asdict(score_practice(live.session, source, answers))
    return {**score, "mistaken": list(score["mistaken"])}
