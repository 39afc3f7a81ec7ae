"""Where an animal is and how it is turned, and what its parts are like to one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_ROUNDS: Final = 5  # of aligning shapes with their mean
_PRIOR_SPREAD: Final = 0.15  # of the body's size: how far a part strays, before references say
_PRIOR_COUNT: Final = 3  # references that this counts as


@dataclass(frozen=True)
class Pose:
    """Place and turn of a body in a flat frame.

    Parameters
    ----------
    angle
        Radians, from x towards y.
    centre : (2,) float64
        (y, x) pixels of the middle of its parts.
    """

    angle: float
    centre: NDArray[np.float64]

    def to_frame(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., 2) pixels of the frame from the body's own."""
        return turn(places, self.angle) + self.centre

    def to_body(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., 2) the body's own pixels from those of the frame."""
        return turn(positions - self.centre, -self.angle)


@dataclass(frozen=True)
class Body:
    """The mean shape of an animal.

    Parameters
    ----------
    shape : (part, 2) float64
        (y, x) pixels from the middle; NaN where no reference has the part.
    spread : (part,) float64
        How far a part strays from there, pixels a direction.
    size
        Root of the mean square distance of parts from the middle, pixels.
    """

    shape: NDArray[np.float64]
    spread: NDArray[np.float64]
    size: float


def turn(places: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """(..., 2) places (y, x) turned about 0, from x towards y."""
    cosine, sine = np.cos(angle), np.sin(angle)
    y, x = places[..., 0], places[..., 1]
    return np.stack([cosine * y + sine * x, cosine * x - sine * y], axis=-1)


def fit_pose(
    shape: NDArray[np.float64],
    positions: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
    otherwise: float = 0.0,
) -> Pose:
    """Place a shape where it is nearest to positions, in least squares.

    Parameters
    ----------
    shape, positions : (part, 2)
        At least one is known in both.
    weights : (part,) or None
        What each part counts.
    otherwise
        The angle if the parts tell none, as one alone does not.
    """
    both = np.isfinite(shape + positions).all(axis=1)
    count = np.ones(both.sum()) if weights is None else weights[both] + 1e-6
    count = count / count.sum()
    middle, centre = count @ shape[both], count @ positions[both]
    from_y, from_x = (shape[both] - middle).T
    to_y, to_x = (positions[both] - centre).T
    aligned = float(count @ (from_x * to_x + from_y * to_y))
    across = float(count @ (from_x * to_y - from_y * to_x))
    certain = np.hypot(aligned, across) > 1e-9
    angle = float(np.arctan2(across, aligned)) if certain else otherwise
    return Pose(angle, centre - turn(middle, angle))


def learn_body(references: Sequence[NDArray[np.float64]], radius: float) -> Body:
    """Align references' positions (part, 2) with their mean; the body's long axis is its x.

    ``radius`` is the size of a body of one part, pixels.
    """
    known = [int(np.isfinite(one).all(axis=1).sum()) for one in references]
    first = references[int(np.argmax(known))]
    shape = first - np.nanmean(first, axis=0)
    for _ in range(_ROUNDS):
        aligned = [fit_pose(shape, one).to_body(one) for one in references if _shared(shape, one)]
        shape = _mean(np.array(aligned))
        shape = shape - np.nanmean(shape, axis=0)
    shape = _lengthwise(shape)
    size = max(float(np.sqrt(np.nanmean((shape**2).sum(axis=1)))), radius)
    total = np.full(len(shape), _PRIOR_COUNT * (_PRIOR_SPREAD * size) ** 2)
    count = np.full(len(shape), float(_PRIOR_COUNT))
    for one in references:
        if _shared(shape, one):
            away = ((fit_pose(shape, one).to_body(one) - shape) ** 2).sum(axis=1) / 2
            there = np.isfinite(away)
            total[there] += away[there]
            count += there
    return Body(shape, np.sqrt(total / count), size)


def _lengthwise(shape: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shape turned so that it is longest along x."""
    y, x = shape[np.isfinite(shape).all(axis=1)].T
    return turn(shape, -0.5 * float(np.arctan2(2 * (x @ y), x @ x - y @ y)))


def _shared(shape: NDArray[np.float64], positions: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(shape + positions).all(axis=1).any())


def _mean(aligned: NDArray[np.float64]) -> NDArray[np.float64]:
    """(part, 2) mean over references; NaN where none has the part."""
    there = np.isfinite(aligned)
    count = there.sum(axis=0)
    return np.where(
        count > 0, np.where(there, aligned, 0).sum(axis=0) / np.maximum(count, 1), np.nan
    )
