"""Find a flat recording's points anywhere in a frame, by what references look like around them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.fft import next_fast_len

from sightline.track.patches import PatchGrid, patch_grid, sample, turned

_SIDE: Final = 128  # longest side of the coarse image, pixels
_UNIT: Final = np.ones(3)


@dataclass(frozen=True)
class SearchSettings:
    """How points are searched for.

    Parameters
    ----------
    patch_sigma
        Standard deviation of a patch's Gaussian weights, pixels of the frame.
    angles
        Turns that are tried, radians; one of 0 where bodies do not turn.
    slack
        How far a point may lie from where the others put it, as share of the constellation's size.
    """

    patch_sigma: float
    angles: tuple[float, ...] = tuple(np.arange(24) * 2 * np.pi / 24)
    slack: float = 0.3


@dataclass(frozen=True)
class SearchReference:
    """A reference frame, ready to be searched for in others.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        NaN where missing.
    centre : (3,) float64
        Their mean, pixels.
    templates : (angle, keypoint, sample) float32
        Coarse patches with the background taken off, turned.
    image : (1, 1, y, x) float32
        The frame with the background taken off.
    """

    positions: NDArray[np.float64]
    centre: NDArray[np.float64]
    templates: NDArray[np.float32]
    image: NDArray[np.float32]


@dataclass(frozen=True)
class Found:
    """Where a reference's points are in a frame.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        NaN where the reference has none.
    angle
        By which the reference had to be turned.
    score
        Mean over the points of how alike the patches are, at most 1.
    reference
        Which of the references, by its place in their list.
    """

    positions: NDArray[np.float64]
    angle: float
    score: float
    reference: int


def median_background(frames: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """(1, y, x) median over flat frames (channel, 1, y, x), channels averaged."""
    return np.median([frame.mean(axis=0) for frame in frames], axis=0).astype(np.float32)


def prepare_reference(
    frame: NDArray[np.float32],
    positions: NDArray[np.float64],
    background: NDArray[np.float32],
    settings: SearchSettings,
) -> SearchReference:
    """Cut a reference's patches at every angle.

    Parameters
    ----------
    frame : (channel, 1, y, x)
        Channels are averaged.
    positions : (keypoint, 3)
        NaN where missing; at least one is not.
    background : (1, y, x)
        What is there without the animal, such as `median_background`; zero if unknown.
    """
    image = (frame.mean(axis=0) - background)[None]
    coarse, by = _coarse(image)
    grid = _coarse_grid(coarse, by, settings)
    known = np.nan_to_num(positions)
    templates = np.stack(
        [
            sample(coarse, _to_coarse(known, by), turned(grid.offsets, -angle))[0][:, 0]
            for angle in settings.angles
        ]
    )
    centre = np.nanmean(positions, axis=0)
    return SearchReference(positions, centre, templates.astype(np.float32), image)


def search_points(
    frame: NDArray[np.float32],
    references: list[SearchReference],
    background: NDArray[np.float32],
    settings: SearchSettings,
    best: int = 5,
) -> list[Found]:
    """Find each reference's points as a constellation, then each point for itself.

    At coarse sampling every patch is compared with every place, at every angle; a constellation is
    where all its points find something alike near to where they should be. Then each point of it is
    placed at full sampling, within the slack.

    Parameters
    ----------
    frame : (channel, 1, y, x)
        As large as the references.
    references
        Of `prepare_reference`, with the same settings and background.
    background : (1, y, x)
        The same.
    best
        References whose constellations are placed finely.

    Returns
    -------
    list of `Found`
        Best first; at most one a reference.
    """
    image = (frame.mean(axis=0) - background)[None]
    coarse, by = _coarse(image)
    grid = _coarse_grid(coarse, by, settings)
    compare = _Comparison(coarse[0, 0], grid)
    found = [_constellation(one, compare, by, settings) for one in references]
    order = np.argsort([-one[0] for one in found], kind="stable")[:best]
    placed = [_place(int(k), references[k], image, found[k][1:], by, settings) for k in order]
    return sorted(placed, key=lambda one: -one.score)


def _coarse(image: NDArray[np.float32]) -> tuple[NDArray[np.float32], int]:
    """(1, 1, y, x) means of tiles, and the tile's side."""
    by = max(-(-max(image.shape[2:]) // _SIDE), 1)
    height, width = (size // by * by for size in image.shape[2:])
    tiles = image[0, 0, :height, :width].reshape(height // by, by, width // by, by)
    return np.ascontiguousarray(tiles.mean(axis=(1, 3)))[None, None], by


def _to_coarse(positions: NDArray[np.float64], by: int) -> NDArray[np.float64]:
    moved = (positions - (by - 1) / 2) / by
    moved[:, 0] = 0
    return moved


def _coarse_grid(coarse: NDArray[np.float32], by: int, settings: SearchSettings) -> PatchGrid:
    return patch_grid(max(settings.patch_sigma / by, 1.0), _UNIT, coarse.shape[1:])


class _Comparison:
    """How alike a coarse frame is to templates, at every place, by Fourier transforms."""

    def __init__(self, coarse: NDArray[np.float32], grid: PatchGrid) -> None:
        self.grid = grid
        self.reach = int(np.abs(grid.offsets).max())
        self.shape = coarse.shape
        padded = np.pad(coarse, self.reach, mode="edge")
        self.size = [next_fast_len(side, real=True) or side for side in padded.shape]
        self.image = np.fft.rfft2(padded, self.size)
        square = np.fft.rfft2(padded**2, self.size)
        weights = self._transformed(grid.weights.astype(np.float32)[None])
        self.mean = self._back(self.image * weights)[0]
        self.power = self._back(square * weights)[0]
        self.floor = 0.05 * float(self.power.max()) + 1e-12

    def maps(self, templates: NDArray[np.float32]) -> NDArray[np.float32]:
        """(template, y, x) mean of two correlations: with and without each patch's own mean."""
        weights = self.grid.weights.astype(np.float32)
        mean = templates @ weights
        power = templates**2 @ weights
        weighted = self._transformed(templates * weights)
        product = self._back(self.image * weighted)
        mean, power = mean[:, None, None], power[:, None, None]
        level = product / np.sqrt((self.power + self.floor) * (power + self.floor))
        spread = (self.power - self.mean**2 + self.floor) * (power - mean**2 + self.floor)
        shape = (product - mean * self.mean) / np.sqrt(spread)
        return (level + shape) / 2

    def _transformed(self, patches: NDArray[np.float32]) -> NDArray[np.complexfloating]:
        side = 2 * self.reach + 1
        tiles = np.zeros((len(patches), side, side), np.float32)
        y, x = (self.grid.offsets[:, 1:] + self.reach).astype(int).T
        tiles[:, y, x] = patches
        return np.conj(np.fft.rfft2(tiles, self.size))

    def _back(self, product: NDArray[np.complexfloating]) -> NDArray[np.float32]:
        height, width = self.shape
        return np.fft.irfft2(product, self.size)[:, :height, :width].astype(np.float32)


def _constellation(
    reference: SearchReference, compare: _Comparison, by: int, settings: SearchSettings
) -> tuple[float, float, NDArray[np.float64]]:
    """Score, angle and coarse centre of the best placing of all a reference's points."""
    present = np.isfinite(reference.positions).all(axis=1)
    offsets = (reference.positions - reference.centre)[present] / by
    slack = _slack(offsets, settings)
    best = (-np.inf, 0.0, np.zeros(3))
    for angle, templates in zip(settings.angles, reference.templates[:, present], strict=True):
        likeness = compare.maps(templates)
        side = 2 * round(slack) + 1
        near = ndimage.maximum_filter(likeness, (1, side, side), mode="nearest")
        shifts = np.rint(turned(offsets, angle)[:, 1:]).astype(int)
        total = np.zeros(likeness.shape[1:], np.float32)
        for k, shift in enumerate(shifts):
            total += _shifted(near[k], shift)
        place = np.unravel_index(int(np.argmax(total)), total.shape)
        score = float(total[place]) / len(near)
        if score > best[0]:
            best = (score, angle, np.array([0.0, *place]))
    return best


def _slack(offsets: NDArray[np.float64], settings: SearchSettings) -> float:
    """In the offsets' pixels, one at least."""
    return max(settings.slack * float(np.sqrt((offsets**2).sum(axis=1).mean())), 1.0)


def _shifted(likeness: NDArray[np.float32], shift: NDArray[np.int64]) -> NDArray[np.float32]:
    """The map at place + shift; nothing is alike outside."""
    moved = np.zeros_like(likeness)
    height, width = likeness.shape
    y, x = shift
    into = (slice(max(-y, 0), min(height - y, height)), slice(max(-x, 0), min(width - x, width)))
    of = (slice(max(y, 0), min(height + y, height)), slice(max(x, 0), min(width + x, width)))
    if likeness[of].size and moved[into].shape == likeness[of].shape:
        moved[into] = likeness[of]
    return moved


def _place(
    which: int,
    reference: SearchReference,
    image: NDArray[np.float32],
    pose: tuple[float, NDArray[np.float64]],
    by: int,
    settings: SearchSettings,
) -> Found:
    """Each point where its patch fits best near to where the constellation puts it."""
    angle, centre = pose
    positions = np.full(reference.positions.shape, np.nan)
    present = np.flatnonzero(np.isfinite(reference.positions).all(axis=1))
    offsets = (reference.positions - reference.centre)[present]
    middle = centre * by + (by - 1) / 2
    expected = middle + turned(offsets, angle)
    expected[:, 0] = 0
    slack = _slack(offsets, settings) + by
    grid = patch_grid(settings.patch_sigma, _UNIT, image.shape[1:])
    wanted, _ = sample(reference.image, reference.positions[present], turned(grid.offsets, -angle))
    total = 0.0
    for k, place in enumerate(present):
        at, score = _best_near(image, expected[k], wanted[k, 0], grid, slack)
        positions[place] = at
        total += score
    return Found(positions, angle, total / len(present), which)


def _best_near(
    image: NDArray[np.float32],
    expected: NDArray[np.float64],
    wanted: NDArray[np.float64],
    grid: PatchGrid,
    slack: float,
) -> tuple[NDArray[np.float64], float]:
    """Coarse, then fine steps; places farther from the expected one must be more alike."""
    at, score = expected, -np.inf
    for reach, step in ((slack, max(slack / 6, 1.0)), (max(slack / 6, 1.0), 1.0), (1.0, 0.5)):
        line = np.arange(-reach, reach + step / 2, step)
        moves = np.stack(np.meshgrid([0.0], line, line, indexing="ij"), -1).reshape(-1, 3)
        places = at + moves
        values, _ = sample(image, places, grid.offsets)
        alike = _alike(values[:, 0], wanted, grid.weights)
        away = ((places - expected) ** 2).sum(axis=1) / slack**2
        first = int(np.argmax(alike - 0.1 * away))
        at, score = places[first], float(alike[first])
    return at, score


def _alike(
    values: NDArray[np.float64], wanted: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(place,) mean of two correlations, as at coarse sampling."""
    floor = 0.05 * float(wanted**2 @ weights) + 1e-12
    product = values * wanted @ weights
    mean, own = values @ weights, wanted @ weights
    power, own_power = values**2 @ weights, wanted**2 @ weights
    level = product / np.sqrt((power + floor) * (own_power + floor))
    spread = (power - mean**2 + floor) * (own_power - own**2 + floor)
    return (level + (product - mean * own) / np.sqrt(spread)) / 2
