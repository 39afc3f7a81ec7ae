"""What a page reads of a project; the same for every annotator."""

import csv
import io
from collections.abc import Callable
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse

from sightline.data.evidence import ABSENT, crop_footprint
from sightline.web.meant import AnyServed, SoundServed, WholeServed
from sightline.web.packet import MEDIA_TYPE, pack
from sightline.web.served import Served
from sightline.web.shelf import AbsentError, Shelf
from sightline.web.values import plain
from sightline.workflows.decisions import COLUMNS, standing_decisions

OUTLINE_OFFSET: Final = 1
MOST_TRACES: Final = 200

_OUTLINE_SCALES: Final = (8, 4, 2, 1)

routes = APIRouter(prefix="/api")


@routes.get("/project")
def project(request: Request, served: SoundServed) -> dict[str, Any]:
    """What the project is, and whether there is a start page to choose another."""
    return plain({**served.about(), "start_page": request.app.state.home is not None})


@routes.get("/decisions")
def decisions(served: AnyServed) -> Response:
    """Everybody's standing decisions as CSV, whatever state the rest of the project is in."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    with served.project.journal() as journal:
        table.writerows(standing_decisions(journal))
    return Response(text.getvalue(), media_type="text/csv")


@routes.get("/recordings/{number}/images/{name}")
def image(request: Request, served: WholeServed, number: int, name: str) -> Response:
    """A summary image."""

    def make() -> bytes:
        with served.shelf.reading(number) as reader:
            images = reader.evidence.images
            if name not in images:
                raise AbsentError(f"There is no image {name!r}; there are {', '.join(images)}.")
            return pack({}, {"image": images[name].astype(np.float32)})

    return _kept(request, served, make)


@routes.get("/recordings/{number}/map")
def outlines(request: Request, served: WholeServed, number: int) -> Response:
    """Where candidates lie."""
    return _kept(request, served, lambda: map_packet(served.shelf, number))


@routes.get("/recordings/{number}/identities")
def identities(served: WholeServed, number: int) -> Response:
    """The extractor's names of the candidates."""
    if not 0 <= number < len(served.tables):
        raise AbsentError(f"There is no recording {number}; there are {len(served.tables)}.")
    return JSONResponse({"identities": list(served.tables[number].identities)})


@routes.get("/features")
def features(request: Request, served: WholeServed, names: str) -> Response:
    """Features of all candidates, as they were computed."""

    def make() -> bytes:
        wanted = names.split(",")
        absent = [name for name in wanted if name not in served.tables[0].names]
        if absent:
            raise AbsentError(f"There is no feature {absent[0]!r}.")
        parts = [table.select(wanted).values for table in served.tables]
        return pack({"names": wanted}, {"values": np.concatenate(parts)})

    return _kept(request, served, make)


@routes.get("/candidates/{row}")
def candidate(request: Request, served: WholeServed, row: int) -> Response:
    """All that a judge needs to see of a candidate."""
    return _kept(request, served, lambda: candidate_packet(served.shelf, row))


@routes.get("/traces")
def traces(
    request: Request, served: WholeServed, rows: Annotated[str, Query(max_length=4000)]
) -> Response:
    """Traces of some candidates of one recording."""
    return _kept(request, served, lambda: _traces_packet(served.shelf, rows))


def map_packet(shelf: Shelf, number: int) -> bytes:
    """Outlines in eighths of a pixel, as the shortest type that holds them, with centres and boxes.

    Outlines begin up to one pixel outside the image, so that one is added. Above 8190 pixels the
    steps are coarser.
    """
    with shelf.reading(number) as reader:
        layout = reader.evidence.layout
        points = layout.outline_points + OUTLINE_OFFSET
        largest = float(points.max(initial=0))
        scale = next((scale for scale in _OUTLINE_SCALES if largest * scale < 2**16 - 1), 1)
        return pack(
            {"scale": scale, "offset": OUTLINE_OFFSET},
            {
                "outline_points": np.clip(np.round(scale * points), 0, 2**16 - 1).astype("u2"),
                "outline_parts": layout.outline_parts.astype("u4"),
                "outline_starts": layout.outline_starts.astype("u4"),
                "centres": layout.centres.astype("f4"),
                "boxes": np.clip(layout.boxes, 0, 2**16 - 1).astype("u2"),
            },
        )


def candidate_packet(shelf: Shelf, row: int) -> bytes:
    """Footprint, coded snapshots and trace of a candidate, and where they belong."""
    number, index = shelf.place(row)
    with shelf.reading(number) as reader:
        evidence, layout = reader.evidence, reader.evidence.layout
        crop = layout.crops[index]
        codes, least, step = reader.coded_snapshots(index)
        begin, end = layout.neighbour_starts[index : index + 2]
        events = evidence.events[index]
        identity = evidence.identities[index]
        meta = {
            "row": row,
            "recording": number,
            "identity": identity,
            "item": f"{shelf.tables[number].recording}/{identity}",
            "crop": crop.tolist(),
            "events": events[events != ABSENT].tolist(),
            "least": least,
            "step": step,
            "contrast": evidence.contrast[index].tolist(),
            "neighbours": (layout.neighbours[begin:end] + shelf.first[number]).tolist(),
            "frames": reader.trace_shape[1],
            "half_window": evidence.about.half_window,
        }
        width = evidence.image_shape[1]
        arrays = {"footprint": crop_footprint(evidence.footprints, index, crop, width)}
        arrays |= {} if codes is None else {"codes": codes}
        return pack(meta, {**arrays, "trace": reader.traces(index, index + 1)[0]})


def _traces_packet(shelf: Shelf, rows: str) -> bytes:
    wanted = rows.split(",")
    if len(wanted) > MOST_TRACES or not all(row.isascii() and row.isdigit() for row in wanted):
        raise HTTPException(400, f"rows: up to {MOST_TRACES} numbers with commas between them.")
    places = [shelf.place(int(row)) for row in wanted]
    numbers = {number for number, _ in places}
    if len(numbers) > 1:
        raise HTTPException(400, "rows: all of one recording, for traces differ in length.")
    with shelf.reading(numbers.pop()) as reader:
        found = [reader.traces(index, index + 1)[0] for _, index in places]
    return pack({"rows": [int(row) for row in wanted]}, {"traces": np.stack(found)})


def _kept(request: Request, served: Served, make: Callable[[], bytes]) -> Response:
    """A packet that the browser keeps: for ever if it asked for these data by their version."""
    version = served.shelf.data_version
    named = request.query_params.get("v") == version
    headers = {
        "etag": f'"{version}"',
        "cache-control": f"private, {'max-age=31536000, immutable' if named else 'no-cache'}",
    }
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(make(), media_type=MEDIA_TYPE, headers=headers)
