"""New folders of ours: written aside and renamed when whole, and never over another."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sightline.errors import InputError


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a folder beside to write to; without an error it becomes ``path``.

    Raises
    ------
    InputError
        If something is there already, or it cannot be written; nothing is left behind.
    """
    refuse_existing(path)
    aside = _aside(path)
    try:
        aside.mkdir(parents=True)
        yield aside
        refuse_existing(path)
        aside.rename(path)
    except OSError as failure:
        raise _not_written(path, failure) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def check_new_folder(path: Path) -> None:
    """Try whether a folder can be made, before long work whose result it is to hold.

    Raises
    ------
    InputError
        If something is there already, or the folder around it cannot be written.
    """
    refuse_existing(path)
    probe = _aside(path)
    try:
        probe.mkdir(parents=True)
        probe.rmdir()
    except OSError as failure:
        raise _not_written(path, failure) from None


def refuse_existing(path: Path) -> None:
    """Raise if there is anything of that name, be it a link to nothing.

    Raises
    ------
    InputError
    """
    if path.exists() or path.is_symlink():
        raise InputError(path, "it is there already", "a new name", "Choose another name.")


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")


def _not_written(path: Path, failure: OSError) -> InputError:
    return InputError(
        path,
        f"it cannot be written ({failure.strerror or failure})",
        "a new folder where you may write, on a disk with room",
        "Free some space, or choose another place.",
    )
