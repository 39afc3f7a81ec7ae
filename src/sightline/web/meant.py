"""Which project a request is about: the open one, if it is that one."""

from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import HTTPConnection

from sightline.errors import ProjectError
from sightline.web.live import AwayError
from sightline.web.served import Served

PROJECT_HEADER: Final = "x-sightline-project"


def _meant(connection: HTTPConnection) -> Served | None:
    """The open project, if it is the one that the page is about; a script need not say."""
    served: Served | None = connection.app.state.served
    said = connection.headers.get(PROJECT_HEADER) or connection.query_params.get("project")
    return served if served is not None and said in (None, served.id) else None


def _served(meant: Annotated[Served | None, Depends(_meant)]) -> Served:
    if meant is None:
        raise AwayError("This project is not open here now. Open it from the start page.")
    return meant


def _whole(served: Annotated[Served, Depends(_served)]) -> Served:
    if served.trouble:
        raise ProjectError(served.trouble)
    return served


MeantServed = Annotated[Served | None, Depends(_meant)]
"""The project, where it is open."""

AnyServed = Annotated[Served, Depends(_served)]
"""The project, be it fit for sorting or not."""

WholeServed = Annotated[Served, Depends(_whole)]
"""The project, where it can be sorted."""
