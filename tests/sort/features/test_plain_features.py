"""All features of one candidate against a second, plain implementation of the same formulas."""

from collections.abc import Callable
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sightline.data.evidence import CandidateEvidence
from sightline.data.feature_set import ACTSORT_FEATURES
from sightline.sort.features.compute import candidate_features

Make = Callable[..., CandidateEvidence]
PLAIN = Path(__file__).parents[3] / "benchmarks" / "plain_features.py"


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    spec = spec_from_file_location("plain_features", PLAIN)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def assert_agree(plain: ModuleType, evidence: CandidateEvidence, known: int) -> None:
    """Of the 76 the same are missing, at least `known` are not, and those agree to 1e-6."""
    ours, expected = candidate_features(evidence)[:76], plain.plain_features(evidence)
    assert np.isfinite(expected).sum() >= known
    near = np.isclose(ours, expected, rtol=1e-6, atol=1e-12, equal_nan=True)
    wrong = {
        name: (mine, other)
        for name, mine, other, good in zip(ACTSORT_FEATURES, ours, expected, near, strict=True)
        if not good
    }
    assert not wrong


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"noise": 0.5, "movie_noise": 2.0},
        {"frames": 1501, "decay": 0.6, "sd": (2.0, 5.0)},
        {"neighbour": 1.5, "place": (0, 226)},
        {"events": 2, "movie_noise": 0.05},
    ],
)
def test_two_implementations_agree(
    plain: ModuleType, candidate: Make, seed: int, change: dict
) -> None:
    assert_agree(plain, candidate(seed, **change), known=74)


@pytest.mark.parametrize("frames", [101, 150, 999, 2003])
def test_they_agree_on_traces_of_any_length(
    plain: ModuleType, candidate: Make, frames: int
) -> None:
    trace = candidate().trace[:frames]
    assert_agree(plain, replace(candidate(), trace=np.resize(trace, frames)), known=74)


def test_they_agree_on_a_trace_with_plateaus(plain: ModuleType, candidate: Make) -> None:
    coarse = np.round(8 * np.maximum(candidate().trace, 0)).astype(np.float32)
    assert_agree(plain, replace(candidate(), trace=coarse), known=70)


@pytest.mark.parametrize("seed", range(8))
def test_they_agree_on_footprints_of_any_shape(
    plain: ModuleType, candidate: Make, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    footprint = candidate().footprint * (rng.random((30, 30)) < 0.6) * rng.random((30, 30))
    footprint[2:5, 20:29] = rng.choice([0, 0.2, 0.9], (3, 9))
    place = rng.integers(0, 226, 2)
    crop = (*place, *(place + 30))
    assert_agree(plain, replace(candidate(), footprint=footprint, crop=crop), known=74)


def test_they_agree_on_a_footprint_with_a_faint_pixel_far_away(
    plain: ModuleType, candidate: Make
) -> None:
    given = candidate()
    footprint = given.footprint.copy()
    footprint[1, 28] = 0.02
    assert_agree(plain, replace(given, footprint=footprint), known=74)


def test_they_agree_where_frames_or_the_movie_are_missing(
    plain: ModuleType, candidate: Make
) -> None:
    given = candidate()
    assert given.snapshots is not None
    broken = given.snapshots.copy()
    broken[:, 2, 0, 0] = np.nan
    assert_agree(plain, replace(given, snapshots=broken), known=74)
    dark = np.where(given.snapshot_traces[:, :, None, None] < 0.3, np.float32(0), given.snapshots)
    assert_agree(plain, replace(given, snapshots=dark), known=74)
    assert_agree(plain, replace(given, snapshots=None), known=44)
