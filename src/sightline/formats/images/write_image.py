"""Write an image to a new TIFF file that other programs open, pixel size included."""

from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from sightline.data.image import Image
from sightline.formats.new_file import new_file


def write_image(image: Image, path: Path) -> None:
    """Write all channels to a file that is not there yet; it appears when it is whole.

    Parameters
    ----------
    image
        8 and 16 bits and float32 are kept; anything else becomes float32.
    path
        ``.tif``; it opens in ImageJ.

    Raises
    ------
    InputError
        If the file is there already or cannot be written.
    """
    pixels = np.asarray(image.pixels)
    if pixels.dtype not in (np.uint8, np.uint16):
        pixels = pixels.astype(np.float32)
    told: dict[str, Any] = {"imagej": True, "metadata": {"axes": "CYX"}}
    if image.pixel_size_um is not None:
        y, x = image.pixel_size_um
        told |= {"metadata": {"axes": "CYX", "unit": "um"}, "resolution": (1 / x, 1 / y)}
    with new_file(path) as aside:
        tifffile.imwrite(aside, pixels, **told)
