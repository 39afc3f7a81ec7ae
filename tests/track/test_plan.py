"""What must be tracked again after a change: what depends on it, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from sightline.data.keypoints import KeypointSet, check_keypoints
from sightline.track.order import Order
from sightline.track.plan import Plan, downstream, make_plan, order_video

FRAMES, POINTS = 40, 3
RNG = np.random.default_rng(5)
WALK = np.cumsum(RNG.normal(size=(FRAMES, 12)), axis=0)
THUMBNAILS = (WALK / np.linalg.norm(WALK, axis=1, keepdims=True)).astype(np.float16)


def given(points: dict[tuple[int, int], float]) -> KeypointSet:
    """Of frame and keypoint: a number for where it is."""
    rows = np.array(list(points), np.int64).reshape(-1, 2)
    places = np.array(list(points.values()))[:, None] * np.ones(3)
    return check_keypoints(
        KeypointSet(
            names=("a", "b", "c"),
            source="",
            format="csv",
            frame=rows[:, 0],
            keypoint=rows[:, 1],
            position=places,
            score=np.full(len(rows), np.nan),
            hidden=np.zeros(len(rows), bool),
            author=np.zeros(len(rows), np.int64),
        )
    )


WHOLE = {(frame, point): 1.0 * point for frame in (3, 30) for point in range(POINTS)}


def plan(
    points: dict[tuple[int, int], float],
    references: tuple[int, ...] = (3, 30),
    order: Order = "similarity",
    settings: str = "as usual",
    together: bool = False,
) -> Plan:
    ordered = order_video(THUMBNAILS, references, order)
    return make_plan(ordered, given(points), settings, together=together)


def changed(one: Plan, other: Plan) -> set[int]:
    return set(other.stale(one.recipe).tolist())


def below(one: Plan, frame: int) -> set[int]:
    """By going up from every other frame."""
    parent = one.ordered.tree.parent
    found = set()
    for start in range(FRAMES):
        here = start
        while here >= 0 and here != frame:
            here = int(parent[here])
        if here == frame:
            found.add(start)
    return found


def test_the_same_again_leaves_nothing_to_do() -> None:
    assert not changed(plan(WHOLE), plan(dict(reversed(WHOLE.items()))))


def test_at_first_everything_but_the_references_is_to_be_tracked() -> None:
    nothing = np.zeros((FRAMES, 16), np.uint8)
    assert set(plan(WHOLE).stale(nothing).tolist()) == set(range(FRAMES)) - {3, 30}


@pytest.mark.parametrize("order", ["similarity", "linear", "depth", "direct"])
@pytest.mark.parametrize("frame", [0, 10, 20, 39])
def test_a_point_fixed_makes_its_frame_and_those_below_stale(order: Order, frame: int) -> None:
    before, after = plan(WHOLE, order=order), plan(WHOLE | {(frame, 1): 5.0}, order=order)
    assert changed(before, after) == below(before, frame)


def test_a_point_fixed_again_at_another_place_counts_too() -> None:
    before = plan(WHOLE | {(20, 1): 5.0})
    assert changed(before, plan(WHOLE | {(20, 1): 5.5})) == below(before, 20)


def test_taking_it_back_leaves_what_was() -> None:
    with_it, without = plan(WHOLE | {(20, 1): 5.0}), plan(WHOLE)
    assert changed(with_it, without) == below(without, 20)
    np.testing.assert_array_equal(without.recipe, plan(WHOLE).recipe)


def test_a_reference_moved_makes_all_stale_that_is_compared_with_it() -> None:
    assert changed(plan(WHOLE), plan(WHOLE | {(3, 0): 9.0})) == set(range(FRAMES)) - {3, 30}


def test_other_settings_make_everything_stale() -> None:
    assert len(changed(plan(WHOLE), plan(WHOLE, settings="other"))) == FRAMES - 2


def test_the_sequence_of_what_is_stale_has_parents_first() -> None:
    later = plan(WHOLE, settings="other")
    stale = later.stale(plan(WHOLE).recipe).tolist()
    for place, frame in enumerate(stale):
        parent = int(later.ordered.tree.parent[frame])
        assert parent in (3, 30) or parent in stale[:place]


def test_downstream_counts_all_that_is_tracked_from_a_frame() -> None:
    one = plan(WHOLE)
    counts = downstream(one.ordered.tree)
    assert counts.tolist() == [len(below(one, frame)) - 1 for frame in range(FRAMES)]


def test_distances_are_to_the_parent() -> None:
    ordered = plan(WHOLE).ordered
    for frame in (0, 11, 25):
        one, other = THUMBNAILS[frame], THUMBNAILS[ordered.tree.parent[frame]]
        exact = 1 - float(one.astype(float) @ other.astype(float))
        assert ordered.distance[frame] == pytest.approx(exact, abs=1e-4)
    assert replace(ordered).distance[3] == 0
