"""What the disk and SQLite complain of, said in a sentence the user can act on."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sightline.errors import ProjectError

_FULL: Final = "the disk is full and nothing was saved. Free some space and try again."
_FORBIDDEN: Final = (
    "it may not be written or read here, and nothing was saved. "
    "Allow that for the whole project folder, or copy the project to where you may write."
)
_BUSY: Final = "another program holds it. Let that finish or close it, then try again."
_DAMAGED: Final = "it is damaged or no journal. Restore it from a backup; do not delete it."

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: _FORBIDDEN,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
}
_SYSTEM: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _FORBIDDEN,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
}


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Turn what goes wrong on disk into a ``ProjectError`` that names the file and the remedy."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        said = _SQLITE.get(
            primary_code(error), f"{error}; this may not have been saved. Try again."
        )
        raise ProjectError(f"{path}: {said}") from error
    except UnicodeEncodeError as error:
        said = "a name holds characters that are no valid text. Rename it, then try again."
        raise ProjectError(f"{path}: {said}") from error
    except OSError as error:
        said = _SYSTEM.get(error.errno or 0, f"{error.strerror or error}. Check it and try again.")
        raise ProjectError(f"{path}: {said}") from error


def primary_code(error: sqlite3.Error) -> int:
    """Give SQLite's result code without its extension; 0 where Python raised the error itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
