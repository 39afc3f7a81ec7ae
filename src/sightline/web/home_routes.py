"""The start page: recent projects, and new ones prepared; only where no project was named."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, WebSocket
from starlette.requests import HTTPConnection

from sightline.web.home import Home
from sightline.web.home_folders import list_folder
from sightline.web.home_messages import (
    MoveRequest,
    PathRequest,
    PreparationRequest,
    PrepareRequest,
    RecogniseRequest,
    SomePath,
)
from sightline.web.values import plain
from sightline.workflows.recognising import recognise

routes = APIRouter(prefix="/api/start")


def _home(connection: HTTPConnection) -> Home:
    return connection.app.state.home


ServedHome = Annotated[Home, Depends(_home)]


@routes.get("")
async def about(request: Request, home: ServedHome) -> dict[str, Any]:
    """Recent projects, preparations, and which project is open."""
    return await home.about(request.app.state.served)


@routes.get("/decided")
async def decided(home: ServedHome, path: SomePath) -> dict[str, Any]:
    """How many candidates of a recent project are decided."""
    return {"decided": await home.decided(Path(path))}


@routes.get("/folder")
def folder(path: SomePath) -> dict[str, Any]:
    """What lies in a folder: names, never what is in a file."""
    return list_folder(Path(path))


@routes.post("/open")
async def open_project(request: Request, home: ServedHome, said: PathRequest) -> dict[str, Any]:
    """Open a project here, in place of the one before."""
    await home.open(request.app.state, Path(said.path))
    return {"open": said.path}


@routes.post("/forget")
async def forget(home: ServedHome, said: PathRequest) -> dict[str, Any]:
    """Take a project off the list; it stays on disk."""
    await home.forget(Path(said.path))
    return {}


@routes.post("/recognise")
async def look(home: ServedHome, said: RecogniseRequest) -> dict[str, Any]:
    """Say what movie and candidates are taken for, and what is wrong with them."""
    async with home.looking:
        wish = (said.movie, said.candidates, said.output, said.options.given())
        return plain(await asyncio.to_thread(recognise, *wish))


@routes.post("/preparations")
async def prepare(home: ServedHome, said: PrepareRequest) -> dict[str, Any]:
    """Put a project to prepare into the queue."""
    await asyncio.to_thread(home.queue().add, said.id, said.wish())
    return {}


@routes.post("/preparations/stop")
async def stop(home: ServedHome, said: PreparationRequest) -> dict[str, Any]:
    """Stop one, or hold it back."""
    await asyncio.to_thread(home.queue().stop, said.id)
    return {}


@routes.post("/preparations/go-on")
async def go_on(home: ServedHome, said: PreparationRequest) -> dict[str, Any]:
    """Go on with one that was stopped or failed."""
    await asyncio.to_thread(home.queue().go_on, said.id)
    return {}


@routes.post("/preparations/move")
async def move(home: ServedHome, said: MoveRequest) -> dict[str, Any]:
    """Let one take its turn earlier or later."""
    await asyncio.to_thread(home.queue().move, said.id, said.places)
    return {}


@routes.post("/preparations/remove")
async def remove(home: ServedHome, said: PreparationRequest) -> dict[str, Any]:
    """Take one out of the queue."""
    await asyncio.to_thread(home.queue().remove, said.id)
    return {}


@routes.websocket("/live")
async def live(socket: WebSocket, home: ServedHome) -> None:
    """Tell a start page what is new."""
    await home.hub.serve(socket, "")
