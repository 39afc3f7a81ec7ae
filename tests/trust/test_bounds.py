import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from sightline.errors import SettingError
from sightline.trust import clopper_pearson, wilson


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_both_bounds_agree_with_scipy(counts):
    hits, trials = counts
    for ours, method in ((clopper_pearson, "exact"), (wilson, "wilson")):
        theirs = binomtest(hits, trials).proportion_ci(0.9, method)
        found = ours(hits, trials, 0.9)
        assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
        assert found.value == hits / trials


@pytest.mark.parametrize("bound", [clopper_pearson, wilson])
def test_nothing_is_known_without_trials(bound):
    assert (bound(0, 0).low, bound(0, 0).high) == (0, 1)


@pytest.mark.parametrize("bound", [clopper_pearson, wilson])
@pytest.mark.parametrize(("hits", "trials", "confidence"), [(2, 1, 0.9), (-1, 1, 0.9), (1, 2, 95)])
def test_impossible_counts_and_confidences_are_refused(bound, hits, trials, confidence):
    with pytest.raises(SettingError):
        bound(hits, trials, confidence)
