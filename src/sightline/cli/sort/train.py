"""`sightline sort train`."""

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


def train(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    output: Annotated[str, typer.Option("--output", "-o", help="Classifier to write, .json.")],
    preset: PresetOption = "default",
    target: TargetOption = "",
    json: JsonOption = False,
) -> None:
    """Keep the annotator's classifier as a plain file, for other recordings."""
    from sightline.workflows.classifying import train as run
    from sightline.workflows.sorting import open_session

    with open_session(project, annotator, preset_name=preset, target=target) as session:
        show(run(session, output), json)
