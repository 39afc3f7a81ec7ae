"""The objects of a mask: those that its file tells, or its connected parts."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label as components

from sightline.data.mask import Mask


def objects_of(mask: Mask, min_area_px: int = 0) -> NDArray[np.int32]:
    """Objects of a mask.

    Parameters
    ----------
    mask
        Any.
    min_area_px
        Objects of fewer pixels are left out.

    Returns
    -------
    (y, x) int32
        The mask's own objects; where it tells none, the 4-connected components of each class,
        numbered from 1. 0 for none.
    """
    found = _components(mask) if mask.objects is None else mask.objects
    if min_area_px < 2:
        return found
    small = np.bincount(found.ravel()) < min_area_px
    small[0] = True
    return np.where(small[found], 0, found).astype(np.int32)


def _components(mask: Mask) -> NDArray[np.int32]:
    found, last = np.zeros(mask.shape, np.int32), 0
    for label in range(1, len(mask.class_names) + 1):
        inside = mask.classes == label
        numbers = np.zeros(mask.shape, np.int32)
        count = components(inside, output=numbers)
        found[inside] = numbers[inside] + last
        last += int(count)  # pyright: ignore[reportArgumentType] -- a count where output is given
    return found
