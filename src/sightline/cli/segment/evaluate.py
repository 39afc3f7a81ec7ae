"""`sightline segment evaluate`."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from sightline.cli.segment.consensus import number
from sightline.cli.segment.options import (
    AnnotatorsOption,
    AxesOption,
    ChannelOption,
    ClassesOption,
    FieldOfViewOption,
    IgnoredOption,
    ImagesOption,
    MaskKindOption,
    MinAreaOption,
    PixelSizeOption,
    PlaneOption,
    ProjectionOption,
    comma_separated,
    read_as,
)
from sightline.cli.show import JsonOption, lines, phases, show


def evaluate(
    folder: Annotated[str, typer.Argument(help="Folder of images and experts' masks.")],
    model: Annotated[str, typer.Option(help="Model folder to predict with.")] = "",
    predictions: Annotated[str, typer.Option(help="Folder that predict left, instead.")] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", help="New folder; without it nothing is written.")
    ] = "",
    method: Annotated[str, typer.Option(help="Of the consensus, as for consensus.")] = "staple",
    least: Annotated[int, typer.Option(min=1, help="Annotators, for at-least and objects.")] = 2,
    classes: ClassesOption = "",
    images: ImagesOption = "",
    annotators: AnnotatorsOption = "",
    mask_kind: MaskKindOption = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    plane: PlaneOption = None,
    projection: ProjectionOption = "",
    pixel_size: PixelSizeOption = "",
    ignored: IgnoredOption = "",
    field_of_view: FieldOfViewOption = "",
    min_area: MinAreaOption = 0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that predict; one a core if not given.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Score predictions against experts, and tell whether their uncertainty forecasts the score."""
    from sightline.workflows.segment_evaluate import evaluate as score

    def say(said: Sequence[str]) -> None:
        (sys.stderr if json else sys.stdout).writelines(f"{line}\n" for line in said)

    with phases() as phase:
        told = score(
            folder,
            model=model or None,
            predictions=predictions or None,
            output=output or None,
            method=method,
            least=least,
            classes=comma_separated(classes),
            images=images,
            annotators=comma_separated(annotators),
            mask_kind=mask_kind,
            read_as=read_as(axes, channel, plane, projection, pixel_size),
            ignored=ignored,
            field_of_view=field_of_view,
            min_area_px=min_area,
            workers=workers,
            say=say,
            phase=phase,
        )
    if json:
        show(told, True)
        return
    lines(_words(told))


def _words(told: dict[str, Any]) -> dict[str, str]:
    found = {"images": str(len(told["images"])), "the machine": _scores(told["machine"])}
    for name, figures in told["annotators"].items():
        found[name] = _scores(figures)
    u = told["rank_correlation"]["uncertainty"]
    found["U and Dice"] = (
        f"rank correlation {number(u['value'])}, 95 % interval {number(u['low'])} to "
        f"{number(u['high'])}"
    )
    found["forecast"] = told["forecast"]["words"]
    return found | ({"output": told["output"]} if "output" in told else {})


def _scores(figures: dict[str, Any]) -> str:
    return (
        f"Dice {number(figures['dice'])} with the consensus, {number(figures['dice_others'])} "
        f"with those of all but one; mAP {number(figures['map'])}, AP50 {number(figures['ap50'])}"
    )
