"""`sightline track correct`."""

from typing import Annotated

import typer

from sightline.cli.show import AnnotatorOption, JsonOption, ProjectArgument, progress_bar, show
from sightline.cli.track.options import OnOption, WorkersOption


def correct(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    frame: Annotated[int | None, typer.Option(help="Frame of one point, from 0.")] = None,
    keypoint: Annotated[str, typer.Option(help="Its name.")] = "",
    at: Annotated[str, typer.Option(help="Where it is: y,x or z,y,x in pixels.")] = "",
    value: Annotated[str, typer.Option(help="seen, hidden, unsure or skip.")] = "seen",
    confirm: Annotated[
        list[int] | None,
        typer.Option(help="A frame whose points are all right, a reference from now on; repeat."),
    ] = None,
    file: Annotated[str, typer.Option(help="Corrected keypoints, in any format.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take back your last act.")] = False,
    video: Annotated[str, typer.Option(help="Where the video is now, if it was moved.")] = "",
    workers: WorkersOption = None,
    on: OnOption = "",
    json: JsonOption = False,
) -> None:
    """Say where points really are, and track again what depends on it, and nothing else."""
    from sightline.workflows.track_correct import correct as say

    with progress_bar("tracking") as progress:
        told = say(
            project,
            annotator,
            frame=frame,
            keypoint=keypoint,
            position=_position(at),
            value=value,
            confirm=confirm or (),
            corrections=file or None,
            undo=undo,
            video=video or None,
            workers=workers,
            on=on,
            progress=progress,
        )
    if not json:
        told["tracked"] = len(told["tracked"])
    show(told, json)


def _position(text: str) -> tuple[float, ...] | None:
    if not text:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no position; give y,x or z,y,x.", param_hint="--at"
        ) from None
