"""`sightline sort merge`."""

from typing import Annotated

import typer

from sightline.cli.show import AnnotatorOption, JsonOption, ProjectArgument, show


def merge(
    project: ProjectArgument,
    answers: Annotated[str, typer.Argument(help="Table of `duplicates`, its verdicts filled in.")],
    annotator: AnnotatorOption,
    json: JsonOption = False,
) -> None:
    """Record which candidates are the same cell; they become one in every export."""
    from sightline.workflows.merging import merge as run
    from sightline.workflows.sorting import open_session

    with open_session(project, annotator) as session:
        show(run(session, answers), json)
