"""Agreement with oneself, against scikit-learn and scipy, and on simulated annotators."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from sightline.errors import InputError
from sightline.simulate.annotator import simulate_annotator
from sightline.simulate.candidates import simulate_candidates
from sightline.trust.self_agreement import (
    FEWEST_IN_A_BLOCK,
    FEWEST_PAIRS,
    MOST_BLOCKS,
    answer_blocks,
    leniency_change,
    self_agreement,
)

verdicts = st.integers(2, 60).flatmap(
    lambda n: st.tuples(*2 * [st.lists(st.integers(0, 2), min_size=n, max_size=n)])
)


@given(verdicts)
def test_kappa_is_that_of_scikit_learn(pair):
    first, second = map(np.array, pair)
    found = self_agreement(first, second)
    if len(np.union1d(first, second)) == 1:
        assert np.isnan(found.kappa)
    else:
        assert found.kappa == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)


@given(verdicts)
def test_the_bounds_of_agreement_are_exact(pair):
    first, second = map(np.array, pair)
    theirs = binomtest(int((first == second).sum()), len(first)).proportion_ci(0.95, "exact")
    found = self_agreement(first, second).share
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_without_pairs_nothing_is_known():
    found = self_agreement(np.array([]), np.array([]))
    assert (found.pairs, found.share.low, found.share.high) == (0, 0.0, 1.0)
    assert np.isnan([found.share.value, found.kappa]).all()


@given(verdicts)
def test_the_test_of_drift_is_that_of_mcnemar(pair):
    first, second = (np.array(each) > 0 for each in pair)
    found = leniency_change(first, second)
    more, less = found.to_accepted, found.to_rejected
    assert more - less == second.sum() - first.sum()
    if len(first) < FEWEST_PAIRS:
        assert np.isnan(found.p_value)
    elif more + less:
        assert found.p_value == pytest.approx(binomtest(more, more + less).pvalue)
    else:
        assert found.p_value == 1


@pytest.mark.parametrize("compare", [self_agreement, leniency_change])
def test_verdicts_that_do_not_pair_are_refused(compare):
    with pytest.raises(InputError, match="same order"):
        compare(np.array([1, 0]), np.array([1]))


def opinions(error, leniency, seed, candidates=4000):
    """Two opinions of one annotator, who errs anew each time."""
    rng = np.random.default_rng(seed)
    simulated = simulate_candidates(candidates, rng)
    return simulated, [
        simulate_annotator("anna", simulated, rng, error=error, leniency=each).says_cell
        for each in leniency
    ]


@pytest.mark.parametrize("error", [0.0, 0.05, 0.15])
def test_an_annotator_of_known_error_agrees_with_himself_as_that_error_says(error):
    """He says the same where he errs both times or never; chances differ with the case."""
    simulated, (first, second) = opinions(error, (0, 0), seed=1)
    unclear = 1 - simulated.clarity
    wrong = np.clip(error * unclear / unclear.mean(), 0, 0.5)
    expected = (wrong**2 + (1 - wrong) ** 2).mean()
    found = self_agreement(first, second)
    assert found.share.value == pytest.approx(expected, abs=0.015)
    assert found.share.low <= expected <= found.share.high


def test_an_annotator_who_grows_lenient_is_found_out_and_one_who_does_not_is_not():
    _, (first, second) = opinions(0.15, (-0.8, 0.8), seed=2, candidates=300)
    drifted = leniency_change(first, second)
    assert drifted.to_accepted > drifted.to_rejected
    assert drifted.p_value < 0.01
    _, steady = opinions(0.15, [0] * 400, seed=3, candidates=100)
    pairs = zip(steady[::2], steady[1::2], strict=True)
    alarms = sum(leniency_change(first, second).p_value < 0.05 for first, second in pairs)
    assert alarms <= 18  # of 200: at most one in twenty, and chance


def test_blocks_hold_every_answer_once_in_order():
    for number in (1, 24, 25, 49, 50, 130, 1000):
        blocks = answer_blocks(np.ones(number), np.ones(number), np.full(number, np.nan))
        sizes = [block.last - block.first + 1 for block in blocks]
        assert sum(sizes) == number
        assert blocks[0].first == 1
        assert all(a.last + 1 == b.first for a, b in pairwise(blocks))
        assert len(blocks) <= MOST_BLOCKS
        assert len(blocks) == 1 or min(sizes) >= FEWEST_IN_A_BLOCK
    nothing = np.array([])
    assert answer_blocks(nothing, nothing, nothing) == ()


def test_a_block_tells_its_answers_apart():
    accepted = np.r_[np.ones(20), np.zeros(5), np.full(5, np.nan), np.zeros(20)]
    seconds = np.r_[np.full(25, 2.0), np.full(5, np.nan), np.full(20, 4.0)]
    agrees = np.full(50, np.nan)
    agrees[[3, 30, 40]] = 1, 0, 1
    early, late = answer_blocks(accepted, seconds, agrees)
    assert (early.accepted, early.seconds, early.repeats, early.agreed) == (0.8, 2.0, 1, 1)
    assert (late.accepted, late.seconds, late.repeats, late.agreed) == (0.0, 4.0, 2, 1)
    (unknown,) = answer_blocks(*(np.full(3, np.nan),) * 3)
    assert np.isnan([unknown.accepted, unknown.seconds]).all()
