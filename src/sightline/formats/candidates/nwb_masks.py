"""Footprints and summary images of an NWB file, turned upright.

NWB stores images and masks with x, the column, first: ``image_mask`` is (region, x, y), a pixel of
``pixel_mask`` is (x, y, weight). Not every program does: suite2p puts the row first, in images and
in pixels; NeuroConv does so in pixels only; CaImAn stores each footprint column by column under a
shape that says row by row. Which program wrote a file, and the size of the movie where it is known,
decide; else the specification does. The user can overrule it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import h5py
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.errors import InputError
from sightline.formats.candidates.footprints import footprints_from_pixels, note_on_clipping
from sightline.formats.nwb_file import dataset, groups_of_type, row_count, text_of, whole

Axes = Literal["", "xy", "yx"]

_BLOCK_BYTES: Final = 1 << 26
_MOST_PIXELS: Final = 1 << 28
_KINDS: Final = {"maximum": ("max",), "mean": ("mean", "average", "avg"), "correlation": ("corr",)}
_NOT_SUMMARY: Final = ("chan2", "channel2", "std", "red")


@dataclass(frozen=True)
class Masks:
    """Footprints of every row of a segmentation, and what else lies in the image's plane.

    Parameters
    ----------
    footprints : (row, pixel) float32
    planes : (row,) int64
        The plane of each region; 0 where the file has one only.
    image_shape
        (height, width).
    rows_first
        Whether the file's images are stored with the row first.
    notes
        What was found and assumed.
    """

    footprints: sparse.csr_array
    planes: NDArray[np.int64]
    image_shape: tuple[int, int]
    rows_first: bool
    notes: tuple[str, ...]


def read_masks(
    table: h5py.Group, axes: Axes, image_shape: tuple[int, int] | None, source: str
) -> Masks:
    """Read the footprints of a PlaneSegmentation, of all rows.

    Parameters
    ----------
    table
        The PlaneSegmentation.
    axes
        ``"xy"`` if the file stores the column first, ``"yx"`` if the row; empty to find out.
    image_shape
        (height, width) of the movie where it is known.

    Raises
    ------
    InputError
        If there are no masks, they are of volumes, or do not fit the movie.
    """
    writer = _writer(table)
    if isinstance(table.get("image_mask"), h5py.Dataset):
        return _from_images(table, writer, axes, image_shape, source)
    for name in ("pixel_mask", "voxel_mask"):
        if isinstance(table.get(name), h5py.Dataset):
            return _from_pixels(table, name, writer, axes, image_shape, source)
    raise InputError(
        source,
        f"the segmentation {table.name} has no masks",
        "a column image_mask, pixel_mask or voxel_mask",
        "Export the footprints too.",
    )


def read_images(file: h5py.File, masks: Masks, plane: int) -> dict[str, NDArray[np.float32]]:
    """Summary images of one plane, (height, width) float32, under the names of a CandidateSet."""
    images: dict[str, NDArray[np.float32]] = {}
    for path, group in groups_of_type(file, "Images").items():
        number = path.rpartition("_")[2]
        if number.isdecimal() and int(number) != plane:
            continue
        for name, item in group.items():
            kind = _kind(name)
            if kind and kind not in images and isinstance(item, h5py.Dataset):
                fits = (item.shape, item.shape[::-1])[not masks.rows_first]
                if item.dtype.kind in "fiu" and fits == masks.image_shape:
                    image = np.asarray(item[()], np.float32)
                    images[kind] = image if masks.rows_first else np.ascontiguousarray(image.T)
    return images


def _kind(name: str) -> str:
    lower = name.lower()
    if any(word in lower for word in _NOT_SUMMARY):
        return ""
    return next((kind for kind, words in _KINDS.items() if any(w in lower for w in words)), "")


def _writer(table: h5py.Group) -> str:
    description = text_of(table.attrs.get("description"))
    if description == "suite2p output":
        return "suite2p"
    if description == "CNMF_ROIs":
        return "CaImAn"
    script = text_of(table.file.get("general/source_script"))
    return "NeuroConv" if "neuroconv" in script.lower() else ""


def _rows_first(
    writer: str, axes: Axes, stored: tuple[int, int], known: tuple[int, int] | None
) -> tuple[bool, str]:
    """Whether images of that stored shape have the row first, and why."""
    if axes:
        return axes == "yx", "as asked for"
    if writer != "CaImAn" and known and known[0] != known[1] and known in (stored, stored[::-1]):
        return stored == known, "as the movie's size says"
    if writer in {"suite2p", "CaImAn"}:
        return True, f"as {writer} writes them"
    return False, "as NWB specifies, which not every program follows"


def _checked_shape(
    shape: tuple[int, int], known: tuple[int, int] | None, source: str
) -> tuple[int, int]:
    if known and shape != known:
        raise InputError(
            source,
            f"its masks are of images of {shape[0]} x {shape[1]} pixels",
            f"{known[0]} x {known[1]}, as the movie has",
            "Check that movie and candidates are of the same recording, or say which axis is "
            "stored first.",
        )
    return shape


def _from_images(
    table: h5py.Group, writer: str, axes: Axes, known: tuple[int, int] | None, source: str
) -> Masks:
    stored = dataset(table, "image_mask")
    if stored.ndim not in (3, 4) or stored.shape[3:] not in ((), (1,)):
        raise _volume(source, f"its masks have the shape {stored.shape}")
    frame = stored.shape[1], stored.shape[2]
    kind_fits = stored.dtype.kind in "fiub" and frame[0] * frame[1] <= _MOST_PIXELS
    if not kind_fits or len(stored) != row_count(table):
        raise TypeError(f"{stored.name} has the shape {stored.shape} and type {stored.dtype}")
    rows_first, why = _rows_first(writer, axes, frame, known)
    shape = _checked_shape(frame if rows_first else (frame[1], frame[0]), known, source)
    transposed = not rows_first or (writer == "CaImAn" and axes != "yx")
    parts, weights = [], []
    for block in _blocks_of_masks(stored, (shape[1], shape[0]) if transposed else shape):
        upright = block.transpose(0, 2, 1) if transposed else block
        flat = sparse.csr_array(upright.reshape(len(block), -1).astype(np.float32))
        parts.append(flat)
        weights.append(flat.nnz)
    footprints = sparse.csr_array(
        sparse.vstack(parts, format="csr") if parts else (0, shape[0] * shape[1]), dtype=np.float32
    )
    order = "the row" if rows_first else "the column"
    notes = (f"Masks were read with {order} first, {why}.",)
    return Masks(footprints, np.zeros(len(stored), np.int64), shape, rows_first, notes)


def _blocks_of_masks(stored: h5py.Dataset, frame: tuple[int, int]) -> Iterator[NDArray[Any]]:
    """(row, first axis, second axis) of some rows at a time."""
    step = max(1, _BLOCK_BYTES // max(1, frame[0] * frame[1] * stored.dtype.itemsize))
    for start in range(0, len(stored), step):
        block = stored[start : start + step]
        yield block.reshape(len(block), *frame)


def _from_pixels(
    table: h5py.Group,
    name: str,
    writer: str,
    axes: Axes,
    known: tuple[int, int] | None,
    source: str,
) -> Masks:
    first, second, planes, weights, counts = _listed_pixels(table, name)
    frame = _frame_size(table)
    if frame is None and known is None:
        raise InputError(
            source,
            "it does not tell the size of the image",
            "summary images, an image series with a size, or the movie",
            "Give the movie too, or the image's height and width.",
        )
    images_rows_first, _ = _rows_first(writer, axes, frame or (0, 0), known)
    stored = frame or known or (0, 0)
    upright = stored if images_rows_first or frame is None else (stored[1], stored[0])
    shape = _checked_shape(upright, known, source)
    rows_first, why = _pixels_rows_first(writer, axes, images_rows_first, shape, (first, second))
    rows, columns = (first, second) if rows_first else (second, first)
    footprints, outside = footprints_from_pixels(rows, columns, weights, counts, shape)
    if outside.sum() == len(first) > 0:
        raise InputError(
            source,
            f"all pixels of the masks are outside of the image of {shape[0]} x {shape[1]} pixels",
            "masks in the image",
            "Check that movie and candidates are of the same recording.",
        )
    order = "the row" if rows_first else "the column"
    notes = (f"Pixels were read with {order} first, {why}.", *note_on_clipping(outside))
    return Masks(
        footprints, _plane_of_each(planes, counts, source), shape, images_rows_first, notes
    )


def _pixels_rows_first(
    writer: str,
    axes: Axes,
    images_rows_first: bool,
    shape: tuple[int, int],
    pixels: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[bool, str]:
    if axes:
        return axes == "yx", "as asked for"
    reach = tuple(int(place.max(initial=-1)) for place in pixels)
    as_rows = reach[0] < shape[0] and reach[1] < shape[1]
    as_columns = reach[1] < shape[0] and reach[0] < shape[1]
    if as_rows != as_columns:
        return as_rows, "as only so they are inside of the image"
    if writer in {"suite2p", "NeuroConv"}:
        return images_rows_first == (writer == "suite2p"), f"as {writer} writes them"
    return False, "as NWB specifies, which not every program follows"


def _listed_pixels(table: h5py.Group, name: str) -> tuple[NDArray[Any], ...]:
    """First and second coordinate, plane, weight of all pixels, and how many each row has."""
    stored = whole(dataset(table, name))
    depth = name == "voxel_mask"
    if stored.dtype.names:
        parts = [stored[part] for part in (("x", "y", "z") if depth else ("x", "y"))]
        weights = stored["weight"]
    elif stored.ndim == 2 and stored.shape[1] == 3 + depth:
        parts, weights = list(stored[:, :-1].T), stored[:, -1]
    else:
        raise TypeError(f"{name} has the shape {stored.shape} and type {stored.dtype}")
    places = [np.nan_to_num(part.astype(np.float64), nan=-1).astype(np.int64) for part in parts]
    planes = places[2] if depth else np.zeros(len(stored), np.int64)
    ends = whole(dataset(table, f"{name}_index")).astype(np.int64)
    counts = np.diff(ends, prepend=0)
    if len(ends) != row_count(table) or (counts < 0).any() or counts.sum() != len(stored):
        raise ValueError(f"{name}_index does not divide {len(stored)} pixels among the rows")
    return places[0], places[1], planes, weights, counts


def _plane_of_each(
    planes: NDArray[np.int64], counts: NDArray[np.int64], source: str
) -> NDArray[np.int64]:
    """The plane of each row; regions that reach through several are of a volume."""
    each = np.zeros(len(counts), np.int64)
    filled = counts > 0
    starts = (np.cumsum(counts) - counts)[filled]
    if starts.size:
        each[filled] = np.minimum.reduceat(planes, starts)
        if (np.maximum.reduceat(planes, starts) != each[filled]).any():
            raise _volume(source, "its regions reach through several planes")
    return each


def _frame_size(table: h5py.Group) -> tuple[int, int] | None:
    """Size of an image as the file stores it, first axis first, from images or image series."""
    for group in groups_of_type(table.file, "Images").values():
        for name, item in group.items():
            if _kind(name) and isinstance(item, h5py.Dataset) and item.ndim == 2:
                return item.shape[0], item.shape[1]
    references = table.get("reference_images")
    series = list(references.values()) if isinstance(references, h5py.Group) else []
    series += groups_of_type(table.file, "PhotonSeries").values()
    for one in series:
        size = _size_of_series(one) if isinstance(one, h5py.Group) else None
        if size:
            return size
    return None


def _size_of_series(series: h5py.Group) -> tuple[int, int] | None:
    data, dimension = series.get("data"), series.get("dimension")
    if isinstance(data, h5py.Dataset) and data.ndim >= 3 and min(data.shape[1:3]) > 0:
        # Until NWB 2.0 a series, unlike a mask, was specified as (frame, y, x).
        old = text_of(series.file.attrs.get("nwb_version")).upper().removeprefix("NWB-") < "2.1"
        return (data.shape[2], data.shape[1]) if old else (data.shape[1], data.shape[2])
    if isinstance(dimension, h5py.Dataset) and dimension.shape in {(2,), (3,)}:
        first, second = (int(length) for length in dimension[:2])
        return (first, second) if min(first, second) > 0 else None
    return None


def _volume(source: str, found: str) -> InputError:
    return InputError(
        source, found, "masks in one plane", "Export each plane's segmentation on its own."
    )
