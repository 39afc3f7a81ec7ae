"""`sightline sort decisions`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, show


def decisions(
    project: Annotated[str, typer.Argument(help="Project folder or bundle.")],
    output: Annotated[str, typer.Option("--output", "-o", help="New CSV file.")],
    json: JsonOption = False,
) -> None:
    """Write everybody's decisions as a table, even of a project with damaged features."""
    from sightline.workflows.decisions import decisions as run

    show(run(project, output), json)
