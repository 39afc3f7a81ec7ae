"""What the user's account on this machine keeps between runs, outside any project."""

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sightline.project.durable import write_whole


def account_folder() -> Path:
    """Give the folder where the system wants such things; it need not exist yet."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "sightline"


def keep_list(path: Path, values: list[Any]) -> None:
    """Keep a list of JSON values in a file of its owner's, whole, in place of the one before.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, json.dumps(values, indent=1).encode() + b"\n")


def kept_list(path: Path) -> list[Any]:
    """Give the list that was kept; empty for none. A damaged one is put aside under another name.

    Raises
    ------
    OSError
        If it is there and cannot be read.
    """
    if not path.is_file():
        return []
    try:
        values = json.loads(path.read_bytes())
        if isinstance(values, list):
            return values
    except (ValueError, RecursionError):
        pass
    path.replace(path.with_name(f"{path.name}.damaged"))
    return []


@contextmanager
def held_alone(path: Path) -> Iterator[bool]:
    """Hold a file, and give whether no other process holds it; let go at the end, however it comes.

    Parameters
    ----------
    path
        Made if it is not there; it stays, for removing it would let two hold it.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+b") as file:
        yield _lock(file.fileno())


def _lock(descriptor: int) -> bool:
    """Lock an open file until it is closed; on network disks without locks everybody may."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  absent elsewhere

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  absent on Windows

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as refused:
        return refused.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True
