"""`sightline segment status`."""

from typing import Annotated

import typer

from sightline.cli.show import AnnotatorOption, JsonOption, ProjectArgument, show


def status(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    wanted_dice: Annotated[
        float, typer.Option(min=0, max=1, help="Below which a mask is to be looked at.")
    ] = 0.8,
    method: Annotated[str, typer.Option(help="Of the consensus.")] = "staple",
    json: JsonOption = False,
) -> None:
    """Say how far the review of masks has come, and how good the rest is expected to be."""
    from sightline.workflows.segment_correct import status as run

    show(run(project, annotator, wanted_dice=wanted_dice, method=method), json)
