"""The server's application: routes, the built app's files, and errors in one sentence."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.responses import JSONResponse
from fastapi.websockets import WebSocket
from starlette.exceptions import HTTPException

from sightline.errors import InputError, ProjectError, SettingError, SightlineError
from sightline.web import (
    audit_routes,
    no_home,
    practice_routes,
    reading_routes,
    result_routes,
    session_routes,
    track_routes,
)
from sightline.web.live import AwayError
from sightline.web.open_projects import OpenProject
from sightline.web.pages import BUILT_APP, app_files
from sightline.web.shelf import AbsentError
from sightline.web.values import as_text

if TYPE_CHECKING:
    from sightline.web.home import Home

_STATUS: Final = {
    AbsentError: 404,
    AwayError: 503,
    InputError: 400,
    SettingError: 400,
    ProjectError: 409,
}
_MALFORMED: Final = 1008

_logger: Final = logging.getLogger(__name__)


def make_app(
    served: OpenProject | None,
    built: Path = BUILT_APP,
    home: "Home | None" = None,
    expected: str = "",
) -> FastAPI:
    """Put the application together; `Guard` stands before it.

    Parameters
    ----------
    served
        The project, closed with the application; None where the start page chooses it.
    built
        Folder of the built app.
    home
        What the start page shows; without it this project alone is served, and nothing beside it.
    expected
        Annotator who is about to come, where that is known.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if served is not None and expected and not served.trouble:
            served.expect(expected)
        yield
        if home is not None:
            await home.close()
        if app.state.served is not None:
            await app.state.served.close()

    app = FastAPI(
        title="Sightline",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.served = served
    app.state.home = home
    app.include_router(no_home.routes if home is None else _home_routes())
    app.include_router(reading_routes.routes)
    app.include_router(session_routes.routes)
    app.include_router(audit_routes.routes)
    app.include_router(result_routes.routes)
    app.include_router(practice_routes.routes)
    app.include_router(track_routes.routes)
    app.mount("/", app_files(built))
    app.add_exception_handler(HTTPException, _tell_http)
    app.add_exception_handler(RequestValidationError, _tell_malformed)
    app.add_exception_handler(WebSocketRequestValidationError, _close_malformed)
    app.add_exception_handler(SightlineError, _tell_user)
    app.add_exception_handler(Exception, _tell_fault)
    return app


def _home_routes() -> APIRouter:
    from sightline.web.home_routes import routes  # noqa: PLC0415 - all of preparing, a second

    return routes


def _error(status: int, sentence: str) -> JSONResponse:
    # what came from outside may hold characters that are no valid text
    return JSONResponse({"error": as_text(sentence)}, status, headers={"cache-control": "no-store"})


def _tell_user(request: Request, error: Exception) -> JSONResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    served = request.app.state.served
    if served is not None and served.trouble and isinstance(error, ProjectError):
        status = 500
    return _error(status, str(error))


def _tell_http(_request: Request, error: Exception) -> JSONResponse:
    status = getattr(error, "status_code", 500)
    return _error(status, str(getattr(error, "detail", error)))


def _tell_malformed(_request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    told = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:3]]
    return _error(400, f"The request is malformed. {'; '.join(told)}.")


async def _close_malformed(socket: WebSocket, error: Exception) -> None:
    fault = error.errors()[0]["msg"] if isinstance(error, WebSocketRequestValidationError) else ""
    await socket.close(_MALFORMED, json.dumps(fault)[:100])


def _tell_fault(request: Request, error: Exception) -> JSONResponse:
    _logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _error(500, "Sightline made a mistake; the terminal says more. No answer is lost.")
