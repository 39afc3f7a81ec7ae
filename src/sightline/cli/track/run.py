"""`sightline track run`."""

from typing import Annotated, Literal

import typer

from sightline.cli.show import JsonOption, phases, show
from sightline.cli.track.reading import (
    AxesOption,
    ChannelOption,
    DatasetOption,
    PixelSizeOption,
    SeriesOption,
    SkipOption,
    VideoArgument,
    pixel_size_um,
)


def run(
    video: VideoArgument,
    annotations: Annotated[
        str, typer.Option("--annotations", "-a", help="Keypoints of some frames, in any format.")
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", help="New file; beside the annotations if not given.")
    ] = "",
    to: Annotated[
        str, typer.Option(help="Format of the output; the annotations' own if not given.")
    ] = "",
    radius: Annotated[
        float | None,
        typer.Option(help="Size of what is followed (s.d., um or pixels); found if not given."),
    ] = None,
    order: Annotated[
        Literal["similarity", "linear", "depth", "direct"],
        typer.Option(help="From which frame each is tracked."),
    ] = "similarity",
    skip: SkipOption = None,
    dataset: DatasetOption = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    series: SeriesOption = None,
    pixel_size: PixelSizeOption = "",
    json: JsonOption = False,
) -> None:
    """Follow keypoints from the frames in which all are annotated into all others."""
    from sightline.workflows.track_run import run as track

    with phases() as phase:
        found = track(
            video,
            annotations,
            output or None,
            to=to,
            radius=radius,
            order=order,
            skip=skip or (),
            phase=phase,
            dataset=dataset,
            axes=axes,
            channel=channel,
            series=series,
            pixel_size_um=pixel_size_um(pixel_size),
        )
    show(found, json)
