"""A recording unlike the training data is recognised, one like it is left in peace."""

import json

import numpy as np
import pytest
from scipy.stats import chi2

from sightline.data.features import FeatureTable, check_features
from sightline.sort.familiarity import Familiarity, compare, learn_familiarity

MIXING = np.random.default_rng(0).normal(size=(8, 8))
NAMES = tuple(f"f{k}" for k in range(8))


def table(seed: int, n: int = 1500, shift: float = 0.0, scale: float = 1.0) -> FeatureTable:
    """Correlated features; ``shift`` moves the first three by that many standard deviations."""
    rng = np.random.default_rng(seed)
    values = scale * rng.normal(size=(n, 8)) @ MIXING
    values[:, :3] += shift * np.linalg.norm(MIXING[:, :3], axis=0)
    return check_features(
        values, source=f"m{seed}", recording=f"m{seed}", names=NAMES, version="v1"
    )


TRAINED = learn_familiarity([table(1), table(2)])


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_recording_of_the_same_kind_is_not_foreign(seed: int) -> None:
    found = compare(table(seed), TRAINED)
    assert not found.foreign
    assert found.shifted == ()
    assert found.strange.mean() == pytest.approx(0.01, abs=0.01)


def test_one_training_candidate_in_a_hundred_is_strange() -> None:
    strange = np.concatenate([compare(table(seed), TRAINED).strange for seed in (1, 2)])
    assert strange.mean() == pytest.approx(0.01, abs=0.001)


def test_of_normal_features_the_rare_distance_is_near_that_of_chi_square() -> None:
    """Shrinking the covariance makes it a little smaller, never larger."""
    assert 0.5 * chi2.ppf(0.99, 8) < TRAINED.rare_distance < 1.1 * chi2.ppf(0.99, 8)


def test_a_recording_with_shifted_features_is_foreign_and_they_are_named() -> None:
    found = compare(table(3, shift=3.0), TRAINED)
    assert found.foreign
    assert set(found.shifted) == {"f0", "f1", "f2"}


def test_the_feature_that_moved_most_is_named_first() -> None:
    moved = table(3)
    moved.values[:, 5] += 9 * moved.values[:, 5].std()
    moved.values[:, 2] -= 4 * moved.values[:, 2].std()
    found = compare(moved, TRAINED)
    assert found.shifted == ("f5", "f2")
    assert not found.foreign  # two of eight features, and no candidate stranger than before


def test_a_recording_with_other_relations_between_features_is_foreign() -> None:
    rng = np.random.default_rng(7)
    found = compare(
        check_features(
            rng.normal(size=(1500, 8)) @ MIXING[:, ::-1],
            source="x", recording="x", names=NAMES, version="v1",
        ),
        TRAINED,
    )  # fmt: skip
    assert found.foreign


def test_it_comes_back_from_a_file() -> None:
    back = Familiarity.from_dict(json.loads(json.dumps(TRAINED.to_dict())))
    for given in (table(3), table(3, shift=3.0)):
        before, after = compare(given, TRAINED), compare(given, back)
        assert (before.shifted, before.foreign) == (after.shifted, after.foreign)
        assert np.mean(before.strange != after.strange) < 0.001


def test_constant_features_are_no_obstacle() -> None:
    flat = [table(seed) for seed in (1, 2, 3)]
    for each in flat:
        each.values[:, 4] = 1234567.9
    found = compare(flat[2], learn_familiarity(flat[:2]))
    assert not found.foreign
    assert found.shifted == ()
