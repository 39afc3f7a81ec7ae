"""DCAL weighs doubt and novelty (ActSort, equations S7 and S8)."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.errors import SettingError
from sightline.learn.logistic import LogisticModel
from sightline.query.dcal import adaptive_weight, rank_by_dcal
from sightline.query.doubt import rank_by_doubt
from sightline.query.novelty import Novelty
from sightline.query.pool import Pool

UNIT = st.floats(0, 1, width=32)


def novelty(d: list[float], accuracy: float) -> Novelty:
    return Novelty(np.array(d, np.float32), accuracy, LogisticModel(np.zeros(1), 0.0))


def pool(p: list[float] | None, closed: list[int]) -> Pool:
    n = 6 if p is None else len(p)
    shut = np.isin(np.arange(n), closed)
    probability = None if p is None else np.array(p, np.float32)
    return Pool(np.zeros((n, 1), np.float32), shut, shut, probability)


@pytest.mark.parametrize(
    ("accuracy", "expected"),
    [(0.5, 0.0), (0.75, 0.35), (1.0, 0.7), (0.3, 0.0), (0.0, 0.0)],
)
def test_the_weight_grows_with_what_the_label_classifier_can_tell_and_stays_in_0_to_w0(
    accuracy: float, expected: float
) -> None:
    assert adaptive_weight(0.7, accuracy) == pytest.approx(expected)


@given(UNIT, UNIT)
def test_the_weight_is_equation_s8_clipped(w0: float, accuracy: float) -> None:
    plain = np.clip(w0 * 2 * (accuracy - 0.5), 0, w0)
    assert adaptive_weight(w0, accuracy) == pytest.approx(plain, abs=1e-12)


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan")])
def test_a_weight_outside_0_to_1_is_refused(weight: float) -> None:
    with pytest.raises(SettingError, match="between 0 and 1"):
        adaptive_weight(weight, 0.9)


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.9, 1.0])
def test_the_order_is_that_of_a_plain_loop(weight: float) -> None:
    rng = np.random.default_rng(3)
    p, d = rng.random((2, 40)).round(1).tolist()
    closed = [0, 7, 20]
    w = weight * 2 * (0.8 - 0.5)
    score = [w * d[i] + (1 - w) * (1 - 2 * abs(p[i] - 0.5)) for i in range(40)]
    ranking = rank_by_dcal(pool(p, closed), novelty(d, 0.8), weight)
    order = ranking.order().tolist()
    assert sorted(order) == [i for i in range(40) if i not in closed]
    np.testing.assert_allclose(ranking.score[order], [score[i] for i in order], atol=1e-6)
    assert all(ranking.score[a] >= ranking.score[b] for a, b in itertools.pairwise(order))


@given(st.lists(st.tuples(UNIT, UNIT), min_size=1, max_size=20), UNIT)
def test_with_weight_0_or_a_label_classifier_at_chance_it_is_cal(
    scores: list[tuple[float, float]], accuracy: float
) -> None:
    p, d = [a for a, _ in scores], [b for _, b in scores]
    by_doubt = rank_by_doubt(pool(p, [])).order().tolist()
    assert rank_by_dcal(pool(p, []), novelty(d, accuracy), 0.0).order().tolist() == by_doubt
    worse = min(accuracy, 0.5)
    assert rank_by_dcal(pool(p, []), novelty(d, worse), 0.9).order().tolist() == by_doubt


def test_with_weight_1_and_a_perfect_label_classifier_it_is_dal() -> None:
    d = [0.1, 0.9, 0.5, 0.9, 0.3, 0.2]
    ranking = rank_by_dcal(pool([0.5, 1, 0, 0.5, 0.2, 0.9], [4]), novelty(d, 1.0), 1.0)
    assert ranking.order().tolist() == [1, 3, 2, 5, 0]


def test_the_reason_tells_doubt_novelty_and_weight() -> None:
    reason = rank_by_dcal(pool([0.4] * 6, []), novelty([0.6] * 6, 0.75), 0.5).reason(2)
    assert ["0.80" in reason, "0.60" in reason, "0.25" in reason] == [True] * 3


def test_without_a_classifier_there_is_nothing_to_weigh() -> None:
    with pytest.raises(SettingError, match="fitted classifier"):
        rank_by_dcal(pool(None, []), novelty([0.5] * 6, 0.9))
