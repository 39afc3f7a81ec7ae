"""How alike the surroundings of points are: neighbours in like directions at like distances.

Positions alone tell look-alike nuclei apart by their neighbours, wherever the body has moved to.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sightline.learn.compiled import compiled

FEWEST: Final = 4
"""Points or detections below which there are no surroundings to compare."""

_ASKED: Final = 10  # neighbours of a known point
_CANDIDATES: Final = 6  # detections that are weighed for each point
_OFFERED: Final = 14  # neighbours of a detection, among which they are looked for
_BELIEVED: Final = 10  # detections that a point may be believed to be
_ROUNDS: Final = 8  # of asking neighbours what they believe
_EVIDENCE: Final = 8.0  # a point's own agreement, against one neighbour's word
_DOUBT: Final = 0.2  # what a neighbour's contradiction leaves
_TURN: Final = 1.0  # radians by which neighbours turn differently
_STAY: Final = 0.3  # of a belief that is kept in a round


@dataclass(frozen=True)
class Surroundings:
    """How alike the surroundings of each point and each detection are.

    Parameters
    ----------
    likeness : (point, detection) float64
        0 (nothing agrees) to 1: each pair for itself, seconded by its neighbours once.
    belief : (point, detection) float64
        0 to 1, of each point at most 1 in all: what is left when neighbours have told each other
        which detections they are likely to be, several times over.
    """

    likeness: NDArray[np.float64]
    belief: NDArray[np.float64]


def compare_surroundings(
    points: NDArray[np.float64],
    detections: NDArray[np.float64],
    angles: NDArray[np.float64],
    sure: NDArray[np.int64] | None = None,
) -> Surroundings:
    """Compare neighbours' directions and distances, at the best of some turns.

    Parameters
    ----------
    points : (point, 3)
        (z, y, x), in a unit that is the same along all axes; at least `FEWEST`.
    detections : (detection, 3)
        In that unit; at least `FEWEST`.
    angles : (angle,)
        Turns about z to try, radians.
    sure : (point,) int64 or None
        Detection that a point is, for a person said so; -1 elsewhere. Neighbours are told.
    """
    compared = _compare(points, detections, angles)
    if sure is not None:
        which = np.flatnonzero(sure >= 0)
        compared.agreed[which] = 0
        compared.agreed[:, sure[which]] = 0
        compared.agreed[which, sure[which]] = 1
        compared.turn[which, sure[which]] = np.nan  # a person says where, not how it is turned
    return Surroundings(_seconded(compared), _believed(compared))


def surroundings_likeness(
    points: NDArray[np.float64], detections: NDArray[np.float64], angles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`Surroundings.likeness` alone; all 1 where either are fewer than `FEWEST`."""
    if min(len(points), len(detections)) < FEWEST:
        return np.ones((len(points), len(detections)))
    return _seconded(_compare(points, detections, angles))


@dataclass(frozen=True)
class _Compared:
    """Agreement of each point's neighbours with each detection's, whichever they are.

    Parameters
    ----------
    asked : (point, neighbour, 3), near : (point, neighbour)
        Vectors to a point's neighbours, and which they are.
    detections : (detection, 3)
    agreed, turn : (point, detection)
        Agreement at the best turn, 0 to 1, and that turn, radians.
    width
        By which a neighbour may be off.
    """

    asked: NDArray[np.float64]
    near: NDArray[np.int64]
    detections: NDArray[np.float64]
    agreed: NDArray[np.float64]
    turn: NDArray[np.float64]
    width: float


def _compare(
    points: NDArray[np.float64], detections: NDArray[np.float64], angles: NDArray[np.float64]
) -> _Compared:
    asked, apart, near = _around(points, _ASKED)
    offered, _, _ = _around(detections, _OFFERED)
    width = 0.4 * float(np.median(apart[:, 0])) or 1.0
    along = np.ascontiguousarray(offered.transpose(2, 1, 0), np.float32)
    agreed, turn = _agreement(asked, along, angles, width)
    return _Compared(asked, near, detections, np.asarray(agreed, np.float64), turn, width)


def _seconded(compared: _Compared) -> NDArray[np.float64]:
    agreed = compared.agreed
    first = np.argsort(-agreed, axis=1)[:, :_CANDIDATES]
    support = _support(
        compared.asked,
        compared.near,
        compared.detections,
        first,
        agreed,
        compared.turn,
        compared.width,
    )
    return agreed * support


