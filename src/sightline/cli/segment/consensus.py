"""`sightline segment consensus`."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

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
    ProjectOption,
    comma_separated,
    read_as,
)
from sightline.cli.show import JsonOption, lines, phases, show


def consensus(
    folder: Annotated[str, typer.Argument(help="Folder of images and experts' masks.")],
    output: Annotated[
        str, typer.Option("--output", "-o", help="New folder; without it nothing is written.")
    ] = "",
    method: Annotated[
        str,
        typer.Option(
            help="staple, staple-pooled, majority, at-least, dawid-skene, or objects, which "
            "matches objects before it merges them."
        ),
    ] = "staple",
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
    scores: Annotated[
        bool, typer.Option("--scores/--no-scores", help="Measure how far annotators agree.")
    ] = True,
    pictures: Annotated[
        bool, typer.Option("--pictures/--no-pictures", help="Draw a page an image.")
    ] = True,
    project: ProjectOption = "",
    json: JsonOption = False,
) -> None:
    """Fuse experts' masks into one, and tell how far they agree, and who deviates."""
    from sightline.workflows.segment_consensus import consensus as fuse

    def say(said: Sequence[str]) -> None:
        (sys.stderr if json else sys.stdout).writelines(f"{line}\n" for line in said)

    with phases() as phase:
        told = fuse(
            folder,
            output or None,
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
            scores=scores,
            pictures=pictures,
            project=project,
            say=say,
            phase=phase,
        )
    if json:
        show(told, True)
        return
    lines(_words(told))


def _words(told: dict[str, Any]) -> dict[str, str]:
    found = {"images": str(told["images"]), "method": told["method"]}
    if told["same_as_votes"]:
        found["votes"] = told["same_as_votes"]["words"]
    if told["same_as_given"]:
        given = told["same_as_given"]
        found["given"] = f"the consensus that came with {given['images']} of {given['of']} images"
    for name, figures in told["annotators"].items():
        if "dice" in figures:
            found[name] = (
                f"Dice {number(figures['dice'])} with the consensus, {figures['words']}; "
                f"mAP {number(figures['map'])}, AP50 {number(figures['ap50'])}"
            )
    if told["pairwise_dice"] is not None:
        found["pairs"] = f"mean Dice {number(told['pairwise_dice'])}"
    found |= {f"note {k}": note for k, note in enumerate(told["notes"], start=1)}
    return found | ({"output": told["output"]} if "output" in told else {})


def number(value: float) -> str:
    """Three digits, or that it is not known."""
    return "unknown" if value != value else f"{value:.3f}"  # noqa: PLR0124 -- NaN
