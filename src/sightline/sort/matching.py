"""Which candidates of a new extraction are those of an earlier one, and what was said of them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.ndimage import gaussian_filter
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching
from scipy.spatial import KDTree

from sightline.data.decision import SKIP, Decision, DecisionKind, pair_item, parse_pair_item
from sightline.errors import InputError, SettingError
from sightline.sort.correlation import signal_correlations
from sightline.sort.overlap import centres, overlapping_pairs, supports

_BATCH_ROWS: Final = 500
_BARELY: Final = 1e-6  # what leaving a candidate without a partner is worth


@dataclass(frozen=True)
class MatchSettings:
    """When a new candidate is surely an old one.

    Parameters
    ----------
    support
        Weights below this fraction of a footprint's maximum do not count.
    least
        Cosine of footprints below which they are no match at all.
    sure
        Least cosine of a sure match; distinct neighbours rarely reach it.
    ambiguity
        Largest ratio of a sure match's unlikeness, 1 - cosine, to that of the best other match of
        either candidate; halves of a split cell, for one, are equally unlike the whole.
    correlation
        Least correlation of a sure match's traces, where there are any and they hold a signal.
    largest_shift_px
        How far the field may have moved between the extractions; 0 if it did not.

    Raises
    ------
    SettingError
        If a share is outside 0 to 1, or the shift is negative.
    """

    support: float = 0.2
    least: float = 0.2
    sure: float = 0.75
    ambiguity: float = 0.4
    correlation: float = 0.5
    largest_shift_px: int = 10

    def __post_init__(self) -> None:
        shares = (self.support, self.least, self.sure, self.ambiguity)
        if (
            not all(0 < share <= 1 for share in shares)
            or not -1 <= self.correlation <= 1
            or self.largest_shift_px < 0
        ):
            raise SettingError(
                "Shares must be above 0 and at most 1, the correlation from -1 to 1, the shift 0 "
                f"pixels or more; got {self}."
            )


DEFAULT: Final = MatchSettings()


@dataclass(frozen=True)
class Matching:
    """Candidates of two extractions of one recording, side by side.

    Parameters
    ----------
    pairs : (pair, 2) int32
        Rows of the old and of the new candidate, each row once, sorted.
    similarity : (pair,) float32
        Cosine of the footprints.
    runner_up : (pair,) float32
        The highest cosine of either candidate with any other; 0 where there is none.
    trace_correlation : (pair,) float32
        NaN where traces are missing or cannot tell.
    sure : (pair,) bool
        Whether it is surely the same candidate.
    unmatched_old, unmatched_new : (candidate,) int32
        Rows without a partner.
    shift_px
        (down, right) by which the new field lies off the old one, pixels.
    """

    pairs: NDArray[np.int32]
    similarity: NDArray[np.float32]
    runner_up: NDArray[np.float32]
    trace_correlation: NDArray[np.float32]
    sure: NDArray[np.bool_]
    unmatched_old: NDArray[np.int32]
    unmatched_new: NDArray[np.int32]
    shift_px: tuple[int, int]


def match_candidates(
    old_footprints: sparse.csr_array,
    new_footprints: sparse.csr_array,
    image_shape: tuple[int, int],
    old_traces: NDArray[np.floating] | None = None,
    new_traces: NDArray[np.floating] | None = None,
    settings: MatchSettings = DEFAULT,
) -> Matching:
    """Pair the candidates of two extractions so that the sum of the cosines is largest.

    A shift of the whole field is taken out first, in whole pixels. Only footprints that overlap are
    compared, and each cluster of them is solved by itself.

    Parameters
    ----------
    old_footprints, new_footprints : (candidate, pixel) CSR
        Weights, zero or more, of pixel ``y * width + x``.
    image_shape
        (height, width) of both.
    old_traces, new_traces : (candidate, frame) or None
        They keep a match from being sure where they disagree, if both are there and of as many
        frames.
    settings
        Thresholds.

    Raises
    ------
    InputError
        If the footprints are of images of another size.
    """
    old, new = (
        supports(_checked(footprints, name, image_shape), settings.support)
        for name, footprints in (("old", old_footprints), ("new", new_footprints))
    )
    shift = _field_shift(
        centres(old, image_shape), centres(new, image_shape), settings.largest_shift_px
    )
    edges, cosine = overlapping_pairs(old, _shifted_back(new, image_shape, shift), settings.least)
    chosen = _assign(edges, cosine)
    pairs, similarity = edges[chosen], cosine[chosen]
    runner_up = np.maximum(*(_best_other(edges[:, side], cosine, chosen) for side in (0, 1)))
    correlation = np.full(len(pairs), np.nan, np.float32)
    traces = [one for one in (old_traces, new_traces) if one is not None]
    if len(traces) == 2 and traces[0].shape[1] == traces[1].shape[1]:
        correlation = signal_correlations(traces[0], traces[1], pairs)
    sure = (
        (similarity >= settings.sure)
        & (1 - similarity < settings.ambiguity * (1 - runner_up))
        & ~(correlation < settings.correlation)
    )
    alone = (
        np.setdiff1d(np.arange(len(one.indptr) - 1, dtype=np.int32), pairs[:, side])
        for side, one in enumerate((old, new))
    )
    return Matching(pairs, similarity, runner_up, correlation, sure, *alone, shift_px=shift)


class Named(Protocol):
    """Candidates that have names, such as a `CandidateSet` or a `FeatureTable`."""

    @property
    def recording(self) -> str:
        """Name of the recording."""
        ...

    @property
    def identities(self) -> tuple[str, ...]:
        """The extractor's own name of each candidate."""
        ...


