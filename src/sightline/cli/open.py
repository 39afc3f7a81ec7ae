"""`sightline open`."""

from typing import Annotated

import typer

from sightline.cli.show import ProjectArgument


def open_project(
    project: ProjectArgument,
    annotator: Annotated[
        str, typer.Option("--annotator", "-a", help="Who decides; the page asks if not given.")
    ] = "",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    port: Annotated[
        int | None, typer.Option(help="Port of this machine; a free one if not given.")
    ] = None,
    token_file: Annotated[
        str | None,
        typer.Option(help="File to write the token to, readable by its owner only."),
    ] = None,
) -> None:
    """Open a project in the app, served to this machine alone; Ctrl+C stops it."""
    from sightline.web.serve import open_project as run

    run(
        project,
        annotator=annotator,
        browser=browser,
        port=port,
        token_file=token_file,
        say=typer.echo,
    )
