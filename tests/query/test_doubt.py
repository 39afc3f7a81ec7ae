"""CAL and entropy ask where the classifier doubts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from sightline.errors import SettingError
from sightline.query.doubt import doubt, rank_by_doubt
from sightline.query.pool import Pool


def pool(probability: np.ndarray | None, closed: tuple[int, ...] = (), n: int = 5) -> Pool:
    shut = np.isin(np.arange(n), closed)
    return Pool(np.zeros((n, 1), np.float32), shut, shut, probability)


@given(st.floats(0, 1, width=32))
def test_doubt_of_two_classes_is_1_minus_twice_the_distance_from_a_half(p: float) -> None:
    assert doubt(np.array([p]))[0] == pytest.approx(1 - 2 * abs(p - 0.5), abs=1e-6)


@given(st.lists(st.floats(0.001, 1), min_size=3, max_size=6))
def test_doubt_of_more_classes_is_the_entropy_as_a_share_of_the_largest(raw: list[float]) -> None:
    p = np.array([raw]) / sum(raw)
    assert doubt(p)[0] == pytest.approx(entropy(p[0]) / np.log(len(raw)), abs=1e-5)


def test_a_sure_prediction_leaves_no_doubt_and_equal_ones_leave_all() -> None:
    np.testing.assert_allclose(doubt(np.array([[1, 0, 0], [1 / 3] * 3])), [0, 1], atol=1e-6)
    assert doubt(np.array([0, 1, 0.5])).tolist() == [0, 0, 1]


def test_the_most_doubtful_is_asked_first_ties_by_index_and_nothing_closed() -> None:
    p = np.array([0.9, 0.4, 0.6, 0.5, 0.1], np.float32)
    plain = sorted([0, 1, 2, 4], key=lambda item: abs(float(p[item]) - 0.5))
    assert rank_by_doubt(pool(p, closed=(3,))).order().tolist() == plain
    tied = np.array([0.75, 0.25, 0.5, 0.75, 0.25], np.float32)
    assert rank_by_doubt(pool(tied)).order().tolist() == [2, 0, 1, 3, 4]


def test_with_three_classes_the_most_mixed_is_asked_first() -> None:
    p = np.array([[0.9, 0.1, 0], [0.5, 0.5, 0], [0.4, 0.3, 0.3], [1, 0, 0], [0.6, 0.2, 0.2]])
    assert rank_by_doubt(pool(p.astype(np.float32))).order().tolist() == [2, 4, 1, 0, 3]


def test_the_reason_tells_the_doubt_and_not_the_predicted_class() -> None:
    ranking = rank_by_doubt(pool(np.array([0.1, 0.9, 0.5, 0.2, 0.8], np.float32)))
    assert "0.20" in ranking.reason(0)
    assert ranking.reason(0) == ranking.reason(1)


def test_without_a_classifier_there_is_nothing_to_doubt() -> None:
    with pytest.raises(SettingError, match="fitted classifier"):
        rank_by_doubt(pool(None))
