"""`sightline track next`."""

import json as jsons
from typing import Annotated

import typer

from sightline.cli.show import AnnotatorOption, JsonOption, ProjectArgument


def next_points(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    number: Annotated[int, typer.Option("--number", "-n", help="Points wanted.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same random questions.")] = 0,
    json: JsonOption = False,
) -> None:
    """Say which points to look at next: doubtful ones, from which much else is tracked."""
    from sightline.workflows.track_correct import next_points as choose

    found = choose(project, annotator, number, seed=seed)
    if json:
        typer.echo(jsons.dumps(found, indent=1))
        return
    if not found:
        typer.echo("Nothing is left to ask.")
    for one in found:
        place = one["position"]
        where = "nowhere" if place is None else ", ".join(f"{each:.1f}" for each in place)
        typer.echo(f"frame {one['frame']:5d}  {one['keypoint']:20s}  {where:24s}  {one['reason']}")
