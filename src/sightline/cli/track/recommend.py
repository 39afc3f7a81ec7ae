"""`sightline track recommend`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, progress_bar, show
from sightline.cli.track.options import (
    AxesOption,
    ChannelOption,
    DatasetOption,
    SeriesOption,
    SkipOption,
    VideoArgument,
)


def recommend(
    video: VideoArgument,
    number: Annotated[int, typer.Option("--number", "-n", help="Frames wanted.")] = 5,
    annotations: Annotated[
        str, typer.Option(help="Keypoints that exist; their whole frames count as chosen.")
    ] = "",
    skip: SkipOption = None,
    figures: Annotated[
        str, typer.Option(help="Folder for a picture of the frames and of what each is worth.")
    ] = "",
    dataset: DatasetOption = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    series: SeriesOption = None,
    json: JsonOption = False,
) -> None:
    """Say which frames to annotate, so that every other one has one that looks like it."""
    from sightline.workflows.track_recommend import recommend as run

    with progress_bar("looking at frames") as progress:
        found = run(
            video,
            number,
            annotations=annotations or None,
            skip=skip or (),
            figures=figures or None,
            progress=progress,
            dataset=dataset,
            axes=axes,
            channel=channel,
            series=series,
        )
    show(found, json)
