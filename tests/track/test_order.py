"""Orders of tracking: trees rooted at the references, each as its name promises."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.track.frame_distance import distances, thumbnail
from sightline.track.order import ORDERS, FrameTree, Order, order_frames


def drifting(places: list[float]) -> NDArray[np.float16]:
    """Thumbnails of a bar at some places: nearer places, nearer frames."""
    x = np.arange(24)
    bars = [np.exp(-(((x - place) / 6) ** 2)) for place in places]
    return np.array([thumbnail(np.tile(bar, (1, 1, 24, 1))) for bar in bars])


def steps_to_root(tree: FrameTree, frame: int) -> list[int]:
    way = [frame]
    while tree.parent[way[-1]] >= 0:
        way.append(int(tree.parent[way[-1]]))
        assert len(way) <= len(tree.parent)
    return way


@pytest.mark.parametrize("order", ORDERS)
def test_every_frame_hangs_on_a_reference_and_comes_after_its_parent(order: Order) -> None:
    thumbs = drifting(list(np.random.default_rng(0).uniform(2, 22, 40)))
    tree = order_frames(thumbs, (3, 30), order, skip=(7, 8))
    assert sorted(tree.sequence) == sorted(set(range(40)) - {3, 30, 7, 8})
    done = {3, 30}
    for frame in tree.sequence:
        assert int(tree.parent[frame]) in done
        assert steps_to_root(tree, int(frame))[-1] in (3, 30)
        done.add(int(frame))
    assert (tree.parent[[3, 30, 7, 8]] == -1).all()
    assert list(tree.reference[[3, 30, 7, 8]]) == [3, 30, -1, -1]


def test_similarity_attaches_the_nearest_untracked_frame_to_a_tracked_one() -> None:
    thumbs = drifting(list(np.random.default_rng(1).uniform(2, 22, 9)))  # all are neighbours
    apart = distances(thumbs, thumbs)
    tracked, parent = [2], {}
    while len(tracked) < 9:
        left = [t for t in range(9) if t not in tracked]
        near = apart[np.ix_(tracked, left)]
        a, b = np.unravel_index(near.argmin(), near.shape)
        parent[left[b]] = tracked[a]
        tracked.append(left[b])
    tree = order_frames(thumbs, (2,), "similarity")
    assert {t: int(tree.parent[t]) for t in parent} == parent


def test_similarity_goes_by_looks_where_time_jumps() -> None:
    places = [3.0, 20.0, 4.0, 19.0, 5.0, 18.0, 6.0, 17.0]
    tree = order_frames(drifting(places), (0, 1), "similarity")
    assert steps_to_root(tree, 6) == [6, 4, 2, 0]
    assert steps_to_root(tree, 7) == [7, 5, 3, 1]
    assert list(tree.reference) == [0, 1] * 4


def test_linear_meets_half_way_between_references() -> None:
    tree = order_frames(drifting([5.0] * 10), (1, 7), "linear", skip=(5,))
    assert list(tree.parent) == [1, -1, 1, 2, 3, -1, 7, -1, 7, 8]
    assert list(tree.reference) == [1, 1, 1, 1, 1, -1, 7, 7, 7, 7]


def test_direct_goes_to_the_most_similar_reference() -> None:
    tree = order_frames(drifting([3.0, 4.0, 19.0, 20.0, 12.5]), (0, 3), "direct")
    assert list(tree.parent) == [-1, 0, 3, -1, 3]


def test_depth_follows_shortest_paths() -> None:
    thumbs = drifting(list(np.random.default_rng(2).uniform(2, 22, 8)))
    apart = distances(thumbs, thumbs) + 1e-6
    away = apart.astype(float)
    for middle in range(8):  # Floyd and Warshall
        away = np.minimum(away, away[:, [middle]] + away[[middle]])
    tree = order_frames(thumbs, (5,), "depth")
    for frame in range(8):
        way = steps_to_root(tree, frame)
        length = sum(apart[a, b] for a, b in pairwise(way))
        assert length == pytest.approx(away[frame, 5], abs=1e-5)


def test_frames_that_are_all_the_same_are_still_ordered() -> None:
    same = np.array([thumbnail(np.zeros((1, 3, 20, 20)))] * 20)
    for order in ORDERS:
        assert len(order_frames(same, (4,), order).sequence) == 19


def test_what_depends_on_a_frame_is_what_was_tracked_from_it() -> None:
    tree = order_frames(drifting([5.0] * 8), (0, 7), "linear")
    assert list(tree.dependants(2)) == [3]
    assert list(tree.dependants(0)) == [1, 2, 3]
    assert list(tree.dependants(4)) == []


def test_many_thousand_frames_are_ordered_within_bounded_memory() -> None:
    places = np.random.default_rng(3).uniform(2, 22, 500)
    thumbs = np.tile(drifting(list(places))[:, ::24], (40, 1))
    tracemalloc.start()
    tree = order_frames(thumbs, (0, 77), "similarity")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(tree.sequence) == 19_998
    assert peak < 150e6  # a square matrix would take 1.6 GB


def test_the_tree_is_that_of_all_distances_to_references() -> None:
    """By Prim's algorithm on all pairs: a frame is joined with its nearest reference alone."""
    thumbs = drifting(list(np.random.default_rng(4).uniform(2, 22, 9)))  # all are neighbours
    apart = distances(thumbs, thumbs)
    tracked, parent = [1, 5, 6], {}
    while len(tracked) < 9:
        left = [t for t in range(9) if t not in tracked]
        near = apart[np.ix_(tracked, left)]
        a, b = np.unravel_index(near.argmin(), near.shape)
        parent[left[b]] = tracked[a]
        tracked.append(left[b])
    tree = order_frames(thumbs, (1, 5, 6), "similarity")
    assert {t: int(tree.parent[t]) for t in parent} == parent


@pytest.mark.parametrize("order", ORDERS)
def test_many_references_take_no_more_memory_than_few(order: Order) -> None:
    places = np.random.default_rng(3).uniform(2, 22, 500)
    thumbs = np.tile(drifting(list(places))[:, ::24], (20, 1))
    references = tuple(range(0, 10_000, 20))
    tracemalloc.start()
    tree = order_frames(thumbs, references, order)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(tree.sequence) == 9_500
    assert peak < 40e6  # frames by references, in several arrays, would take 100 MB


def test_frames_to_skip_must_be_there() -> None:
    for skip in ((9,), (-1,)):
        with pytest.raises(SettingError, match="between 0 and 8"):
            order_frames(drifting([5.0] * 9), (0,), skip=skip)


@pytest.mark.parametrize("references", [(), (9,), (-1,), (2,)])
def test_wrong_references_are_refused(references: tuple[int, ...]) -> None:
    with pytest.raises(SettingError, match="reference"):
        order_frames(drifting([5.0] * 9), references, skip=(2,))
    with pytest.raises(SettingError, match="one of similarity, linear, depth, direct"):
        order_frames(drifting([5.0] * 9), (0,), "random")  # type: ignore[arg-type]
