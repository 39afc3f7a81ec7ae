"""A small movie of crowded cells, and candidates of it whose truth is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

SIDE = 110
SHAPE = (SIDE, SIDE)
CELLS = 60
FRAMES = 800
Y, X = np.mgrid[:SIDE, :SIDE]


@dataclass(frozen=True)
class Candidates:
    """Footprints (candidate, pixel) at any scale, traces, the cell of each, and which fragment."""

    footprints: sparse.csr_array
    traces: NDArray[np.float32]
    cell: NDArray[np.int64]
    part: NDArray[np.int64]

    def same(self, first: int, second: int) -> bool:
        return self.cell[first] == self.cell[second]


@dataclass(frozen=True)
class Field:
    """Where the cells of a field are, (cell, 2), and their two radii and angle, (cell, 3)."""

    centres: NDArray[np.float64]
    shapes: NDArray[np.float64]


def make_field(rng: np.random.Generator, cells: int = CELLS) -> Field:
    """Cells of 3.5 to 6 px radius, at least 6 px apart: many overlap."""
    centres: list[NDArray[np.float64]] = []
    while len(centres) < cells:
        centre = rng.uniform(6, SIDE - 6, 2)
        if all(np.hypot(*(centre - other)) > 6 for other in centres):
            centres.append(centre)
    radii = rng.uniform(3.5, 6, (cells, 2))
    return Field(np.array(centres), np.column_stack([radii, rng.uniform(0, np.pi, cells)]))


def draw_cell(
    centre: NDArray[np.float64], shape: NDArray[np.float64], rim: float = 0.8
) -> NDArray[np.float64]:
    """An ellipse that fades out at its rim, as a flat image."""
    dy, dx = Y - centre[0], X - centre[1]
    along = np.cos(shape[2]) * dy + np.sin(shape[2]) * dx
    across = np.cos(shape[2]) * dx - np.sin(shape[2]) * dy
    distance = np.hypot(along / shape[0], across / shape[1])
    return (np.clip(1 + rim / 2 - distance, 0, rim) / rim).ravel()


def cut(footprint: NDArray[np.float64], centre: NDArray[np.float64], rng: np.random.Generator):
    """Two fragments along a line near the centre, with a seam that neither has."""
    angle, seam = rng.uniform(0, np.pi), rng.uniform(-0.5, 1)
    side = (np.cos(angle) * (Y - centre[0]) + np.sin(angle) * (X - centre[1])).ravel()
    return footprint * (side > seam / 2), footprint * (side < -seam / 2)


def find_footprints(
    field: Field,
    rng: np.random.Generator,
    *,
    jitter: float = 0.5,
    duplicates: int = 8,
    splits: int = 8,
    missed: int = 0,
    shift: tuple[int, int] = (0, 0),
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """What an extraction finds: noisy shapes of any scale in any order, some doubled, some cut."""
    kinds = np.repeat([2, 1, -1, 0], [splits, duplicates, missed, len(field.centres)])
    kinds = rng.permutation(kinds[: len(field.centres)])
    found: list[tuple[NDArray[np.float64], int, int]] = []

    def noisy(cell: int, more: float = 1.0) -> NDArray[np.float64]:
        centre = field.centres[cell] + rng.normal(0, more * jitter, 2) + shift
        shape = field.shapes[cell] * [*np.exp(rng.normal(0, 0.2 * more * jitter, 2)), 1]
        texture = np.clip(1 + 0.3 * jitter * rng.standard_normal(SIDE * SIDE), 0, None)
        return draw_cell(centre, shape) * texture * rng.uniform(0.2, 5)

    for cell, kind in enumerate(kinds):
        if kind == 2:
            parts = cut(noisy(cell, 0.5), field.centres[cell] + shift, rng)
            found += [(part, cell, number) for number, part in enumerate(parts, start=1)]
        elif kind >= 0:
            found.append((noisy(cell), cell, 0))
            found += [(noisy(cell, 1.5), cell, 0)] * kind
    order = rng.permutation(len(found))
    footprints, cell, part = zip(*(found[index] for index in order), strict=True)
    return np.array(footprints), np.array(cell), np.array(part)


def make_movie(field: Field, rng: np.random.Generator, neuropil: float) -> NDArray[np.float64]:
    """(pixel, frame): cells with calcium events, neuropil shared by all and by regions, noise."""
    cells = len(field.centres)
    placed = zip(field.centres, field.shapes, strict=True)
    footprints = np.array([draw_cell(*cell) for cell in placed])
    rate = rng.lognormal(np.log(0.006), 0.7, (cells, 1))
    events = (rng.random((cells, FRAMES)) < rate) * rng.lognormal(0, 0.4, (cells, FRAMES))
    decay = np.exp(-np.arange(80) / 10)
    activity = np.array([np.convolve(event, decay)[:FRAMES] for event in events])
    movie = footprints.T @ (activity * rng.lognormal(1.2, 0.5, (cells, 1)))
    movie += neuropil * _slow(rng, 15)
    for _ in range(6):
        y, x = rng.uniform(0, SIDE, 2)
        region = np.exp(-((Y - y) ** 2 + (X - x) ** 2) / 1800).ravel()
        movie += neuropil * np.outer(region, _slow(rng, 12))
    return movie + 1.5 * rng.standard_normal(movie.shape)


def simulate(rng: np.random.Generator, trace_kind: str, neuropil: float) -> Candidates:
    """Candidates with traces as extractors estimate them: by least squares, or as means."""
    field = make_field(rng)
    movie = make_movie(field, rng, neuropil)
    footprints, cell, part = find_footprints(field, rng)
    if trace_kind == "mean":
        traces = footprints @ movie / footprints.sum(axis=1, keepdims=True)
    else:
        traces = np.linalg.lstsq(footprints.T, movie, rcond=None)[0]
    return Candidates(sparse.csr_array(footprints), traces.astype(np.float32), cell, part)


def _slow(rng: np.random.Generator, width: int) -> NDArray[np.float64]:
    kernel = np.exp(-0.5 * (np.arange(-3 * width, 3 * width + 1) / width) ** 2)
    noise = np.convolve(rng.standard_normal(FRAMES + 6 * width), kernel, "valid")
    return noise / noise.std()
