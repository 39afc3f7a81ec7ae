"""Options that the verbs of segmentation share: which files are meant, and how they are read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sightline.formats.images.read_as import ReadAs

ClassesOption = Annotated[
    str, typer.Option(help="Names of the classes 1, 2, ..., with commas between them.")
]
ImagesOption = Annotated[
    str,
    typer.Option(help="Folder of the images, inside the folder or elsewhere; found if not given."),
]
AnnotatorsOption = Annotated[
    str, typer.Option(help="Only these annotators, with commas between them; all if not given.")
]
MaskKindOption = Annotated[
    str, typer.Option(help="classes or objects: what several numbers in a mask image are.")
]
AxesOption = Annotated[
    str,
    typer.Option(help="Of a stack, its stored axes in their order, as czyx; overrules the files."),
]
ChannelOption = Annotated[int | None, typer.Option(help="This channel alone, from 0.")]
PlaneOption = Annotated[int | None, typer.Option(help="Of a stack, this plane, from 0.")]
ProjectionOption = Annotated[str, typer.Option(help="Of a stack, max or mean of its planes.")]
PixelSizeOption = Annotated[
    str, typer.Option("--pixel-size", help="um: one number, or y,x; overrules the files.")
]
IgnoredOption = Annotated[
    str, typer.Option(help="Folder of masks of what is left out of everything.")
]
FieldOfViewOption = Annotated[
    str, typer.Option(help="Folder of masks outside of which all is left out.")
]
MinAreaOption = Annotated[
    int,
    typer.Option("--min-area", min=0, help="Objects of fewer pixels do not count as objects."),
]
ProjectOption = Annotated[
    str,
    typer.Option(
        help="Project folder, NAME.sightline, that keeps masks as decisions; made if new."
    ),
]


def comma_separated(text: str) -> tuple[str, ...]:
    """Words with commas between them."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def changes_of(texts: Sequence[str]) -> dict[str, str]:
    """Settings of NAME=VALUE."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r}; give NAME=VALUE.", param_hint="--set")
        found[name.strip()] = value.strip()
    return found


def read_as(
    axes: str, channel: int | None, plane: int | None, projection: str, pixel_size: str
) -> "ReadAs":
    """What the options say of all images."""
    from sightline.formats.images.read_as import ReadAs

    try:
        sizes = tuple(float(part) for part in pixel_size.split(",")) if pixel_size else ()
    except ValueError:
        sizes = (0.0,)
    if len(sizes) > 2 or any(not size > 0 for size in sizes):
        raise typer.BadParameter(
            f"{pixel_size!r}; give one number above 0, or y,x.", param_hint="--pixel-size"
        )
    size = None if not sizes else sizes[0] if len(sizes) == 1 else (sizes[0], sizes[1])
    return ReadAs(channel, plane, projection, size, axes.lower())
