"""The page is given out at once; what needs the project waits until that is open."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from sightline.web.early import EarlyApp


def saying(text: str) -> Callable[..., Awaitable[PlainTextResponse]]:
    async def answer(_request: Any) -> PlainTextResponse:
        return PlainTextResponse(text)

    return answer


FILES = Starlette(routes=[Route("/{path:path}", saying("page"))])


class Life:
    """An application that is made when it is let, and the stretch in which it is served."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.told: list[str] = []
        self.let = threading.Event()
        self._fault = fault
        self._stop = asyncio.Event()
        self.early = EarlyApp(self._make, FILES, lambda: self.told.append("failed"))

    def _make(self) -> Starlette:
        self.let.wait(10)
        if self._fault:
            raise self._fault

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            self.told.append("begun")
            yield
            self.told.append("ended")

        whole = [Route("/api/project", saying("project")), Mount("/", FILES)]
        return Starlette(routes=whole, lifespan=lifespan)

    async def __aenter__(self) -> httpx.AsyncClient:
        messages = iter(["startup", "shutdown"])
        started = asyncio.Event()

        async def receive() -> dict[str, str]:
            message = next(messages)
            if message == "shutdown":
                await self._stop.wait()
            return {"type": f"lifespan.{message}"}

        async def send(_message: Any) -> None:
            started.set()

        self._serving = asyncio.create_task(self.early({"type": "lifespan"}, receive, send))
        await started.wait()
        transport = httpx.ASGITransport(self.early)
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    async def __aexit__(self, *_: object) -> None:
        self.let.set()
        self._stop.set()
        await self._serving


def test_the_page_comes_before_the_project_is_open_and_the_project_when_it_is() -> None:
    async def story() -> list[str]:
        life = Life()
        async with life as client:
            waiting = asyncio.create_task(client.get("/api/project"))
            page = await client.get("/assets/main.js")
            assert page.text == "page"
            assert not waiting.done()
            life.let.set()
            assert (await waiting).text == "project"
            assert (await client.get("/")).text == "page"
            assert life.told == ["begun"]
        return life.told

    assert asyncio.run(story()) == ["begun", "ended"]


def test_stopped_before_the_project_is_open_it_ends_cleanly() -> None:
    async def story() -> list[str]:
        life = Life()
        async with life as client:
            assert (await client.get("/")).text == "page"
        return life.told

    assert asyncio.run(story()) == ["begun", "ended"]


def test_where_the_project_cannot_be_opened_that_is_told_and_kept() -> None:
    async def story() -> tuple[list[str], BaseException | None]:
        life = Life(fault=OSError("the disk is gone"))
        async with life:
            life.let.set()
            while not life.told:
                await asyncio.sleep(0.001)
        return life.told, life.early.failure

    told, failure = asyncio.run(story())
    assert told == ["failed"]
    assert str(failure) == "the disk is gone"
