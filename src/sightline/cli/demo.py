"""`sightline demo`, and its `sort`, `track` and `segment`."""

from dataclasses import asdict
from math import isnan
from typing import Annotated

import typer

from sightline.cli.show import (
    BrowserOption,
    JsonOption,
    PortOption,
    TokenFileOption,
    phases,
    show,
)
from sightline.errors import SettingError

FolderOption = Annotated[
    str | None, typer.Option("--output", "-o", help="New folder; a temporary one if not given.")
]


def demo(
    context: typer.Context,
    folder: FolderOption = None,
    app: Annotated[
        bool, typer.Option("--app/--no-app", help="Open the app; else run the loop by itself.")
    ] = True,
    browser: BrowserOption = True,
    port: PortOption = None,
    token_file: TokenFileOption = None,
) -> None:
    """Make a simulated recording, prepare it, and open the app on it."""
    if context.invoked_subcommand:
        if folder:
            raise SettingError("Say sightline demo sort --output NEW, in this order.")
        return
    if not app:
        demo_sort(folder)
        return
    from sightline.web.serve import check_port, open_project
    from sightline.workflows.demo import demo as make

    check_port(port)  # before half a minute of work rather than after
    with phases() as phase:
        project = make(folder, phase=phase)
    typer.echo(f"The simulated recording is {project}")
    open_project(project, browser=browser, port=port, token_file=token_file, say=typer.echo)


def demo_sort(
    folder: FolderOption = None,
    cells: Annotated[int, typer.Option(help="True cells of the simulated movie.")] = 250,
    answers: Annotated[int, typer.Option(help="Answers of the simulated annotator.")] = 60,
    audit_size: Annotated[int, typer.Option(min=1, help="Questions of the audit.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same result.")] = 0,
    json: JsonOption = False,
    no_app: Annotated[bool, typer.Option("--no-app", hidden=True)] = True,  # noqa: ARG001
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


def demo_track(
    folder: FolderOption = None,
    points: Annotated[int, typer.Option(help="Nuclei to follow.")] = 40,
    frames: Annotated[int, typer.Option(help="Volumes of the recording.")] = 24,
    rounds: Annotated[int, typer.Option(help="Rounds of corrections.")] = 3,
    questions: Annotated[int, typer.Option(help="Questions in each round.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same result.")] = 0,
    json: JsonOption = False,
) -> None:
    """Simulate a crawling body of nuclei; recommend, annotate, track, correct, and compare."""
    from sightline.workflows.demo_track import TOLERANCE_PX
    from sightline.workflows.demo_track import demo_track as run

    with phases() as phase:
        result = run(
            folder,
            points=points,
            frames=frames,
            rounds=rounds,
            questions=questions,
            seed=seed,
            phase=phase,
        )
    if json:
        show(asdict(result), as_json=True)
        return
    show({"points": result.points, "frames": result.frames}, as_json=False)
    typer.echo(f"\nshare of all points within {TOLERANCE_PX:g} pixels of the simulated truth")
    typer.echo("  placed by hand   right")
    for answered, accuracy in zip(result.answered, result.accuracy, strict=True):
        typer.echo(f"  {answered:14d}   {accuracy:.3f}")
    typer.echo(f"\ntracks   {result.output}\nproject  {result.project}\npicture  {result.figure}")


def demo_segment(
    folder: FolderOption = None,
    annotated: Annotated[int, typer.Option(help="Images that five experts outline.")] = 8,
    new: Annotated[int, typer.Option(help="Images to predict.")] = 6,
    corrections: Annotated[
        int, typer.Option(help="The most uncertain of these, outlined by hand and learnt from.")
    ] = 2,
    minutes: Annotated[float, typer.Option(help="That the network may train.")] = 0.7,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same images.")] = 0,
    json: JsonOption = False,
) -> None:
    """Simulate ambiguous images and five experts; fuse, train, predict, correct, and compare."""
    from sightline.workflows.demo_segment import demo_segment as run

    with phases() as phase:
        result = run(
            folder,
            annotated=annotated,
            new=new,
            corrections=corrections,
            minutes=minutes,
            seed=seed,
            phase=phase,
        )
    if json:
        show(asdict(result), as_json=True)
        return
    about = {
        "outlined by five experts": f"{result.annotated} images",
        "new": f"{result.new} images",
        "deviates most": f"{result.deviates}, Dice {result.deviating_dice:.3f} with the consensus "
        "of the others",
        "most uncertain": ", ".join(result.corrected) + ": outlined by hand, and learnt from",
    }
    if not isnan(result.first_dice + result.network_dice):
        about["held-out images"] = (
            f"Dice with the consensus {result.first_dice:.3f} at first, {result.network_dice:.3f} "
            "of the networks; the better is taken"
        )
    show(about, as_json=False)
    typer.echo(
        f"\nDice on the other {len(result.judged)} new images, against the simulated truth, which "
        "has\ncells that nobody can see"
    )
    width = max(map(len, result.dice))
    for name, dice in result.dice.items():
        typer.echo(f"  {name:<{width}}  {dice:.3f}")
    typer.echo(
        f"\npredictions  {result.predictions}\nmodel        {result.model}\n"
        f"regions      {result.regions}\nproject      {result.project}\n"
        f"picture      {result.figure}\nin {result.seconds:.0f} s"
    )
