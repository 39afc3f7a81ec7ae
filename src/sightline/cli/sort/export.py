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
    output: Annotated[str, typer.Option("--output", "-o", help="CSV file to write.")],
    preset: PresetOption = "default",
    target: TargetOption = "",
    json: JsonOption = False,
) -> None:
    """Write every candidate's final label: the annotator's, else the machine's."""
    from sightline.workflows.sorting import export as run
    from sightline.workflows.sorting import open_session

    with open_session(project, annotator, preset_name=preset, target=target) as session:
        show(run(session, output), json)
