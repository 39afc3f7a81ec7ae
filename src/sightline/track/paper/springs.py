"""The elastic network: which points are tied, how stiffly, and what stretching costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sightline.track.located import known
from sightline.track.paper.settings import PaperSettings, SpringLaw

_REACH: Final = 1.6  # diagonals of a patch beyond which neighbours are not tied
_MOVED: Final = 20.0  # pixels squared: covariance from which ties are as stiff as they get
_NEAR: Final = 1e-5  # half views: distances below it are taken for it


@dataclass(frozen=True)
class Springs:
    """The ties of one reference.

    Parameters
    ----------
    neighbour : (point, tie) int64
        Row of the point at the other end; -1: no tie.
    stiffness : (point, tie) float64
        From 0 to 1, before the weight of the loss.
    rest : (point, tie, 3) float64
        From the point to its neighbour in the reference, -1 to 1 being the view.
    """

    neighbour: NDArray[np.int64]
    stiffness: NDArray[np.float64]
    rest: NDArray[np.float64]


def tie(
    references: NDArray[np.float64], shape: tuple[int, ...], settings: PaperSettings
) -> tuple[Springs, ...]:
    """The ties of every reference, stiffer between points that move together over all of them.

    Parameters
    ----------
    references : (reference, point, 3) float64
        -1 to 1; NaN where missing.
    shape
        Of a frame (z, y, x), pixels.

    Notes
    -----
    Stiffness is the covariance of positions (Methods, "Spatial regularization"), mean of the axes,
    over 20 pixels squared or the largest of the point's ties; negative ones are cut. Where fewer
    than two references hold both points, it is 1.
    """
    size = np.array(shape) / 2 * [max(1.0, settings.z_step), 1.0, 1.0]
    together = _covariance(references * size)
    named = _linked(references.shape[1], settings.links or ())
    found = []
    for places in references:
        near = _nearest(places * size, settings) if settings.links is None else named
        there = known(places)
        rows = np.where((near >= 0) & there[:, None] & there[near], near, -1)
        rest = np.where((rows >= 0)[..., None], places[rows] - places[:, None], 0.0)
        rows = np.where(np.linalg.norm(rest, axis=2) > _NEAR, rows, -1)
        found.append(Springs(rows, _stiffness(together, rows), rest))
    return tuple(found)


def join_springs(springs: Sequence[Springs], source: NDArray[np.int64]) -> Springs:
    """The ties of each point as in its source (point,), a place in ``springs``; -1: no tie."""
    most = max(one.neighbour.shape[1] for one in springs)
    count = len(source)
    found = Springs(np.full((count, most), -1), np.zeros((count, most)), np.zeros((count, most, 3)))
    for place, one in enumerate(springs):
        mine, ties = source == place, one.neighbour.shape[1]
        found.neighbour[mine, :ties] = one.neighbour[mine]
        found.stiffness[mine, :ties] = one.stiffness[mine]
        found.rest[mine, :ties] = one.rest[mine]
    return found


def spring_loss(
    springs: Springs, positions: NDArray[np.float64], law: SpringLaw
) -> tuple[float, NDArray[np.float64]]:
    """Mean cost of a point's ties over points, and its (point, 3) gradient.

    Parameters
    ----------
    positions : (point, 3) float64
        -1 to 1, as in the reference program: a view's sides count alike, however long. No tie
        reaches a point that has no position.
    """
    gradient = np.zeros_like(positions)
    there = known(positions)
    tied = (springs.neighbour >= 0) & there[:, None] & there[springs.neighbour]
    row, column = np.nonzero(tied)
    if not len(row):
        return 0.0, gradient
    other, rest = springs.neighbour[row, column], springs.rest[row, column]
    apart = positions[other] - positions[row]
    cost, slope = _stretch(apart, rest, law)
    share = springs.stiffness[row, column] / (there.sum() * springs.neighbour.shape[1])
    pull = share[:, None] * slope
    np.add.at(gradient, other, pull)
    np.subtract.at(gradient, row, pull)
    return float((share * cost).sum()), gradient


def _stretch(
    apart: NDArray[np.float64], rest: NDArray[np.float64], law: SpringLaw
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(tie,) cost and (tie, 3) its gradient by what lies between the ends."""
    if law == "displacement":
        off = apart - rest
        length = np.linalg.norm(off, axis=1)
        at_rest = np.linalg.norm(rest, axis=1)
        return length / at_rest, _unit(off) / at_rest[:, None]
    length = np.maximum(np.linalg.norm(apart, axis=1), _NEAR)
    at_rest = np.linalg.norm(rest, axis=1)
    if law == "norm":
        scale = at_rest + _NEAR
        slope = np.sign(length - at_rest) / scale
        return np.abs(length - at_rest) / scale, slope[:, None] * _unit(apart)
    share = at_rest / length
    slope = -4 * (share**4 - share**2) / length
    return share**4 - 2 * share**2, slope[:, None] * _unit(apart)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of length 1, or 0 as they were."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length > 0, length, 1.0)


def _covariance(places: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """(point, point), mean of the axes, over the references that hold both; NaN below two."""
    if len(places) < 2:
        return None
    held = known(places).astype(float)
    there = np.where(held[..., None] > 0, places, 0.0)
    middle = there.sum(axis=0) / np.maximum(held.sum(axis=0), 1)[:, None]
    moved = (there - middle) * held[..., None]
    both = held.T @ held
    product = np.einsum("rik,rjk->ij", moved, moved)
    mine = np.einsum("rik,rj->kij", moved, held)
    crossed = (mine * mine.swapaxes(1, 2)).sum(axis=0) / np.maximum(both, 1)
    return np.where(both >= 2, (product - crossed) / np.maximum(both - 1, 1) / 3, np.nan)


def _stiffness(
    together: NDArray[np.float64] | None, rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    there = (rows >= 0).astype(float)
    if together is None:
        return there
    moved = together[np.arange(len(rows))[:, None], rows] / _MOVED
    sure = np.isfinite(moved) & (rows >= 0)
    most = np.where(sure, moved, 0.0).max(axis=1, initial=1.0, keepdims=True)
    share = np.where(sure, np.maximum(moved, 0.0) / most, 1.0)
    return there * share


def _nearest(places: NDArray[np.float64], settings: PaperSettings) -> NDArray[np.int64]:
    """(point, tie) nearest neighbours of each point that is there, pixels; -1: none."""
    there = np.flatnonzero(known(places))
    some = min(settings.neighbours, len(there) - 1)
    rows = np.full((len(places), max(some, 1)), -1)
    if some < 1:
        return rows
    sides = (settings.patch_depth, settings.patch_size, settings.patch_size)
    apart, near = KDTree(places[there]).query(places[there], some + 1)
    near = np.asarray(near)
    mine = near == np.arange(len(there))[:, None]
    mine[~mine.any(axis=1), -1] = True  # points at one place hide each other
    keep = ~mine
    tied = np.where(apart < _REACH * np.linalg.norm(sides), there[near], -1)
    rows[there] = tied[keep].reshape(len(there), some)
    return rows


def _linked(count: int, links: tuple[tuple[int, int], ...]) -> NDArray[np.int64]:
    """(point, tie) neighbours that a person named; -1: none."""
    named: list[list[int]] = [[] for _ in range(count)]
    for one, other in links:
        if max(one, other) < count:
            named[one].append(other)
    rows = np.full((count, max((len(some) for some in named), default=1) or 1), -1)
    for row, some in zip(rows, named, strict=True):
        row[: len(some)] = some
    return rows
