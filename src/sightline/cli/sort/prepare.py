"""`sightline sort prepare`."""

from typing import Annotated, Literal

import typer

from sightline.cli.show import JsonOption, phases, show


def prepare(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            help="The movie, with --candidates; else files of features (.mat, .csv), or projects "
            "and bundles to join."
        ),
    ] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", help="Project to make, NAME.sightline.")
    ] = "",
    candidates: Annotated[
        str, typer.Option("--candidates", "-c", help="The extraction's output: file or folder.")
    ] = "",
    name: Annotated[str, typer.Option(help="Name of the recording in the project.")] = "",
    dataset: Annotated[str, typer.Option(help="Which array of the movie's file.")] = "",
    axes: Annotated[str, typer.Option(help="Stored axes of the movie, such as tyx or tzyx.")] = "",
    channel: Annotated[int | None, typer.Option(help="Which channel of the movie, from 0.")] = None,
    plane: Annotated[
        int | None, typer.Option(help="Which plane of movie and candidates, from 0.")
    ] = None,
    series: Annotated[int | None, typer.Option(help="Which image of the file, from 0.")] = None,
    frame_rate_hz: Annotated[
        float | None, typer.Option("--frame-rate", help="Movie frames a second.")
    ] = None,
    pixel_size_um: Annotated[
        float | None, typer.Option("--pixel-size", help="Of the movie, micrometres.")
    ] = None,
    units: Annotated[
        Literal["raw", "dF/F", "unknown"] | None,
        typer.Option(help="What the movie's values mean: raw or dF/F."),
    ] = None,
    movie_downsampled: Annotated[
        int, typer.Option(help="Frames of a trace in one frame of the movie.")
    ] = 1,
    footprints: Annotated[str, typer.Option(help="Name of the footprints in their file.")] = "",
    traces: Annotated[str, typer.Option(help="Name of the traces in their file.")] = "",
    segmentation: Annotated[str, typer.Option(help="Name of an NWB plane segmentation.")] = "",
    which: Annotated[str, typer.Option(help="Which of several sets of candidates.")] = "",
    image_size: Annotated[
        str, typer.Option(help="Height x width of the image, such as 512x512, without a movie.")
    ] = "",
    offset: Annotated[
        str, typer.Option(help="Row,column of the movie's corner in the regions' image.")
    ] = "",
    features: Annotated[
        Literal["sightline", "actsort"],
        typer.Option(help="sightline, or actsort for the reference's formulas."),
    ] = "sightline",
    columns: Annotated[
        str, typer.Option(help="Table of further features: a column candidate, and one each.")
    ] = "",
    labels: Annotated[
        str, typer.Option(help="Verdicts that a person gave: iscell.npy, *_LABELS.mat, .csv ...")
    ] = "",
    annotator: Annotated[str, typer.Option("--annotator", "-a", help="Who gave them.")] = "",
    carry_from: Annotated[
        str,
        typer.Option("--from", help="Project of an earlier extraction, whose decisions carry on."),
    ] = "",
    events: Annotated[int, typer.Option(help="Events shown of each candidate.")] = 5,
    half_window: Annotated[int, typer.Option(help="Frames before and after each event.")] = 5,
    half_window_s: Annotated[
        float | None, typer.Option("--half-window-seconds", help="The same in seconds.")
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help="Name of a verdict; twice or more. Default: not cell, cell."),
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; one a core if not given.")] = None,
    on: Annotated[
        str, typer.Option(help="Address of a Dask scheduler, such as tcp://host:8786.")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Make a project of a movie and its candidates, of features, or of several projects."""
    from sightline.workflows.preparing import TWO_CLASSES
    from sightline.workflows.preparing import prepare as run

    with phases() as phase:
        result = run(
            inputs or [],
            output,
            candidates=candidates,
            name=name,
            dataset=dataset,
            axes=axes,
            channel=channel,
            plane=plane,
            series=series,
            frame_rate_hz=frame_rate_hz,
            pixel_size_um=pixel_size_um,
            units=units,
            movie_downsampled=movie_downsampled,
            footprints=footprints,
            traces=traces,
            segmentation=segmentation,
            which=which,
            image_size=image_size,
            offset=offset,
            features=features,
            columns=columns,
            labels=labels,
            annotator=annotator,
            carry_from=carry_from,
            events=events,
            half_window=half_window,
            half_window_s=half_window_s,
            classes=classes or TWO_CLASSES,
            workers=workers,
            on=on,
            phase=phase,
        )
    show(result, json)
