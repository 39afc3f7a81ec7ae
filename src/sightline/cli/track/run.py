"""`sightline track run`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, phases, show
from sightline.cli.track.options import (
    AxesOption,
    ChangesOption,
    ChannelOption,
    DatasetOption,
    OnOption,
    OrderOption,
    PixelSizeOption,
    RadiusOption,
    SeriesOption,
    SkipOption,
    TrackPresetOption,
    VideoArgument,
    WorkersOption,
    changes,
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
    project: Annotated[
        str, typer.Option(help="Project folder that keeps the work; beside the annotations.")
    ] = "",
    preset: TrackPresetOption = "default",
    change: ChangesOption = None,
    radius: RadiusOption = None,
    order: OrderOption = "similarity",
    skip: SkipOption = None,
    only: Annotated[
        list[str] | None, typer.Option(help="A keypoint or animal to follow; may be repeated.")
    ] = None,
    trust: Annotated[
        list[str] | None, typer.Option(help="An annotator who counts; may be repeated.")
    ] = None,
    dataset: DatasetOption = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    series: SeriesOption = None,
    pixel_size: PixelSizeOption = "",
    workers: WorkersOption = None,
    on: OnOption = "",
    json: JsonOption = False,
) -> None:
    """Follow keypoints from the frames in which all are annotated into all others."""
    from sightline.workflows.track_run import run as track

    with phases() as phase:
        found = track(
            video,
            annotations,
            output or None,
            project=project or None,
            to=to,
            preset=preset,
            changes=changes(change),
            radius=radius,
            order=order,
            skip=skip or (),
            only=only or (),
            trust=trust or (),
            workers=workers,
            on=on,
            phase=phase,
            dataset=dataset,
            axes=axes,
            channel=channel,
            series=series,
            pixel_size_um=pixel_size_um(pixel_size),
        )
    show(found, json)