def _believed(compared: _Compared) -> NDArray[np.float64]:
    """Sum-product relaxation on the graph of neighbours, over a few detections for each point."""
    agreed = compared.agreed
    first = np.argsort(-agreed, axis=1)[:, :_BELIEVED]
    own = np.take_along_axis(agreed / (agreed.max(axis=1, keepdims=True) + 1e-12), first, axis=1)
    turn = np.take_along_axis(compared.turn, first, axis=1)
    belief = own / (own.sum(axis=1, keepdims=True) + 1e-12)
    places = compared.detections[first]
    evidence = _EVIDENCE * np.log(own + 1e-6)
    for _ in range(_ROUNDS):
        told = _told(compared.asked, compared.near, places, turn, belief, compared.width)
        told = np.exp(evidence + told - (evidence + told).max(axis=1, keepdims=True))
        told /= told.sum(axis=1, keepdims=True)
        belief = _STAY * belief + (1 - _STAY) * told
    whole = np.zeros(agreed.shape)
    np.put_along_axis(whole, first, belief, axis=1)
    return whole


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
    """(point, detection) mean closeness of asked neighbours to the nearest offered; the turn.

    The innermost loops run along detections, so that a processor does several at once.
    """
    points, neighbours, _ = asked.shape
    _, others, detections = offered.shape
    found = np.zeros((points, detections), np.float32)
    turn = np.zeros((points, detections))
    least = np.empty(detections, np.float32)
    total = np.empty(detections, np.float32)
    for angle in angles:
        cosine, sine = np.cos(angle), np.sin(angle)
        for point in range(points):
            total[:] = 0
            for one in range(neighbours):
                z = np.float32(asked[point, one, 0])
                y = np.float32(cosine * asked[point, one, 1] + sine * asked[point, one, 2])
                x = np.float32(cosine * asked[point, one, 2] - sine * asked[point, one, 1])
                least[:] = np.float32(1e30)
                for other in range(others):
                    _nearer(least, offered[:, other], z, y, x)
                spread = width * width + 0.04 * (z * z + y * y + x * x)
                scale = np.float32(-0.5 / spread)
                for detection in range(detections):
                    total[detection] += np.exp(scale * least[detection])
            for detection in range(detections):
                mean = total[detection] / np.float32(neighbours)
                if mean > found[point, detection]:
                    found[point, detection] = mean
                    turn[point, detection] = angle
    return found, turn


@compiled
def _nearer(
    least: NDArray, places: NDArray, z: np.floating, y: np.floating, x: np.floating
) -> None:
    """Keep the least squared distance of each detection's (3, detection) places to one."""
    for detection in range(len(least)):
        dz = places[0, detection] - z
        dy = places[1, detection] - y
        dx = places[2, detection] - x
        apart = dz * dz + dy * dy + dx * dx
        least[detection] = min(least[detection], apart)


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
            if np.isnan(turn[point, detection]):
                continue
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


@compiled
def _told(
    asked: NDArray,
    near: NDArray,
    places: NDArray,
    turn: NDArray,
    belief: NDArray,
    width: float,
) -> NDArray:
    """(point, candidate) log of how far all neighbours' beliefs go with it."""
    told = np.zeros(belief.shape)
    for point in range(len(asked)):
        for candidate in range(belief.shape[1]):
            angle = turn[point, candidate]
            if np.isnan(angle):
                continue
            cosine, sine = np.cos(angle), np.sin(angle)
            for one in range(asked.shape[1]):
                z = asked[point, one, 0]
                y = cosine * asked[point, one, 1] + sine * asked[point, one, 2]
                x = cosine * asked[point, one, 2] - sine * asked[point, one, 1]
                spread = width * width + 0.04 * (z * z + y * y + x * x)
                neighbour = near[point, one]
                agreed = _DOUBT
                for other in range(belief.shape[1]):
                    dz = places[neighbour, other, 0] - places[point, candidate, 0] - z
                    dy = places[neighbour, other, 1] - places[point, candidate, 1] - y
                    dx = places[neighbour, other, 2] - places[point, candidate, 2] - x
                    twist = turn[neighbour, other] - angle
                    twist -= 2 * np.pi * np.round(twist / (2 * np.pi))
                    if np.isnan(twist):
                        twist = 0.0
                    apart = (dz * dz + dy * dy + dx * dx) / spread + (twist / _TURN) ** 2
                    agreed += np.exp(-apart / 2) * belief[neighbour, other]
                told[point, candidate] += np.log(agreed)
    return told
