"""What a page of tracking reads and does; every answer is on disk before it is acknowledged."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from sightline.review.said_keypoints import HIDDEN, SEEN
from sightline.web.meant import AnyServed, tracking_of
from sightline.web.messages import ActRequest, Name
from sightline.web.packet import MEDIA_TYPE, pack
from sightline.web.session_routes import file_name
from sightline.web.track_messages import (
    FrameRequest,
    PointRequest,
    TrackExportRequest,
    WorkRequest,
)
from sightline.web.values import plain

if TYPE_CHECKING:  # who sorts need not wait for it
    from sightline.review.live_track import LiveTrack
    from sightline.web.served_tracking import ServedTracking

MOST_QUESTIONS: Final = 100

routes = APIRouter(prefix="/api/track")


@routes.get("/session")
async def session(served: AnyServed, annotator: Name) -> dict[str, Any]:
    """How far an annotator and the tracking have come."""
    return plain(await tracking_of(served).call(lambda live: live.state(annotator)))


@routes.get("/questions")
async def questions(
    served: AnyServed,
    annotator: Name,
    n: Annotated[int, Query(ge=1, le=MOST_QUESTIONS)] = 12,
) -> dict[str, Any]:
    """The next questions."""

    def look(live: "LiveTrack") -> list[dict[str, Any]]:
        return [
            {
                "item": one.item,
                "frame": live.place_of(one.item)[0],
                "keypoint": live.place_of(one.item)[1],
                "reason": one.reason,
                "probe": one.probe,
            }
            for one in live.questions(annotator, n)
        ]

    return plain({"questions": await tracking_of(served).call(look)})


@routes.get("/timeline")
async def timeline(served: AnyServed, annotator: Name) -> Response:
    """Every frame's lowest score, and what it is."""
    lowest, flags = await tracking_of(served).call(lambda live: live.timeline(annotator))
    return _packet(pack({}, {"lowest": lowest, "flags": flags}))


@routes.get("/frames/{number}/picture")
async def picture(request: Request, served: AnyServed, number: int) -> Response:
    """A frame's brightest projections."""
    tracking = tracking_of(served)
    tracking.check_frame(number)
    made = await asyncio.to_thread(tracking.pictures.picture, number)
    arrays = {"along_z": made.along_z, "plane": made.plane}
    if made.along_y is not None and made.line is not None:
        arrays |= {"along_y": made.along_y, "line": made.line}
    named = request.query_params.get("v") == tracking.data_version
    keep = "private, max-age=31536000, immutable" if named else "no-store"
    body = await asyncio.to_thread(pack, {"frame": number, "limits": made.limits.tolist()}, arrays)
    return Response(body, media_type=MEDIA_TYPE, headers={"cache-control": keep})


@routes.get("/frames/{number}/points")
async def points(served: AnyServed, number: int, annotator: Name, reveal: bool = False) -> Response:
    """Where all points of a frame are, as far as the annotator may see it."""
    look = partial(_points, annotator=annotator, frame=number, reveal=reveal)
    return _packet(await tracking_of(served).call(look))


@routes.post("/decide")
async def decide(served: AnyServed, said: PointRequest) -> dict[str, Any]:
    """Record an answer on one point; its frame is tracked again afterwards."""

    def act(live: "LiveTrack") -> None:
        live.decide(
            said.annotator,
            live.item(said.frame, said.keypoint),
            said.position,
            said.value,
            seconds=said.seconds,
            client_id=said.client_id,
        )

    tracking = tracking_of(served)
    _, state = await tracking.act(said.annotator, act)
    if said.value in (SEEN, HIDDEN):
        tracking.follow_soon([said.frame])
    return {"state": state, "frames": [said.frame]}


@routes.post("/confirm")
async def confirm(served: AnyServed, said: FrameRequest) -> dict[str, Any]:
    """Record that all points of a frame are where the machine puts them."""
    tracking = tracking_of(served)
    _, state = await tracking.act(
        said.annotator, lambda live: live.confirm(said.annotator, said.frame, said.client_id)
    )
    tracking.follow_soon([said.frame])
    return {"state": state, "frames": [said.frame]}


@routes.post("/undo")
async def undo(served: AnyServed, said: ActRequest) -> dict[str, Any]:
    """Take back the last act."""
    tracking = tracking_of(served)
    return await _reverse(tracking, said, lambda live: live.undo(said.annotator, said.client_id))


@routes.post("/redo")
async def redo(served: AnyServed, said: ActRequest) -> dict[str, Any]:
    """Reinstate what was undone last."""
    tracking = tracking_of(served)
    return await _reverse(tracking, said, lambda live: live.redo(said.annotator, said.client_id))


@routes.post("/work")
async def work(served: AnyServed, said: WorkRequest) -> dict[str, Any]:
    """Track all that is to be tracked again, in the background, or stop that."""

    def act(live: "LiveTrack") -> dict[str, Any]:
        if said.go:
            live.track_rest()
        else:
            live.stop()
        return live.work()

    return {"work": plain(await tracking_of(served).call(act))}


@routes.post("/export")
async def write_export(served: AnyServed, said: TrackExportRequest) -> dict[str, Any]:
    """Write every point, as the command line does."""
    from sightline.workflows.track_export_anew import export_anew  # noqa: PLC0415 - seldom

    path = tracking_of(served).project.path
    output = None if said.output is None else path.parent / file_name(said.output)
    wanted = partial(export_anew, path, output, to=said.to, annotator=said.annotator)
    return plain(await asyncio.to_thread(wanted))


async def _reverse(tracking: "ServedTracking", said: ActRequest, way: Any) -> dict[str, Any]:
    frames, state = await tracking.act(said.annotator, way)
    tracking.follow_soon(frames[:1])
    return {"state": state, "frames": frames}


def _points(live: "LiveTrack", annotator: str, frame: int, reveal: bool) -> bytes:
    found = live.points(annotator, frame, reveal=reveal)
    arrays = {name: getattr(found, name) for name in ("position", "score", "visibility", "said")}
    return pack({"frame": frame, "flags": found.flags}, arrays)


def _packet(body: bytes) -> Response:
    return Response(body, media_type=MEDIA_TYPE, headers={"cache-control": "no-store"})
