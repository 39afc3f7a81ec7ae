"""Options that the verbs of tracking share: how a video is read, and how it is tracked."""

import json
from typing import Annotated, Any, Literal

import typer

VideoArgument = Annotated[str, typer.Argument(help="The video: file or folder.")]
DatasetOption = Annotated[str, typer.Option(help="Which array of the file.")]
AxesOption = Annotated[str, typer.Option(help="Stored axes, such as tczyx.")]
ChannelOption = Annotated[int | None, typer.Option(help="This channel alone, from 0.")]
SeriesOption = Annotated[int | None, typer.Option(help="Which image of the file, from 0.")]
PixelSizeOption = Annotated[
    str, typer.Option("--pixel-size", help="um: one number for y and x, or z,y,x.")
]
SkipOption = Annotated[
    list[int] | None, typer.Option("--skip", help="A frame to leave out; may be repeated.")
]

RadiusOption = Annotated[
    float | None,
    typer.Option(help="Size of what is followed (s.d., um or pixels); found if not given."),
]
OrderOption = Annotated[
    Literal["similarity", "linear", "depth", "direct"],
    typer.Option(help="From which frame each is tracked."),
]

TrackPresetOption = Annotated[
    str, typer.Option("--preset", help="default, or zephir for the paper's method.")
]
ChangesOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="A setting of the preset, NAME=VALUE; may be repeated."),
]
WorkersOption = Annotated[
    int | None, typer.Option(min=1, help="Processes; one a core if not given.")
]
OnOption = Annotated[
    str, typer.Option(help="Address of a Dask scheduler to track on, tcp://host:8786.")
]


def pixel_size_um(text: str) -> float | tuple[float, ...] | None:
    """Numbers of ``--pixel-size``, if it was given."""
    if not text:
        return None
    try:
        sizes = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} are no numbers; give one, or z,y,x.", param_hint="--pixel-size"
        ) from None
    one, *more = sizes
    return sizes if more else one


def changes(said: list[str] | None) -> dict[str, Any]:
    """Settings of ``--set``; values as in JSON, such as 0.1, true, null or [[0, 1], [20, 0.1]]."""
    found: dict[str, Any] = {}
    for one in said or ():
        name, equals, value = one.partition("=")
        if not equals:
            raise typer.BadParameter(f"{one!r} is no NAME=VALUE.", param_hint="--set")
        try:
            found[name.strip()] = json.loads(value)
        except ValueError:
            found[name.strip()] = value.strip()
    return found
