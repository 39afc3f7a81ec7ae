"""Simulated candidates: seeded, of the shares asked for, and learnable."""

import numpy as np
import pytest
from scipy.stats import chisquare
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from sightline.errors import SettingError
from sightline.simulate.candidates import simulate_candidates

FALSE_KINDS = ["noise", "vessel", "motion", "duplicate", "merged"]


def test_the_same_seed_gives_the_same_candidates() -> None:
    one, two, other = (simulate_candidates(50, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.features.values, two.features.values)
    assert one.kind == two.kind
    assert (one.features.values != other.features.values).any()


def test_everything_is_of_one_length_and_named() -> None:
    found = simulate_candidates(40, np.random.default_rng(0), name="mouse")
    assert len(found.features) == len(found.cell) == len(found.kind) == len(found.clarity) == 40
    assert found.features.items[3] == "mouse/3"
    assert np.isfinite(found.features.values).all()
    assert not found.features.notes
    assert ((found.clarity >= 0) & (found.clarity <= 1)).all()


def test_a_candidate_is_a_cell_if_its_kind_is() -> None:
    found = simulate_candidates(500, np.random.default_rng(0))
    assert [kind == "cell" for kind in found.kind] == found.cell.tolist()
    assert set(found.kind) == {"cell", *FALSE_KINDS}


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_kinds_come_in_the_shares_asked_for(share: float) -> None:
    found = simulate_candidates(4000, np.random.default_rng(5), cell_share=share)
    counts = [found.kind.count(kind) for kind in ("cell", *FALSE_KINDS)]
    expected = 4000 * np.array([share, *[(1 - share) / 5] * 5])
    assert chisquare(counts, expected).pvalue > 0.01


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_or_none_may_be_cells(share: float) -> None:
    found = simulate_candidates(50, np.random.default_rng(0), cell_share=share)
    assert (found.cell == bool(share)).all()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_another_share_is_refused(share: float) -> None:
    with pytest.raises(SettingError, match="share of cells"):
        simulate_candidates(50, np.random.default_rng(0), cell_share=share)


def test_plain_cases_are_told_apart_better_than_unclear_ones() -> None:
    found = simulate_candidates(3000, np.random.default_rng(3), cell_share=0.5)
    X = (found.features.values - found.features.values.mean(0)) / found.features.values.std(0)
    model = LogisticRegression(C=0.1, max_iter=500).fit(X[:1500], found.cell[:1500])
    right = model.predict(X[1500:]) == found.cell[1500:]
    false, clarity = ~found.cell[1500:], found.clarity[1500:]
    plain = clarity > np.median(clarity[false])
    assert right[false & plain].mean() > right[false & ~plain].mean() + 0.1


def test_a_judge_of_the_features_finds_most_but_not_all() -> None:
    found = simulate_candidates(2000, np.random.default_rng(4))
    X = (found.features.values - found.features.values.mean(0)) / found.features.values.std(0)
    model = LogisticRegression(C=0.1, max_iter=500, class_weight="balanced")
    accuracy = cross_val_score(model, X, found.cell, cv=4, scoring="balanced_accuracy").mean()
    assert 0.8 < accuracy < 0.98
