"""Which project a request is about: the open one, if it is that one."""

from typing import TYPE_CHECKING, Annotated, Final, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from sightline.errors import ProjectError
from sightline.web.live import AwayError
from sightline.web.open_projects import OpenProject
from sightline.web.served import Served
from sightline.web.shelf import AbsentError

if TYPE_CHECKING:  # who sorts need not wait for it
    from sightline.web.served_tracking import ServedTracking

PROJECT_HEADER: Final = "x-sightline-project"


def _meant(connection: HTTPConnection) -> OpenProject | None:
    """The open project, if it is the one that the page is about; a script need not say."""
    served: OpenProject | None = connection.app.state.served
    said = connection.headers.get(PROJECT_HEADER) or connection.query_params.get("project")
    return served if served is not None and said in (None, served.id) else None


def _served(meant: Annotated[OpenProject | None, Depends(_meant)]) -> OpenProject:
    if meant is None:
        raise AwayError("This project is not open here now. Open it from the start page.")
    return meant


def _sound(served: Annotated[OpenProject, Depends(_served)]) -> OpenProject:
    if served.trouble:
        raise ProjectError(served.trouble)
    return served


def _whole(served: Annotated[OpenProject, Depends(_sound)]) -> Served:
    if not isinstance(served, Served):
        raise AbsentError(f"This is a project of kind {served.project.kind!r}; nothing is sorted.")
    return served


def tracking_of(served: OpenProject) -> "ServedTracking":
    """The project, if points are tracked in it.

    Raises
    ------
    AbsentError
        If it is of another kind.
    ProjectError
        If it is not fit for it.
    """
    if served.project.kind != "track":
        raise AbsentError(f"This is a project of kind {served.project.kind!r}; nothing is tracked.")
    return cast("ServedTracking", _sound(served))


MeantServed = Annotated[OpenProject | None, Depends(_meant)]
"""The project, where it is open."""

AnyServed = Annotated[OpenProject, Depends(_served)]
"""The project, be it fit for use or not."""

SoundServed = Annotated[OpenProject, Depends(_sound)]
"""The project, of whatever kind, where it is fit for use."""

WholeServed = Annotated[Served, Depends(_whole)]
"""The project, where it can be sorted."""
