"""Who is let in: this machine's browser with the token, and nobody in its name.

A browser sends cookies along with whatever another page asks of us. So a request must be for a name
of this machine (else a foreign name could be pointed at it, DNS rebinding), and what changes
something, every call of ``/api/`` and every WebSocket must come from our own page. Another port of
this machine counts as foreign: for cookies it is the same site.
"""

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline.web.cookies import GOOD_FOR_SECONDS, Cookies
from sightline.web.pages import LOCKED_PAGE

BODY_LIMIT: Final = 4 * 2**20

_HOST: Final = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?", re.IGNORECASE)
_OWN_SITE: Final = ("same-origin", "none")
_SAFE: Final = ("GET", "HEAD")
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' blob: data:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True)
class Refusal:
    """Why a request is not let in."""

    status: int
    reason: str


class Guard:
    """Stands before the app; ASGI.

    Parameters
    ----------
    app
        What is guarded.
    token
        Lets in, as ``?token=`` in the page's link or as ``Authorization: Bearer``.
    cookies
        What a browser gets for it.
    """

    def __init__(self, app: ASGIApp, token: str, cookies: Cookies) -> None:
        self.app = app
        self.token = token
        self.cookies = cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, send a browser on to the page, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, send, refusal)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        elif _token_in_link(scope) is not None:
            await self._enter(scope, send)
        else:
            await self._pass(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        hosts = _values(scope, b"host")
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
            return Refusal(400, "This server answers to the names of its own machine only.")
        bearer = _bearer(scope)
        if not _is_from_our_page(scope, hosts[0], needs_origin=bearer is None):
            return Refusal(403, "This was asked by another page than Sightline's own.")
        link = _token_in_link(scope)
        if link is not None:
            known = self._is_token(link)
        else:
            known = self._has_pass(scope, hosts[0]) if bearer is None else self._is_token(bearer)
        if not known:
            return Refusal(401, "Open the link that the terminal shows; it has a token in it.")
        return None

    def _is_token(self, value: str) -> bool:
        return secrets.compare_digest(value.encode(errors="replace"), self.token.encode())

    def _has_pass(self, scope: Scope, host: str) -> bool:
        name = _cookie_name(host)
        # not by http.cookies, which reads no further than the first odd cookie of another program
        sent = [part for header in _values(scope, b"cookie") for part in header.split(";")]
        named = [part.strip().partition("=") for part in sent]
        return any(key == name and self.cookies.is_good(value) for key, _, value in named)

    async def _enter(self, scope: Scope, send: Send) -> None:
        """Give the browser its pass, and take the token out of the address."""
        kept = [pair for pair in _query(scope) if pair[0] != "token"]
        place = "/" + (f"?{urlencode(kept)}" if kept else "")
        cookie = (
            f"{_cookie_name(_values(scope, b'host')[0])}={self.cookies.issue()}; Path=/; "
            f"Max-Age={GOOD_FOR_SECONDS}; HttpOnly; SameSite=Strict"
        )
        headers = {"location": place, "set-cookie": cookie, "cache-control": "no-store"}
        await _respond(send, 303, headers, b"")

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read_body(scope, receive)
        if body is None:
            refusal = Refusal(413, f"A request holds at most {BODY_LIMIT // 2**20} MiB.")
            await _refuse(scope, send, refusal)
            return
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def replay() -> Message:
            return next(messages, None) or await receive()

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_encoded(_HEADERS)]
            await send(message)

        await self.app(scope, replay, send_guarded)


def _is_from_our_page(scope: Scope, host: str, *, needs_origin: bool) -> bool:
    """Whether our own page asks, or no page at all."""
    api = scope["path"].startswith("/api/")
    changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
    sites, origins = _values(scope, b"sec-fetch-site"), _values(scope, b"origin")
    if (changes or api) and any(site not in _OWN_SITE for site in sites):
        return False
    if any(origin != f"http://{host}" for origin in origins):
        return False
    return bool(origins) or not (changes and needs_origin)


def _bearer(scope: Scope) -> str | None:
    """The token of a script; empty where it names itself in another way, None where in none."""
    values = _values(scope, b"authorization")
    if not values:
        return None
    scheme, _, value = values[0].partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _token_in_link(scope: Scope) -> str | None:
    """The token of a link to the page; no other address takes one."""
    if scope["type"] != "http" or scope["path"] != "/" or scope["method"] not in _SAFE:
        return None
    return dict(_query(scope)).get("token")


def _query(scope: Scope) -> list[tuple[str, str]]:
    text = scope.get("query_string", b"").decode("latin-1")
    return parse_qsl(text, keep_blank_values=True)


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _cookie_name(host: str) -> str:
    """Cookies ignore ports, so that each port as the browser sees it has its own name."""
    found = _HOST.fullmatch(host)
    return f"sightline_{(found and found[1]) or 80}"


async def _read_body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None where it is too long, which is told before it is read if it says so."""
    lengths = _values(scope, b"content-length")
    if any(not length.isdecimal() or int(length) > BODY_LIMIT for length in lengths):
        return None
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > BODY_LIMIT:
            return None
    return b"".join(parts)


async def _refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.reason})
    elif scope["path"].startswith("/api/"):
        body = json.dumps({"error": refusal.reason}).encode()
        await _respond(send, refusal.status, {"content-type": "application/json"}, body)
    else:
        page = LOCKED_PAGE.replace("REASON", refusal.reason).encode()
        await _respond(send, refusal.status, {"content-type": "text/html; charset=utf-8"}, page)


async def _respond(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    headers = {**headers, **_HEADERS, "content-length": str(len(body))}
    await send({"type": "http.response.start", "status": status, "headers": _encoded(headers)})
    await send({"type": "http.response.body", "body": body})


def _encoded(headers: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
