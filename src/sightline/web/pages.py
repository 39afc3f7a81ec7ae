"""The built app's files, and the plain pages that stand in for it."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route, Router

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


def app_files(built: Path = BUILT_APP) -> Router:
    """Serve the files of the built app, and nothing outside that folder.

    Parameters
    ----------
    built
        Folder with ``index.html``; names of files in ``assets`` tell their content.
    """

    def index(_request: Request) -> Response:
        page = built / "index.html"
        if not page.is_file():
            return HTMLResponse(NOT_BUILT_PAGE)
        return FileResponse(page, headers={"cache-control": "no-cache"})

    def file(request: Request) -> Response:
        path = request.path_params["path"]
        found = _inside(built, path)
        if found is None:
            sentence = f"There is no page /{path}.".encode(errors="replace").decode()
            return JSONResponse({"error": sentence}, 404, headers={"cache-control": "no-store"})
        named = path.startswith("assets/")
        keep = "private, max-age=31536000, immutable" if named else "no-cache"
        return FileResponse(found, headers={"cache-control": keep})

    return Router([Route("/", index), Route("/{path:path}", file)])


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
