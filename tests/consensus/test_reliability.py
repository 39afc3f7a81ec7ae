import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.consensus import intraclass_correlation
from sightline.errors import InputError

# Table 2 of Shrout & Fleiss, Psychological Bulletin 86 (1979): six targets, four judges.
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)


def test_the_worked_example_of_shrout_and_fleiss_comes_out():
    single, average = intraclass_correlation(SHROUT_FLEISS)
    assert round(single.value, 2) == 0.71
    assert round(average.value, 2) == 0.91


def test_the_bounds_are_those_published_for_the_worked_example():
    # As printed by R's psych::ICC for ICC3 and ICC3k of the same data.
    single, average = intraclass_correlation(SHROUT_FLEISS)
    assert (round(single.low, 2), round(single.high, 2)) == (0.34, 0.95)
    assert (round(average.low, 2), round(average.high, 2)) == (0.68, 0.99)


@given(st.integers(0, 1000), st.floats(-5, 5), st.floats(0.1, 10))
def test_lenience_and_units_of_the_annotators_do_not_matter(seed, shift, scale):
    ratings = np.random.default_rng(seed).normal(size=(12, 3))
    moved = scale * (ratings + shift * np.arange(3))
    for before, after in zip(
        intraclass_correlation(ratings), intraclass_correlation(moved), strict=True
    ):
        assert after.value == pytest.approx(before.value, abs=1e-6, rel=1e-6)
        assert after.low == pytest.approx(before.low, abs=1e-6, rel=1e-6)


@given(st.integers(0, 1000))
def test_averaging_follows_the_spearman_brown_formula(seed):
    rng = np.random.default_rng(seed)
    ratings = rng.normal(size=(30, 1)) + rng.normal(size=(30, 4))
    single, average = intraclass_correlation(ratings)
    assert average.value == pytest.approx(4 * single.value / (1 + 3 * single.value))


def test_the_bounds_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(2)
    truth = 1 / (1 + 0.5)
    held = 0
    for _ in range(1000):
        ratings = rng.normal(size=(25, 1)) + np.sqrt(0.5) * rng.normal(size=(25, 3))
        single, _ = intraclass_correlation(ratings)
        held += single.low <= truth <= single.high
    assert held / 1000 == pytest.approx(0.95, abs=0.02)


def test_annotators_who_always_concur_are_perfectly_reliable():
    ratings = np.repeat([[0.0], [1.0], [1.0]], 4, axis=1)
    single, average = intraclass_correlation(ratings)
    assert (single.value, single.low, average.value) == (1.0, 1.0, 1.0)


def test_candidates_that_not_all_rated_are_left_out_and_stated():
    ratings = np.vstack([SHROUT_FLEISS.astype(float), [[1, np.nan, 3, 4]]])
    single, _ = intraclass_correlation(ratings)
    assert single.candidates == 6
    assert round(single.value, 2) == 0.71


@pytest.mark.parametrize(
    "ratings", [np.ones((5, 1)), np.ones((1, 5)), np.arange(4), np.ones((5, 4)), [[np.nan] * 3] * 4]
)
def test_what_has_no_correlation_is_refused(ratings):
    with pytest.raises(InputError, match="ratings"):
        intraclass_correlation(np.asarray(ratings))
