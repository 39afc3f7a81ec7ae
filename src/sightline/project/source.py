"""Where a project's inputs lay: a hint for exports beside them; nothing depends on it.

It stays on this machine: a bundle does not carry it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sightline.project.durable import write_whole
from sightline.project.faults import reported
from sightline.project.project import Project

_SOURCE: Final = "source.json"


def remember_sources(project: Project, sources: Mapping[str, Path]) -> None:
    """Note where each recording's candidates lay.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    path = project.path / _SOURCE
    said = {recording: str(source.absolute()) for recording, source in sources.items()}
    with reported(path):
        write_whole(path, json.dumps(said, indent=1).encode() + b"\n")


def sources_of(project: Project) -> dict[str, Path]:
    """Return where each recording's candidates lay, as far as they are still there."""
    try:
        said = json.loads((project.path / _SOURCE).read_text(encoding="utf-8"))
        paths = {str(recording): Path(source) for recording, source in said.items()}
        return {recording: path for recording, path in paths.items() if path.exists()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
