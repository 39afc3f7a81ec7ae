"""What a page may say of a tracking; anything else is refused before it reaches the session."""

from typing import Annotated

from pydantic import Field, StringConstraints

from sightline.web.messages import ActRequest, Row, Said

Place = Annotated[float, Field(allow_inf_nan=False)]


class PointRequest(ActRequest):
    """An answer on one point; without a position it is where the machine puts it."""

    frame: Row
    keypoint: Row
    value: Annotated[str, StringConstraints(max_length=20)] = "seen"
    position: Annotated[list[Place], Field(min_length=3, max_length=3)] | None = None
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class FrameRequest(ActRequest):
    """A frame whose points are all right."""

    frame: Row


class WorkRequest(Said):
    """Whether all that is to be tracked again is to be tracked now."""

    go: bool


class TrackExportRequest(Said):
    """What to write, as on the command line."""

    to: Annotated[str, StringConstraints(max_length=40)] = ""
    output: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
