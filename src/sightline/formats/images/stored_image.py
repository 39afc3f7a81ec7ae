"""TIFF, OME-TIFF, Zarr, OME-Zarr, HDF5 and npy images, through the readers of recordings."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sightline.data.recording import Recording
from sightline.formats.images.lazy_pixels import LazyPixels
from sightline.formats.images.only_array import only_array, said_axes
from sightline.formats.images.picture import read_picture
from sightline.formats.images.planes import Pick, pick_planes, project
from sightline.formats.images.read_as import ReadAs
from sightline.formats.images.stored import PixelSize, Stored, size_from_resolution
from sightline.formats.images.tiff_tags import TiffTags, read_tags
from sightline.formats.recordings.array_recording import ArrayRecording
from sightline.formats.recordings.open_recording import open_recording

LARGE_BYTES: Final = 2**28  # images above stay in their files where these can be read in part
_TIFF_STARTS: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_AS_A_MOVIE: Final = ("Nothing says what its 1 pages", "Nothing names the axes of shape",
                      "Units are not said")  # fmt: skip


def read_stored(path: Path, said: ReadAs) -> Stored:
    """Read an image that `open_recording` can open.

    Raises
    ------
    InputError
        As `read_image`.
    """
    tags = read_tags(path) if is_tiff(path) else None
    if tags is not None and _for_pillow(tags):
        found = read_picture(path, said.plane, said.projection)
        size, notes = size_from_resolution(tags.pixels_per_um)
        return replace(found, pixel_size_um=size, notes=(*found.notes, *notes))
    axes, dataset = said_axes(path, said.axes), only_array(path)
    with open_recording(path, axes=axes, dataset=dataset) as recording:
        info = recording.info
        lengths = dict(zip(info.axes, info.shape, strict=True))
        picked = pick_planes(path, info.frames, lengths.get("z", 1), said.plane, said.projection)
        pixels = _large(recording, picked, axes, dataset)
        if pixels is None:
            pixels = project(_blocks(recording, picked), picked.projection)
    size = None if info.pixel_size_um is None else _last_two(info.pixel_size_um)
    notes = tuple(n for n in info.notes if not n.startswith(_AS_A_MOVIE))
    found = Stored(pixels, size, (*notes, *picked.notes))
    return found if tags is None else _with_tags(found, tags)


def _blocks(recording: Recording, picked: Pick) -> Any:
    """(plane, channel, y, x) of each frame."""
    info = recording.info
    for frame in picked.frames:
        block = recording.read(frame, frame + 1)[0]
        if "channel" not in info.axes:
            block = block[None]
        if "z" not in info.axes:
            block = block[:, None]
        yield block.swapaxes(0, 1)[picked.planes.start : picked.planes.stop]


def _large(recording: Recording, picked: Pick, axes: str, dataset: str) -> Any:
    """The pixels left in their file, if there are many and one plane is read; else None."""
    info = recording.info
    lengths = dict(zip(info.axes, info.shape, strict=True))
    shape = (lengths.get("channel", 1), lengths["y"], lengths["x"])
    if picked.projection or math.prod(shape) * info.dtype.itemsize < LARGE_BYTES:
        return None
    if not isinstance(recording, ArrayRecording) or not recording.reads_parts:
        return None
    plane = picked.planes.start if lengths.get("z", 1) > 1 else None
    return LazyPixels(info.source, shape, info.dtype, picked.frames.start, plane, axes, dataset)


def _for_pillow(tags: TiffTags) -> bool:
    """Whether Pillow can unpack what tifffile cannot, with no doubt about what pages are."""
    plain = tags.bits == 8 or not tags.colour
    return tags.packed and plain and (tags.pages == 1 or not tags.calibrated)


def _with_tags(found: Stored, tags: TiffTags) -> Stored:
    notes = list(found.notes)
    pixels = found.pixels
    if tags.alpha and pixels.shape[0] > 1:
        notes.append("Its alpha channel is left out.")
        pixels = _without_last(pixels)
    if tags.inverted:
        notes.append("Its tags say that 0 is white: values are taken as stored.")
    if tags.palette:
        notes.append("Its table of colours is left out: values are taken as stored.")
    size = found.pixel_size_um
    if size is None:
        size, said = size_from_resolution(tags.pixels_per_um)
        notes += said
    return replace(found, pixels=pixels, pixel_size_um=size, notes=tuple(notes),
                   colour=tags.colour and pixels.shape[0] == 3)  # fmt: skip


def _without_last(pixels: Any) -> Any:
    if isinstance(pixels, LazyPixels):
        return replace(pixels, shape=(pixels.shape[0] - 1, *pixels.shape[1:]))
    return pixels[:-1]


def _last_two(sizes: tuple[float, ...]) -> PixelSize:
    return sizes[-2], sizes[-1]


def is_tiff(path: Path) -> bool:
    """Whether a file begins as a TIFF does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4).startswith(_TIFF_STARTS)
