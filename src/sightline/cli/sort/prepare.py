"""`sightline sort prepare`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, show


def prepare(
    features: Annotated[list[str], typer.Argument(help="Files of features: .mat or .csv.")],
    output: Annotated[str, typer.Option("--output", "-o", help="Project to make, NAME.sightline.")],
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help="Name of a verdict; twice or more. Default: not cell, cell."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a project of one or several recordings' features, sorted as one batch."""
    from sightline.workflows.sorting import TWO_CLASSES
    from sightline.workflows.sorting import prepare as run

    show(run(features, output, classes or TWO_CLASSES), json)
