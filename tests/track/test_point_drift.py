"""Points are matched to detections without identities, by smooth motion and by surroundings."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from sightline.track.neighbourhood import surroundings_likeness
from sightline.track.point_drift import STAGES, PointMatch, match_points

TURNS = np.linspace(-1.2, 1.2, 13)


def cloud(count: int = 60, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(-1, 1, (count, 3)) * (10, 25, 60)


def bent(points: NDArray[np.float64], bend: float) -> NDArray[np.float64]:
    z, y, x = points.T
    angle = bend * x / 60
    return np.stack([z, y * np.cos(angle) + 20 * bend * (x / 60) ** 2, x - y * np.sin(angle)], 1)


def shuffled(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    order = np.random.default_rng(9).permutation(len(points))
    return points[order], np.argsort(order)


@pytest.mark.parametrize("moved", [lambda p: p + np.array((3, -6, 9)), lambda p: bent(p, 0.4)])
def test_smooth_motions_are_undone(moved) -> None:
    points = cloud()
    there, identity = shuffled(moved(points))
    found = match_points(points, there)
    assert (found.detection == identity).mean() > 0.97
    assert np.median(np.linalg.norm(found.moved - moved(points), axis=1)) < 0.5
    assert found.fit > 0.9


def test_surroundings_match_what_is_bent_too_far_for_drift_alone() -> None:
    points = cloud(80)
    there, identity = shuffled(bent(points, 1.5) + np.array((0, 40, -50)))
    plain = match_points(points, there)
    likeness = surroundings_likeness(points, there, TURNS)
    helped = match_points(points, there, likeness=likeness)
    assert (plain.detection == identity).mean() < 0.6
    assert (helped.detection == identity).mean() > 0.95
    assert helped.fit > plain.fit


def test_surroundings_know_no_place_and_no_turn_that_is_tried() -> None:
    points = cloud()
    turn = Rotation.from_rotvec([0, 0, 1.0]).as_matrix()  # about the third of (x, y, z)
    there = points.copy()
    there[:, [2, 1]] = points[:, [2, 1]] @ turn[:2, :2].T
    there, identity = shuffled(there + 500)
    likeness = surroundings_likeness(points, there, TURNS)
    assert (likeness.argmax(axis=1) == identity).mean() > 0.95
    assert 0 <= likeness.min() <= likeness.max() <= 1


def test_missed_and_false_detections_are_borne_and_the_missed_are_less_sure() -> None:
    points = cloud(80)
    random = np.random.default_rng(1)
    there = bent(points, 0.8) + random.normal(0, 0.3, points.shape)
    missed = np.arange(80) < 12
    seen = np.concatenate([there[~missed], cloud(12, seed=3)])
    likeness = surroundings_likeness(points, seen, TURNS)
    found = match_points(points, seen, likeness=likeness)
    right = found.detection == np.arange(80) - 12
    assert right[~missed].mean() > 0.9
    assert np.median(found.posterior[~missed]) > 0.9
    assert np.median(found.posterior[missed]) < 0.2
    apart = np.linalg.norm(found.moved - there, axis=1)
    assert np.median(apart[missed]) < 3


def test_no_detection_is_given_twice() -> None:
    found = match_points(cloud(40), cloud(30, seed=2))
    given = found.detection[found.detection >= 0]
    assert len(given) == len(set(given.tolist())) <= 30
    assert ((found.posterior > 0) == (found.detection >= 0)).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_points_and_detections_are_no_trouble(count: int) -> None:
    def check(found: PointMatch, size: int) -> None:
        assert found.moved.shape == (size, 3)
        assert np.isfinite(found.moved).all()

    for points, there in ((cloud(count), cloud(9)), (cloud(9), cloud(count))):
        likeness = surroundings_likeness(points, there, TURNS)
        check(match_points(points, there), len(points))
        check(match_points(points, there, likeness=likeness), len(points))


def test_flat_recordings_are_matched_too() -> None:
    points = cloud() * (0, 1, 1)
    there, identity = shuffled(bent(points, 0.3))
    assert (match_points(points, there, stages=STAGES).detection == identity).mean() > 0.9
