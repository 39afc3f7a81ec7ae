"""What is told to open pages without being asked."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from sightline.errors import SightlineError

MOST_UNREAD: Final = 200

_TOO_SLOW: Final = 1013
_MALFORMED: Final = 1008
_SECONDS_TO_CLOSE: Final = 1


class AwayError(SightlineError):
    """The project that a page is about is not the one that is open."""


async def turn_away(socket: WebSocket) -> None:
    """Tell a page that its project is not open, and end there."""
    await socket.accept()
    with suppress(RuntimeError, WebSocketDisconnect):
        await socket.send_text(json.dumps({"type": "closed"}))
        await socket.close()


class Hub:
    """The open pages of all annotators; used in the server's event loop only."""

    def __init__(self) -> None:
        self.server = uuid4().hex
        self._pages: dict[str, set[_Page]] = {}

    async def serve(self, socket: WebSocket, annotator: str) -> None:
        """Keep a page told until it goes away."""
        await socket.accept()
        page = _Page(socket)
        self._pages.setdefault(annotator, set()).add(page)
        page.tell({"type": "hello", "server": self.server})
        try:
            await page.talk()
        finally:
            self._pages[annotator].discard(page)

    def tell(self, annotator: str, message: Mapping[str, Any]) -> None:
        """Tell all pages of one annotator."""
        for page in tuple(self._pages.get(annotator, ())):
            page.tell(message)

    def tell_everybody(self, message: Mapping[str, Any]) -> None:
        """Tell all pages."""
        for annotator in tuple(self._pages):
            self.tell(annotator, message)

    def close(self) -> None:
        """Tell all pages that there will be no more; they leave by themselves."""
        self.tell_everybody({"type": "closed"})


class _Page:
    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._unread: asyncio.Queue[str] = asyncio.Queue(MOST_UNREAD)
        self._fault: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def tell(self, message: Mapping[str, Any]) -> None:
        """Send soon, in order; a page that does not read is let go, for it fetches all anew."""
        try:
            self._unread.put_nowait(json.dumps(message, allow_nan=False))
        except asyncio.QueueFull:
            self._end(_TOO_SLOW)

    async def talk(self) -> None:
        """Send what is told and answer pings until either side has enough."""
        tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._receive())]
        try:
            await asyncio.wait([*tasks, self._fault], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._fault.done():
            with suppress(RuntimeError, TimeoutError, WebSocketDisconnect):
                async with asyncio.timeout(_SECONDS_TO_CLOSE):
                    await self._socket.close(self._fault.result())

    async def _send(self) -> None:
        while True:
            await self._socket.send_text(await self._unread.get())

    async def _receive(self) -> None:
        while True:
            said = await self._socket.receive()
            if said["type"] != "websocket.receive":
                return
            if _parsed(said.get("text")) != {"type": "ping"}:
                self._end(_MALFORMED)
                return
            self.tell({"type": "pong"})

    def _end(self, fault: int) -> None:
        if not self._fault.done():
            self._fault.set_result(fault)


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except (ValueError, RecursionError):
        return None