@dataclass(frozen=True)
class Carried:
    """What becomes of earlier decisions after a new extraction.

    Parameters
    ----------
    decisions
        To record of the new candidates, in the order of the old ones.
    questions
        New candidates that are surely none of the old ones, or not surely one of them: to be
        judged, those with the most similar match first, then those without.
    left
        Earlier decisions that no new candidate takes over.
    """

    decisions: tuple[Decision, ...]
    questions: tuple[str, ...]
    left: tuple[Decision, ...]


def carry_decisions(
    matching: Matching, decisions: Iterable[Decision], old: Named, new: Named
) -> Carried:
    """Let sure matches take over what was said of the old candidates.

    Verdicts go to the matching candidate, answers on merges to the pair of those that match. The
    annotator and whether it was blind stay; the evidence names where it came from, as
    ``"carried:recording/identity"``; no time is counted twice, and a probe is one no longer, for
    sure matches are no random sample. What was skipped, and masks and keypoints, are left.

    Parameters
    ----------
    matching
        Of ``old`` and ``new``.
    decisions
        That stand, of any annotators and items; those of other recordings are left.
    old, new
        The candidates of both extractions, in the order of their footprints.
    """
    sure = matching.pairs[matching.sure].tolist()
    successor = {old.identities[before]: new.identities[after] for before, after in sure}
    of_item = {f"{old.recording}/{before}": after for before, after in successor.items()}
    carried, left = [], []
    for decision in decisions:
        item = None
        if decision.value == SKIP:
            pass
        elif decision.kind is DecisionKind.VERDICT and decision.item in of_item:
            item = f"{new.recording}/{of_item[decision.item]}"
        elif decision.kind is DecisionKind.MERGE:
            recording, *pair = parse_pair_item(decision.item)
            if recording == old.recording and successor.keys() >= set(pair):
                item = pair_item(new.recording, successor[pair[0]], successor[pair[1]])
        if item is None:
            left.append(decision)
            continue
        origin = f"carried:{decision.item}"
        carried.append(replace(decision, item=item, evidence=origin, seconds=None, probe=False))
    doubtful = ~matching.sure
    order = np.argsort(-matching.similarity[doubtful], kind="stable")
    rows = [*matching.pairs[doubtful][order, 1].tolist(), *matching.unmatched_new.tolist()]
    questions = tuple(f"{new.recording}/{new.identities[row]}" for row in rows)
    return Carried(tuple(carried), questions, tuple(left))


def _checked(
    footprints: sparse.csr_array, name: str, image_shape: tuple[int, int]
) -> sparse.csr_array:
    height, width = image_shape
    _, pixels = cast("tuple[int, int]", footprints.shape)
    if pixels != height * width:
        raise InputError(
            f"{name} footprints",
            f"they have {pixels} pixels",
            f"{height * width}, for images of {height} x {width}",
            "Only extractions of the same field can be matched.",
        )
    return footprints


