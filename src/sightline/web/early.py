"""Gives out the page while the project is still being opened, which takes longer."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

_API: Final = "/api/"


class EarlyApp:
    """Stands for an application that a thread puts together; ASGI.

    Until it is there the page's files come from ``files``, and whatever else is asked for waits.

    Parameters
    ----------
    make
        Puts the application together.
    files
        Serves the page's files.
    failed
        Called in the event loop if ``make`` raises.

    Attributes
    ----------
    failure
        What it raised.
    """

    def __init__(
        self, make: Callable[[], Starlette], files: ASGIApp, failed: Callable[[], None]
    ) -> None:
        self.failure: BaseException | None = None
        self._make, self._files, self._failed = make, files, failed
        self._app: Starlette | None = None
        self._is_made = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, at once or when it is possible."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is None and scope["type"] == "http" and not scope["path"].startswith(_API):
            await self._files(scope, receive, send)
        else:
            await self._is_made.wait()
            if self._app is not None:
                await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """From the start to the stop; the application's own life lies within."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        async with AsyncExitStack() as stack:
            making = asyncio.create_task(self._begin(stack))
            await asyncio.wait([making])
            self.failure = making.exception()
            if self.failure is not None:
                self._failed()
            self._is_made.set()
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _begin(self, stack: AsyncExitStack) -> None:
        app = await asyncio.to_thread(self._make)
        await stack.enter_async_context(app.router.lifespan_context(app))
        self._app = app
