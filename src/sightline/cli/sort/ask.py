"""`sightline sort ask`."""

from typing import Annotated, Literal

import typer

from sightline.cli.show import (
    AnnotatorOption,
    JsonOption,
    PresetOption,
    ProjectArgument,
    lines,
    show,
)


def ask(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="Questions wanted.")] = 20,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="CSV file to write and fill in.")
    ] = None,
    preset: PresetOption = "default",
    strategy: Annotated[
        Literal["random", "rank", "cal", "dal", "dcal", "entropy"],
        typer.Option(help="How questions are chosen."),
    ] = "dcal",
    weight: Annotated[float, typer.Option(help="Weight w0 of DCAL, 0 to 1.")] = 0.5,
    probe_every: Annotated[
        int, typer.Option(help="Every this many questions one is drawn at random; 0 never.")
    ] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Of random questions.")] = 0,
    json: JsonOption = False,
) -> None:
    """Choose the next questions; as a table whose last column is to be filled in."""
    from sightline.workflows.sorting import ask as run
    from sightline.workflows.sorting import open_session

    with open_session(
        project,
        annotator,
        preset_name=preset,
        strategy=strategy,
        weight=weight,
        probe_every=probe_every,
        seed=seed,
    ) as session:
        questions = run(session, number, output)
    if json:
        show({"questions": questions}, as_json=True)
    elif output:
        show({"questions": len(questions), "output": output}, as_json=False)
    else:
        lines({question["item"]: question["reason"] for question in questions})
