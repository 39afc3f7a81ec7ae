"""Match a known set of points to detections without identities: coherent point drift."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import linear_sum_assignment
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

_SETTLED: Final = 1e-3  # change of the squared width, as share, at which a stage ends
_LOOSE: Final = 0.01  # stiffness of the start, times a squared width
_NARROWEST: Final = 0.2  # width, of the usual gap between points: narrower, and stiffness is lost
_HELD: Final = 30.0  # weight of a point that a person placed, against a detection's 1
_OUTLIERS: Final = 0.1  # share of the detections expected to be none of the points
_ITERATIONS: Final = 60  # at most, a stage


@dataclass(frozen=True)
class Stage:
    """How stiff the motion is.

    Parameters
    ----------
    reach
        Distance, in standard deviations of the points, over which neighbours move together.
    stiffness
        Weight of smooth motion against the points' fit.
    """

    reach: float
    stiffness: float


STAGES: Final = (Stage(3.0, 3.0), Stage(1.0, 0.1))
"""From the points' own places: stiff first, so that the whole finds its place, then softer."""

STARTED: Final = (Stage(2.0, 1.0), Stage(1.0, 1.0))
"""From a start that is about right everywhere."""

_START: Final = Stage(1.0, 0.1)


@dataclass(frozen=True)
class PointMatch:
    """Where each known point is among detections.

    Parameters
    ----------
    moved : (point, 3) float64
        Where the smooth motion takes each point.
    detection : (point,) int64
        Detection that is the point; -1 if none is.
    posterior : (point,) float64
        Probability of that detection, at the width where matching settled; 0 if none.
    fit
        Mean over the points of the largest posterior: which of several starts to believe.
    """

    moved: NDArray[np.float64]
    detection: NDArray[np.int64]
    posterior: NDArray[np.float64]
    fit: float


@dataclass(frozen=True)
class _Cloud:
    """Points and detections, centred and scaled, and what a person said of the points.

    Parameters
    ----------
    known, seen : (point, 3), (detection, 3)
    held : (point,) bool
        A person placed it at ``place`` : (point, 3).
    free : (point, detection) bool
        Whether a detection may be the point: those that a person's points explain are no other's.
    narrowest
        Squared width that is not gone below.
    """

    known: NDArray[np.float64]
    seen: NDArray[np.float64]
    held: NDArray[np.bool_]
    place: NDArray[np.float64]
    free: NDArray[np.bool_]
    narrowest: float


def match_points(
    points: NDArray[np.float64],
    detections: NDArray[np.float64],
    *,
    stages: tuple[Stage, ...] | None = None,
    likeness: NDArray[np.float64] | None = None,
    fixed: NDArray[np.float64] | None = None,
) -> PointMatch:
    """Move points smoothly onto detections, and tell which detection each one is.

    Detections are drawn from Gaussians about the moved points, or from a uniform distribution; the
    motion is a smooth field. The points' own places are where it starts.

    Parameters
    ----------
    points : (point, 3)
        Known points, in a unit that is the same along all axes (um). No NaN.
    detections : (detection, 3)
        In that unit, in any order.
    stages
        From stiff to soft; `STAGES`, or with likeness `STARTED`.
    likeness : (point, detection) or None
        How alike each pair is by what else is known of them. Matching then starts from a smooth
        motion through the pairs that are each other's best, not from the points' own places.
    fixed : (point, 3) or None
        Where a person put points; NaN elsewhere. The motion goes through them; they are given no
        detection, and what lies there is given to no other point.

    Notes
    -----
    With as many detections as points or fewer, the cost of an iteration grows with points squared
    times detections; no low-rank approximation is needed up to about a thousand points.

    References
    ----------
    Myronenko and Song, Point set registration: coherent point drift (2010).
    """
    if not len(points) or not len(detections):
        none = np.zeros(len(points))
        return PointMatch(points.copy(), np.full(len(points), -1), none, 0.0)
    centre = points.mean(axis=0)
    scale = float(np.sqrt(((points - centre) ** 2).mean())) or 1.0
    where = np.full(points.shape, np.nan) if fixed is None else fixed
    cloud = _cloud(
        (points - centre) / scale, (detections - centre) / scale, (where - centre) / scale
    )
    moved, width = cloud.known, float(cdist(cloud.known, cloud.seen, "sqeuclidean").mean() / 3)
    if likeness is not None:
        moved, width = _start_from(cloud, likeness)
    for stage in stages or (STAGES if likeness is None else STARTED):
        moved, width = _drift(cloud, moved, width, stage)
    apart = np.asarray(cdist(moved, cloud.seen, "sqeuclidean"), np.float64)
    posterior = _posterior(apart, width, cloud.free)
    best = posterior[~cloud.held].max(axis=1)
    detection, chance = _assign(posterior)
    fit = float(best.mean()) if len(best) else 1.0
    return PointMatch(moved * scale + centre, detection, chance, fit)


