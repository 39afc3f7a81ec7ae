"""Read one still image in whatever format it is; content is trusted over a file's ending."""

import math
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.image import Image, check_image
from sightline.errors import InputError
from sightline.formats.images.image_files import image_files, image_name
from sightline.formats.images.lazy_pixels import LazyPixels
from sightline.formats.images.picture import is_picture, read_picture
from sightline.formats.images.planes import choose_channel
from sightline.formats.images.read_as import ReadAs
from sightline.formats.images.stored import PixelSize, Stored
from sightline.formats.images.stored_image import read_stored

__all__ = ["image_files", "read_image", "read_image_as"]

_ROWS_AT_ONCE: Final = 1024
_TWELVE_BITS: Final = 4095


def read_image(
    path: str | Path,
    *,
    name: str = "",
    channel: int | None = None,
    plane: int | None = None,
    projection: str = "",
    pixel_size_um: float | tuple[float, float] | None = None,
    axes: str = "",
) -> Image:
    """Read a still image of any number of channels.

    PNG, JPEG, BMP, GIF, TIFF, OME-TIFF, Zarr, OME-Zarr, HDF5 and npy. An alpha channel is left
    out; red, green and blue that are alike are one grey channel. What is assumed is in ``notes``.

    Parameters
    ----------
    path
        File, or folder of a Zarr store.
    name
        Of the image; the file's without its ending if empty.
    channel, plane, projection, pixel_size_um, axes
        As in `ReadAs`.

    Returns
    -------
    Image
        Pixels (channel, y, x) of the stored type. Those of large files that allow it are read when
        they are sliced.

    Raises
    ------
    InputError
        If it is not there, damaged or of unknown type, is a stack and nothing says which plane, or
        holds pixels that are not a number.
    """
    path = Path(path)
    said = ReadAs(channel, plane, projection, pixel_size_um, axes.lower())
    if path.is_file() and is_picture(path):
        found = read_picture(path, plane, projection)
    else:
        found = read_stored(path, said)
    pixels, grey = _one_grey(found)
    pixels, chosen = choose_channel(path, pixels, channel)
    notes = (*found.notes, *grey, *chosen, *_look_at_values(path, pixels))
    size = _told_size(pixel_size_um) or found.pixel_size_um
    return check_image(Image(name or image_name(path), pixels, size, str(path), notes))


def read_image_as(path: str | Path, name: str, said: ReadAs) -> Image:
    """Read a still image of that name, as the user says of it; see `read_image`."""
    return read_image(
        path, name=name, channel=said.channel, plane=said.plane, projection=said.projection,
        pixel_size_um=said.pixel_size_um, axes=said.axes,
    )  # fmt: skip


def _one_grey(found: Stored) -> tuple[NDArray[Any], tuple[str, ...]]:
    """One channel of an image whose colours are all grey."""
    pixels = found.pixels
    if not found.colour or isinstance(pixels, LazyPixels):
        return pixels, ()
    if np.array_equal(pixels[0], pixels[1]) and np.array_equal(pixels[0], pixels[2]):
        return pixels[:1], ("Red, green and blue are alike: read as one grey channel.",)
    return pixels, ("Red, green and blue are channels 0, 1 and 2.",)


def _told_size(size: float | tuple[float, float] | None) -> PixelSize | None:
    if size is None:
        return None
    along_y, along_x = size if isinstance(size, tuple) else (size, size)
    if not all(math.isfinite(one) and one > 0 for one in (along_y, along_x)):
        raise InputError("--pixel-size", f"it is {size}", "a positive number of micrometres",
                         "Correct it.")  # fmt: skip
    return along_y, along_x


def _look_at_values(path: Path, pixels: NDArray[Any]) -> tuple[str, ...]:
    """Raise for values that are no numbers; say if all are one, or fill 12 of 16 bits."""
    bad, lowest, highest = 0, math.inf, -math.inf
    for start in range(0, pixels.shape[1], _ROWS_AT_ONCE):
        rows = np.asarray(pixels[:, start : start + _ROWS_AT_ONCE])
        if rows.dtype.kind == "f":
            bad += int(rows.size - np.isfinite(rows).sum())
        if rows.size and not bad:
            lowest, highest = min(lowest, float(rows.min())), max(highest, float(rows.max()))
    if bad:
        raise InputError(
            path, f"{bad:,} of its {math.prod(pixels.shape):,} values are NaN or infinite",
            "numbers", "Replace them, for example by 0, and save it again.",
        )  # fmt: skip
    if lowest == highest:
        return (f"All its values are {lowest:g}: it shows nothing.",)
    if pixels.dtype == np.uint16 and 255 < highest <= _TWELVE_BITS:
        return (f"Of its 16 bits, 12 are used: the largest value is {highest:g}.",)
    return ()
