"""All annotators' sessions on a project: each on a thread of its own, told to their pages."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sightline.errors import SettingError, SightlineError
from sightline.review.leases import Leases
from sightline.review.live_session import LiveSession
from sightline.review.refits import FitThread
from sightline.web.live import AwayError, Hub
from sightline.web.values import plain

MOST_SESSIONS: Final = 50

_FIRST_FIT_SECONDS: Final = 30

T = TypeVar("T")


@dataclass
class _Seat:
    """One annotator's session, opened by the first call, and the only thread that touches it."""

    worker: ThreadPoolExecutor
    fitted: asyncio.Event = field(default_factory=asyncio.Event)
    live: LiveSession | None = None


class Sessions:
    """Used in the server's event loop only.

    Parameters
    ----------
    path
        The project folder.
    hub
        The open pages.
    """

    def __init__(self, path: Path, hub: Hub) -> None:
        self._path = path
        self._hub = hub
        self._leases = Leases()
        self._fits = FitThread()
        self._seats: dict[str, _Seat] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._closed = False

    async def call(self, annotator: str, act: Callable[[LiveSession], T]) -> T:
        """Do something with an annotator's session, after all that was asked before.

        Raises
        ------
        SightlineError
            If the session cannot be opened, or what ``act`` raises.
        """
        seat = self._seat(annotator)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(seat.worker, self._do, annotator, seat, loop, act)

    def expect(self, annotator: str) -> None:
        """Open the session of whoever is about to come, while the browser still loads the page."""
        task = asyncio.create_task(self._open_ahead(annotator))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def act(self, annotator: str, act: Callable[[LiveSession], T]) -> tuple[T, dict]:
        """Do something that changes what is decided; tell it, and give the new state besides."""
        done, state = await self.call(annotator, lambda live: (act(live), live.state()))
        self._hub.tell(annotator, {"type": "state", "state": state})
        return done, state

    async def questions(
        self, annotator: str, number: int, current: int | None
    ) -> list[dict[str, Any]]:
        """The next questions, once there has been a fit; see `LiveSession.questions`."""
        if not await self.call(annotator, lambda live: live.is_fitted):
            with suppress(TimeoutError):
                async with asyncio.timeout(_FIRST_FIT_SECONDS):
                    await self._seat(annotator).fitted.wait()
        chosen = await self.call(annotator, lambda live: live.questions(number, current))
        return [
            {
                "row": question.index,
                "item": question.item,
                "reason": question.reason,
                "score": plain(question.score),
                "probe": question.probe,
                "repeat": question.repeat,
            }
            for question in chosen
        ]

    async def change_settings(self, annotator: str, given: dict[str, Any]) -> dict[str, Any]:
        """Take an annotator's settings; give the state."""
        self._seat(annotator).fitted.clear()
        _, state = await self.act(annotator, lambda live: live.change_settings(given))
        return state

    def told_decided(self, annotator: str, rows: list[int]) -> None:
        """Tell everybody what was judged, never how; and who lacks questions that some are free."""
        self._hub.tell_everybody({"type": "decided", "annotator": annotator, "rows": rows})
        for name, seat in self._seats.items():
            if name != annotator and seat.live and seat.live.is_short_of_questions:
                self._hub.tell(name, {"type": "questions"})

    async def close(self) -> None:
        """End all sessions, after what was asked before."""
        self._closed = True
        seats, self._seats = self._seats, {}
        loop = asyncio.get_running_loop()
        for seat in seats.values():
            await loop.run_in_executor(seat.worker, _close, seat)
            seat.worker.shutdown()
        await asyncio.to_thread(self._fits.close)
        await asyncio.gather(*self._telling, return_exceptions=True)

    def _seat(self, annotator: str) -> _Seat:
        if self._closed:
            raise AwayError("This project was closed just now. Open it from the start page.")
        if annotator not in self._seats:
            if len(self._seats) >= MOST_SESSIONS:
                raise SettingError(
                    f"{MOST_SESSIONS} annotators are sorting at once, and no more can. Stop "
                    "Sightline and open it again."
                )
            self._seats[annotator] = _Seat(ThreadPoolExecutor(1, "session"))
        return self._seats[annotator]

    def _do(
        self,
        annotator: str,
        seat: _Seat,
        loop: asyncio.AbstractEventLoop,
        act: Callable[[LiveSession], T],
    ) -> T:
        if seat.live is None:
            fitted = partial(self._fitted, annotator)

            def tell(anew: bool) -> None:
                with suppress(RuntimeError):  # the server has stopped
                    loop.call_soon_threadsafe(fitted, anew)

            seat.live = LiveSession(self._path, annotator, self._leases, self._fits, tell)
        return act(seat.live)

    def _fitted(self, annotator: str, anew: bool) -> None:
        if annotator in self._seats:
            self._seats[annotator].fitted.set()
            task = asyncio.create_task(self._tell_fit(annotator, anew))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _open_ahead(self, annotator: str) -> None:
        with suppress(SightlineError):  # the page will ask, and be told
            await self.call(annotator, LiveSession.state)

    async def _tell_fit(self, annotator: str, anew: bool) -> None:
        state = await self.call(annotator, LiveSession.state)
        self._hub.tell(annotator, {"type": "state", "state": state})
        if anew:
            self._hub.tell(annotator, {"type": "labels", "version": state["version"]})
            self._hub.tell(annotator, {"type": "questions"})


def _close(seat: _Seat) -> None:
    if seat.live is not None:
        seat.live.close()
