"""Scores of tracks and links, against cases whose answer is known and an independent definition."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.workflows.track_scores import multi_object_scores, score_links, score_tracks

PIXELS = np.ones(3)


def made(frames: int = 4, points: int = 5, seed: int = 0) -> NDArray[np.float64]:
    """Points that lie far apart: 100 px."""
    rng = np.random.default_rng(seed)
    grid = np.stack([np.zeros(points), np.arange(points) * 100.0, np.zeros(points)], axis=1)
    return grid + rng.uniform(-3, 3, (frames, 1, 3)) * [0, 1, 1]


def test_the_truth_itself_scores_one() -> None:
    truth = made()
    assert score_tracks(truth, truth, PIXELS, 5.0) == {
        "accuracy": 1.0, "accuracy_half": 1.0, "mean_error_px": 0.0, "median_error_px": 0.0,
        "identity_switches": 0, "missing": 0, "mota": 1.0, "motp": 0.0,
    }  # fmt: skip


def test_tracks_shifted_beyond_the_tolerance_score_zero() -> None:
    truth = made()
    found = score_tracks(truth + np.array([0, 0, 6.0]), truth, PIXELS, 5.0)
    assert found["accuracy"] == found["accuracy_half"] == found["identity_switches"] == 0
    assert found["mean_error_px"] == pytest.approx(6.0)
    assert found["mota"] == -1  # each is both missed and elsewhere
    assert found["motp"] is None


def test_a_shift_within_the_tolerance_but_not_half_of_it() -> None:
    found = score_tracks(made() + np.array([0, 0, 4.0]), made(), PIXELS, 5.0)
    assert (found["accuracy"], found["accuracy_half"], found["mota"]) == (1.0, 0.0, 1.0)
    assert found["motp"] == pytest.approx(4.0)


def test_swapped_identities_count_as_switches() -> None:
    truth = made(frames=4, points=5)
    swapped = truth.copy()
    swapped[1:3, [0, 1]] = truth[1:3, [1, 0]]
    found = score_tracks(swapped, truth, PIXELS, 5.0)
    assert found["identity_switches"] == 4
    assert found["accuracy"] == pytest.approx(16 / 20)
    assert found["mota"] == pytest.approx(16 / 20)
    assert found["motp"] == 0


def test_missing_positions_are_wrong_but_have_no_error() -> None:
    truth = made()
    found = truth.copy()
    found[0, 0] = np.nan
    scores = score_tracks(found, truth, PIXELS, 5.0)
    assert (scores["missing"], scores["mean_error_px"]) == (1, 0)
    assert scores["accuracy"] == scores["mota"] == pytest.approx(19 / 20)


def test_what_is_not_to_be_scored_counts_nowhere() -> None:
    truth = made()
    part = truth.copy()
    part[:, 0] = np.nan
    part[0] = np.nan
    found = truth.copy()
    found[:, 0] += 50
    found[0] = np.nan
    scores = score_tracks(found, part, PIXELS, 5.0)
    assert (scores["accuracy"], scores["mota"], scores["missing"]) == (1, 1, 0)


def test_nothing_to_score_is_unknown_not_zero() -> None:
    scores = score_tracks(made(), np.full_like(made(), np.nan), PIXELS, 5.0)
    assert scores["accuracy"] is scores["mota"] is scores["mean_error_px"] is None


def test_planes_count_by_their_thickness() -> None:
    found = score_tracks(made() + np.array([2.0, 0, 0]), made(), np.array([3.0, 1, 1]), 5.0)
    assert found["mean_error_px"] == pytest.approx(6.0)
    assert found["accuracy"] == 0


def by_definition(
    found: NDArray[np.float64], truth: NDArray[np.float64], tolerance: float
) -> tuple[float, float]:
    """CLEAR MOT by trying every matching, most matches first, then the least distance."""
    misses = false = mismatches = points = 0
    distances: list[float] = []
    for there, true in zip(found, truth, strict=True):
        hypotheses = [k for k in range(len(there)) if np.isfinite(there[k]).all()]
        objects = [k for k in range(len(true)) if np.isfinite(true[k]).all()]
        points += len(objects)
        pairs = [(k, k) for k in hypotheses
                 if k in objects and np.linalg.norm(there[k] - true[k]) <= tolerance]  # fmt: skip
        kept = {k for k, _ in pairs}
        free = [k for k in hypotheses if k not in kept]
        open_ = [k for k in objects if k not in kept] + [None] * len(free)
        best: tuple[int, float, list[tuple[int, int]]] = (0, 0.0, [])
        for order in permutations(open_, len(free)):
            tried = [
                (h, o)
                for h, o in zip(free, order, strict=True)
                if o is not None and np.linalg.norm(there[h] - true[o]) <= tolerance
            ]
            total = sum(float(np.linalg.norm(there[h] - true[o])) for h, o in tried)
            if (-len(tried), total) < (-best[0], best[1]):
                best = (len(tried), total, tried)
        mismatches += best[0]
        pairs += best[2]
        misses += len(objects) - len(pairs)
        false += len(hypotheses) - len(pairs)
        distances += [float(np.linalg.norm(there[h] - true[o])) for h, o in pairs]
    return 1 - (misses + false + mismatches) / points, float(np.mean(distances))


@pytest.mark.parametrize("seed", range(12))
def test_mota_and_motp_are_those_of_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0, 12, (3, 4, 3))
    found = truth[:, rng.permutation(4)] + rng.normal(0, 2, truth.shape)
    truth[rng.random((3, 4)) < 0.2] = np.nan
    found[rng.random((3, 4)) < 0.2] = np.nan
    expected = by_definition(found, truth, 5.0)
    assert multi_object_scores(found, truth, 5.0) == pytest.approx(expected)


def test_links_are_right_wrong_or_missing() -> None:
    followed = np.array([True, True, True, False])
    true = np.array([0, 1, 2, 3, -1])
    linked = np.array([0, 2, -1, -1])  # 0 is right, 1 is given to 2's detection, 2 is not found
    found = score_links([linked], [true], followed)
    assert found["accuracy"] == pytest.approx(1 / 3)
    assert found["accuracy_of_all"] == pytest.approx(1 / 4)
    assert (found["identity_switches"], found["missing"]) == (1, 1)
    perfect = score_links([np.array([0, 1, 2, -1])], [true], followed)
    assert (perfect["accuracy"], perfect["mota"], perfect["identity_switches"]) == (1, 1, 0)


def test_a_link_to_an_unlabelled_detection_is_a_miss_not_a_switch() -> None:
    found = score_links([np.array([1])], [np.array([0, -1])], np.array([True]))
    assert (found["accuracy"], found["missing"], found["identity_switches"]) == (0, 1, 0)
