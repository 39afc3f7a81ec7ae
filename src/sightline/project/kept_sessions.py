"""What the app keeps of each annotator between two runs: settings, what was revealed, practice.

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

MOST_RUNS: Final = 100

_FOLDER: Final = "sessions"
_PRACTICE: Final = "practice-"


def keep_session(project: Project, annotator: str, values: Mapping[str, Any]) -> None:
    """Keep JSON values of an annotator, in place of those before.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    _keep(_path(project, annotator), annotator, values)


def kept_session(project: Project, annotator: str) -> dict[str, Any]:
    """Give what was kept of an annotator; empty for a new one.

    Raises
    ------
    ProjectError
        If it cannot be read or is damaged.
    """
    return _kept(_path(project, annotator), annotator)


def keep_practice(
    project: Project, annotator: str, run: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Keep the score of a practice run, and give all that are kept, the latest `MOST_RUNS`.

    A run with the ``client_id`` of a kept one is that one. A project that is open for reading only
    keeps none.

    Raises
    ------
    ProjectError
        If what was kept cannot be read, or the run not be written.
    """
    runs = kept_practice(project, annotator)
    if run["client_id"] in [one["client_id"] for one in runs]:
        return runs
    runs = [*runs, run][-MOST_RUNS:]
    if project.writable:
        _keep(_path(project, annotator, _PRACTICE), annotator, {"runs": runs})
    return runs


def kept_practice(project: Project, annotator: str) -> list[Mapping[str, Any]]:
    """Give the scores of an annotator's practice runs, oldest first.

    Raises
    ------
    ProjectError
        If they cannot be read or are damaged.
    """
    return _kept(_path(project, annotator, _PRACTICE), annotator).get("runs", [])


def _keep(path: Path, annotator: str, values: Mapping[str, Any]) -> None:
    with reported(path):
        path.parent.mkdir(exist_ok=True)
        content = json.dumps({"annotator": annotator, **values}, indent=1, allow_nan=False)
        write_whole(path, content.encode() + b"\n")


def _kept(path: Path, annotator: str) -> dict[str, Any]:
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
            f"{path}: damaged. Remove it to go on without what was kept; no decision is in it."
        ) from error
    return values


def _path(project: Project, annotator: str, kind: str = "") -> Path:
    """A name may hold any characters, a file's name may not."""
    name = hashlib.sha256(annotator.encode(errors="surrogatepass")).hexdigest()[:32]
    return project.path / _FOLDER / f"{kind}{name}.json"
