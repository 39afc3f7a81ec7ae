"""`sightline segment correct`, `undo` and `redo`."""

from typing import Annotated, Literal

import typer

from sightline.cli.show import AnnotatorOption, JsonOption, ProjectArgument, show

_Names = list[str] | None


def correct(
    project: ProjectArgument,
    annotator: AnnotatorOption,
    files: Annotated[
        _Names,
        typer.Argument(help="Corrected masks, or folders of them, named as their images."),
    ] = None,
    own: Annotated[
        bool, typer.Option("--own", help="They are your own masks, one opinion among others'.")
    ] = False,
    accept: Annotated[
        _Names, typer.Option(help="An image, or object, of which the machine is right; repeat.")
    ] = None,
    reject: Annotated[_Names, typer.Option(help="One of which it is wrong; repeat.")] = None,
    unsure: Annotated[_Names, typer.Option(help="One that nobody can tell; repeat.")] = None,
    skip: Annotated[_Names, typer.Option(help="One to pass over; repeat.")] = None,
    mask_kind: Annotated[
        Literal["", "classes", "objects"], typer.Option(help="What numbers in mask images are.")
    ] = "",
    asked: Annotated[
        str | None,
        typer.Option(help="What `next --output` wrote: tells which were drawn at random."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Take corrected masks, from ImageJ or elsewhere, for what stands; or judge the machine's."""
    from sightline.workflows.segment_correct import correct as say

    told = say(
        project,
        files or (),
        annotator=annotator,
        own=own,
        accept=accept or (),
        reject=reject or (),
        unsure=unsure or (),
        skip=skip or (),
        mask_kind=mask_kind,
        asked=asked,
    )
    show(told, json)


def undo(project: ProjectArgument, annotator: AnnotatorOption, json: JsonOption = False) -> None:
    """Take back the annotator's last correction or answers."""
    from sightline.workflows.segment_correct import correct as say

    show(say(project, annotator=annotator, undo=True), json)


def redo(project: ProjectArgument, annotator: AnnotatorOption, json: JsonOption = False) -> None:
    """Reinstate what was undone last."""
    from sightline.workflows.segment_correct import correct as say

    show(say(project, annotator=annotator, redo=True), json)
