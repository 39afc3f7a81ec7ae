"""`sightline track benchmark`."""

import json as as_json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sightline.cli.show import phases
from sightline.cli.track.options import (
    AxesOption,
    ChannelOption,
    DatasetOption,
    OrderOption,
    PixelSizeOption,
    RadiusOption,
    SeriesOption,
    TrackPresetOption,
    pixel_size_um,
)
from sightline.errors import InputError


def benchmark(
    video: Annotated[
        str, typer.Argument(help="The video, a folder of images, or a points file to be linked.")
    ],
    truth: Annotated[
        str,
        typer.Option(help="Keypoints of all or many frames; a points file is its own truth."),
    ] = "",
    references: Annotated[
        str, typer.Option(help="Numbers of reference frames, with commas between them.")
    ] = "1,3,5,10,20",
    partial: Annotated[
        str, typer.Option(help="Numbers of random keypoints that are given in every frame.")
    ] = "0",
    tolerance: Annotated[
        float, typer.Option(help="Farthest from the truth that counts as right, in pixels.")
    ] = 5.0,
    frames: Annotated[
        int | None,
        typer.Option(help="The first so many frames only; of a points file, so many at random."),
    ] = None,
    preset: TrackPresetOption = "default",
    radius: RadiusOption = None,
    order: OrderOption = "similarity",
    seed: Annotated[int, typer.Option(help="Of the random keypoints and frames.")] = 0,
    dataset: DatasetOption = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    series: SeriesOption = None,
    pixel_size: PixelSizeOption = "",
    json: Annotated[
        str, typer.Option("--json", metavar="OUT", help="Write rows to this new file; - prints.")
    ] = "",
    figures: Annotated[
        str, typer.Option(help="Folder for curves and a movie of tracks beside the truth.")
    ] = "sightline-track-benchmark",
) -> None:
    """Take the truth at a few recommended frames, track the rest, and compare."""
    from sightline.workflows.track_benchmark import benchmark as run

    if json not in ("", "-") and Path(json).exists():
        raise InputError(json, "it is there already", "a new name", "Choose another name.")
    with phases() as phase:
        found = run(
            video,
            truth or None,
            _numbers(references, "--references"),
            partial=_numbers(partial, "--partial"),
            tolerance_px=tolerance,
            frames=frames,
            preset=preset,
            radius=radius,
            order=order,
            seed=seed,
            figures=None if json else figures,
            phase=phase,
            dataset=dataset,
            axes=axes,
            channel=channel,
            series=series,
            pixel_size_um=pixel_size_um(pixel_size),
        )
    if json:
        text = as_json.dumps(found, indent=1, allow_nan=False) + "\n"
        if json == "-":
            sys.stdout.write(text)
        else:
            Path(json).write_text(text, encoding="utf-8")
        return
    from sightline.workflows.track_benchmark_tables import tracking_tables

    console = Console(width=None if sys.stdout.isatty() else 160)
    for table in tracking_tables(found["rows"], tolerance):
        console.print(table)
    for path in found["figures"]:
        console.print(f"figure: {path}", markup=False, highlight=False)


def _numbers(text: str, option: str) -> list[int]:
    try:
        return [int(part) for part in dict.fromkeys(text.split(","))]
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} are no whole numbers; give them as 1,3,5.", param_hint=option
        ) from None
