"""`sightline track detect`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, phases, show
from sightline.cli.track.options import (
    AxesOption,
    ChannelOption,
    DatasetOption,
    PixelSizeOption,
    RadiusOption,
    SeriesOption,
    VideoArgument,
    pixel_size_um,
)


def detect(
    video: VideoArgument,
    annotations: Annotated[
        str, typer.Option("--annotations", "-a", help="Keypoints to learn from, in any format.")
    ] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", help="New file; beside the video if not given.")
    ] = "",
    to: Annotated[
        str, typer.Option(help="Format of the output; the annotations' own, or csv, if not given.")
    ] = "",
    frame: Annotated[
        list[int] | None, typer.Option(help="A frame to look at; may be repeated. 0 if not given.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--number", "-n", help="Points of a frame at most, the strongest.")
    ] = None,
    least_probability: Annotated[
        float, typer.Option(help="What a detection must reach, where something was learnt.")
    ] = 0.5,
    radius: RadiusOption = None,
    points: Annotated[
        str, typer.Option(help="Detections from elsewhere: keypoints in any format.")
    ] = "",
    labels: Annotated[
        str, typer.Option(help="Detections from elsewhere: label images, as large as the video.")
    ] = "",
    probability: Annotated[
        str, typer.Option(help="Detections from elsewhere: probability maps, 0 to 1.")
    ] = "",
    join: Annotated[
        bool, typer.Option("--join", help="Those from elsewhere join ours, not replace them.")
    ] = False,
    picture: Annotated[
        str, typer.Option(help="New PNG file: the first of the frames with its detections.")
    ] = "",
    seed: Annotated[int, typer.Option(help="Of the random examples that are learnt from.")] = 0,
    dataset: DatasetOption = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    series: SeriesOption = None,
    pixel_size: PixelSizeOption = "",
    json: JsonOption = False,
) -> None:
    """Find what there is to track: like what is annotated, or bright blobs if nothing is."""
    from sightline.workflows.track_detect import detect as run

    with phases() as phase:
        found = run(
            video,
            output or None,
            frames=frame or (0,),
            annotations=annotations or None,
            radius=radius,
            number=number,
            least_probability=least_probability,
            points=points or None,
            labels=labels or None,
            probability=probability or None,
            join=join,
            to=to,
            picture=picture or None,
            seed=seed,
            phase=phase,
            dataset=dataset,
            axes=axes,
            channel=channel,
            series=series,
            pixel_size_um=pixel_size_um(pixel_size),
        )
    show(found, json)
