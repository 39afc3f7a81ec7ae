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
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        aside.mkdir(parents=True)
        yield aside
        refuse_existing(path)
        aside.rename(path)
    except OSError as failure:
        raise InputError(
            path,
            f"it cannot be written ({failure.strerror or failure})",
            "a new folder where you may write, on a disk with room",
            "Free some space, or choose another place.",
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def refuse_existing(path: Path) -> None:
    """Raise if there is anything of that name.

    Raises
    ------
    InputError
    """
    if path.exists():
        raise InputError(path, "it is there already", "a new name", "Choose another --output.")
