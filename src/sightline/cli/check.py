"""`sightline check`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, show


def check(
    path: Annotated[str, typer.Argument(help="A project, a file of features or a classifier.")],
    json: JsonOption = False,
) -> None:
    """Say what a project or file holds, and what is wrong with it."""
    from sightline.workflows.checking import check as run

    show(run(path), json)
