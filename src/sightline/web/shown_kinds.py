"""Which kinds of projects the app shows."""

from sightline.errors import ProjectError
from sightline.project.project import Project


def refuse_unshown(project: Project) -> None:
    """Pass if the app shows projects of this kind.

    Raises
    ------
    ProjectError
        If it does not; it says what to do instead.
    """
    if project.kind == "segment":
        raise ProjectError(
            f"{project.path}: a project of segmentation, which the app does not show yet; expected "
            "one of sorting or tracking. `sightline segment next` says which images to look at, "
            "`sightline segment export --to rois` takes them to ImageJ and `sightline segment "
            "correct` brings them back."
        )
