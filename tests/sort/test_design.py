"""The matrix that the learners see: each recording standardised by itself, then stacked."""

from typing import Any

import numpy as np
import pytest

from sightline.data.features import FeatureTable, check_features
from sightline.errors import InputError
from sightline.learn.standardise import oddness, standardise
from sightline.sort.design import ODDNESS_NAMES, make_design
from sightline.sort.settings import ACTSORT, DEFAULT


def table(recording: str = "m1", n: int = 40, seed: int = 0, **rest: Any) -> FeatureTable:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 3)) * [1, 10, 100] + seed * 50
    named = {"names": ("size", "snr", "round"), "version": "v1"} | rest
    return check_features(values, source=f"{recording}.mat", recording=recording, **named)


def test_each_recording_is_standardised_by_itself_and_stacked_in_order() -> None:
    first, second = table("m1", 40, 0), table("m2", 30, 1)
    design = make_design([first, second], ACTSORT)
    np.testing.assert_array_equal(design.X[:40], standardise(first.values))
    np.testing.assert_array_equal(design.X[40:], standardise(second.values))
    assert design.recording.tolist() == [0] * 40 + [1] * 30
    assert design.items == first.items + second.items
    assert (design.columns, design.feature_version, len(design)) == (first.names, "v1", 70)


def test_a_recording_looks_the_same_alone_and_stacked() -> None:
    alone = make_design([table("m2", 30, 1)], DEFAULT)
    stacked = make_design([table("m1"), table("m2", 30, 1)], DEFAULT)
    np.testing.assert_array_equal(stacked.X[40:], alone.X)


def test_the_default_clips_and_adds_two_scaled_columns_of_oddness() -> None:
    given = table(n=400)
    given.values[0, 0] = 1e6
    design = make_design([given], DEFAULT)
    clipped = standardise(given.values, DEFAULT.clip)
    assert design.columns == ("size", "snr", "round", *ODDNESS_NAMES)
    np.testing.assert_array_equal(design.X[:, :3], clipped)
    np.testing.assert_allclose(design.X[:, 3:], DEFAULT.oddness_scale * oddness(clipped))
    assert design.feature_names == given.names
    assert np.abs(make_design([given], ACTSORT).X).max() > DEFAULT.clip


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (table("m2", version="v2"), "m2: its features are v2"),
        (table("m2", names=("size", "round", "snr")), "m2: its features"),
        (table("m1", seed=1), "two recordings have the same name"),
    ],
)
def test_recordings_that_do_not_fit_together_are_refused(other: FeatureTable, found: str) -> None:
    with pytest.raises(InputError, match=found):
        make_design([table(), other], ACTSORT)
