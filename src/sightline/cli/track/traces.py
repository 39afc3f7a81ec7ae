"""`sightline track traces`."""

from typing import Annotated

import typer

from sightline.cli.show import JsonOption, ProjectArgument, progress_bar, show
from sightline.cli.track.options import OnOption, RadiusOption, WorkersOption


def traces(
    project: ProjectArgument,
    output: Annotated[str, typer.Option("--output", "-o", help="New file, .csv or .npz.")],
    radius: RadiusOption = None,
    relative: Annotated[
        bool, typer.Option("--relative", help="Change against a baseline, (F - F0) / F0.")
    ] = False,
    window: Annotated[
        int | None, typer.Option(help="Frames around each for the baseline; all if not given.")
    ] = None,
    percentile: Annotated[float, typer.Option(help="Of the brightness that is the baseline.")] = 20,
    divide_by: Annotated[
        int | None, typer.Option(help="A channel without activity, to divide the others by.")
    ] = None,
    video: Annotated[str, typer.Option(help="Where the video is now, if it was moved.")] = "",
    workers: WorkersOption = None,
    on: OnOption = "",
    json: JsonOption = False,
) -> None:
    """Read off how bright every followed point is over time, above what surrounds it."""
    from sightline.workflows.track_traces import traces as read

    with progress_bar("reading") as progress:
        told = read(
            project,
            output,
            radius=radius,
            relative=relative,
            window=window,
            percentile=percentile,
            divide_by=divide_by,
            video=video or None,
            workers=workers,
            on=on,
            progress=progress,
        )
    show(told, json)
