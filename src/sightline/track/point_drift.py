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
_NARROWEST: Final = 1e-8  # squared width, of the points' own spread


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
"""Stiff first, so that the whole finds its place, then softer."""


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


def match_points(
    points: NDArray[np.float64],
    detections: NDArray[np.float64],
    outliers: float = 0.1,
    stages: tuple[Stage, ...] = STAGES,
    iterations: int = 60,
    likeness: NDArray[np.float64] | None = None,
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
    outliers
        Share of the detections expected to be none of the points.
    stages
        From stiff to soft.
    iterations
        At most, a stage.
    likeness : (point, detection) or None
        How alike each pair is by what else is known of them. Matching then starts from a smooth
        motion through the pairs that are each other's best, not from the points' own places, and
        only the last stage follows.

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
    known, seen = (points - centre) / scale, (detections - centre) / scale
    moved, width = known, float(cdist(known, seen, "sqeuclidean").mean() / 3)
    if likeness is not None:
        moved, width = _start_from(known, seen, likeness, stages[-1])
        stages = stages[-1:]
    for stage in stages:
        moved, width = _drift(known, moved, seen, width, outliers, stage, iterations)
    posterior = _posterior(moved, seen, width, outliers)
    best = posterior.max(axis=1)
    detection, chance = _assign(posterior)
    return PointMatch(moved * scale + centre, detection, chance, float(best.mean()))


def _start_from(
    known: NDArray[np.float64],
    seen: NDArray[np.float64],
    likeness: NDArray[np.float64],
    stage: Stage,
) -> tuple[NDArray[np.float64], float]:
    """A smooth motion through the pairs that are each other's best."""
    best = likeness.argmax(axis=1)
    mutual = likeness[:, best].argmax(axis=0) == np.arange(len(known))
    trust = np.where(mutual, likeness[np.arange(len(known)), best], 0.0)
    kernel = _kernel(known, stage)
    gap = KDTree(known).query(known, 2)[0][:, 1]
    width = float(np.median(gap)) ** 2 / 4
    moved, mass = known, trust
    for _ in range(4):
        moved = _smooth(known, kernel, mass, seen[best] * mass[:, None], _LOOSE)
        apart = ((moved - seen[best]) ** 2).sum(axis=1)
        mass = trust / (1 + apart / (4 * width)) ** 2
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
    known: NDArray[np.float64],
    moved: NDArray[np.float64],
    seen: NDArray[np.float64],
    width: float,
    outliers: float,
    stage: Stage,
    iterations: int,
) -> tuple[NDArray[np.float64], float]:
    """Expectation and maximisation in turn, until the width settles."""
    kernel = _kernel(known, stage)
    for _ in range(iterations):
        posterior = _posterior(moved, seen, width, outliers)
        mass = posterior.sum(axis=1)
        total = float(mass.sum())
        if total < 1e-9:
            break
        moved = _smooth(known, kernel, mass, posterior @ seen, stage.stiffness * width)
        apart = cdist(moved, seen, "sqeuclidean")
        before = width
        width = max(float((posterior * apart).sum() / (3 * total)), _NARROWEST)
        if abs(before - width) < _SETTLED * before:
            break
    return moved, width


def _posterior(
    moved: NDArray[np.float64],
    seen: NDArray[np.float64],
    width: float,
    outliers: float,
) -> NDArray[np.float64]:
    """(point, detection) probability that a detection is a point; columns add up to at most 1."""
    near = np.exp(-cdist(moved, seen, "sqeuclidean") / (2 * width))
    volume = (2 * np.pi * width) ** 1.5
    uniform = volume * outliers / (1 - outliers) * len(moved) / len(seen)
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
