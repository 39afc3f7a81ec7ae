"""Detections are given identities from several references, with a person's points and without."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.track.linking import link_points

WIDE = np.array((10.0, 25.0, 60.0))


def cloud(count: int = 70, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(-1, 1, (count, 3)) * WIDE


def bent(points: NDArray[np.float64], bend: float, turn: float = 0.0) -> NDArray[np.float64]:
    """Along a circle, then turned about z and put elsewhere."""
    z, y, x = points.T
    angle = bend * x / 60 + turn
    middle = 60 / max(abs(bend), 1e-9)
    y, x = (y + middle) * np.cos(angle) - middle, (y + middle) * np.sin(angle)
    return np.stack([z, y + 300, x - 100], axis=1)


def shuffled(points: NDArray[np.float64], seed: int = 9) -> tuple[NDArray, NDArray]:
    order = np.random.default_rng(seed).permutation(len(points))
    return points[order], np.argsort(order)


def jittered(points: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    return points + np.random.default_rng(seed).normal(0, 1.0, points.shape)


def test_a_turned_and_bent_body_keeps_its_identities() -> None:
    points = cloud()
    seen, identity = shuffled(bent(points, 0.5, turn=2.0))
    found = link_points(seen, [points])
    assert (found.detection == identity).mean() > 0.97
    assert np.median(found.posterior) > 0.5
    assert np.median(np.linalg.norm(found.moved - seen[identity], axis=1)) < 2


def test_the_order_of_detections_does_not_matter() -> None:
    points = cloud(40)
    seen = jittered(bent(points, 0.4), 1)
    there, identity = shuffled(seen)
    plain, mixed = link_points(seen, [points]), link_points(there, [points])
    known = plain.detection >= 0
    np.testing.assert_array_equal(mixed.detection[known], identity[plain.detection[known]])


def test_several_references_together_beat_each_of_them() -> None:
    points = cloud(80)
    bends = (-0.6, 0.0, 0.7)
    references = [jittered(bent(points, bend), 10 + k) for k, bend in enumerate(bends)]
    there = jittered(bent(points, 1.1, turn=0.5), 5)
    missed = np.random.default_rng(2).random(80) < 0.2
    seen, _ = shuffled(np.concatenate([there[~missed], bent(cloud(15, seed=3), 1.1, turn=0.5)]))
    true = {tuple(place): k for k, place in enumerate(there)}

    def right(used: list[NDArray[np.float64]]) -> float:
        found = link_points(seen, used).detection
        same = [true.get(tuple(seen[found[k]])) == k for k in np.flatnonzero(~missed)]
        return float(np.mean(same))

    alone = [right([one]) for one in references]
    together = right(references)
    assert together > np.mean(alone)
    assert together > 0.85


def test_points_without_identity_explain_detections_that_are_no_keypoint() -> None:
    body = cloud(90)
    points, others = body[:50], body[50:]
    seen, identity = shuffled(jittered(bent(body, 0.9), 4))
    known = link_points(seen, [points], context=[others])
    assert (known.detection == identity[:50]).mean() > 0.9


def test_keypoints_that_some_references_lack_are_found_from_the_others() -> None:
    points = cloud(60)
    first, second = points.copy(), bent(points, 0.3)
    first[:10], second[50:] = np.nan, np.nan
    seen, identity = shuffled(bent(points, 0.5))
    found = link_points(seen, [first, second])
    assert (found.detection == identity).mean() > 0.95
    nobody = np.full((60, 3), np.nan)
    nobody[:40] = points[:40]
    lacking = link_points(seen, [nobody])
    assert (lacking.detection[40:] == -1).all()
    assert np.isnan(lacking.moved[40:]).all()
    assert (lacking.posterior[40:] == 0).all()


def test_a_persons_points_steer_all_others() -> None:
    points = np.stack(np.meshgrid([0.0], np.arange(8) * 10.0, np.arange(8) * 10.0), -1)
    points = points.reshape(-1, 3)  # a lattice looks the same everywhere
    there = points + np.array((0, 0, 20.0))
    seen, identity = shuffled(there)
    lost = link_points(seen, [points], turns=np.zeros(1))
    pins = {k: there[k] for k in (0, 7, 27, 36, 56, 63)}
    led = link_points(seen, [points], turns=np.zeros(1), fixed=pins)
    assert (led.detection == identity).mean() > 0.95 >= (lost.detection == identity).mean()
    for keypoint, place in pins.items():
        np.testing.assert_array_equal(led.moved[keypoint], place)
        assert led.posterior[keypoint] == 1


def test_a_persons_point_takes_its_detection_from_everybody_else() -> None:
    points = cloud(30)
    seen = points + 1.0
    found = link_points(seen, [points], fixed={3: seen[8]})
    assert found.detection[3] == 8
    assert (np.delete(found.detection, 3) != 8).all()
    nowhere = link_points(seen, [points], fixed={3: np.array((0.0, 900.0, 900.0))})
    assert nowhere.detection[3] == -1


def test_no_detection_is_given_twice() -> None:
    found = link_points(cloud(30, seed=2), [cloud(40), cloud(40, seed=5)])
    given = found.detection[found.detection >= 0]
    assert len(given) == len(set(given.tolist()))
    assert ((found.posterior > 0) == (found.detection >= 0)).all()


def test_what_else_is_known_decides_between_like_places() -> None:
    points = cloud(40)
    seen = points.copy()
    alike = np.ones((40, 40))
    alike[7, 7] = alike[8, 8] = 0
    found = link_points(seen, [points], likeness=alike)
    assert found.detection[7] != 7
    assert found.detection[8] != 8


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_points_and_detections_are_no_trouble(count: int) -> None:
    for points, seen in ((cloud(count), cloud(9)), (cloud(9), cloud(count))):
        found = link_points(seen, [points])
        assert found.detection.shape == found.posterior.shape == (len(points),)
        assert np.isfinite(found.moved).all()
        assert found.detection.max(initial=-1) < len(seen)


def test_all_of_one_keypoint_may_be_missing_from_a_reference() -> None:
    points = cloud(12)
    found = link_points(points, [np.full((12, 3), np.nan), points])
    assert (found.detection == np.arange(12)).all()
