"""`sightline segment predict`."""

from typing import Annotated

import typer

from sightline.cli.segment.options import (
    AxesOption,
    ChannelOption,
    PixelSizeOption,
    PlaneOption,
    ProjectionOption,
    read_as,
)
from sightline.cli.show import JsonOption, phases, show


def predict(
    images: Annotated[list[str], typer.Argument(help="Images, or folders of them.")],
    model: Annotated[str, typer.Option(help="Folder of a trained model.")],
    output: Annotated[str, typer.Option("--output", "-o", help="Folder for what is found.")],
    separate: Annotated[
        str, typer.Option(help="watershed, components or middles; as trained if not given.")
    ] = "",
    min_area: Annotated[
        int | None,
        typer.Option(min=0, help="Smallest object, pixels; as in the annotations if not given."),
    ] = None,
    max_hole: Annotated[
        int, typer.Option(min=0, help="Holes of up to so many pixels are filled.")
    ] = 0,
    flips: Annotated[
        int | None, typer.Option(help="Orientations to average, 1, 4 or 8; as trained.")
    ] = None,
    wanted_dice: Annotated[
        float,
        typer.Option(min=0, max=1, help="Images expected to score below it are for review."),
    ] = 0.8,
    project: Annotated[
        str, typer.Option(help="Project that the masks are put into; made if new.")
    ] = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    plane: PlaneOption = None,
    projection: ProjectionOption = "",
    pixel_size: PixelSizeOption = "",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one a core if not given.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Of each process; one if there are several images.")
    ] = None,
    on: Annotated[
        str, typer.Option(help="Address of a Dask scheduler, such as tcp://host:8786.")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Segment images: masks, objects, measurements, and how sure the model is of each."""
    from sightline.workflows.segment_predict import predict as run

    with phases() as phase:
        told = run(
            images,
            model,
            output,
            separate=separate,
            min_area=min_area,
            max_hole=max_hole,
            flips=flips,
            wanted_dice=wanted_dice,
            read_as=read_as(axes, channel, plane, projection, pixel_size),
            project=project,
            workers=workers,
            threads=threads,
            on=on,
            say=lambda text: typer.echo(text, err=True),
            phase=phase,
        )
    show(told, json)
