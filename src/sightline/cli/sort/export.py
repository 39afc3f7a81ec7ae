"""`sightline sort export`."""

from typing import Annotated

import typer

from sightline.cli.show import (
    AnnotatorOption,
    JsonOption,
    PresetOption,
    ProjectArgument,
    TargetOption,
    show,
)


def export(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    to: Annotated[str, typer.Option(help="csv, suite2p, caiman, nwb, actsort or bundle.")] = "csv",
    output: Annotated[
        str,
        typer.Option("--output", "-o", help="File to write; beside the original if not given."),
    ] = "",
    recording: Annotated[str, typer.Option(help="Which of several recordings.")] = "",
    accept: Annotated[
        list[str] | None, typer.Option(help="Class that counts as a cell; once or more.")
    ] = None,
    segmentation: Annotated[
        str,
        typer.Option(help="NWB plane segmentation that was sorted, where there are several."),
    ] = "",
    decisions: Annotated[bool, typer.Option(help="Whether a bundle carries the decisions.")] = True,
    preset: PresetOption = "default",
    target: TargetOption = "",
    json: JsonOption = False,
) -> None:
    """Write every candidate's final label: the annotator's, else the machine's."""
    from sightline.workflows.exporting import export as run
    from sightline.workflows.sorting import open_session

    with open_session(project, annotator, preset_name=preset, target=target) as session:
        result = run(
            session,
            to,
            output or None,
            recording=recording,
            accept=accept or (),
            segmentation=segmentation,
            decisions=decisions,
        )
    show(result, json)
