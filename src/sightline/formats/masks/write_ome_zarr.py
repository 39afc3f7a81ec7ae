"""A prediction as OME-Zarr (NGFF 0.4): its maps as image, its classes and objects as labels.

Levels halve: maps by means of two by two pixels, labels by every second pixel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.storage import LocalStore

from sightline.formats.masks.write_geojson import COLOURS
from sightline.formats.new_folder import new_folder

VERSION: Final = "0.4"
_SMALLEST: Final = 256  # pixels along the shorter side of the last level, or fewer
_CHUNK: Final = 1024


@dataclass(frozen=True)
class Level:
    """How a level lies over the image.

    Parameters
    ----------
    every
        Its pixels' side, in pixels of the image.
    pixel_size_um
        Of the image, along y and x; None where nobody said.
    """

    every: int
    pixel_size_um: tuple[float, float] | None


@dataclass(frozen=True)
class Labels:
    """A label image and what is known of each of its numbers.

    Parameters
    ----------
    values : (y, x) int
        0 for none.
    properties
        Number to what is said of it, as JSON values.
    colours
        Number to red, green and blue, 0 to 255; a viewer's own for others.
    """

    values: NDArray[Any] = field(repr=False)
    properties: Mapping[int, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    colours: Mapping[int, Sequence[int]] = field(default_factory=dict, repr=False)


def write_ome_zarr(
    path: Path,
    maps: NDArray[Any],
    channels: Mapping[str, tuple[float, float]],
    labels: Mapping[str, Labels],
    pixel_size_um: tuple[float, float] | None = None,
    *,
    name: str = "",
) -> None:
    """Write a new folder ``NAME.ome.zarr``.

    Parameters
    ----------
    path
        New folder.
    maps : (channel, y, x)
        The image.
    channels
        Name of each, and the values that a viewer shows as black and as full colour.
    labels
        Label images of the same y and x, by name.
    pixel_size_um
        Along y and x.
    name
        Of the image.

    Raises
    ------
    InputError
        If something is there already, or it cannot be written.
    """
    with new_folder(path) as aside:
        root = zarr.open_group(LocalStore(aside), mode="w", zarr_format=2)
        levels = _levels(maps.shape[-2:], pixel_size_um)
        _write_levels(root, maps, levels, means=True)
        root.attrs["multiscales"] = [_multiscales(name, maps.ndim, levels, means=True)]
        root.attrs["omero"] = {"channels": _channels(channels)}
        group = root.create_group("labels")
        group.attrs["labels"] = list(labels)
        for key, one in labels.items():
            label = group.create_group(key)
            _write_levels(label, one.values, levels, means=False)
            label.attrs["multiscales"] = [_multiscales(key, 2, levels, means=False)]
            label.attrs["image-label"] = _image_label(one)


def _levels(shape: Sequence[int], pixel_size_um: tuple[float, float] | None) -> list[Level]:
    every = [1]
    while min(shape) // every[-1] > _SMALLEST:
        every.append(every[-1] * 2)
    return [Level(step, pixel_size_um) for step in every]


def _write_levels(
    group: zarr.Group, values: NDArray[Any], levels: Sequence[Level], *, means: bool
) -> None:
    for number in range(len(levels)):
        if number:
            values = _halved(values) if means else values[::2, ::2]
        chunks = (*(1 for _ in values.shape[:-2]), *(min(_CHUNK, n) for n in values.shape[-2:]))
        array = group.create_array(
            str(number), shape=values.shape, dtype=values.dtype, chunks=chunks,
            chunk_key_encoding={"name": "v2", "separator": "/"},
        )  # fmt: skip
        array[:] = values


def _halved(maps: NDArray[Any]) -> NDArray[Any]:
    """Means of two by two pixels; a last odd row or column counts twice."""
    height, width = maps.shape[-2:]
    even = np.pad(maps, ((0, 0), (0, height % 2), (0, width % 2)), mode="edge")
    blocks = even.reshape(len(maps), even.shape[1] // 2, 2, even.shape[2] // 2, 2)
    return blocks.mean(axis=(2, 4)).astype(maps.dtype)


def _multiscales(
    name: str, dimensions: int, levels: Sequence[Level], *, means: bool
) -> dict[str, Any]:
    known = levels[0].pixel_size_um is not None
    unit = {"unit": "micrometer"} if known else {}
    axes = [{"name": axis, "type": "space", **unit} for axis in ("y", "x")]
    channel = [{"name": "c", "type": "channel"}] if dimensions == 3 else []
    return {
        "version": VERSION,
        "name": name,
        "axes": channel + axes,
        "datasets": [
            {"path": str(number),
             "coordinateTransformations": _transformations(level, dimensions, means=means)}
            for number, level in enumerate(levels)
        ],
        "type": "mean" if means else "nearest",
    }  # fmt: skip


def _transformations(level: Level, dimensions: int, *, means: bool) -> list[dict[str, Any]]:
    """Of pixels' centres; a mean lies between the centres of what it is of."""
    size = level.pixel_size_um or (1.0, 1.0)
    one = [1.0] * (dimensions - 2)
    scale = {"type": "scale", "scale": [*one, *(step * level.every for step in size)]}
    if not means or level.every == 1:
        return [scale]
    shift = [0.0 * step for step in one] + [step * (level.every - 1) / 2 for step in size]
    return [scale, {"type": "translation", "translation": shift}]


def _channels(channels: Mapping[str, tuple[float, float]]) -> list[dict[str, Any]]:
    """How a viewer shows each map; the first one alone to begin with."""
    colours = ["FFFFFF", *(bytes(colour).hex().upper() for colour in COLOURS)]
    return [
        {
            "label": label,
            "color": colours[number % len(colours)],
            "active": number == 0,
            "window": {"min": low, "max": high, "start": low, "end": high},
        }
        for number, (label, (low, high)) in enumerate(channels.items())
    ]


def _image_label(labels: Labels) -> dict[str, Any]:
    found: dict[str, Any] = {"version": VERSION, "source": {"image": "../../"}}
    if labels.colours:
        found["colors"] = [
            {"label-value": number, "rgba": [*colour, 255]}
            for number, colour in labels.colours.items()
        ]
    if labels.properties:
        found["properties"] = [
            {"label-value": number, **said} for number, said in labels.properties.items()
        ]
    return found
