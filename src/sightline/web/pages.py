"""The built app's files, and the plain pages that stand in for it."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, Response

BUILT_APP: Final = Path(__file__).parent / "static"

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sightline</title>
<h1>Sightline</h1>
{}
</html>
"""
LOCKED_PAGE: Final = _PAGE.format("<p>REASON</p>")
NOT_BUILT_PAGE: Final = _PAGE.format(
    "<p>The server runs, but this Sightline was installed without the app. In its checkout, "
    "<code>pip install .</code> builds it, if the variable SIGHTLINE_WITHOUT_APP is not set; so "
    "does <code>npm ci &amp;&amp; npm run build</code> in the folder <code>app</code>. Then load "
    "this page again.</p>"
)


def app_files(built: Path) -> APIRouter:
    """Serve the files of the built app, and nothing outside that folder.

    Parameters
    ----------
    built
        Folder with ``index.html``; names of files in ``assets`` tell their content.
    """
    routes = APIRouter()

    @routes.get("/", include_in_schema=False)
    def index() -> Response:
        page = built / "index.html"
        if not page.is_file():
            return HTMLResponse(NOT_BUILT_PAGE)
        return FileResponse(page, headers={"cache-control": "no-cache"})

    @routes.get("/{path:path}", include_in_schema=False)
    def file(path: str) -> Response:
        found = _inside(built, path)
        if found is None:
            raise HTTPException(404, f"There is no page /{path}.")
        named = path.startswith("assets/")
        keep = "private, max-age=31536000, immutable" if named else "no-cache"
        return FileResponse(found, headers={"cache-control": keep})

    return routes


def _inside(folder: Path, path: str) -> Path | None:
    """The file of that name, if it is one and lies in the folder, wherever links lead."""
    if "\0" in path or "\\" in path:
        return None
    try:
        found = (folder / path).resolve()
        inside = found.is_relative_to(folder.resolve()) and found.is_file()
    except (OSError, ValueError):
        return None
    return found if inside else None
