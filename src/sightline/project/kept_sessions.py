"""What the app keeps of each annotator between two runs: settings, and what was revealed.

It stays on this machine: a bundle does not carry it. Decisions are not in it.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sightline.errors import ProjectError
from sightline.project.durable import write_whole
from sightline.project.faults import reported
from sightline.project.project import Project

_FOLDER: Final = "sessions"


def keep_session(project: Project, annotator: str, values: Mapping[str, Any]) -> None:
    """Keep JSON values of an annotator, in place of those before.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    path = _path(project, annotator)
    with reported(path):
        path.parent.mkdir(exist_ok=True)
        content = json.dumps({"annotator": annotator, **values}, indent=1, allow_nan=False)
        write_whole(path, content.encode() + b"\n")


def kept_session(project: Project, annotator: str) -> dict[str, Any]:
    """Give what was kept of an annotator; empty for a new one.

    Raises
    ------
    ProjectError
        If it cannot be read or is damaged.
    """
    path = _path(project, annotator)
    if not path.is_file():
        return {}
    with reported(path):
        content = path.read_bytes()
    try:
        values = json.loads(content)
        if values.pop("annotator") != annotator:
            raise ValueError
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ProjectError(
            f"{path}: damaged. Remove it to go on with the usual settings; no decision is in it."
        ) from error
    return values


def _path(project: Project, annotator: str) -> Path:
    """A name may hold any characters, a file's name may not."""
    name = hashlib.sha256(annotator.encode(errors="surrogatepass")).hexdigest()[:32]
    return project.path / _FOLDER / f"{name}.json"
