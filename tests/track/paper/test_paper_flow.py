"""What a person placed moves the start of the points around it, linearly, corners held."""

import numpy as np

from sightline.track.paper.flow import spread


def test_a_fixed_point_goes_where_it_was_put_and_others_part_of_the_way() -> None:
    parent = np.array([[0.0, 0, 0], [0.0, 0, 0.5], [0.0, 0.5, 0]])
    fixed = np.full((3, 3), np.nan)
    fixed[0] = [0, 0, 0.2]
    start = spread(parent, fixed)
    np.testing.assert_allclose(start[0], fixed[0])
    np.testing.assert_allclose(start[1], [0, 0, 0.6])  # half way to the held side
    np.testing.assert_allclose(start[2], [0, 0.5, 0.1])


def test_what_lies_among_fixed_points_moves_as_they_all_do() -> None:
    rng = np.random.default_rng(0)
    outer = rng.uniform(-0.5, 0.5, (40, 3))
    inner = rng.uniform(-0.15, 0.15, (10, 3))
    parent, move = np.concatenate([outer, inner]), np.array([0.0, 0.1, -0.05])
    fixed = np.full((50, 3), np.nan)
    fixed[:40] = outer + move
    moved = spread(parent, fixed) - parent
    np.testing.assert_allclose(moved, np.tile(move, (50, 1)), atol=1e-9)


def test_nothing_moves_outside_the_view_or_without_fixed_points() -> None:
    parent = np.array([[0.0, 0, 0], [1.5, 0, 0], [np.nan] * 3])
    fixed = np.full((3, 3), np.nan)
    np.testing.assert_array_equal(spread(parent, fixed), parent)
    fixed[0] = 0.1
    start = spread(parent, fixed)
    np.testing.assert_array_equal(start[1], parent[1])
    assert np.isnan(start[2]).all()


def test_a_fixed_point_without_a_parent_moves_nobody() -> None:
    parent = np.array([[np.nan] * 3, [0.1, 0.1, 0.1]])
    fixed = np.array([[0.5, 0.5, 0.5], [np.nan] * 3])
    np.testing.assert_array_equal(spread(parent, fixed), parent)
