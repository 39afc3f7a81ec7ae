"""`sightline track export`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, ProjectArgument, show


def export(
    project: ProjectArgument,
    output: Annotated[
        str, typer.Option("--output", "-o", help="New file; beside the annotations if not given.")
    ] = "",
    to: Annotated[
        str, typer.Option(help="Format of the output; the annotations' own if not given.")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Write all points as they stand, in the form in which the annotations came or another."""
    from sightline.workflows.track_export import export as write

    show(write(project, output or None, to=to), json)
