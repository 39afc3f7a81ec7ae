"""The pass that a browser gets for the token: good for one project, for a day, across restarts.

The token is another one each time the server starts, and the link with it. A page that is open
while the server is restarted would be locked out; so its cookie is signed with a key that the
user's account keeps.
"""

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sightline.project.account import account_folder

GOOD_FOR_SECONDS: Final = 24 * 3600

_KEY_BYTES: Final = 32


class Cookies:
    """Makes and checks passes.

    Parameters
    ----------
    key
        Secret of the user's account.
    subject
        What a pass opens: it opens nothing else.
    clock
        Gives the time, seconds since 1970.
    """

    def __init__(self, key: bytes, subject: str, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._subject = subject
        self._clock = clock

    def issue(self) -> str:
        """Make a pass that is good from now."""
        until = int(self._clock()) + GOOD_FOR_SECONDS
        return f"{until}.{self._signature(until)}"

    def is_good(self, value: str) -> bool:
        """Whether the pass was made with this key for this subject, and is not too old."""
        until, _, signature = value.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) < 20 and signature.isascii()):
            return False
        signed = hmac.compare_digest(signature, self._signature(int(until)))
        return signed and self._clock() < int(until)

    def _signature(self, until: int) -> str:
        message = f"{until}\n{self._subject}".encode(errors="surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()


def account_key(folder: Path | None = None) -> bytes:
    """Give the account's key, made when there is none; where none can be kept, one for this run.

    Parameters
    ----------
    folder
        Where it is kept; the account's own folder for such things if not given.
    """
    path = (folder or account_folder()) / "cookie-key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write_new(path, secrets.token_bytes(_KEY_BYTES))
        key = path.read_bytes()
    except OSError:
        return secrets.token_bytes(_KEY_BYTES)
    return key if len(key) == _KEY_BYTES else secrets.token_bytes(_KEY_BYTES)


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads; one that another process made meanwhile stays."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        os.link(aside, path)
    except OSError:
        if not path.exists():
            aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
