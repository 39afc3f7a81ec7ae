"""What lies in a folder, for choosing files; names alone, never what is in a file."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sightline.errors import InputError
from sightline.project.project import SUFFIX
from sightline.project.recents import is_text

MOST_NAMES: Final = 2000


@dataclass(frozen=True)
class _Name:
    name: str
    kind: str
    bytes: int | None


def list_folder(folder: Path) -> dict[str, Any]:
    """Give names and kinds of what is in a folder.

    Hidden things are left out, and links that lead nowhere.

    Parameters
    ----------
    folder
        Its whole path, on this machine.

    Returns
    -------
    dict
        ``path``, ``parent`` (None at the top), ``names`` with ``kind`` ``"folder"``, ``"project"``
        or ``"file"``, ``cut`` whether there are more, ``places`` to begin at,
        and the ``separator`` between names.

    Raises
    ------
    InputError
        If it is no folder of this machine or may not be read.
    """
    if not folder.is_absolute() or _is_elsewhere(str(folder)):
        raise InputError(
            folder, "no whole path on this machine", "a folder of it", "Type network paths whole."
        )
    folder = Path(os.path.normpath(folder))
    try:
        with os.scandir(folder) as entries:
            found = [each for entry in entries if (each := _name(entry)) is not None]
    except NotADirectoryError:
        raise InputError(folder, "a file", "a folder", "Choose the folder that it is in.") from None
    except FileNotFoundError:
        raise InputError(folder, "there is no such folder", "a folder", "Check it.") from None
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or failure
        raise InputError(
            folder, f"it may not be read ({why})", "a folder that can be", "Choose another."
        ) from None
    found.sort(key=lambda each: (each.kind == "file", each.name.casefold()))
    return {
        "path": str(folder),
        "parent": None if folder.parent == folder else str(folder.parent),
        "names": [vars(each) for each in found[:MOST_NAMES]],
        "cut": len(found) > MOST_NAMES,
        "places": _places(),
        "separator": os.sep,
    }


def _name(entry: os.DirEntry[str]) -> _Name | None:
    if entry.name.startswith(".") or not is_text(entry.name):
        return None
    try:
        if entry.is_dir():
            return _Name(entry.name, "project" if entry.name.endswith(SUFFIX) else "folder", None)
        return _Name(entry.name, "file", entry.stat().st_size) if entry.is_file() else None
    except OSError:
        return None


def _is_elsewhere(path: str) -> bool:
    """Whether Windows would ask another machine, or a device, for what is there."""
    return path.startswith(("\\\\", "//")) and sys.platform == "win32"


def _places() -> list[str]:
    """Where to begin."""
    homes = [Path.home(), Path.cwd()]
    drives = [homes[0].anchor]
    if sys.platform == "win32" and sys.version_info >= (3, 12):
        drives = os.listdrives()
    return list(dict.fromkeys([*map(str, homes), *drives]))
