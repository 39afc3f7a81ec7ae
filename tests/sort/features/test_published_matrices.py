"""The reference's set on simulated candidates against the matrices that were published.

Their movies are not public: order, ranges and relations between columns can be compared, values
cannot.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sightline.data.evidence import CandidateEvidence
from sightline.data.feature_set import ACTSORT_FEATURES
from sightline.formats.actsort import read_actsort
from sightline.sort.features.compute import PAIRWISE_COLUMNS, candidate_features, complete

COUNT = 60
SAME = ((30, 31), (32, 33), (39, 44))
UNIT_FREE = [
    number
    for number in range(1, 77)
    if number in (1, 2, 4, *range(30, 35), 38, 42, 43, 45) or 47 <= number <= 51 or number >= 62
]


@pytest.fixture(scope="module")
def simulated(candidate: Callable[..., CandidateEvidence]) -> np.ndarray:
    """Cells and noisy, stretched or contaminated ones; traces without negative values, as there."""
    rng = np.random.default_rng(0)
    rows = []
    for seed in range(COUNT):
        made = candidate(
            seed,
            frames=3000,
            noise=np.exp(rng.uniform(np.log(0.004), np.log(0.06))),
            decay=rng.uniform(0.5, 0.97),
            movie_noise=rng.uniform(0.05, 0.4),
            sd=tuple(rng.uniform(2, 5, 2)),
            neighbour=rng.choice([0, 0.3, 1]),
        )
        positive = replace(
            made,
            trace=np.maximum(made.trace, 0),
            snapshot_traces=np.maximum(made.snapshot_traces, 0),
        )
        rows.append(candidate_features(positive, "actsort"))
    return complete(np.stack(rows), "actsort")


def published(folder: Path) -> list[np.ndarray]:
    files = sorted((folder / "actsort-benchmark").glob("*.mat"))
    assert len(files) == 3
    return [read_actsort(file).features.values.astype(np.float64) for file in files]


def nearly_the_same(matrix: np.ndarray) -> set[tuple[int, int]]:
    columns = [index for index in range(76) if np.ptp(matrix[:, index]) > 0]
    r = np.abs(np.corrcoef(matrix[:, columns].T))
    return {(columns[a] + 1, columns[b] + 1) for a, b in np.argwhere(np.triu(r, 1) > 0.999)}


def test_the_same_columns_say_nearly_the_same(simulated: np.ndarray, shared_data: Path) -> None:
    for matrix in published(shared_data):
        assert nearly_the_same(matrix) == set(SAME)
    columns = np.corrcoef(simulated.T[[number - 1 for pair in SAME for number in pair]])
    assert np.abs(columns[[0, 2, 4], [1, 3, 5]]).min() > 0.999


def test_simulated_candidates_lie_in_the_published_ranges(
    simulated: np.ndarray, shared_data: Path
) -> None:
    everyone = np.concatenate(published(shared_data))
    low, high = everyone.min(0), everyone.max(0)
    room = 0.1 * (high - low)
    for number in UNIT_FREE:
        values = simulated[:, number - 1]
        inside = (values >= low[number - 1] - room[number - 1]) & (
            values <= high[number - 1] + room[number - 1]
        )
        assert inside.mean() >= 0.95, (ACTSORT_FEATURES[number - 1], values.min(), values.max())


def test_their_shares_are_shares_and_whole_numbers_are_whole(
    simulated: np.ndarray, shared_data: Path
) -> None:
    shares = [n for n in range(12, 35) if n not in range(14, 30, 3)] + list(range(47, 51))
    counts = [3, *range(14, 30, 3), 37, 38, 41]
    for matrix in (*published(shared_data), simulated):
        assert ((matrix[:, [n - 1 for n in shares]] >= 0).all(0)).all()
        assert matrix[:, [n - 1 for n in shares]].max() < 1 + 1e-6
        whole = matrix[:, [n - 1 for n in counts]]
        np.testing.assert_array_equal(whole, np.round(whole))
    assert np.isfinite(np.delete(simulated, PAIRWISE_COLUMNS, 1)).all()


def test_published_circularities_of_small_bodies_follow_the_perimeter_formula(
    shared_data: Path,
) -> None:
    """Each is 4 pi area / perimeter squared for some whole numbers of steps and corners."""
    area, straight, diagonal, corners = np.meshgrid(
        *(np.arange(n) for n in (12, 20, 12, 12)), indexing="ij"
    )
    perimeter = 0.980 * straight + 1.406 * diagonal - 0.091 * corners
    possible = np.sort((4 * np.pi * area[perimeter > 1] / perimeter[perimeter > 1] ** 2).ravel())
    everyone = np.concatenate(published(shared_data))
    small = everyone[everyone[:, 36] <= 11, 41]
    assert len(small) >= 5
    for value in small:
        near = possible[np.searchsorted(possible, value * (1 - 1e-6)) :][0]
        assert near == pytest.approx(value, rel=1e-6)
