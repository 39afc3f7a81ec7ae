"""`sightline segment benchmark`."""

import json as as_json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sightline.cli.segment.options import (
    AxesOption,
    ChannelOption,
    PixelSizeOption,
    PlaneOption,
    ProjectionOption,
    changes_of,
    comma_separated,
    read_as,
)
from sightline.cli.show import phases
from sightline.errors import InputError, SettingError


def benchmark(
    folder: Annotated[
        str,
        typer.Argument(help="Images and experts' masks, or folders of such, a laboratory each."),
    ],
    train: Annotated[
        str,
        typer.Option(
            help="What to train on: a folder, names of images with commas, or a text file of them. "
            "What is judged on is left out; if not given, all the rest."
        ),
    ] = "",
    test: Annotated[str, typer.Option(help="What to judge on, told in the same way.")] = "",
    preset: Annotated[str, typer.Option(help="default, paper or first.")] = "default",
    change: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting; repeat.")
    ] = None,
    adapt: Annotated[
        str,
        typer.Option(
            help="Numbers of test images to continue with, the others scored; with commas."
        ),
    ] = "0",
    choices: Annotated[
        int, typer.Option(help="Sets of so many images at most; all if there are no more.")
    ] = 10,
    minutes: Annotated[
        float | None, typer.Option(help="For training all members; as the preset has it.")
    ] = None,
    adapt_minutes: Annotated[
        float | None, typer.Option(help="For continuing, and for starting afresh to compare.")
    ] = None,
    repeats: Annotated[int, typer.Option(help="Trainings with other random numbers.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same result.")] = 0,
    peers: Annotated[
        str, typer.Option(help="To compare with: gaussians, forest, otsu; or none.")
    ] = "gaussians,forest,otsu",
    nnunet: Annotated[
        str,
        typer.Option(metavar="PYTHON", help="Interpreter of an environment with nnU-Net 2."),
    ] = "",
    min_area: Annotated[
        int | None,
        typer.Option(help="Least area of an object, in pixels; learnt from the training masks."),
    ] = None,
    separate: Annotated[
        str,
        typer.Option(help="How touching objects are told apart: watershed, components or middles."),
    ] = "",
    consensus: Annotated[str, typer.Option(help="Method that fuses experts' masks.")] = "staple",
    images: Annotated[str, typer.Option(help="Name of the images' folder.")] = "",
    annotators: Annotated[str, typer.Option(help="Only these experts; with commas.")] = "",
    classes: Annotated[str, typer.Option(help="Names of classes 1, 2, ...; with commas.")] = "",
    mask_kind: Annotated[
        str, typer.Option(help="What several numbers in masks are: classes or objects.")
    ] = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    plane: PlaneOption = None,
    projection: ProjectionOption = "",
    pixel_size: PixelSizeOption = "",
    json: Annotated[
        str, typer.Option("--json", metavar="OUT", help="Write all to this new file; - prints.")
    ] = "",
    figures: Annotated[
        str, typer.Option(help="Folder for pictures; with --json only if it is given.")
    ] = "",
) -> None:
    """Train on some images' consensus, judge on others', beside the experts and other methods."""
    if json not in ("", "-") and Path(json).exists():
        raise InputError(json, "it is there already", "a new name", "Choose another name.")
    if json not in ("", "-") and not Path(json).absolute().parent.is_dir():
        raise InputError(json, "its folder is not there", "a file in a folder that is",
                         "Make the folder first.")  # fmt: skip
    from sightline.workflows.segment_benchmark import benchmark as run

    with phases() as phase:
        told = run(
            folder,
            train,
            test,
            preset=preset,
            settings=changes_of(change or []),
            adapt=_numbers(adapt),
            choices=choices,
            minutes=minutes,
            adapt_minutes=adapt_minutes,
            repeats=repeats,
            seed=seed,
            peers=() if peers == "none" else comma_separated(peers),
            nnunet=nnunet,
            min_area=min_area,
            separate=separate,
            consensus=consensus,
            images=images,
            annotators=comma_separated(annotators),
            class_names=comma_separated(classes),
            mask_kind=mask_kind,
            read_as=read_as(axes, channel, plane, projection, pixel_size),
            figures=figures or (None if json else "sightline-segment-benchmark"),
            phase=phase,
        )
    if json:
        text = as_json.dumps(told, indent=1, allow_nan=False) + "\n"
        if json == "-":
            sys.stdout.write(text)
        else:
            Path(json).write_text(text, encoding="utf-8")
        return
    _print(told)


def _print(told: dict) -> None:
    from sightline.workflows.segment_benchmark_tables import segmentation_tables

    console = Console(width=None if sys.stdout.isatty() else 160)
    for line in told["said"]:
        console.print(line, markup=False, highlight=False)
    for table in segmentation_tables(told):
        console.print(table)
    for path in told["figures"]:
        console.print(f"figure: {path}", markup=False, highlight=False)


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise SettingError(
            f"--adapt {text!r}: these are no whole numbers; give them as 0,1,2."
        ) from None