def _field_shift(
    old: NDArray[np.float64], new: NDArray[np.float64], largest: int
) -> tuple[int, int]:
    """The displacement that most pairs of near centres share, if more than stay where they are."""
    old, new = old[np.isfinite(old).all(1)], new[np.isfinite(new).all(1)]
    if largest == 0 or not len(old) or not len(new):
        return 0, 0
    near = KDTree(old).sparse_distance_matrix(
        KDTree(new), math.hypot(largest, largest), p=2.0, output_type="ndarray"
    )
    moved = np.rint(new[near["j"]] - old[near["i"]]).astype(int)
    moved = moved[(np.abs(moved) <= largest).all(1)] + largest + 1
    votes = np.zeros((2 * largest + 3, 2 * largest + 3))
    np.add.at(votes, (moved[:, 0], moved[:, 1]), 1)
    # centres are not whole pixels: the votes of neighbouring displacements count together
    votes = gaussian_filter(votes, 1, mode="constant")
    down, right = np.unravel_index(int(votes.argmax()), votes.shape)
    if votes[down, right] < 1.5 * votes[largest + 1, largest + 1]:
        return 0, 0
    return int(down) - largest - 1, int(right) - largest - 1


def _shifted_back(
    support: sparse.csr_array, image_shape: tuple[int, int], shift: tuple[int, int]
) -> sparse.csr_array:
    """The footprints moved against a shift; what leaves the image is lost."""
    if shift == (0, 0):
        return support
    height, width = image_shape
    y, x = np.divmod(support.indices, width)
    y, x = y - shift[0], x - shift[1]
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    ends = np.concatenate([[0], np.cumsum(inside)])[support.indptr]
    pixels = (y * width + x)[inside]
    return sparse.csr_array((support.data[inside], pixels, ends), shape=support.shape)


def _assign(edges: NDArray[np.int32], cosine: NDArray[np.float32]) -> NDArray[np.intp]:
    """The edges of the assignment with the largest sum of cosines, each candidate in one at most.

    The solver's time grows with the square of its rows, so that it gets a few hundred rows of whole
    clusters at a time. Each old candidate has a partner of its own for the case that none is left.
    """
    if not len(edges):
        return np.empty(0, np.intp)
    olds, newest = edges.max(axis=0) + 1
    nodes = olds + newest
    graph = sparse.csr_array((cosine, (edges[:, 0], olds + edges[:, 1])), shape=(nodes, nodes))
    _, cluster = connected_components(graph, directed=False)
    order = np.argsort(cluster[edges[:, 0]], kind="stable")
    cluster_of_edge = cluster[edges[order, 0]]
    starts = np.flatnonzero(np.diff(cluster_of_edge, prepend=-1))
    chosen, begin = [], 0
    for end in (*starts[1:].tolist(), len(order)):
        if end - begin >= _BATCH_ROWS or end == len(order):
            part = order[begin:end]
            chosen.append(part[_assign_batch(edges[part], cosine[part])])
            begin = end
    chosen = np.concatenate(chosen)
    return chosen[np.argsort(edges[chosen, 0])]


def _assign_batch(edges: NDArray[np.int32], cosine: NDArray[np.float32]) -> NDArray[np.intp]:
    """Indices of the chosen edges."""
    _, row = np.unique(edges[:, 0], return_inverse=True)
    _, column = np.unique(edges[:, 1], return_inverse=True)
    rows, columns = row.max() + 1, column.max() + 1
    gains = sparse.coo_array(
        (
            np.concatenate([cosine, np.full(rows, _BARELY)]).astype(np.float64),
            (
                np.concatenate([row, np.arange(rows)]),
                np.concatenate([column, columns + np.arange(rows)]),
            ),
        ),
        shape=(rows, columns + rows),
    )
    matched_row, matched_column = min_weight_full_bipartite_matching(gains.tocsr(), maximize=True)
    partner = np.full(rows, -1)
    partner[matched_row] = matched_column
    return np.flatnonzero(partner[row] == column)


def _best_other(
    node: NDArray[np.int32], cosine: NDArray[np.float32], chosen: NDArray[np.intp]
) -> NDArray[np.float32]:
    """For each chosen edge, the highest cosine of its node's other edges; 0 where it has none."""
    others = np.ones(len(node), bool)
    others[chosen] = False
    best = np.zeros(node.max(initial=0) + 1, np.float32)
    np.maximum.at(best, node[others], cosine[others])
    return best[node[chosen]]
