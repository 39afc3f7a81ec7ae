"""Whether SQLite's write-ahead log may be trusted with the journal."""

import ctypes
import sqlite3
import sys
from pathlib import Path
from typing import Final

_LOCAL: Final = frozenset({"btrfs", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"})
_FIXED_DRIVE: Final = 3


def wal_is_safe(folder: Path) -> bool:
    """Give whether a write-ahead log in the folder keeps every acknowledged entry.

    It needs memory shared by all its users, which a network disk lacks, and a SQLite without the
    "WAL-reset bug" (sqlite.org/wal.html, section 11), by which two processes that write and
    checkpoint at the same instant may lose committed entries. Where either is in doubt the
    answer is no: the rollback journal is safe everywhere, and as quick as people answer.
    """
    return _wal_reset_is_mended(sqlite3.sqlite_version_info) and _is_local(folder.resolve())


def _wal_reset_is_mended(version: tuple[int, int, int]) -> bool:
    """Give whether this SQLite has the repair: 3.51.3, taken back to 3.50.7 and 3.44.6."""
    backport = {(3, 50): 7, (3, 44): 6}.get(version[:2])
    return version >= (3, 51, 3) or (backport is not None and version[2] >= backport)


def _is_local(folder: Path) -> bool:
    if sys.platform == "win32":
        return ctypes.windll.kernel32.GetDriveTypeW(folder.anchor) == _FIXED_DRIVE
    try:
        mounts = Path("/proc/mounts").read_text("utf-8", "surrogateescape")
    except OSError:
        return False
    return _file_system(mounts, folder) in _LOCAL


def _file_system(mounts: str, folder: Path) -> str:
    """Give the type of the file system that holds the folder, from the text of /proc/mounts."""
    lines = [line.split(" ") for line in mounts.splitlines()]
    kinds = {Path(where.replace("\\040", " ")): kind for _, where, kind, *_ in lines}
    return next((kinds[place] for place in (folder, *folder.parents) if place in kinds), "")
