"""Plain votes on masks, by hand."""

import numpy as np
import pytest

from sightline.consensus.mask_votes import count_votes
from sightline.consensus.mask_voting import at_least, majority_label, soft_labels
from sightline.errors import SettingError

VOTES = count_votes(
    [np.array([0, 1, 2, 1, -1]), np.array([0, 1, 1, 2, -1]), np.array([1, 2, 0, 2, -1])]
)


def test_the_majority_wins_and_a_tie_is_what_is_asked_for() -> None:
    assert VOTES.spread(majority_label(VOTES)).tolist() == [0, 1, 0, 2, 0]
    assert VOTES.spread(majority_label(VOTES, tie=9)).tolist() == [0, 1, 9, 2, 9]


def test_at_least_so_many_experts() -> None:
    assert VOTES.spread(at_least(VOTES, 1)).tolist() == [True, True, True, True, False]
    assert VOTES.spread(at_least(VOTES, 2)).tolist() == [False, True, False, False, False]
    assert not at_least(VOTES, 3).any()
    assert VOTES.spread(at_least(VOTES, 2, label=2)).tolist()[3]


@pytest.mark.parametrize("number", [0, 4])
def test_more_experts_than_there_are_cannot_be_asked_for(number: int) -> None:
    with pytest.raises(SettingError, match="1 to 3"):
        at_least(VOTES, number)


def test_soft_labels_are_shares_of_those_who_said_something() -> None:
    soft = VOTES.spread(soft_labels(VOTES))
    np.testing.assert_allclose(soft[0], [2 / 3, 1 / 3, 0])
    np.testing.assert_allclose(soft[:4].sum(axis=1), 1)
    assert np.isnan(soft[4]).all()
