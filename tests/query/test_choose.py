"""Strategy, cold start, probes and batches together choose the next questions."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.errors import SettingError
from sightline.query.baselines import rank_at_random
from sightline.query.choose import (
    STRATEGIES,
    Choice,
    Strategy,
    StrategyName,
    choose,
    effective_strategy,
)
from sightline.query.dcal import adaptive_weight, rank_by_dcal
from sightline.query.doubt import rank_by_doubt
from sightline.query.novelty import measure_novelty, rank_by_novelty
from sightline.query.pool import Pool

ENOUGH = (3, 3)


def pool(
    n: int = 60, decided: int = 10, unsure: int = 3, fitted: bool = True, classes: int = 2
) -> Pool:
    rng = np.random.default_rng(5)
    done = np.arange(n) < decided
    closed = np.arange(n) < decided + unsure
    p = rng.random(n) if classes == 2 else rng.dirichlet(np.ones(classes), n)
    X = rng.normal(size=(n, 4)).astype(np.float32)
    return Pool(X, done, closed, p.astype(np.float32) if fitted else None)


def ask(
    given: Pool, strategy: Strategy, counts: Any = ENOUGH, seed: int = 0, **rest: Any
) -> Choice:
    return choose(given, strategy, counts, np.random.default_rng(seed), **rest)


@pytest.mark.parametrize("name", ["cal", "dal", "dcal", "entropy"])
def test_before_the_first_answer_questions_are_random(name: StrategyName) -> None:
    given = pool(decided=0, unsure=0, fitted=False)
    assert effective_strategy(name, (0, 0), given) == "random"
    expected = rank_at_random(given, np.random.default_rng(0)).first()
    np.testing.assert_array_equal(ask(given, Strategy(name), (0, 0)).items, expected)


@pytest.mark.parametrize("name", ["cal", "dal", "dcal", "entropy"])
@pytest.mark.parametrize("counts", [(1, 0), (0, 9), (2, 9), (9, 2)])
def test_until_three_of_each_class_are_decided_questions_are_novel(
    name: StrategyName, counts: tuple[int, int]
) -> None:
    given = pool(decided=sum(counts))
    assert effective_strategy(name, counts, given) == "dal"
    expected = rank_by_novelty(given, measure_novelty(given)).first()
    np.testing.assert_array_equal(ask(given, Strategy(name), counts).items, expected)


@pytest.mark.parametrize("counts", [(0, 0), (1, 0), (2, 2), (3, 3)])
def test_random_and_the_order_of_the_data_need_no_cold_start(counts: tuple[int, int]) -> None:
    for name in ("random", "rank"):
        assert effective_strategy(name, counts, pool(fitted=False)) == name


@pytest.mark.parametrize("name", STRATEGIES)
def test_from_three_of_each_class_the_strategy_is_the_users(name: StrategyName) -> None:
    assert effective_strategy(name, (3, 3), pool()) == name


def test_with_three_classes_each_of_them_needs_three() -> None:
    for name in ("cal", "dcal", "entropy"):
        assert effective_strategy(name, (3, 3, 2), pool(classes=3)) == "dal"
        assert effective_strategy(name, (3, 3, 3), pool(classes=3)) == name


def test_an_earlier_classifier_spares_the_random_start() -> None:
    given = pool(decided=0, unsure=0)
    for name in ("cal", "dcal", "dal"):
        choice = ask(given, Strategy(name), (0, 0))
        np.testing.assert_array_equal(choice.items, rank_by_doubt(given).first())


def test_each_strategy_asks_what_its_own_ranking_puts_first() -> None:
    given = pool()
    novelty = measure_novelty(given)
    expected = {
        "random": rank_at_random(given, np.random.default_rng(0)),
        "cal": rank_by_doubt(given),
        "entropy": rank_by_doubt(given),
        "dal": rank_by_novelty(given, novelty),
        "dcal": rank_by_dcal(given, novelty, 0.7),
    }
    for name, ranking in expected.items():
        choice = ask(given, Strategy(name, 0.7))
        np.testing.assert_array_equal(choice.items, ranking.first())
    assert ask(given, Strategy("rank")).items.tolist() == [13]


def test_three_classes_are_asked_by_entropy() -> None:
    given = pool(classes=3)
    for name in ("cal", "entropy"):
        choice = ask(given, Strategy(name), (3, 3, 3))
        np.testing.assert_array_equal(choice.items, rank_by_doubt(given).first())
    assert ask(given, Strategy("dcal"), (3, 3, 3)).items.size == 1


def test_only_dcal_tells_its_adapted_weight() -> None:
    given = pool()
    weight = ask(given, Strategy("dcal", 0.7)).weight
    assert weight == pytest.approx(adaptive_weight(0.7, measure_novelty(given).accuracy))
    for name in ("random", "rank", "cal", "dal"):
        assert np.isnan(ask(given, Strategy(name)).weight)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(STRATEGIES),
    st.integers(1, 12),
    st.integers(0, 25),
    st.integers(0, 25),
    st.sampled_from([0, 1, 2, 5]),
    st.integers(0, 9),
)
def test_nothing_closed_is_asked_nothing_twice_and_a_seed_repeats_itself(
    name: StrategyName, n: int, decided: int, unsure: int, probe_every: int, asked: int
) -> None:
    given = pool(n=30, decided=decided, unsure=unsure)
    strategy = Strategy(name, probe_every=probe_every)
    counts = (decided // 2, decided - decided // 2)
    choice, again = (ask(given, strategy, counts, n=n, asked=asked) for _ in range(2))
    assert not given.closed[choice.items].any()
    assert len(set(choice.items.tolist())) == len(choice.items)
    assert len(choice.items) == min(n, max(0, 30 - decided - unsure))
    np.testing.assert_array_equal(again.items, choice.items)
    np.testing.assert_array_equal(again.probes, choice.probes)


@pytest.mark.parametrize("name", STRATEGIES)
def test_where_nothing_may_be_asked_nothing_is(name: StrategyName) -> None:
    assert ask(pool(n=20, decided=20), Strategy(name, probe_every=2), n=3).items.size == 0
    assert ask(pool(n=20, decided=10, unsure=10), Strategy(name)).items.size == 0


def test_every_kth_question_is_a_probe_across_batches() -> None:
    given = pool()
    for n in (1, 4):
        probes = [
            ask(given, Strategy("cal", probe_every=5), n=n, asked=asked).probes
            for asked in range(0, 20, n)
        ]
        assert np.flatnonzero(np.concatenate(probes)).tolist() == [4, 9, 14, 19]
    assert not ask(given, Strategy("cal"), n=20).probes.any()


def test_a_question_that_is_no_probe_stays_what_the_strategy_wants() -> None:
    given = pool()
    plain = ask(given, Strategy("cal"), n=6).items
    for seed in range(20):
        choice = ask(given, Strategy("cal", probe_every=3), n=6, seed=seed)
        own = choice.items[~choice.probes]
        assert np.isin(own, plain).all()


@pytest.mark.parametrize("n", [1, 4])
def test_a_probe_is_uniform_over_all_that_may_be_asked(n: int) -> None:
    """Also where the rest of its batch is fixed: the batch must not push it aside."""
    given = pool(n=23, decided=10, unsure=3)
    rng = np.random.default_rng(11)
    strategy = Strategy("cal", probe_every=n)
    counts = np.zeros(23)
    for _ in range(4000):
        choice = choose(given, strategy, ENOUGH, rng, n=n)
        assert choice.probes.tolist() == [False] * (n - 1) + [True]
        counts[choice.items[-1]] += 1
    assert not counts[:13].any()
    chi_square = ((counts[13:] - 400) ** 2 / 400).sum()
    assert chi_square < 27.9  # 99.9 % of chi-square with 9 degrees of freedom


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "best"},
        {"weight": -0.1},
        {"weight": 1.5},
        {"weight": float("nan")},
        {"probe_every": -1},
    ],
)
def test_a_strategy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        Strategy(**wrong)


@pytest.mark.parametrize("name", STRATEGIES)
def test_nothing_is_asked_when_everything_is_decided(name):
    everything = np.ones(8, bool)
    pool = Pool(np.zeros((8, 2), np.float32), everything, everything)
    choice = choose(pool, Strategy(name), [8, 0], np.random.default_rng(0))
    assert choice.items.size == 0
