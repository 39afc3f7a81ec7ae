"""`sightline sort predict`."""

import sys
from typing import Annotated

import typer

from sightline.cli.show import JsonOption, TargetOption, lines, show


def predict(
    classifier: Annotated[str, typer.Argument(help="File that `sightline sort train` wrote.")],
    files: Annotated[list[str], typer.Argument(help="Files of features: .mat or .csv.")],
    output: Annotated[str, typer.Option("--output", "-o", help="Folder for the verdicts.")],
    target: TargetOption = "",
    json: JsonOption = False,
) -> None:
    """Label many recordings unattended, and flag those unlike the training data."""
    from sightline.workflows.classifying import predict as run

    result = run(classifier, files, output, target)
    if json:
        show(result, as_json=True)
    else:
        lines({one["recording"]: _sentence(one) for one in result["recordings"]})
    for one in result["failed"]:
        sys.stderr.write(f"sightline: {one['reason']}\n")
    if result["failed"]:
        raise typer.Exit(2)


def _sentence(one: dict) -> str:
    text = f"{one['accepted']:,} of {one['candidates']:,} accepted"
    if not one["foreign"]:
        return text
    shifted = ", ".join(one["shifted"][:3])
    moved = f"; {len(one['shifted'])} features moved ({shifted})" if shifted else ""
    return (
        f"{text}. UNLIKE the training data: {100 * one['strange']:.0f} % of the candidates are "
        f"farther out than 99 % there{moved}. Audit it before use."
    )
