"""Disagreements, the accepted result, and what to start from."""

import asyncio
from functools import partial
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query

from sightline.review import accepting
from sightline.review.disagreements import Disagreement
from sightline.review.live_session import LiveSession
from sightline.web.meant import WholeServed
from sightline.web.messages import AcceptRequest, EarlierRequest, Name
from sightline.web.values import plain
from sightline.workflows.starting import find_starts, read_start

MOST_DISAGREEMENTS: Final = 2000

routes = APIRouter(prefix="/api")


@routes.get("/review")
async def review(
    served: WholeServed,
    annotator: Name,
    among: Annotated[Literal["annotators", "machine"], Query(alias="with")] = "annotators",
    undecided: bool = False,
) -> dict[str, Any]:
    """Where annotators disagree, or the annotator and the machine; whoever sees it is not blind."""

    def look(live: LiveSession) -> dict[str, Any]:
        found = live.review(among, undecided=undecided, most=MOST_DISAGREEMENTS)
        classes, reliability = live.session.classes, found.reliability
        return {
            "rows": [_told(each, classes) for each in found.disagreements],
            "found": found.found,
            "hidden": found.hidden,
            "annotators": list(found.annotators),
            "reliability": reliability and {
                name: getattr(reliability, name) for name in ("value", "low", "high", "candidates")
            },
        }  # fmt: skip

    return plain(await served.sessions.call(annotator, look))


@routes.post("/accept")
async def accept(served: WholeServed, said: AcceptRequest) -> dict[str, Any]:
    """Accept the machine's labels for all exports, or take that back."""
    way = accepting.withdraw if said.withdraw else accepting.accept

    def act(live: LiveSession) -> None:
        way(live.session, said.client_id)
        live.acted()

    _, state = await served.sessions.act(said.annotator, act)
    return {"state": state}


@routes.get("/earlier")
async def earlier(served: WholeServed) -> dict[str, Any]:
    """Classifiers and earlier projects that a sorting can start from, by name."""
    found = await asyncio.to_thread(find_starts, served.project.path)
    return plain({"earlier": [{"name": one.name, "answers": one.answers} for one in found]})


@routes.post("/earlier")
async def start_from(served: WholeServed, said: EarlierRequest) -> dict[str, Any]:
    """Start from one of them, or from nothing."""
    read = partial(read_start, served.project.path, said.name)
    classifier = await asyncio.to_thread(read) if said.name else None
    act = partial(LiveSession.start_from, name=said.name, earlier=classifier)
    _, state = await served.sessions.act(said.annotator, act)
    return state


def _told(each: Disagreement, classes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "row": each.row,
        "said": [
            {"annotator": one.annotator, "verdict": one.verdict, "note": one.note}
            for one in each.said
        ],
        "machine": None
        if each.predicted < 0
        else {"verdict": classes[each.predicted], "probability": each.probability},
        "majority": None if each.majority < 0 else classes[each.majority],
        "strength": each.strength,
    }
