"""Write a mask to a new PNG file, as annotation programs do."""

from pathlib import Path

import numpy as np
from PIL import Image as Picture

from sightline.data.mask import Mask
from sightline.errors import InputError
from sightline.formats.new_file import new_file

_WHITE = 255


def write_mask(mask: Mask, path: Path, *, objects: bool = False) -> None:
    """Write a mask to a file that is not there yet; it appears when it is whole.

    Parameters
    ----------
    mask
        Of one class: black and white, 0 and 255. Of several: their numbers. What is ignored
        becomes background, as PNG has no negative numbers.
    path
        ``.png``.
    objects
        Write the numbers of the objects instead, 16 bits.

    Raises
    ------
    InputError
        If the file is there already or cannot be written, or objects are asked for that the mask
        does not tell.
    """
    if objects and mask.objects is None:
        raise InputError(
            mask.source or "mask", "it tells no objects", "a mask with objects", "Write classes."
        )
    if objects and mask.objects is not None:
        values = mask.objects.astype(np.uint16)
    else:
        numbers = np.maximum(mask.classes, 0)
        values = (numbers * (_WHITE if len(mask.class_names) == 1 else 1)).astype(np.uint8)
    with new_file(path) as aside:
        Picture.fromarray(values).save(aside)
