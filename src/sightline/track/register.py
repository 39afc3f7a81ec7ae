"""Register patches around points, all points of a frame at once: Gauss-Newton, coarse to fine."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from sightline.track.patches import PatchGrid, patch_grid, sample

Pyramid = list[tuple[NDArray[np.float32], NDArray[np.float64]]]

_FLAT: Final = 1e-4  # of the brightest value: below such a deviation a patch holds nothing
_DAMPING: Final = 1e-3
_SOLVED: Final = 1e-6  # share of the squared residual at which a step is known well enough
_SOLVING: Final = 30  # rounds at most for a step


@dataclass(frozen=True)
class RegisterSettings:
    """How points are registered.

    Parameters
    ----------
    patch_sigma
        Standard deviation of a patch's Gaussian weights, in units of the voxel size, at the finest
        level; at each coarser one twice as wide.
    levels
        Levels of the pyramid.
    stiffness
        Pull between neighbours, against correlation; 0: none.
    neighbours
        That each point is tied to.
    iterations
        At most, a level.
    settled_px
        Largest step, pixels, at which a level ends.
    """

    patch_sigma: float
    levels: int = 3
    stiffness: float = 0.01
    neighbours: int = 5
    iterations: int = 15
    settled_px: float = 0.02


@dataclass(frozen=True)
class Patches:
    """What a reference looks like around its points, at every level.

    Parameters
    ----------
    values : of each level (point, channel, sample) float64
        With weighted mean 0 and deviation 1; zero where a channel is flat, NaN where there is no
        point.
    """

    values: tuple[NDArray[np.float64], ...]

    @property
    def known(self) -> NDArray[np.bool_]:
        """(point,) whether there is one."""
        return np.asarray(np.isfinite(self.values[0]).all(axis=(1, 2)))

    def of(self, points: NDArray[np.bool_]) -> "Patches":
        """Those of some points."""
        return Patches(tuple(values[points] for values in self.values))


@dataclass(frozen=True)
class Registered:
    """Where registration took the points.

    Parameters
    ----------
    positions : (point, 3) float64
        (z, y, x) pixels.
    score : (point,) float64
        Weighted correlation with the reference's patch, finest level; -1 to 1.
    """

    positions: NDArray[np.float64]
    score: NDArray[np.float64]


def cut_patches(
    levels: Pyramid,
    positions: NDArray[np.float64],
    voxel_size: tuple[float, float, float],
    settings: RegisterSettings,
) -> Patches:
    """Patches of a frame around points (NaN where missing); ``levels`` is the frame's `pyramid`."""
    missing = np.asarray(~np.isfinite(positions).all(axis=1))
    places = np.where(missing[:, None], 0, positions)
    found = []
    for image, step in levels:
        grid = _grid(image, step, voxel_size, settings)
        values, _ = sample(image, places / step, grid.offsets)
        found.append(_standard(values, grid.weights, image)[0])
        found[-1][missing] = np.nan
    return Patches(tuple(found))


def scores(
    levels: Pyramid,
    patches: Patches,
    positions: NDArray[np.float64],
    voxel_size: tuple[float, float, float],
    settings: RegisterSettings,
) -> NDArray[np.float64]:
    """(point,) weighted correlation of patches with a frame around positions, finest level."""
    image, step = levels[0]
    grid = _grid(image, step, voxel_size, settings)
    values, _ = sample(image, positions / step, grid.offsets)
    mine = _standard(values, grid.weights, image)[0]
    return ((mine * patches.values[0]) @ grid.weights).mean(axis=1)


def register_points(
    levels: Pyramid,
    patches: Patches,
    start: NDArray[np.float64],
    voxel_size: tuple[float, float, float],
    settings: RegisterSettings,
    fixed: NDArray[np.bool_] | None = None,
) -> Registered:
    """Move points to where the frame looks like the reference's patches.

    The sum of squared differences of standardised patches is made least; brightness and contrast do
    not matter. Springs ask that neighbours move alike from where they start. A step that makes a
    level worse is halved; each point moves at most one of the level's pixels a step.

    Parameters
    ----------
    levels
        `pyramid` of the frame.
    patches
        Of the reference (`cut_patches`), with the same settings.
    start : (point, 3)
        Positions to begin with; no NaN.
    voxel_size
        Along (z, y, x).
    fixed : (point,) bool or None
        Points that are where a person put them: never moved, but their neighbours feel them.

    Notes
    -----
    Correlation is weighted in mean and variance; channels count alike.
    """
    still = np.zeros(len(start), bool) if fixed is None else fixed
    positions = start.copy()
    ties = _ties(start * np.array(voxel_size), settings.neighbours) * settings.stiffness
    for place in range(len(levels) - 1, -1, -1):
        if len(start) and not still.all():
            image, step = levels[place]
            grid = _grid(image, step, voxel_size, settings)
            level = _Level(image, grid, patches.values[place], ties, start / step, still)
            positions = level.descend(positions / step, settings) * step
            positions[still] = start[still]
    return Registered(positions, scores(levels, patches, positions, voxel_size, settings))


