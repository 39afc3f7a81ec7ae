"""What is pushed reaches every page that reads, in order, and waits for none that does not."""

import asyncio
import json
from typing import Any

from sightline.web.live import MOST_UNREAD, Hub


class Socket:
    """A page's end; one that does not read lets no message through."""

    def __init__(self, *, reads: bool = True) -> None:
        self.got: list[dict[str, Any]] = []
        self.code: int | None = None
        self.reads = reads
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def accept(self) -> None:
        pass

    async def send_text(self, text: str) -> None:
        if not self.reads:
            await asyncio.Event().wait()
        self.got.append(json.loads(text))

    async def receive(self) -> dict[str, Any]:
        return await self.said.get()

    async def close(self, code: int) -> None:
        self.code = code
        if not self.reads:
            await asyncio.Event().wait()


def numbers(socket: Socket) -> list[int]:
    return [message["n"] for message in socket.got if message["type"] == "number"]


async def told(count: int) -> tuple[Socket, Socket, list[bool]]:
    """Tell a page that reads and one that does not so many messages."""
    hub, quick, slow = Hub(), Socket(), Socket(reads=False)
    serving = [asyncio.create_task(hub.serve(each, "anna")) for each in (quick, slow)]  # type: ignore[arg-type]
    for number in range(count):
        hub.tell("anna", {"type": "number", "n": number})
        hub.tell_everybody({"type": "rest"})
        await asyncio.sleep(0)
    await asyncio.wait(serving, timeout=3, return_when=asyncio.FIRST_COMPLETED)
    gone = [task.done() for task in serving]
    for each in (quick, slow):
        each.said.put_nowait({"type": "websocket.disconnect"})
    await asyncio.wait(serving, timeout=3)
    assert hub._pages == {"anna": set()}
    return quick, slow, gone


def test_a_page_that_does_not_read_is_let_go_and_holds_up_nobody() -> None:
    quick, slow, gone = asyncio.run(told(MOST_UNREAD))
    assert gone == [False, True]
    assert slow.code == 1013
    assert numbers(quick) == list(range(MOST_UNREAD))[-len(numbers(quick)) :]
    assert len(numbers(quick)) > MOST_UNREAD - 5
    assert quick.code is None


def test_every_page_is_greeted_with_the_servers_name_which_changes_with_the_run() -> None:
    async def greeting() -> str:
        hub, page = Hub(), Socket()
        serving = asyncio.create_task(hub.serve(page, "anna"))  # type: ignore[arg-type]
        while not page.got:
            await asyncio.sleep(0)
        page.said.put_nowait({"type": "websocket.disconnect"})
        await serving
        assert page.got == [{"type": "hello", "server": hub.server}]
        return hub.server

    assert asyncio.run(greeting()) != asyncio.run(greeting())
