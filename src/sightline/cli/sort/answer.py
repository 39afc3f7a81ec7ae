"""`sightline sort answer`."""

from typing import Annotated

import typer

from sightline.cli.show import AnnotatorOption, JsonOption, ProjectArgument, show


def answer(
    project: ProjectArgument,
    answers: Annotated[str, typer.Argument(help="CSV file with the columns item and verdict.")],
    annotator: AnnotatorOption,
    json: JsonOption = False,
) -> None:
    """Record the verdicts of a filled-in table."""
    from sightline.workflows.sorting import answer as run
    from sightline.workflows.sorting import open_session

    with open_session(project, annotator) as session:
        show(run(session, answers), json)
