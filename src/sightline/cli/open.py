"""`sightline open`."""

from typing import Annotated

import typer

from sightline.cli.show import BrowserOption, PortOption, TokenFileOption


def open_project(
    project: Annotated[
        str | None,
        typer.Argument(help="Project folder, NAME.sightline; without one, the start page."),
    ] = None,
    annotator: Annotated[
        str, typer.Option("--annotator", "-a", help="Who decides; the page asks if not given.")
    ] = "",
    browser: BrowserOption = True,
    port: PortOption = None,
    token_file: TokenFileOption = None,
) -> None:
    """Open a project in the app, or the start page, on this machine alone; Ctrl+C stops it."""
    from sightline.web.serve import open_project as run

    run(
        project,
        annotator=annotator,
        browser=browser,
        port=port,
        token_file=token_file,
        say=typer.echo,
    )
