"""What a network can be trained to say beside the mask, so that touching objects come apart.

A map that rises from 0 outside of an object to 1 in its middle. It is low wherever objects touch,
where the probability of the foreground is not, and needs no knowledge of how large objects are.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sightline.segment.instances import by_middles, class_numbers, tidied


def middle_map(objects: NDArray[Any]) -> NDArray[np.float32]:
    """How far inside its object each pixel is: the target of the head.

    The distance to the nearest pixel that is not of the object, less one half, over the largest in
    the object. The image's border is no border of an object that it cuts.

    Parameters
    ----------
    objects : (y, x) int
        Number of the object of each pixel, 0 for none.

    Returns
    -------
    (y, x) float32
        0 outside of objects, 1 in each one's middle.
    """
    found = np.zeros(objects.shape, np.float32)
    for number, tight in enumerate(ndimage.find_objects(objects), start=1):
        if tight is None:
            continue
        box = tuple(slice(max(side.start - 1, 0), side.stop + 1) for side in tight)
        inside = objects[box] == number
        if inside.all():
            found[box] = 1
            continue
        distance = np.asarray(ndimage.distance_transform_edt(inside)) - 0.5
        found[box][inside] = (distance / distance.max())[inside]
    return found


def objects_from_middles(
    found: Any,
    middle: NDArray[np.floating],
    *,
    min_area: int = 0,
    max_hole: int = 0,
) -> NDArray[np.int32]:
    """Number objects by a predicted mask, and a predicted map of their middles.

    The mask says where objects are, the map only where one ends and the next begins.

    Parameters
    ----------
    found
        What `sightline.segment.instances.separate_objects` takes.
    middle : (y, x)
        As `middle_map` gives it of the truth.
    min_area, max_hole
        As of `sightline.segment.instances.separate_objects`.

    Returns
    -------
    (y, x) int32
        From 1 without gaps; 0 for none.
    """
    labels = by_middles(class_numbers(found), middle)
    return tidied(labels, min_area=min_area, max_hole=max_hole)
