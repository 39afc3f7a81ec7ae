"""Movies in Zarr (versions 2 and 3) and OME-Zarr, in folders or ``.zip`` files.

A chunk that is not there is read as zeros, as Zarr has it: writers leave out empty ones.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.buffer.cpu import NDBuffer
from zarr.storage import LocalStore, ZipStore

from sightline.errors import InputError
from sightline.formats.recordings.array_recording import ArrayRecording
from sightline.formats.recordings.recording_info import FileMetadata, check_dtype
from sightline.formats.recordings.recording_options import RecordingOptions
from sightline.formats.recordings.stored_axes import axis_name
from sightline.formats.unreadable import damage_reported

_MOST_LISTED: Final = 12
_MICROMETRES: Final = {"micrometer": 1.0, "nanometer": 1e-3, "millimeter": 1e3, "meter": 1e6,
                       "angstrom": 1e-4}  # fmt: skip
_SECONDS: Final = {"second": 1.0, "millisecond": 1e-3, "microsecond": 1e-6, "minute": 60.0}


class ZarrArray:
    """A Zarr array; closing it closes its store."""

    def __init__(self, store: LocalStore | ZipStore, array: "zarr.Array[Any]") -> None:
        self._store = store
        self._array = array
        self.shape: tuple[int, ...] = array.shape
        self.dtype: np.dtype[Any] = array.dtype
        self.chunks: tuple[int, ...] | None = array.chunks

    def read_into(self, where: tuple[slice | int, ...], out: NDArray[Any]) -> None:
        """Read a block; chunks are unpacked straight into the buffer where its type is theirs."""
        if self.dtype == out.dtype and all(isinstance(index, slice) for index in where):
            self._array.get_basic_selection(where, out=NDBuffer.from_numpy_array(out))
        else:
            out[...] = self._array[where]

    def close(self) -> None:
        """Close the store."""
        self._store.close()


def open_zarr(path: Path, options: RecordingOptions) -> ArrayRecording:
    """Open a Zarr array, the only movie of a group, or an OME-Zarr image at full resolution.

    Raises
    ------
    InputError
        If the store is damaged, or holds no movie, or several and none is named.
    """
    store = ZipStore(path, mode="r") if path.is_file() else LocalStore(path, read_only=True)
    try:
        with damage_reported(path, "a Zarr array or group"):
            array, found = _choose(path, zarr.open(store, mode="r"), options)
            check_dtype(path, array.dtype)
            stored = ZarrArray(store, array)
    except BaseException:
        with suppress(AttributeError):  # a zip that could not be opened has nothing to close
            store.close()
        raise
    return ArrayRecording(path, stored, found, options)


def _choose(
    path: Path, root: "zarr.Array[Any] | zarr.Group", options: RecordingOptions
) -> "tuple[zarr.Array[Any], FileMetadata]":
    if isinstance(root, zarr.Array):
        return root, _array_metadata(root)
    images = _images(root)
    if options.dataset:
        item = root.get(options.dataset)
        if isinstance(item, zarr.Array):
            return item, _array_metadata(item)
        raise _none_such(path, f"it has no array {options.dataset!r}", _arrays(root))
    if images:
        return _choose_image(path, images, options.series)
    movies = {name: item for name, item in _arrays(root).items() if item.ndim >= 3}
    if len(movies) != 1:
        raise _none_such(path, "it is not one array", movies or _arrays(root))
    array = next(iter(movies.values()))
    return array, _array_metadata(array)


def _none_such(path: Path, found: str, arrays: "dict[str, zarr.Array[Any]]") -> InputError:
    listed = [f"{name} {item.shape}" for name, item in list(arrays.items())[:_MOST_LISTED]]
    return InputError(
        path,
        found,
        f"one of {'; '.join(listed)}" if listed else "an array of numbers",
        "Name one with `--dataset NAME`." if listed else "Give the store of the movie.",
    )


def _arrays(root: zarr.Group) -> "dict[str, zarr.Array[Any]]":
    return {
        name: item
        for name, item in sorted(root.members(max_depth=None))
        if isinstance(item, zarr.Array) and item.dtype.kind in "biufc"
    }


def _images(root: zarr.Group) -> list[tuple[zarr.Group, Mapping[str, Any]]]:
    """OME-Zarr images: of the group itself, or of those numbered in it as Bio-Formats does."""
    groups = [root] if _multiscales(root) else []
    for number in range(10_000 if not groups and _ome(root).get("bioformats2raw.layout") else 0):
        group = root.get(str(number))
        if not isinstance(group, zarr.Group):
            break
        groups.append(group)
    return [(group, image) for group in groups for image in _multiscales(group)]


def _ome(group: zarr.Group) -> Mapping[str, Any]:
    """OME metadata, which version 0.5 put one level deeper."""
    attributes = group.attrs.asdict()
    ome = attributes.get("ome")
    return ome if isinstance(ome, Mapping) else attributes


def _multiscales(group: zarr.Group) -> list[Mapping[str, Any]]:
    images = _ome(group).get("multiscales")
    return list(images) if isinstance(images, Sequence) else []


def _choose_image(
    path: Path, images: Sequence[tuple[zarr.Group, Mapping[str, Any]]], series: int | None
) -> "tuple[zarr.Array[Any], FileMetadata]":
    if (series is None and len(images) > 1) or (series or 0) >= len(images):
        names = [
            f"{n} {image.get('name') or group.path}" for n, (group, image) in enumerate(images)
        ]
        raise InputError(
            path,
            f"it holds {len(images)} images ({', '.join(names[:_MOST_LISTED])})",
            "one" if series is None else f"image {series}",
            "Choose one with `--series NUMBER`.",
        )
    group, image = images[series or 0]
    full = image["datasets"][0]
    array = group[full["path"]]
    if not isinstance(array, zarr.Array):
        raise TypeError(f"{full['path']} is no array")
    return array, _image_metadata(image, full)


def _image_metadata(image: Mapping[str, Any], full: Mapping[str, Any]) -> FileMetadata:
    """Axes and scale of an OME-Zarr image at full resolution."""
    axes = [a if isinstance(a, Mapping) else {"name": a} for a in image.get("axes", [])]
    if not axes:
        return FileMetadata(("time", "channel", "z", "y", "x"))  # as version 0.2 and before has it
    scales = np.ones(len(axes))
    for transforms in (full, image):
        for transform in transforms.get("coordinateTransformations", []):
            if transform.get("type") == "scale":
                scales = scales * np.asarray(transform["scale"], float)
    names = tuple(axis_name(str(axis["name"])) for axis in axes)
    rate, sizes, notes = None, {}, []
    for name, axis, scale in zip(names, axes, scales, strict=True):
        unit = axis.get("unit")
        if unit is None:
            continue
        factor = _SECONDS.get(unit) if name == "time" else _MICROMETRES.get(unit)
        if factor is None:
            notes.append(f"The unit {unit!r} along {name} is not known: its scale is ignored.")
        elif name == "time":
            rate = 1 / (scale * factor) if scale else 0.0
        else:
            sizes[name] = float(scale * factor)
    return FileMetadata(names, rate, None, sizes, None, tuple(notes))


def _array_metadata(array: "zarr.Array[Any]") -> FileMetadata:
    """Names of the axes, as version 3 or xarray writes them."""
    names = getattr(array.metadata, "dimension_names", None) or array.attrs.get("_ARRAY_DIMENSIONS")
    if not isinstance(names, list | tuple) or len(names) != array.ndim or None in names:
        return FileMetadata()
    return FileMetadata(tuple(axis_name(str(name)) for name in names))
