"""`sightline sort audit`."""

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


def audit(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    auditor: Annotated[
        str, typer.Option(help="Who judges the sample; the annotator if not given.")
    ] = "",
    draw: Annotated[int, typer.Option(min=0, help="Draw a new sample of this size.")] = 0,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="CSV file for the new sample.")
    ] = None,
    answers: Annotated[str | None, typer.Option(help="The sample's file, filled in.")] = None,
    name: Annotated[str, typer.Option(help="Which audit; the latest if not given.")] = "",
    preset: PresetOption = "default",
    target: TargetOption = "",
    seed: Annotated[int, typer.Option(min=0, help="Of the draw.")] = 0,
    json: JsonOption = False,
) -> None:
    """Measure precision and recall of the final labels by a blind random sample."""
    from sightline.workflows.auditing import audit as run
    from sightline.workflows.sorting import open_session

    with open_session(project, annotator, preset_name=preset, target=target) as session:
        result = run(
            session,
            auditor or annotator,
            draw=draw,
            output=output,
            answers=answers,
            name=name,
            seed=seed,
        )
    show(result, json)
