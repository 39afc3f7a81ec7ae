"""What a user may say of a recording, where the file does not or is wrong."""

import math
from dataclasses import dataclass
from typing import Final, get_args

from sightline.data.recording import AXES, Units
from sightline.errors import InputError

AXIS_LETTERS: Final = {name[0]: name for name in AXES}


@dataclass(frozen=True)
class RecordingOptions:
    """How to read a recording; whatever is None or empty comes from the file.

    Parameters
    ----------
    dataset
        Name of the array in files that hold several.
    axes
        Letters of the stored axes in their order, such as ``"tyx"`` or ``"tzyx"``.
    channel, plane
        Read this channel or z plane alone, from 0.
    series
        Image number in files that hold several, from 0.
    frame_rate_hz
        Frames (volumes) a second.
    pixel_size_um
        One number for y and x, or one for each spatial axis of the recording, in its order.
    units
        What values mean.
    """

    dataset: str = ""
    axes: str = ""
    channel: int | None = None
    plane: int | None = None
    series: int | None = None
    frame_rate_hz: float | None = None
    pixel_size_um: float | tuple[float, ...] | None = None
    units: Units | None = None


def check_options(options: RecordingOptions) -> RecordingOptions:
    """Return the options if each can be meant.

    Raises
    ------
    InputError
        If a number is out of range or the axes are not letters of ``tczyx``, each once.
    """
    _check_axes(options.axes)
    for name in ("channel", "plane", "series"):
        number = getattr(options, name)
        if number is not None and number < 0:
            raise InputError(
                f"--{name}", f"it is {number}", "a number from 0", "Count from 0, not from 1."
            )
    _check_positive("--frame-rate", options.frame_rate_hz, "Hz")
    sizes = options.pixel_size_um
    for size in sizes if isinstance(sizes, tuple) else (sizes,):
        _check_positive("--pixel-size", size, "micrometres")
    if options.units is not None and options.units not in get_args(Units):
        raise InputError(
            "--units",
            f"it is {options.units!r}",
            f"one of {', '.join(get_args(Units))}",
            "Say one.",
        )
    return options


def _check_axes(axes: str) -> None:
    wrong = set(axes) - set(AXIS_LETTERS)
    if axes and (wrong or len(set(axes)) < len(axes) or not {"y", "x"} <= set(axes)):
        raise InputError(
            "--axes",
            f"it is {axes!r}",
            "letters of t (time), c (channel), z, y, x, each once, with y and x",
            "Name the stored axes in their order, for example `--axes tyx`.",
        )


def _check_positive(name: str, value: float | None, unit: str) -> None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise InputError(name, f"it is {value}", f"a positive number of {unit}", "Correct it.")
