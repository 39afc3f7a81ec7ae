"""Candidates of a simulated movie as an extraction tool gives them, and what each really is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.candidate_set import CandidateSet, TraceKind, check_candidates
from sightline.errors import SettingError
from sightline.simulate.calcium_movie import SimulatedMovie
from sightline.simulate.movie_settings import check_number
from sightline.simulate.proposals import CELL_KINDS, WRONG, Proposal, propose_cells
from sightline.simulate.traces import estimate_traces

_FAINTEST_WEIGHT = 0.1


@dataclass(frozen=True)
class ExtractionSettings:
    """How well an extraction tool did.

    Parameters
    ----------
    missed_share
        Share of the true cells that are not among the candidates.
    duplicates, fragments, merged_pairs, vessels, motion_edges, noise, neuropil
        How many candidates of each wrong kind.
    footprint_noise
        Standard deviation of each weight, as share of it.
    trace_kind
        ``"mean"``: each footprint's weighted mean. ``"model"``: least squares over all footprints
        together, which leaves little to a duplicate or fragment beside its whole cell.
    surround_share
        Share of the surround's mean that is taken off.
    seed
        Same movie, settings and seed, same candidates.

    Raises
    ------
    SettingError
        If a setting is outside its range.
    """

    missed_share: float = 0.0
    duplicates: int = 15
    fragments: int = 20
    merged_pairs: int = 10
    vessels: int = 15
    motion_edges: int = 15
    noise: int = 15
    neuropil: int = 10
    footprint_noise: float = 0.15
    trace_kind: TraceKind = "mean"
    surround_share: float = 0.9
    seed: int = 0

    def __post_init__(self) -> None:
        if self.trace_kind not in {"model", "mean"}:
            raise SettingError(f"trace_kind is {self.trace_kind!r}; it must be model or mean.")
        for name in ("missed_share", "footprint_noise", "surround_share"):
            check_number(name, getattr(self, name), 0, 1)
        for name in WRONG:
            check_number(name, getattr(self, name), 0, 100_000, whole=True)
        check_number("seed", self.seed, 0, 2**63, whole=True)


@dataclass(frozen=True)
class SimulatedExtraction:
    """Candidates whose truth is known; they are in no order.

    Parameters
    ----------
    candidates
        As from an extraction tool; without labels.
    truth : (candidate,) int8
        1 cell, 0 not a cell.
    kinds
        What each is: ``"cell"``, ``"silent cell"``, ``"duplicate"``, ``"fragment"``,
        ``"merged pair"``, ``"vessel"``, ``"motion edge"``, ``"noise"`` or ``"neuropil"``.
    cells : (candidate, 2) int32
        Rows of the movie's true cells that it shows, -1 where there is none.
    """

    candidates: CandidateSet
    truth: NDArray[np.int8]
    kinds: tuple[str, ...]
    cells: NDArray[np.int32]


def simulate_extraction(
    movie: SimulatedMovie, settings: ExtractionSettings | None = None
) -> SimulatedExtraction:
    """Find cells and things that are none, and estimate their traces in one pass over the movie.

    A trace is what the movie holds there, with its noise, motion, bleaching and neuropil, less a
    share of the surround's mean, less its own median.

    Raises
    ------
    SettingError
        If the movie has no candidates, or none of a kind that was asked for.
    """
    settings = settings or ExtractionSettings()
    rng = np.random.default_rng([settings.seed, movie.settings.seed])
    proposals = _propose(movie, settings, rng)
    footprints = _footprints(movie, proposals, settings, rng)
    traces, images = estimate_traces(
        movie, footprints, settings.trace_kind, surround_share=settings.surround_share
    )
    candidates = CandidateSet(
        recording=movie.info.name,
        source=movie.info.source,
        format="simulated",
        image_shape=(movie.settings.height, movie.settings.width),
        footprints=footprints,
        traces=traces,
        identities=tuple(map(str, range(len(proposals)))),
        trace_kind=settings.trace_kind,
        frame_rate_hz=movie.settings.frame_rate_hz,
        images=images,
    )
    kinds = tuple(proposal.kind for proposal in proposals)
    cells = [(*proposal.cells, -1, -1)[:2] for proposal in proposals]
    return SimulatedExtraction(
        check_candidates(candidates),
        np.array([kind in CELL_KINDS for kind in kinds], np.int8),
        kinds,
        np.array(cells, np.int32),
    )


def _propose(
    movie: SimulatedMovie, settings: ExtractionSettings, rng: np.random.Generator
) -> list[Proposal]:
    found = propose_cells(movie, settings.missed_share, rng)
    proposals = list(found)
    for name, make in WRONG.items():
        proposals += make(movie, found, getattr(settings, name), rng)
    if not proposals:
        raise SettingError("No cell was found and nothing wrong asked for; ask for a candidate.")
    return [proposals[index] for index in rng.permutation(len(proposals))]


def _footprints(
    movie: SimulatedMovie,
    proposals: list[Proposal],
    settings: ExtractionSettings,
    rng: np.random.Generator,
) -> sparse.csr_array:
    """Noisy footprints (candidate, pixel), float32, largest weight 1, without faint pixels."""
    rows = np.repeat(np.arange(len(proposals)), [len(proposal.pixels) for proposal in proposals])
    pixels = np.concatenate([proposal.pixels for proposal in proposals])
    weights = np.concatenate([proposal.weights for proposal in proposals])
    shape = (len(proposals), movie.settings.height * movie.settings.width)
    clean = sparse.coo_array((weights, (rows, pixels)), shape=shape).tocsr()
    clean.data *= np.maximum(1 + settings.footprint_noise * rng.standard_normal(clean.nnz), 0.2)
    peaks = np.repeat(clean.max(axis=1).toarray().ravel(), np.diff(clean.indptr))
    clean.data /= peaks
    clean.data[clean.data < _FAINTEST_WEIGHT] = 0
    clean.eliminate_zeros()
    return sparse.csr_array(clean, dtype=np.float32)
