"""A prepared project of any size, drawn at random: no movie is simulated, read or scanned.

What the app shows is as large as real evidence is: footprints of some 150 pixels, neighbours as
dense as they lie, crops with their neighbours in them, five events of eleven frames, traces of
3,000 frames. Noise is cut from one long stretch of it at random places, so that it compresses as
noise does.
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal, sparse
from sort_step import simulate

from sightline.data.evidence import Evidence, Layout, MovieNotes
from sightline.data.feature_set import ACTSORT_FEATURES
from sightline.data.features import FeatureTable
from sightline.project.candidates import store_candidates
from sightline.project.evidence import new_evidence
from sightline.project.project import Project
from sightline.sort.evidence.layout import lay_out
from sightline.sort.evidence.settings import DEFAULT_EVIDENCE

CLASSES = ("not cell", "cell")
LARGEST_SIDE = 1700
FRAMES = 3000
EVENTS = DEFAULT_EVIDENCE.events
WINDOW = DEFAULT_EVIDENCE.window

_RECORDING = "simulated"
_RADIUS_PX = 6.8
_BLOCK = 2000
_POOL = 2**22
_LEAST, _STEP, _DARK, _BRIGHT = 200.0, 2.5, 8, 12


def make_project(folder: Path, candidates: int) -> tuple[Path, NDArray[np.bool_]]:
    """Draw a project, in which nothing is decided.

    Parameters
    ----------
    folder
        Where it goes; one of that size that is there already is used again.
    candidates
        How many.

    Returns
    -------
    path
        The project folder.
    cell : (candidate,) bool
        The truth.
    """
    values, label = simulate(candidates)
    path = folder / f"{_RECORDING}-{candidates}.sightline"
    if path.exists():
        return path, label == 1
    rng = np.random.default_rng(1)
    aside = Project.create(folder / f"unfinished-{uuid4().hex}.sightline", "sort")
    identities = tuple(map(str, range(candidates)))
    table = FeatureTable(_RECORDING, values, ACTSORT_FEATURES, "simulated-1", identities)
    store_candidates(aside, [table], CLASSES)
    _store_evidence(aside, table, rng)
    return aside.path.rename(path), label == 1


def _store_evidence(project: Project, table: FeatureTable, rng: np.random.Generator) -> None:
    count = len(table)
    side = min(LARGEST_SIDE, round(17 * count**0.5))
    footprints = draw_footprints(count, side, rng)
    layout = lay_out(footprints, (side, side))
    apart = (FRAMES - WINDOW) // EVENTS
    events = np.arange(EVENTS) * apart + rng.integers(WINDOW, apart, (count, EVENTS))
    contrast = _LEAST + _STEP * np.array([0, _DARK + _BRIGHT, _DARK - 2, _DARK + _BRIGHT - 2])
    evidence = Evidence(
        table.recording,
        table.identities,
        (side, side),
        footprints,
        rng.permuted(events, axis=1).astype(np.int32),
        np.tile(contrast.astype(np.float32), (count, 1)),
        layout,
        MovieNotes("none", 10.0, half_window=DEFAULT_EVIDENCE.half_window),
        {name: _image(footprints, side, rng) for name in ("maximum", "mean", "correlation")},
    )
    coding = (np.full(count, _LEAST), np.full(count, _STEP))
    pixels = EVENTS * WINDOW * _areas(layout)
    shape = (count, FRAMES)
    with new_evidence(project, evidence, shape, coding, pixels) as (write_traces, write_codes):
        for begin in range(0, count, _BLOCK):
            write_traces(_traces(evidence.events[begin : begin + _BLOCK], rng))
        for codes in _snapshots(footprints, layout, side, rng):
            write_codes(codes)


def draw_footprints(count: int, side: int, rng: np.random.Generator) -> sparse.csr_array:
    """Ellipses with soft borders, (candidate, pixel), everywhere in a square image."""
    reach = round(1.6 * _RADIUS_PX)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1, 1)
    parts = []
    for begin in range(0, count, _BLOCK):
        number = min(_BLOCK, count - begin)
        centres = rng.integers(reach, side - reach, (2, number))
        axes = _RADIUS_PX * rng.lognormal(0, 0.12, (2, number))
        angle = rng.uniform(0, np.pi, number)
        along = (x * np.cos(angle) + y * np.sin(angle)) / axes[0]
        across = (y * np.cos(angle) - x * np.sin(angle)) / axes[1]
        weights = np.clip(1.6 * (1.15 - np.hypot(along, across)), 0, 1).astype(np.float32)
        place, row = np.nonzero(weights)
        pixel = (centres[0][row] + y[place, 0]) * side + centres[1][row] + x[place, 0]
        block = sparse.coo_array((weights[place, row], (row, pixel)), shape=(number, side**2))
        parts.append(block.tocsr())
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def _image(
    footprints: sparse.csr_array, side: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    brightness = rng.lognormal(0, 0.5, footprints.shape[0])
    image = np.asarray(footprints.T @ brightness).reshape(side, side)
    image += 3 * ndimage.gaussian_filter(rng.standard_normal((side, side)), 20) * 20
    return (image + rng.normal(0, 0.3, image.shape)).astype(np.float32)


def _traces(events: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise, small events, and the largest ones where they are said to be."""
    fired = rng.exponential(2, (len(events), FRAMES)) * (rng.random((len(events), FRAMES)) < 0.004)
    np.put_along_axis(fired, events.astype(np.intp), rng.uniform(8, 14, events.shape), axis=1)
    decay = signal.lfilter([1], [1, -0.93], fired, axis=1)
    return (decay + rng.standard_normal(decay.shape)).astype(np.float32)


def _snapshots(
    footprints: sparse.csr_array, layout: Layout, side: int, rng: np.random.Generator
) -> Iterator[NDArray[np.uint16]]:
    """Noise of a few steps, and the candidate lighting up in the middle of each window."""
    pool = np.clip(rng.normal(_DARK, 1.6, _POOL), 0, 255).round().astype(np.uint16)
    light = np.exp(-np.maximum(np.arange(WINDOW) - WINDOW // 2, 0) / 4)
    light[: WINDOW // 2] = 0
    crops = layout.crops.astype(np.int64)
    for index, (top, left, bottom, right) in enumerate(crops):
        begin, end = footprints.indptr[index : index + 2]
        y, x = np.divmod(footprints.indices[begin:end], side)
        own = np.zeros((bottom - top, right - left), np.float32)
        own[y - top, x - left] = footprints.data[begin:end]
        lit = (_BRIGHT * light[:, None, None] * own).astype(np.uint16)
        start = int(rng.integers(_POOL - EVENTS * lit.size))
        noise = pool[start : start + EVENTS * lit.size].reshape(EVENTS, *lit.shape)
        yield (noise + lit).ravel()


def _areas(layout: Layout) -> NDArray[np.int64]:
    sides = (layout.crops[:, 2:] - layout.crops[:, :2]).astype(np.int64)
    return sides.prod(1)
