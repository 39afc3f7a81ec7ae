"""`sightline demo`."""

from dataclasses import asdict
from typing import Annotated

import typer

from sightline.cli.show import JsonOption, phases, show


def demo_sort(
    folder: Annotated[
        str | None, typer.Option("--output", "-o", help="New folder; a temporary one if not given.")
    ] = None,
    cells: Annotated[int, typer.Option(help="True cells of the simulated movie.")] = 250,
    answers: Annotated[int, typer.Option(help="Answers of the simulated annotator.")] = 60,
    audit_size: Annotated[int, typer.Option(min=1, help="Questions of the audit.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same result.")] = 0,
    json: JsonOption = False,
) -> None:
    """Simulate a movie and its extraction; prepare, sort, audit, and compare with the truth."""
    from sightline.workflows.demo import DemoResult
    from sightline.workflows.demo import demo_sort as run

    with phases() as phase:
        result: DemoResult = run(
            folder,
            cells=cells,
            answers=answers,
            audit_size=audit_size,
            seed=seed,
            phase=phase,
        )
    if json:
        show(asdict(result), as_json=True)
        return
    about = {"true cells": cells, "candidates": result.candidates, "judged by hand": answers}
    show(about, as_json=False)
    typer.echo("\nbalanced accuracy of all labels, against the simulated truth")
    typer.echo("  judged   chosen   at random")
    rows = zip(result.answered, result.balanced_accuracy, result.at_random, strict=True)
    for judged, chosen, at_random in rows:
        typer.echo(f"  {judged:6d}   {chosen:.3f}    {at_random:.3f}")
    typer.echo(f"  the annotator alone, all {result.candidates} by hand: "
               f"{result.annotator_balanced_accuracy:.3f}")  # fmt: skip
    typer.echo(f"\naudit of the final labels ({result.audit['answered']} blind questions)")
    for name, truth in result.truth.items():
        estimate = result.audit[name]
        typer.echo(
            f"  {name:10s} {estimate['value']:8.4g}  (95 % bounds {estimate['low']:.4g} to "
            f"{estimate['high']:.4g}; true {truth:.4g})"
        )
    typer.echo(f"\n{result.advice}\nproject  {result.project}\npicture  {result.figure}")
