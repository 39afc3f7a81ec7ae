"""Several annotators' positions of a point, as one."""

import numpy as np

from sightline.consensus.positions import consensus_position


def test_of_one_it_is_theirs_to_the_last_bit() -> None:
    np.testing.assert_array_equal(consensus_position([(1.1, 2.2, 3.3)]), (1.1, 2.2, 3.3))


def test_of_two_it_is_the_middle() -> None:
    np.testing.assert_array_equal(consensus_position([(0, 0, 1), (2, 0, 4)]), (1, 0, 2.5))


def test_one_of_three_who_is_far_off_moves_nothing() -> None:
    near = [(1, 1, 1), (1, 1, 1)]
    np.testing.assert_array_equal(consensus_position([*near, (9, 90, 900)]), (1, 1, 1))
