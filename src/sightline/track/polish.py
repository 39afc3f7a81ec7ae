"""The last step of following: points are registered, and keep their start where that is no gain."""

import numpy as np
from numpy.typing import NDArray

from sightline.track.follow_settings import FollowSettings
from sightline.track.located import known
from sightline.track.register import Patches, Pyramid, RegisterSettings, register_points, scores


def polish(
    levels: Pyramid,
    patches: Patches,
    start: NDArray[np.float64],
    given: NDArray[np.float64],
    how: RegisterSettings,
    settings: FollowSettings,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Register points where they are, a person's first.

    A point keeps its start unless it gets more alike and stays within ``settings.farthest``.

    Parameters
    ----------
    levels
        `pyramid` of the frame.
    patches
        What to look for at each keypoint; NaN where a keypoint has none.
    start, given : (keypoint, 3)
        Where to begin, and where a person put a point; NaN where unknown.
    how
        As the patches were cut.

    Returns
    -------
    positions : (keypoint, 3) float64
    correlation : (keypoint,) float64
        0 where there was nothing to compare.
    """
    held, size = known(given), settings.voxel_size
    begin = np.where(held[:, None], given, start)
    use = known(begin) & patches.known
    correlation = np.zeros(len(start))
    if not use.any():
        return begin, correlation
    wanted = patches.of(use)
    before = scores(levels, wanted, begin[use], size, how)
    moved = register_points(levels, wanted, begin[use], size, how, held[use])
    away = np.linalg.norm((moved.positions - begin[use]) * np.array(size), axis=1)
    better = (moved.score > before) & (away <= settings.farthest * settings.radius)
    polished = begin.copy()
    polished[use] = np.where(better[:, None], moved.positions, begin[use])
    correlation[use] = np.where(better, moved.score, before)
    return polished, correlation
