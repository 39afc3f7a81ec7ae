"""`sightline track benchmark`."""

import json as as_json
from pathlib import Path
from typing import Annotated, Any

import typer

from sightline.cli.show import lines, phases
from sightline.cli.track.options import (
    AxesOption,
    ChannelOption,
    DatasetOption,
    OrderOption,
    PixelSizeOption,
    RadiusOption,
    SeriesOption,
    VideoArgument,
    pixel_size_um,
)
from sightline.errors import InputError


def benchmark(
    video: VideoArgument,
    truth: Annotated[str, typer.Option(help="Keypoints of all or many frames, in any format.")],
    references: Annotated[
        str, typer.Option(help="Numbers of reference frames, with commas between them.")
    ] = "1,3,5,10,20",
    partial: Annotated[
        str, typer.Option(help="Numbers of random keypoints that are given in every frame.")
    ] = "0",
    tolerance: Annotated[
        float, typer.Option(help="Farthest from the truth that counts as right, in pixels.")
    ] = 5.0,
    frames: Annotated[int | None, typer.Option(help="The first so many frames only.")] = None,
    radius: RadiusOption = None,
    order: OrderOption = "similarity",
    seed: Annotated[int, typer.Option(help="Of the random keypoints.")] = 0,
    dataset: DatasetOption = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    series: SeriesOption = None,
    pixel_size: PixelSizeOption = "",
    json: Annotated[str, typer.Option(help="New file for the figures, as JSON.")] = "",
) -> None:
    """Take the truth at a few recommended frames, track the rest, and compare."""
    from sightline.workflows.track_benchmark import benchmark as run

    if json and Path(json).exists():
        raise InputError(json, "it is there already", "a new name", "Choose another name.")
    with phases() as phase:
        found = run(
            video,
            truth,
            _numbers(references, "--references"),
            partial=_numbers(partial, "--partial"),
            tolerance_px=tolerance,
            frames=frames,
            radius=radius,
            order=order,
            seed=seed,
            phase=phase,
            dataset=dataset,
            axes=axes,
            channel=channel,
            series=series,
            pixel_size_um=pixel_size_um(pixel_size),
        )
    if json:
        Path(json).write_text(as_json.dumps(found, indent=1) + "\n", encoding="utf-8")
        return
    for row in found["rows"]:
        lines({f"{row['references']} references, {row['partial']} given": _words(row)})


def _numbers(text: str, option: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} are no whole numbers; give them as 1,3,5.", param_hint=option
        ) from None


def _words(row: dict[str, Any]) -> str:
    return (
        f"accuracy {row['accuracy']:.3f} (half the tolerance {row['accuracy_half']:.3f}), "
        f"median error {row['median_error_px']:.2f} px, {row['identity_switches']} switches, "
        f"{row['missing']} missing, {row['cpu_seconds_per_frame']:.2f} CPU s a frame"
    )
