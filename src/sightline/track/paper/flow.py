"""Where points start: with the parent's, moved as the points that a person placed have moved."""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator

from sightline.track.located import known


def spread(parent: NDArray[np.float64], fixed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Parent positions with the displacement of the fixed points added, in between linearly.

    Between the fixed points and the corners of the view, which stay, the displacement is linear in
    the cells of a Delaunay triangulation (Supplement, "Motion prediction"); outside it is 0.

    Parameters
    ----------
    parent, fixed : (point, 3) float64
        -1 to 1; NaN where there is none.

    Returns
    -------
    (point, 3) float64
    """
    there = known(parent)
    pinned = there & known(fixed)
    if not pinned.any():
        return parent.copy()
    corners = np.array(list(product((-1.0, 1.0), repeat=3)))
    places = np.concatenate([parent[pinned], corners])
    moves = np.concatenate([fixed[pinned] - parent[pinned], np.zeros((8, 3))])
    start = parent.copy()
    start[there] += LinearNDInterpolator(places, moves, fill_value=0.0)(parent[there])
    return start