@dataclass(frozen=True)
class _Level:
    """What does not change while a level is registered; positions are in its pixels."""

    image: NDArray[np.float32]
    grid: PatchGrid
    wanted: NDArray[np.float64]
    ties: csr_array
    start: NDArray[np.float64]
    still: NDArray[np.bool_]

    def descend(
        self, positions: NDArray[np.float64], settings: RegisterSettings
    ) -> NDArray[np.float64]:
        """Gauss-Newton steps until they are small or nothing gains."""
        cost, normal, slope = self._terms(positions)
        for _ in range(settings.iterations):
            step = self._step(normal, slope)
            for _ in range(3):
                ahead = positions + step
                new_cost, new_normal, new_slope = self._terms(ahead)
                if new_cost <= cost:
                    break
                step = step / 2
            else:
                break
            positions, cost, normal, slope = ahead, new_cost, new_normal, new_slope
            if np.abs(step).max() < settings.settled_px:
                break
        return positions

    def _terms(
        self, positions: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Cost, (point, 3, 3) curvature and (point, 3) slope of the patches; springs in both."""
        values, slopes = sample(self.image, positions, self.grid.offsets)
        weights = self.grid.weights
        mine, spread = _standard(values, weights, self.image)
        slopes /= spread[:, :, None, None]  # none where flat: the deviation is infinite
        slopes -= (weights @ slopes)[:, :, None]
        along = (mine * weights)[:, :, None] @ slopes
        slopes -= mine[..., None] * along
        left = mine - self.wanted
        weighted = (slopes * weights[:, None]).reshape(len(positions), -1, 3).swapaxes(1, 2)
        count = len(self.image)
        normal = weighted @ slopes.reshape(len(positions), -1, 3) / count
        slope = (weighted @ left.reshape(len(positions), -1, 1))[..., 0] / count
        moved = positions - self.start
        pull = self.ties @ moved
        cost = float((left**2 @ weights).sum() / count + (moved * pull).sum())
        return cost, normal, slope + pull

    def _step(self, normal: NDArray[np.float64], slope: NDArray[np.float64]) -> NDArray[np.float64]:
        flat = np.array(self.image.shape[1:]) == 1
        damped = normal + np.eye(3) * _DAMPING
        damped[:, flat] = 0
        damped[:, :, flat] = 0
        damped[:, flat, flat] = 1
        held = np.where(self.still, 1e9, 0.0)[:, None, None] * np.eye(3)
        step = -_solve(damped + held, self.ties, slope)
        step[:, flat] = 0
        step[self.still] = 0
        length = np.linalg.norm(step, axis=1, keepdims=True)
        return step / np.maximum(length, 1)


def _solve(
    blocks: NDArray[np.float64], ties: csr_array, right: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(point, 3) that blocks on the diagonal (point, 3, 3) and ties take to ``right``.

    Conjugate gradients; the blocks, which outweigh the ties, precondition them.
    """
    inverse = np.asarray(np.linalg.inv(blocks), np.float64)
    found = np.zeros_like(right)
    left = right.copy()
    ahead = onward = _each(inverse, left)
    energy = float((left * onward).sum())
    enough = _SOLVED * energy
    for _ in range(_SOLVING):
        if energy <= enough:
            break
        pushed = _each(blocks, ahead) + ties @ ahead
        share = energy / float((ahead * pushed).sum())
        found += share * ahead
        left -= share * pushed
        onward = _each(inverse, left)
        before, energy = energy, float((left * onward).sum())
        ahead = onward + energy / before * ahead
    return found


def _each(blocks: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return (blocks @ vectors[..., None])[..., 0]


def _ties(places: NDArray[np.float64], neighbours: int) -> csr_array:
    """(point, point) Laplacian of the nearest neighbours, symmetric; each pull counts as one."""
    count = len(places)
    some = min(neighbours, count - 1)
    if some < 1:
        return csr_array((count, count))
    near = np.asarray(KDTree(places).query(places, some + 1)[1])[:, 1:]
    rows = np.repeat(np.arange(count), some)
    one = csr_array((np.full(near.size, 0.5), (rows, near.ravel())), shape=(count, count))
    both = (one + one.T) / some
    degree = both.sum(axis=1)
    diagonal = csr_array((degree, (np.arange(count), np.arange(count))), shape=(count, count))
    return (diagonal - both).tocsr()


def _grid(
    image: NDArray[np.float32],
    step: NDArray[np.float64],
    voxel_size: tuple[float, float, float],
    settings: RegisterSettings,
) -> PatchGrid:
    """At coarser levels as many samples, hence a wider patch."""
    wider = settings.patch_sigma * float(step.max())
    return patch_grid(wider, np.array(voxel_size) * step, image.shape[1:])


def _standard(
    values: NDArray[np.float64], weights: NDArray[np.float64], image: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Patches with weighted mean 0 and deviation 1 (0 if flat); the deviations (inf if flat)."""
    centred = values - (values @ weights)[..., None]
    spread = np.sqrt(centred**2 @ weights)
    floor = _FLAT * np.abs(image).max(axis=(1, 2, 3))
    spread = np.where(spread > floor, spread, np.inf)
    return centred / spread[..., None], spread
