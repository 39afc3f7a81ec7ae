import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from sightline.consensus import UNDECIDED, majority, vote_share
from sightline.errors import InputError

LABELS = arrays(np.int8, array_shapes(min_dims=2, max_dims=2), elements=st.integers(-1, 3))


def test_the_label_most_annotators_gave_wins():
    labels = np.array([[1, 1, 0], [0, 0, 1], [2, 2, 0]])
    np.testing.assert_array_equal(majority(labels), [1, 0, 2])


def test_a_tie_and_an_unseen_candidate_stay_undecided():
    labels = np.array([[1, 1, 0, 0], [-1, -1, -1, -1], [0, 1, 2, -1]])
    np.testing.assert_array_equal(majority(labels), [UNDECIDED] * 3)


def test_an_undecided_annotator_does_not_vote():
    np.testing.assert_array_equal(majority(np.array([[1, -1, -1]])), [1])


def test_one_annotator_is_his_own_majority():
    labels = np.array([[1], [0], [-1]])
    np.testing.assert_array_equal(majority(labels), labels[:, 0])


@given(LABELS, st.randoms(use_true_random=False))
def test_the_order_of_annotators_does_not_matter(labels, random):
    order = random.sample(range(labels.shape[1]), labels.shape[1])
    np.testing.assert_array_equal(majority(labels), majority(labels[:, order]))


@given(LABELS)
def test_a_winner_has_more_votes_than_every_other_label(labels):
    for row, winner in zip(labels, majority(labels), strict=True):
        votes = [int((row == label).sum()) for label in range(4)]
        expected = [label for label in range(4) if votes[label] == max(votes) and max(votes)]
        assert winner == (expected[0] if len(expected) == 1 else UNDECIDED)


def test_the_vote_share_counts_only_those_who_decided():
    labels = np.array([[1, 1, 0, 0], [1, -1, -1, 0], [1, 1, -1, 1], [-1, -1, -1, -1]])
    np.testing.assert_array_equal(vote_share(labels), [0.5, 0.5, 1.0, np.nan])


@pytest.mark.parametrize(
    "labels",
    [np.array([1, 0]), np.zeros((3, 0)), np.array([[0.5]]), np.array([[np.nan]]), [[-2]], [[300]]],
)
def test_what_is_not_a_matrix_of_class_numbers_is_refused(labels):
    with pytest.raises(InputError, match="labels"):
        majority(labels)
