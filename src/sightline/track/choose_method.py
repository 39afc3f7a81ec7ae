"""Whether the points of a flat recording are blobs, to be matched as a set, or parts of animals."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sightline.track.detect import detect_blobs
from sightline.track.follow_settings import Method
from sightline.track.located import known
from sightline.track.radius import typical_radius

_FEWEST: Final = 8  # points that are a set
_ON_BLOBS: Final = 0.4  # share of the points with a blob of their own
_SMOOTH: Final = 0.6  # of the radius: at what size blobs are detected when points are followed


def choose_method(
    frame: NDArray[np.float32],
    positions: NDArray[np.float64],
    voxel_size: tuple[float, float, float],
) -> Method:
    """Choose from one annotated frame.

    A volume's are points. A flat frame's are if there are eight or more of them and two in five
    are nearest to a bright blob of their own, within its radius, when as many blobs are taken as
    there are points, and half as many more.

    Parameters
    ----------
    frame : (channel, z, y, x)
    positions : (keypoint, 3) float64
        (z, y, x) pixels; NaN where missing.
    voxel_size
        Along (z, y, x).
    """
    if frame.shape[1] > 1:
        return "points"
    places = positions[known(positions)]
    if len(places) < _FEWEST:
        return "templates"
    size = np.array(voxel_size)
    radius = typical_radius(frame, positions, voxel_size)
    most = len(places) * 3 // 2
    seen = detect_blobs(frame.mean(axis=0), voxel_size, (_SMOOTH * radius,), most=most).positions
    if not len(seen):
        return "templates"
    away, blob = KDTree(seen * size).query(places * size)
    own = len(np.unique(np.asarray(blob)[np.asarray(away) <= radius]))
    return "points" if own >= _ON_BLOBS * len(places) else "templates"
