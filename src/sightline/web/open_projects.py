"""What all kinds of projects have in common when they are open, and how one is opened."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from sightline.project.project import Project
from sightline.web.live import Hub
from sightline.web.shown_kinds import refuse_unshown


class OpenProject(Protocol):
    """A project that is open in the app.

    Attributes
    ----------
    id
        Tells this project from any other that a page may have been opened on.
    trouble
        Why nothing can be done in it, in a sentence; empty where all is well. The decisions can be
        read all the same.
    """

    project: Project
    id: str
    trouble: str
    hub: Hub

    def about(self) -> dict[str, Any]:
        """Describe the project to the page."""
        ...

    def warnings(self) -> Iterable[str]:
        """What of it cannot be shown, in sentences."""
        ...

    def expect(self, annotator: str) -> None:
        """Make ready for whoever is about to come."""
        ...

    async def close(self) -> None:
        """End what goes on, and close all files."""
        ...


def open_for_app(path: Path) -> OpenProject:
    """Open a project of any kind.

    Raises
    ------
    ProjectError
        If it is no project, of a newer version, or of a kind that the app does not show, or its
        journal cannot be read.
    """
    project = Project.open(path)
    refuse_unshown(project)
    if project.kind == "track":
        from sightline.web.served_tracking import ServedTracking  # noqa: PLC0415 - not to sort

        return ServedTracking(path)
    from sightline.web.served import Served  # noqa: PLC0415 - not to track

    return Served(path)
