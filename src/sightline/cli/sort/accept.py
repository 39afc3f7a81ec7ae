"""`sightline sort accept`."""

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


def accept(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back what was accepted instead.")
    ] = False,
    preset: PresetOption = "default",
    target: TargetOption = "",
    json: JsonOption = False,
) -> None:
    """Keep the machine's labels as they are now for all exports; `undo` takes it back."""
    from sightline.workflows.accepting import accept as run
    from sightline.workflows.sorting import open_session

    with open_session(project, annotator, preset_name=preset, target=target) as session:
        show(run(session, withdraw=withdraw), json)