def _cloud(
    known: NDArray[np.float64], seen: NDArray[np.float64], where: NDArray[np.float64]
) -> _Cloud:
    held = np.asarray(np.isfinite(where).all(axis=1))
    gap = float(np.median(KDTree(known).query(known, 2)[0][:, 1])) if len(known) > 1 else 1.0
    free = np.ones((len(known), len(seen)), bool)
    free[held] = False
    if held.any():
        found = KDTree(seen).query(where[held])
        free[:, np.asarray(found[1])[np.asarray(found[0]) < gap / 2]] = False
    place = np.where(held[:, None], where, 0)
    return _Cloud(known, seen, held, place, free, (_NARROWEST * gap) ** 2 or 1e-8)


def _start_from(cloud: _Cloud, likeness: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """A smooth motion through a person's points and the pairs that are each other's best."""
    known, held = cloud.known, cloud.held[:, None]
    alike = np.where(cloud.free, likeness, 0)
    best = alike.argmax(axis=1)
    mutual = alike[:, best].argmax(axis=0) == np.arange(len(known))
    trust = np.where(mutual, alike[np.arange(len(known)), best], 0.0)
    target = np.where(held, cloud.place, cloud.seen[best])
    kernel = _kernel(known, _START)
    gap = KDTree(known).query(known, 2)[0][:, 1]
    width = float(np.median(gap)) ** 2 / 4 or 1e-8  # two points may lie in one place
    moved, mass = known, np.where(cloud.held, _HELD, trust)
    for _ in range(4):
        moved = _smooth(known, kernel, mass, target * mass[:, None], _LOOSE)
        apart = ((moved - target) ** 2).sum(axis=1)
        mass = np.where(cloud.held, _HELD, trust / (1 + apart / (4 * width)) ** 2)
    return moved, width


def _kernel(known: NDArray[np.float64], stage: Stage) -> NDArray[np.float64]:
    return np.exp(-cdist(known, known, "sqeuclidean") / (2 * stage.reach**2))


def _smooth(
    known: NDArray[np.float64],
    kernel: NDArray[np.float64],
    mass: NDArray[np.float64],
    pull: NDArray[np.float64],
    stiffness: float,
) -> NDArray[np.float64]:
    """Points moved smoothly towards ``pull / mass``."""
    root = np.sqrt(mass)[:, None]
    system = root * kernel * root.T + stiffness * np.eye(len(known))
    wanted = np.divide(pull, root, where=root > 0, out=np.zeros_like(known)) - root * known
    return known + kernel @ (root * cho_solve(cho_factor(system), wanted))


def _drift(
    cloud: _Cloud, moved: NDArray[np.float64], width: float, stage: Stage
) -> tuple[NDArray[np.float64], float]:
    """Expectation and maximisation in turn, until the width settles."""
    kernel = _kernel(cloud.known, stage)
    held = _HELD * cloud.held
    apart = np.asarray(cdist(moved, cloud.seen, "sqeuclidean"), np.float64)
    for _ in range(_ITERATIONS):
        posterior = _posterior(apart, width, cloud.free)
        mass = posterior.sum(axis=1)
        total = float(mass.sum())
        if total < 1e-9 and not cloud.held.any():
            break
        pull = posterior @ cloud.seen + held[:, None] * cloud.place
        moved = _smooth(cloud.known, kernel, mass + held, pull, stage.stiffness * width)
        apart = np.asarray(cdist(moved, cloud.seen, "sqeuclidean"), np.float64)
        before = width
        width = max(float((posterior * apart).sum() / (3 * max(total, 1e-9))), cloud.narrowest)
        if abs(before - width) < _SETTLED * before:
            break
    return moved, width


def _posterior(
    apart: NDArray[np.float64], width: float, free: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(point, detection) probability that a detection is a point; columns add up to at most 1."""
    points, detections = apart.shape
    near = np.exp(apart / (-2 * width)) * free
    volume = (2 * np.pi * width) ** 1.5
    uniform = volume * _OUTLIERS / (1 - _OUTLIERS) * points / detections
    return near / (near.sum(axis=0) + uniform + 1e-300)


def _assign(posterior: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The assignment of largest total probability; nothing where that is nil."""
    detection = np.full(len(posterior), -1)
    chance = np.zeros(len(posterior))
    rows, columns = linear_sum_assignment(-posterior)
    given = posterior[rows, columns] > 1e-6
    detection[rows[given]] = columns[given]
    chance[rows[given]] = posterior[rows[given], columns[given]]
    return detection, chance
