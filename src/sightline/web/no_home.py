"""What answers in the start page's place where a project was named."""

from typing import Final

from fastapi import APIRouter, HTTPException

_ANY_METHOD: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

routes = APIRouter()


@routes.api_route("/api/start", methods=_ANY_METHOD, include_in_schema=False)
@routes.api_route("/api/start/{rest:path}", methods=_ANY_METHOD, include_in_schema=False)
def nothing() -> None:
    """Where one project is served there is no start page."""
    raise HTTPException(404, "There is no start page here: `sightline open PROJECT` serves that.")
