"""Footprints of all that an extraction tool takes for a cell, rightly or wrongly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, spatial

from sightline.errors import SettingError
from sightline.simulate.calcium_movie import SimulatedMovie

CELL_KINDS: Final = ("cell", "silent cell")

_WINDOW_UM: Final = 8.0
_FARTHEST_NEIGHBOUR_UM: Final = 60.0
_STEEPEST_SHARE: Final = 0.02


@dataclass(frozen=True)
class Proposal:
    """One candidate before its footprint is blurred by noise.

    Parameters
    ----------
    kind
        What it really is.
    pixels : (entry,) int64
        ``y * width + x``; a pixel that is named twice has the sum of its weights.
    weights : (entry,) float64
        Zero or more.
    cells
        True cells that it shows: none, one, or two.
    """

    kind: str
    pixels: NDArray[np.int64]
    weights: NDArray[np.float64]
    cells: tuple[int, ...] = ()


Maker = Callable[[SimulatedMovie, list[Proposal], int, np.random.Generator], list[Proposal]]


def propose_cells(
    movie: SimulatedMovie, missed_share: float, rng: np.random.Generator
) -> list[Proposal]:
    """All true cells but a share that was missed."""
    truth = movie.truth
    count = len(truth.centres)
    found = np.sort(rng.permutation(count)[round(missed_share * count) :])
    proposals = []
    for cell in found.tolist():
        entries = slice(*truth.footprints.indptr[cell : cell + 2])
        kind = "cell" if truth.onsets[cell].size else "silent cell"
        pixels = truth.footprints.indices[entries].astype(np.int64)
        proposals.append(
            Proposal(kind, pixels, truth.footprints.data[entries].astype(np.float64), (cell,))
        )
    return proposals


def propose_duplicates(
    movie: SimulatedMovie, found: list[Proposal], count: int, rng: np.random.Generator
) -> list[Proposal]:
    """Second copies of found cells, shifted by a third of their radius, at least one pixel."""
    proposals = []
    for cell in _pick(found, count, "duplicates", rng):
        radius = np.sqrt((cell.weights > 0.3).sum() / np.pi)
        angle = rng.uniform(0, 2 * np.pi)
        shift = max(radius / 3, 1) * np.array([np.sin(angle), np.cos(angle)])
        down, right = np.rint(shift).astype(int).tolist()
        copy = _shifted(movie, cell, down, right)
        # What would lie outside the image goes the other way.
        proposals.append(copy if copy.pixels.size else _shifted(movie, cell, -down, -right))
    return proposals


def propose_fragments(
    movie: SimulatedMovie, found: list[Proposal], count: int, rng: np.random.Generator
) -> list[Proposal]:
    """Parts of found cells, 35 to 60 % of their pixels, cut off along a line."""
    proposals = []
    for cell in _pick(found, count, "fragments", rng):
        y, x = np.divmod(cell.pixels, movie.settings.width)
        angle = rng.uniform(0, 2 * np.pi)
        along = y * np.sin(angle) + x * np.cos(angle)
        kept = along >= np.quantile(along, 1 - rng.uniform(0.35, 0.6))
        proposals.append(Proposal("fragment", cell.pixels[kept], cell.weights[kept], cell.cells))
    return proposals


def propose_merged_pairs(
    movie: SimulatedMovie, found: list[Proposal], count: int, rng: np.random.Generator
) -> list[Proposal]:
    """Two found cells in one, the nearest neighbours first."""
    if count == 0:
        return []
    centres = movie.truth.centres[[cell.cells[0] for cell in found]].reshape(-1, 2)
    farthest = _FARTHEST_NEIGHBOUR_UM / movie.settings.pixel_size_um
    pairs = spatial.KDTree(centres).query_pairs(farthest, output_type="ndarray")
    if len(pairs) < count:
        raise SettingError(
            f"merged_pairs is {count}, but only {len(pairs)} pairs of cells are nearer than "
            f"{_FARTHEST_NEIGHBOUR_UM:g} um; ask for fewer."
        )
    apart = np.linalg.norm(centres[pairs[:, 0]] - centres[pairs[:, 1]], axis=1)
    proposals = []
    for first, second in pairs[np.lexsort((*pairs.T, apart))[:count]]:
        pair = found[first], found[second]
        pixels = np.concatenate([cell.pixels for cell in pair])
        weights = np.concatenate([rng.uniform(0.7, 1) * cell.weights for cell in pair])
        proposals.append(Proposal("merged pair", pixels, weights, pair[0].cells + pair[1].cells))
    return proposals


def propose_vessels(
    movie: SimulatedMovie, _found: list[Proposal], count: int, rng: np.random.Generator
) -> list[Proposal]:
    """Pieces of blood vessels."""
    inside = np.flatnonzero(movie.truth.vessels)
    if count and not inside.size:
        raise SettingError(f"vessels is {count}, but the movie shows no blood vessel; ask for 0.")
    size = 2.2 * _WINDOW_UM / movie.settings.pixel_size_um
    image = movie.truth.vessels.astype(np.float64)
    chosen = rng.choice(inside, count) if count else []
    return [_piece("vessel", image, pixel, size) for pixel in chosen]


def propose_motion_edges(
    movie: SimulatedMovie, _found: list[Proposal], count: int, rng: np.random.Generator
) -> list[Proposal]:
    """Borders of bright and dark, outside the cells, which flicker when the image moves."""
    steepness = ndimage.gaussian_gradient_magnitude(movie.truth.background.astype(float), 1.5)
    steepness *= _outside_cells(movie)
    steepest = np.argsort(steepness, axis=None)[-max(int(_STEEPEST_SHARE * steepness.size), 1) :]
    size = _WINDOW_UM / movie.settings.pixel_size_um
    steepest = steepest[steepness.ravel()[steepest] > 0]
    chosen = rng.choice(steepest, count)
    return [_piece("motion edge", steepness, pixel, size) for pixel in chosen]


def propose_noise(
    movie: SimulatedMovie, _found: list[Proposal], count: int, rng: np.random.Generator
) -> list[Proposal]:
    """Spots outside the cells that were bright by chance in one frame of the movie."""
    size = 0.7 * _WINDOW_UM / movie.settings.pixel_size_um
    outside = _outside_cells(movie)
    proposals = []
    for pixel in rng.choice(np.flatnonzero(outside), count):
        frame = int(rng.integers(movie.settings.frames))
        image = movie.read(frame, frame + 1)[0].astype(np.float64)
        image -= ndimage.gaussian_filter(image, 3 * size)
        image = ndimage.gaussian_filter(image, 0.7)
        proposals.append(
            _piece("noise", np.where(outside, np.maximum(image, 1e-9), 0.0), pixel, size)
        )
    return proposals


def propose_neuropil(
    movie: SimulatedMovie, _found: list[Proposal], count: int, rng: np.random.Generator
) -> list[Proposal]:
    """Large irregular patches outside the cells."""
    size = 2 * _WINDOW_UM / movie.settings.pixel_size_um
    outside = _outside_cells(movie)
    rough = np.exp(2 * ndimage.gaussian_filter(rng.standard_normal(outside.shape), 2))
    rough = np.where(outside, rough, 0.0)
    chosen = rng.choice(np.flatnonzero(outside), count)
    return [_piece("neuropil", rough, pixel, size) for pixel in chosen]


# The setting that says how many, and who makes them.
WRONG: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        "duplicates": propose_duplicates,
        "fragments": propose_fragments,
        "merged_pairs": propose_merged_pairs,
        "vessels": propose_vessels,
        "motion_edges": propose_motion_edges,
        "noise": propose_noise,
        "neuropil": propose_neuropil,
    }
)


def _pick(
    found: list[Proposal], count: int, setting: str, rng: np.random.Generator
) -> list[Proposal]:
    """So many of the found cells, none twice unless more are asked for than there are."""
    if count and not found:
        raise SettingError(f"{setting} is {count}, but no cell was found; ask for 0.")
    chosen = rng.choice(len(found), count, replace=count > len(found)) if count else []
    return [found[index] for index in chosen]


def _shifted(movie: SimulatedMovie, cell: Proposal, down: int, right: int) -> Proposal:
    """The part of a shifted copy that lies in the image."""
    height, width = movie.settings.height, movie.settings.width
    y, x = np.divmod(cell.pixels, width)
    y, x = y + down, x + right
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    return Proposal("duplicate", (y * width + x)[inside], cell.weights[inside], cell.cells)


def _outside_cells(movie: SimulatedMovie) -> NDArray[np.bool_]:
    """Pixels (height, width) that no cell covers; all of them if there are none."""
    shape = movie.truth.vessels.shape
    covered = np.zeros(shape, bool)
    covered.reshape(-1)[movie.truth.footprints.indices] = True
    return np.ones(shape, bool) if covered.all() else ~covered


def _piece(kind: str, image: NDArray[np.float64], pixel: int, size: float) -> Proposal:
    """What an image shows around a pixel, under a Gaussian window; faint pixels left out."""
    height, width = image.shape
    y, x = divmod(int(pixel), width)
    reach = int(np.ceil(2.5 * size))
    rows = np.arange(max(y - reach, 0), min(y + reach + 1, height))
    columns = np.arange(max(x - reach, 0), min(x + reach + 1, width))
    away = (rows[:, None] - y) ** 2 + (columns - x) ** 2
    patch = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    patch = patch * np.exp(-away / (2 * size**2))
    kept = patch > 0.25 * patch.max()
    return Proposal(kind, (rows[:, None] * width + columns)[kept], patch[kept] / patch.max())
