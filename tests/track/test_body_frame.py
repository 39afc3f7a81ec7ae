"""A body's pose and mean shape are found from the places of its parts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.track.body_frame import Pose, fit_pose, learn_body, turn

SHAPE = np.array([[0.0, 40], [-8, 24], [8, 24], [3, -38]])


def shown(angle: float, centre: tuple[float, float], seed: int = 0) -> NDArray[np.float64]:
    strays = np.random.default_rng(seed).normal(0, 0.5, SHAPE.shape)
    return Pose(angle, np.array(centre)).to_frame(SHAPE + strays)


@pytest.mark.parametrize("angle", [0.0, 1.1, 3.1, -2.0])
def test_a_pose_is_that_by_which_the_shape_was_moved(angle: float) -> None:
    made = Pose(angle, np.array([100.0, 60.0]))
    found = fit_pose(SHAPE, made.to_frame(SHAPE))
    assert np.angle(np.exp(1j * (found.angle - angle))) == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(found.centre, made.centre)
    np.testing.assert_allclose(made.to_body(made.to_frame(SHAPE)), SHAPE, atol=1e-9)


def test_one_part_tells_a_place_and_no_turn() -> None:
    alone = np.where(np.arange(4)[:, None] == 1, np.array([10.0, 20.0]), np.nan)
    found = fit_pose(SHAPE, alone, otherwise=0.7)
    assert found.angle == 0.7
    np.testing.assert_allclose(found.to_frame(SHAPE)[1], [10, 20])


def test_the_mean_shape_is_found_at_any_turn_and_lies_along_x() -> None:
    body = learn_body([shown(k, (50 + k, 40), seed=k) for k in range(8)], 10.0)
    between = np.linalg.norm(SHAPE[:, None] - SHAPE, axis=2)
    np.testing.assert_allclose(
        np.linalg.norm(body.shape[:, None] - body.shape, axis=2), between, atol=1.0
    )
    assert np.ptp(body.shape[:, 1]) > 2 * np.ptp(body.shape[:, 0])
    assert body.spread.max() < 0.15 * body.size


def test_parts_that_some_references_lack_are_learned_from_the_others() -> None:
    one, other = shown(0.0, (50, 50)), shown(2.0, (80, 20), seed=1)
    one[3], other[0] = np.nan, np.nan
    body = learn_body([one, other], 10.0)
    assert np.isfinite(body.shape).all()
    assert np.isnan(learn_body([one], 10.0).shape[3]).all()


def test_a_turn_is_from_x_towards_y() -> None:
    np.testing.assert_allclose(turn(np.array([0.0, 1.0]), np.pi / 2), [1, 0], atol=1e-12)
