"""How the specifications of the server knock at its doors."""

import socket

import httpx
from served_project import TOKEN

OLD = "o" * 43


def own(place: str) -> dict[str, str]:
    """What a browser says when our own page asks."""
    return {"origin": f"http://{place}", "sec-fetch-site": "same-origin"}


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def shake_hands(place: str, headers: dict[str, str], path: str = "/api/live?annotator=anna") -> int:
    """Open a WebSocket by hand, for libraries set Host themselves; 101 is an open one."""
    lines = {
        "host": place,
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        **headers,
    }
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return told_by_hand(place, f"GET {path} HTTP/1.1\r\n{text}\r\n".encode())


def told_by_hand(place: str, *parts: bytes) -> int:
    """Send these bytes and give the answer's status."""
    host, port = place.split(":")
    with socket.create_connection((host, int(port)), 10) as raw:
        for part in parts:
            raw.sendall(part)
        return int(raw.recv(200).split()[1])


def place_of(client: httpx.Client) -> str:
    """Host and port, as a browser names them."""
    return client.base_url.netloc.decode()
