"""`sightline sort undo` and `redo`."""

from sightline.cli.show import AnnotatorOption, JsonOption, ProjectArgument, show


def undo(project: ProjectArgument, annotator: AnnotatorOption, json: JsonOption = False) -> None:
    """Take back the annotator's last answer, or table of answers."""
    from sightline.workflows.sorting import open_session, status

    with open_session(project, annotator) as session:
        session.undo()
        show(status(session), json)


def redo(project: ProjectArgument, annotator: AnnotatorOption, json: JsonOption = False) -> None:
    """Reinstate what was undone last."""
    from sightline.workflows.sorting import open_session, status

    with open_session(project, annotator) as session:
        session.redo()
        show(status(session), json)
