"""New files of ours: written aside and renamed when whole, and never over another file."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sightline.errors import InputError
from sightline.formats.table import not_written


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a name in the same folder to write to; without an error it becomes ``path``.

    Raises
    ------
    InputError
        If there is a file of that name already, or it cannot be written; nothing is left behind.
    """
    aside = path.with_name(f"{path.stem}.{uuid.uuid4().hex[:8]}.part{path.suffix}")
    try:
        _refuse_existing(path)
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        _refuse_existing(path)
        aside.replace(path)
    except OSError as failure:
        raise not_written(path, failure) from None
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def renewed_file(path: Path) -> Iterator[Path]:
    """Give a name to write to, which then takes the place of ``path``, a file of ours or none.

    Raises
    ------
    InputError
        If it cannot be written; what was there stays as it was.
    """
    aside = path.with_name(f"{path.stem}.{uuid.uuid4().hex[:8]}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as failure:
        raise InputError(
            path,
            f"it cannot be written ({failure.strerror or failure})",
            "a folder that can be written, on a disk with room",
            "Free some space, or choose another place; what was finished before is kept.",
        ) from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise FileExistsError(path)
