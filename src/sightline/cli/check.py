"""`sightline check`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, show


def check(
    path: Annotated[str, typer.Argument(help="A project, bundle, file of features or classifier.")],
    json: JsonOption = False,
) -> None:
    """Say what a project or file holds, and what is wrong with it."""
    from sightline.workflows.checking import check as run

    found = run(path)
    show(found, json)
    if found.get("problems"):
        raise typer.Exit(2)
