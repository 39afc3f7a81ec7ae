"""The order of a video's frames, found once for all sessions of this process."""

from collections import OrderedDict
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.track.order import Order
from sightline.track.plan import Ordered, order_video

_KEPT: Final = 4  # so that taking a reference back, or several annotators, cost nothing

_found: OrderedDict[tuple[str, tuple[int, ...], Order, tuple[int, ...]], Ordered] = OrderedDict()


def ordered_once(
    thumbnails: NDArray[np.float16],
    digest: str,
    references: tuple[int, ...],
    order: Order,
    skip: tuple[int, ...],
) -> Ordered:
    """Order frames as `order_video` does, or give what that gave for the same lately.

    Parameters
    ----------
    thumbnails, references, order, skip
        As of `order_video`.
    digest
        Names the thumbnails.

    Raises
    ------
    SettingError
        If there is no reference, or one is skipped.
    """
    key = (digest, references, order, skip)
    found = _found.get(key)
    if found is None:
        found = _found[key] = order_video(thumbnails, references, order, skip)
    while len(_found) > _KEPT:
        _found.popitem(last=False)
    return found
