"""`sightline segment train`."""

from typing import Annotated

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
    PixelSizeOption,
    PlaneOption,
    ProjectionOption,
    changes_of,
    comma_separated,
    read_as,
)
from sightline.cli.show import JsonOption, phases, show


def train(
    folder: Annotated[str, typer.Argument(help="Images and annotators' masks of them.")],
    output: Annotated[str, typer.Option("--output", "-o", help="Model folder to make.")],
    preset: Annotated[
        str, typer.Option(help="default, paper, or first for a pixel classifier within a minute.")
    ] = "",
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE: another value of a setting; may be repeated."),
    ] = None,
    start: Annotated[
        str, typer.Option("--from", help="Model to go on from with new or corrected images.")
    ] = "",
    project: Annotated[
        str, typer.Option(help="Project whose masks and corrections stand over the folder's.")
    ] = "",
    consensus: Annotated[
        str,
        typer.Option(
            help="staple, staple-pooled, majority, at-least, dawid-skene or objects: how "
            "annotators' masks become one."
        ),
    ] = "staple",
    least: Annotated[int, typer.Option(min=1, help="Annotators, for at-least and objects.")] = 2,
    minutes: Annotated[
        float | None, typer.Option(help="To take at most, about; fewer steps where needed.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same result.")] = 0,
    find_rate: Annotated[
        bool, typer.Option("--find-rate", help="Find the learning rate by trying first.")
    ] = False,
    images: ImagesOption = "",
    annotators: AnnotatorsOption = "",
    classes: ClassesOption = "",
    mask_kind: MaskKindOption = "",
    ignored: IgnoredOption = "",
    field_of_view: FieldOfViewOption = "",
    axes: AxesOption = "",
    channel: ChannelOption = None,
    plane: PlaneOption = None,
    projection: ProjectionOption = "",
    pixel_size: PixelSizeOption = "",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Of each network; all cores shared if not given.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Networks at a time; one a core if not given.")
    ] = None,
    on: Annotated[
        str, typer.Option(help="Address of a Dask scheduler, such as tcp://host:8786.")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Train an ensemble on the consensus of annotators' masks; Ctrl-C ends it with a model."""
    from sightline.workflows.segment_train import train as run

    with phases() as phase:
        told = run(
            folder,
            output,
            preset=preset,
            changes=changes_of(change or []),
            start=start,
            project=project,
            images=images,
            annotators=comma_separated(annotators),
            class_names=comma_separated(classes),
            mask_kind=mask_kind,
            read_as=read_as(axes, channel, plane, projection, pixel_size),
            ignored=ignored,
            field_of_view=field_of_view,
            consensus=consensus,
            least=least,
            seed=seed,
            minutes=minutes,
            threads=threads,
            workers=workers,
            on=on,
            find_rate=find_rate,
            say=lambda text: typer.echo(text, err=True),
            phase=phase,
        )
    show(told, json)
