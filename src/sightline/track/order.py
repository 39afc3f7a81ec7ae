"""From which frame each frame is tracked, and in which order."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, dijkstra, minimum_spanning_tree
from scipy.spatial import KDTree

from sightline.errors import SettingError
from sightline.track.frame_distance import check_skipped, nearest_frames, pair_distances

Order = Literal["similarity", "linear", "depth", "direct"]

ORDERS: Final[tuple[Order, ...]] = ("similarity", "linear", "depth", "direct")

_IN_TIME: Final = 3  # frames before and after that a frame may be tracked from
_ALIKE: Final = 8  # frames of like looks that it may be tracked from
_COMPONENTS: Final = 8  # in which looks are compared
_SAMPLE: Final = 1000  # frames that the components are taken from
_LEAST: Final = 1e-6  # so that a sparse graph keeps the edge between equal frames


@dataclass(frozen=True)
class FrameTree:
    """Where each frame's tracking starts.

    Parameters
    ----------
    parent : (frame,) int64
        Frame whose positions it starts from; -1 for references and for frames that are skipped.
    reference : (frame,) int64
        Reference whose patches are looked for; a reference's own is itself, -1 if skipped.
    sequence : (tracked,) int64
        Frames to track, parents before their children.
    """

    parent: NDArray[np.int64]
    reference: NDArray[np.int64]
    sequence: NDArray[np.int64]

    def dependants(self, frame: int) -> NDArray[np.int64]:
        """Frames that are tracked from a frame, or from one that is, in order.

        If the frame is a reference, also those that look for its patches, and theirs.
        """
        touched = np.zeros(len(self.parent), bool)
        touched[frame] = True
        for child in self.sequence:
            own = self.reference[child] == frame
            touched[child] |= own or touched[self.parent[child]]
        later = touched[self.sequence] & (self.sequence != frame)
        return self.sequence[later]


def order_frames(
    thumbnails: NDArray[np.float16],
    references: tuple[int, ...],
    order: Order = "similarity",
    skip: tuple[int, ...] = (),
) -> FrameTree:
    """Find parent and reference of every frame.

    ``similarity``: the untracked frame nearest to any tracked one comes next, from that. ``depth``:
    along the shortest path from a reference, distances added up. ``linear``: outwards in time from
    each reference, up to half way to the next. ``direct``: from the nearest reference. In all but
    ``linear`` the reference is the most similar one, and frames are compared with the references,
    their neighbours in time and eight that look alike: never all with all.

    Parameters
    ----------
    thumbnails : (frame, pixel)
        Of `thumbnail`.
    references
        Frames that are annotated whole.
    order
        One of `ORDERS`.
    skip
        Frames that are not tracked and that nothing is tracked from.

    Raises
    ------
    SettingError
        If there is no reference, one is skipped or not there, or a frame to skip is not there.
    """
    total = len(thumbnails)
    given = np.unique(np.array(references, dtype=np.int64))
    if order not in ORDERS:
        raise SettingError(f"order is {order!r}; it must be one of {', '.join(ORDERS)}.")
    if not len(given):
        raise SettingError("No frame is annotated whole; annotate at least one reference frame.")
    if given[0] < 0 or given[-1] >= total or np.isin(given, skip).any():
        raise SettingError(
            f"references are {[int(one) for one in given]}; they must be frames between 0 and "
            f"{total - 1} that are not skipped."
        )
    kept = np.ones(total, bool)
    kept[check_skipped(skip, total)] = False
    if order == "linear":
        return _linear(kept, given)
    places, near = nearest_frames(thumbnails, thumbnails[given], 1)
    reference = np.where(kept, given[places[:, 0]], -1)
    reference[given] = given
    if order == "direct":
        parent = reference.copy()
        parent[given] = -1
        return FrameTree(parent, reference, np.flatnonzero(kept & ~np.isin(range(total), given)))
    graph = _neighbours(thumbnails, given, reference, near[:, 0])
    return _tree(graph, given, reference, order)


def _linear(kept: NDArray[np.bool_], given: NDArray[np.int64]) -> FrameTree:
    frames = np.arange(len(kept))
    half_way = (given[1:] + given[:-1]) / 2
    reference = given[np.searchsorted(half_way, frames)]  # half way itself belongs to the earlier
    parent = np.full(len(kept), -1)
    for one in given:
        mine = frames[kept & (reference == one)]
        place = int(np.searchsorted(mine, one))
        parent[mine[place + 1 :]] = mine[place:-1]
        parent[mine[:place]] = mine[1 : place + 1]
    reference = np.where(kept, reference, -1)
    tracked = frames[kept & (parent >= 0)]
    away = np.abs(tracked - reference[tracked])
    return FrameTree(parent, reference, tracked[np.argsort(away, kind="stable")])


def _neighbours(
    thumbnails: NDArray[np.float16],
    given: NDArray[np.int64],
    reference: NDArray[np.int64],
    near: NDArray[np.float32],
) -> coo_array:
    """Distances of frames that may be tracked from each other; one more node joins references.

    Of the references, each frame is joined with the nearest alone: as these are all joined with
    one node at no distance, no tree would go to a farther one.
    """
    total = len(thumbnails)
    frames = np.flatnonzero(reference >= 0)
    first, second = [], []
    for step in range(1, _IN_TIME + 1):
        first.append(frames[:-step])
        second.append(frames[step:])
    looks = _looks(thumbnails, frames)
    found = KDTree(looks).query(looks, min(_ALIKE + 1, len(frames)))[1].reshape(len(frames), -1)
    first.append(np.repeat(frames, found.shape[1]))
    second.append(frames[found.ravel()])
    one, other = np.concatenate(first), np.concatenate(second)
    one, other = np.minimum(one, other), np.maximum(one, other)
    pairs = np.unique(one[one != other] * total + other[one != other])
    one, other = np.divmod(pairs, total)
    apart = pair_distances(thumbnails, one, other)
    some = np.isin(one, given) | np.isin(other, given)  # counted below
    one, other, apart = one[~some], other[~some], apart[~some]
    plain = frames[~np.isin(frames, given)]
    rows = np.concatenate([one, plain, given])
    columns = np.concatenate([other, reference[plain], np.full(len(given), total)])
    weights = np.concatenate([apart + _LEAST, near[plain] + _LEAST, [_LEAST] * len(given)])
    return coo_array((weights, (rows, columns)), shape=(total + 1, total + 1))


def _looks(thumbnails: NDArray[np.float16], frames: NDArray[np.int64]) -> NDArray[np.float32]:
    """(frame, component) what tells frames apart best."""
    chosen = frames[np.linspace(0, len(frames) - 1, min(_SAMPLE, len(frames))).astype(int)]
    sample = thumbnails[chosen].astype(np.float32)
    mean = sample.mean(axis=0)
    axes = np.linalg.svd(sample - mean, full_matrices=False)[2][:_COMPONENTS].T
    looks = np.empty((len(frames), axes.shape[1]), np.float32)
    for start in range(0, len(frames), 4096):
        rows = frames[start : start + 4096]
        looks[start : start + 4096] = (thumbnails[rows].astype(np.float32) - mean) @ axes
    return looks


def _tree(
    graph: coo_array, given: NDArray[np.int64], reference: NDArray[np.int64], order: Order
) -> FrameTree:
    total = len(reference)
    if order == "similarity":
        spanning = minimum_spanning_tree(graph.tocsr())
        sequence, before = breadth_first_order(spanning, total, directed=False)
    else:
        away, before = dijkstra(
            graph.tocsr(), directed=False, indices=total, return_predecessors=True
        )
        sequence = np.argsort(away, kind="stable")
        sequence = sequence[np.isfinite(away[sequence])]
    parent = before[:total].astype(np.int64)
    parent[(parent < 0) | (parent == total)] = -1
    plain = sequence[(sequence != total) & ~np.isin(sequence, given)]
    return FrameTree(parent, reference, plain.astype(np.int64))
