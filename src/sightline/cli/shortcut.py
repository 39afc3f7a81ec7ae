"""`sightline shortcut`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, show


def shortcut(
    folder: Annotated[
        str | None, typer.Option("--output", "-o", help="Folder; the desktop if not given.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Put a shortcut on the desktop that opens the app when it is double-clicked."""
    from sightline.workflows.shortcut import shortcut as run

    show(run(folder), json)
