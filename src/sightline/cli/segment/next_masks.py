"""`sightline segment next`."""

import json as jsons
from typing import Annotated, Literal

import typer

from sightline.cli.show import AnnotatorOption, JsonOption, ProjectArgument


def next_masks(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    number: Annotated[int, typer.Option("--number", "-n", help="Questions wanted.")] = 10,
    of: Annotated[Literal["images", "objects"], typer.Option(help="What to ask.")] = "images",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same random questions.")] = 0,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="CSV file to write, for `correct --asked`."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say which images, or objects, to look at next: the machine's most uncertain first."""
    from sightline.workflows.segment_correct import next_masks as choose

    found = choose(project, annotator, number, of=of, seed=seed, output=output)
    if json:
        typer.echo(jsons.dumps(found, indent=1))
        return
    if not found:
        typer.echo("Nothing is left to ask.")
    for one in found:
        typer.echo(f"{one['item'] if one['object'] else one['image']:30s}  {one['reason']}")
