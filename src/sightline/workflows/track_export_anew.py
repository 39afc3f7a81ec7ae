"""Export tracks again and again, each time under a name that is free."""

from itertools import count
from pathlib import Path

from sightline.formats.keypoints.write_keypoints import path_beside
from sightline.project.project import Project
from sightline.project.tracking import read_tracking
from sightline.workflows.track_export import Summary, export


def export_anew(
    project: str | Path, output: str | Path | None = None, *, to: str = "", annotator: str = ""
) -> Summary:
    """Export as `sightline.workflows.track_export.export`; without ``output`` to a free name.

    Raises
    ------
    InputError, SettingError, ProjectError
        If the project cannot be read, or the output is there already or cannot be written.
    """
    if output is None:
        output = _free(path_beside(read_tracking(Project.open(Path(project))).keypoints, to))
    return export(project, output, to=to, annotator=annotator)


def _free(path: Path) -> Path:
    """The path, or the first numbered one that is not there."""
    stem, dot, ending = path.name.partition(".")
    numbered = (path.with_name(f"{stem}_{number}{dot}{ending}") for number in count(2))
    return path if not path.exists() else next(one for one in numbered if not one.exists())
