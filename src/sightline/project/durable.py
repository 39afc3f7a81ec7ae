"""Files that are either whole or not there: written aside, synced, renamed into place."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a name beside ``path`` to write a file at; on leaving it is synced and takes its place.

    Left by an exception, the file aside is removed and ``path`` stays as it was. A killed process
    may leave one behind; its name starts with a dot, ends in ``.tmp``, and is never read.
    """
    aside = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        yield aside
        with aside.open("r+b") as file:
            sync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write the file so that it is on disk, whole, when this returns."""
    with written_aside(path) as aside:
        aside.write_bytes(content)


def sync(descriptor: int) -> None:
    """Wait until an open file has reached the disk."""
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415  absent on Windows

        # fsync on macOS stops at the drive's own cache; network disks know only fsync
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder have reached the disk, where the system can do that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)
