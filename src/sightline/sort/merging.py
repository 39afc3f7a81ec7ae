"""One candidate out of several that are one cell: its footprint, and its trace."""

from collections.abc import Iterable, Sequence
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sightline.data.candidate_set import TraceKind

Name = TypeVar("Name", int, str)


def merge_candidates(
    footprints: sparse.csr_array,
    traces: NDArray[np.floating] | None,
    members: Sequence[int],
    trace_kind: TraceKind = "model",
) -> tuple[sparse.csr_array, NDArray[np.float32] | None]:
    """Make one candidate of several, from their footprints and traces alone.

    *Model* traces rebuild the movie, Y = sum_k f_k c_k. The joint footprint is f = sum_k s_k f_k
    with the standard deviations s_k of the traces, which is each pixel's activity where the members
    fire together; the joint trace is the least-squares fit c = f'Y / f'f = sum_k (f'f_k / f'f) c_k.

    *Mean* traces hold what the movie has under each footprint, so that overlapping members tell
    the same twice. The joint footprint is the largest of the members' at each pixel, each scaled as
    above; the joint trace is their mean, weighted by f, with a pixel that several cover shared out
    among them by their weights there.

    Parameters
    ----------
    footprints : (candidate, pixel) CSR
        Weights, zero or more.
    traces : (candidate, frame) or None
        May be a memory map.
    members
        Rows of the candidates to merge, at least one.
    trace_kind
        As in `CandidateSet`.

    Returns
    -------
    footprint : (1, pixel) float32 CSR
        Largest weight 1; empty if the members' are.
    trace : (frame,) float32 or None
        In the members' units; model traces in those of members whose largest weight is 1 too.
    """
    rows = sparse.csr_array(footprints[np.asarray(members)])
    pixels, place = np.unique(rows.indices, return_inverse=True)
    weights = np.zeros((len(members), len(pixels)))
    np.add.at(weights, (np.repeat(np.arange(len(members)), np.diff(rows.indptr)), place), rows.data)
    activity = None
    if traces is not None:
        activity = np.nan_to_num(np.stack([traces[row] for row in members]).astype(np.float64))
    parts = _brightness(weights, activity, trace_kind)[:, None] * weights
    joint = parts.sum(axis=0) if trace_kind == "model" else parts.max(axis=0, initial=0)
    joint /= joint.max(initial=0) or 1
    trace = None
    if activity is not None:
        told = weights if trace_kind == "model" else parts / np.where(joint > 0, parts.sum(0), 1)
        power = joint @ joint if trace_kind == "model" else joint.sum()
        trace = ((told @ joint) @ activity / (power or 1)).astype(np.float32)
    _, width = cast("tuple[int, int]", footprints.shape)
    footprint = sparse.csr_array(
        (joint.astype(np.float32), pixels, [0, len(pixels)]), shape=(1, width)
    )
    footprint.eliminate_zeros()
    return footprint, trace


def merged_groups(pairs: Iterable[tuple[Name, Name]]) -> tuple[tuple[Name, ...], ...]:
    """Groups of candidates that a chain of accepted pairs connects.

    Parameters
    ----------
    pairs
        Two different candidates each, by row or by name.

    Returns
    -------
    tuple of tuple
        Members of each group, sorted; the groups by their first member.
    """
    group_of: dict[Name, set[Name]] = {}
    for first, second in pairs:
        joint = group_of.get(first, {first}) | group_of.get(second, {second})
        group_of |= dict.fromkeys(joint, joint)
    return tuple(sorted({tuple(sorted(group)) for group in group_of.values()}))


def _brightness(
    weights: NDArray[np.float64], activity: NDArray[np.float64] | None, trace_kind: TraceKind
) -> NDArray[np.float64]:
    """How strongly each member's pixels change, per unit of its weights."""
    peak = weights.max(axis=1, initial=0)
    even = 1 / np.where(peak > 0, peak, 1)
    if activity is None:
        return even
    spread = activity.std(axis=1)
    if trace_kind == "mean":
        # a mean over weights f of a signal f c is c (f'f / sum f)
        power = np.square(weights).sum(axis=1)
        spread = spread * weights.sum(axis=1) / np.where(power > 0, power, 1)
    return spread if (spread > 0).any() else even
