"""A folder of results: new, or in place of an earlier one of ours that nobody has touched."""

import hashlib
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sightline.errors import InputError

_LIST: Final = "files.json"
_NAMED: Final = 5  # files that an error names
_OF_THE_DESKTOP: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def check_renewable(path: Path, what: str) -> None:
    """Raise unless results can be written there without losing anything.

    Parameters
    ----------
    path
        Of the folder.
    what
        The kind of results, as in ``files.json``.

    Raises
    ------
    InputError
        If it is a file, holds a file that is not ours, or one of ours that was changed since.
    """
    remedy = "Choose a new folder, or move that away."
    if path.is_file():
        raise InputError(path, "a file of this name is there", "a new folder", remedy)
    if not path.is_dir():
        return
    there = _files(path)
    if not there:
        return
    ours = _listed(path, what)
    if ours is None:
        raise InputError(path, "a folder that holds other files", f"none, or our {what}", remedy)
    foreign = [name for name in there if name not in ours and name != _LIST]
    changed = [name for name in there if name in ours and _digest(path / name) != ours[name]]
    found = [f"{some} {word}" for names, word in ((foreign, "not ours"), (changed, "changed since"))
             if (some := ", ".join(names[:_NAMED]))]  # fmt: skip
    if found:
        raise InputError(path, "; ".join(found), f"the {what} as we left them", remedy)


@contextmanager
def renewed_folder(path: Path, what: str) -> Iterator[Path]:
    """Give an empty folder to fill; without an error it takes the place of ``path``.

    Parameters
    ----------
    path, what
        As for `check_renewable`, which is asked again at the end.

    Raises
    ------
    InputError
        If there is something that is not ours, or it cannot be written; nothing is left behind.
    """
    check_renewable(path, what)
    mark = uuid.uuid4().hex[:8]
    aside, before = (path.with_name(f".{path.name}.{mark}.{end}") for end in ("part", "before"))
    try:
        aside.mkdir(parents=True)
        yield aside
        files = {name: _digest(aside / name) for name in _files(aside)}
        text = json.dumps({"format": f"sightline {what}", "files": files}, indent=1)
        (aside / _LIST).write_text(text + "\n", encoding="utf-8")
        check_renewable(path, what)
        if path.is_dir():
            path.replace(before)
        aside.replace(path)
    except OSError as failure:
        raise InputError(
            path, f"it cannot be written ({failure.strerror or failure})",
            "a folder that can be written, on a disk with room",
            "Free some space, or choose another place; what was there before is kept.",
        ) from None  # fmt: skip
    finally:
        if before.is_dir() and not path.exists():
            before.replace(path)
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def _files(folder: Path) -> list[str]:
    """Of a folder and those in it, relative, in order."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in _OF_THE_DESKTOP
    )


def _listed(folder: Path, what: str) -> dict[str, str] | None:
    """Our files and their digests; None if the folder is not ours."""
    try:
        kept = json.loads((folder / _LIST).read_text(encoding="utf-8"))
        files = dict(kept["files"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return files if kept.get("format") == f"sightline {what}" else None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
