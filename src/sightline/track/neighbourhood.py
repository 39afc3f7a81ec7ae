"""How alike the surroundings of points are: neighbours in like directions at like distances.

Positions alone tell look-alike nuclei apart by their neighbours, wherever the body has moved to.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sightline.learn.compiled import compiled

_ASKED: Final = 10  # neighbours of a known point
_CANDIDATES: Final = 6  # detections that are weighed for each point
_OFFERED: Final = 14  # neighbours of a detection, among which they are looked for


def surroundings_likeness(
    points: NDArray[np.float64],
    detections: NDArray[np.float64],
    angles: NDArray[np.float64],
    rounds: int = 1,
) -> NDArray[np.float64]:
    """How well each detection's neighbours agree with each point's, at the best of some turns.

    First only by where the neighbours lie, whichever they are; then each round asks that the
    neighbours' own best detections lie there.

    Parameters
    ----------
    points : (point, 3)
        (z, y, x), in a unit that is the same along all axes.
    detections : (detection, 3)
        In that unit.
    angles : (angle,)
        Turns about z to try, radians.
    rounds
        How often the neighbours are asked.

    Returns
    -------
    (point, detection) float64
        0 (nothing agrees) to 1, for `match_points`; all 1 where either are fewer than four.
    """
    if len(points) < 4 or len(detections) < 4:
        return np.ones((len(points), len(detections)))
    asked, apart, near = _around(points, _ASKED)
    offered, _, _ = _around(detections, _OFFERED)
    width = 0.4 * float(np.median(apart[:, 0]))
    agreed, turn = _agreement(asked, offered, angles, width)
    chance = agreed
    for _ in range(rounds):
        first = np.argsort(-chance, axis=1)[:, :_CANDIDATES]
        chance = agreed * _support(asked, near, detections, first, chance, turn, width)
    return chance


def _around(
    places: NDArray[np.float64], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """(place, neighbour, 3) vectors to the nearest others, their lengths, and which they are."""
    count = min(count, len(places) - 1)
    found = KDTree(places).query(places, count + 1)
    apart, near = np.asarray(found[0]), np.asarray(found[1])
    return places[near[:, 1:]] - places[:, None], apart[:, 1:], near[:, 1:]


@compiled
def _agreement(asked: NDArray, offered: NDArray, angles: NDArray, width: float) -> tuple:
    """(point, detection) mean closeness of asked neighbours to the nearest offered; the turn."""
    found = np.zeros((len(asked), len(offered)))
    turn = np.zeros((len(asked), len(offered)))
    for angle in angles:
        cosine, sine = np.cos(angle), np.sin(angle)
        for point in range(len(asked)):
            for detection in range(len(offered)):
                total = 0.0
                for one in range(asked.shape[1]):
                    z = asked[point, one, 0]
                    y = cosine * asked[point, one, 1] + sine * asked[point, one, 2]
                    x = cosine * asked[point, one, 2] - sine * asked[point, one, 1]
                    least = 1e300
                    for other in range(offered.shape[1]):
                        dz = offered[detection, other, 0] - z
                        dy = offered[detection, other, 1] - y
                        dx = offered[detection, other, 2] - x
                        least = min(least, dz * dz + dy * dy + dx * dx)
                    length = np.sqrt(z * z + y * y + x * x)
                    spread = width * width + 0.04 * length * length
                    total += np.exp(-least / (2 * spread))
                mean = total / asked.shape[1]
                if mean > found[point, detection]:
                    found[point, detection] = mean
                    turn[point, detection] = angle
    return found, turn


@compiled
def _support(
    asked: NDArray,
    near: NDArray,
    detections: NDArray,
    first: NDArray,
    chance: NDArray,
    turn: NDArray,
    width: float,
) -> NDArray:
    """(point, detection) how well the neighbours' own candidates lie where they should."""
    found = np.zeros(chance.shape)
    for point in range(len(asked)):
        for detection in first[point]:
            cosine, sine = np.cos(turn[point, detection]), np.sin(turn[point, detection])
            total = 0.0
            for one in range(asked.shape[1]):
                z = asked[point, one, 0]
                y = cosine * asked[point, one, 1] + sine * asked[point, one, 2]
                x = cosine * asked[point, one, 2] - sine * asked[point, one, 1]
                spread = width * width + 0.04 * (z * z + y * y + x * x)
                neighbour = near[point, one]
                best = 0.0
                for other in first[neighbour]:
                    dz = detections[other, 0] - detections[detection, 0] - z
                    dy = detections[other, 1] - detections[detection, 1] - y
                    dx = detections[other, 2] - detections[detection, 2] - x
                    near_by = np.exp(-(dz * dz + dy * dy + dx * dx) / (2 * spread))
                    best = max(best, near_by * chance[neighbour, other])
                total += best
            found[point, detection] = total / asked.shape[1]
    return found
