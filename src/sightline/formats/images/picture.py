"""PNG, JPEG, BMP and GIF images."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageSequence
from PIL.Image import Image as Opened

from sightline.formats.images.planes import pick_planes, project
from sightline.formats.images.stored import Stored, size_from_resolution
from sightline.formats.unreadable import damage_reported

EXPECTED: Final = "a whole PNG, JPEG, BMP or GIF image"
_STARTS: Final = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"GIF8")
_FORMATS: Final = ("PNG", "JPEG", "BMP", "GIF", "TIFF")
_GREY: Final = ("1", "L", "I", "F", "I;16", "I;16B", "I;16L")
_INCH_UM: Final = 25_400.0
_SIXTEEN: Final = "Of the 16 bits of each colour, the higher 8 are read."


def is_picture(path: Path) -> bool:
    """Whether a file begins as one of these formats does."""
    with path.open("rb") as file:
        return file.read(8).startswith(_STARTS)


def read_picture(path: Path, plane: int | None, projection: str) -> Stored:
    """Read an image, or one plane of an animation; of a palette, its colours.

    Raises
    ------
    InputError
        If it is damaged, or holds several frames and nothing says which.
    """
    with opened(path) as image:
        picked = pick_planes(path, getattr(image, "n_frames", 1), 1, plane, projection)
        notes = [*picked.notes]
        if is_cut(path):
            notes.append(_SIXTEEN)
        if alpha := _has_alpha(image):
            notes.append("Its alpha channel is left out.")
        frames = (
            _channels(frame)[None]
            for number, frame in enumerate(ImageSequence.Iterator(image))
            if number in picked.frames
        )
        pixels = project(frames, picked.projection)
        dots = (0, 0) if image.format == "TIFF" else image.info.get("dpi", (0, 0))
    per_um = (float(dots[1]) / _INCH_UM, float(dots[0]) / _INCH_UM)
    size, said = size_from_resolution(per_um)
    return Stored(pixels, size, (*notes, *said), colour=pixels.shape[0] == 3, alpha=alpha)


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a picture, or a TIFF that its packing needs Pillow for; large ones are meant.

    Raises
    ------
    InputError
        If it is damaged, whenever that shows.
    """
    with damage_reported(path, EXPECTED), warnings.catch_warnings():
        warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
        with Pillow.open(path, formats=_FORMATS) as image:
            yield image


def is_cut(path: Path) -> bool:
    """Whether a PNG has 16 bits a colour, which are not all read."""
    with path.open("rb") as file:
        start = file.read(26)
    return start.startswith(b"\x89PNG") and len(start) == 26 and start[24] == 16 and start[25] != 0


def _has_alpha(image: Opened) -> bool:
    return image.mode in ("LA", "PA", "La", "RGBA", "RGBa") or (
        image.mode == "P" and "transparency" in image.info
    )


def _channels(image: Opened) -> NDArray[Any]:
    """(channel, y, x), grey or red, green and blue."""
    if image.mode in ("LA", "La"):
        image = image.convert("L")
    elif image.mode not in _GREY:
        image = image.convert("RGB")
    pixels = np.asarray(image)
    if image.mode == "I":  # how older Pillow gives 16 bits
        pixels = pixels.astype(np.uint16) if 0 <= pixels.min() <= pixels.max() < 2**16 else pixels
    pixels = np.asarray(pixels, pixels.dtype.newbyteorder("="))
    return pixels[None] if pixels.ndim == 2 else np.ascontiguousarray(pixels.transpose(2, 0, 1))
