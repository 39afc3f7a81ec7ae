"""Features 67-76: whether frames look like the footprint when the trace says so."""

import numpy as np
import pytest

from sightline.sort.features.event_images import event_image_correlation, frame_correlations

RNG = np.random.default_rng(0)
FOOTPRINT = RNG.uniform(size=80)


def test_a_frame_like_the_footprint_correlates_fully_at_any_scale_and_offset() -> None:
    frames = np.stack([FOOTPRINT, 5 * FOOTPRINT + 3, -FOOTPRINT])
    assert frame_correlations(FOOTPRINT, frames) == pytest.approx([1, 1, -1])


def test_it_is_pearsons_correlation() -> None:
    frames = RNG.normal(size=(6, 80))
    expected = [np.corrcoef(FOOTPRINT, frame)[0, 1] for frame in frames]
    assert frame_correlations(FOOTPRINT, frames) == pytest.approx(expected)


def test_the_references_stays_below_one_for_frames_are_not_centred() -> None:
    found = frame_correlations(FOOTPRINT, np.stack([FOOTPRINT, FOOTPRINT + 3]), centred=False)
    n = len(FOOTPRINT)
    share = FOOTPRINT.std() * np.sqrt(n) / np.linalg.norm(FOOTPRINT)
    assert found[0] == pytest.approx(share * np.sqrt((n - 1) / n))
    assert found[1] < found[0]


def test_flat_frames_and_footprints_have_no_correlation() -> None:
    assert np.isnan(frame_correlations(FOOTPRINT, np.full((2, 80), 0.1))).all()
    assert np.isnan(frame_correlations(np.ones(80), RNG.normal(size=(2, 80)))).all()
    assert np.isnan(frame_correlations(np.empty(0), np.empty((2, 0)))).all()


def test_frames_are_weighted_by_the_trace_and_left_out_below_the_threshold() -> None:
    correlations = np.array([0.1, 0.5, 0.9, -1.0])
    trace = np.array([2, 5, 10, 0.0])
    found = event_image_correlation(correlations, trace)
    all_three = (0.2 + 2.5 + 9) / 17
    assert found == pytest.approx([all_three] * 2 + [11.5 / 15] * 3 + [0.9] * 5)


def test_without_activity_there_is_none() -> None:
    assert np.isnan(event_image_correlation(np.ones(3), np.zeros(3))).all()
    assert np.isnan(event_image_correlation(np.empty(0), np.empty(0))).all()


def test_an_unknown_correlation_makes_only_those_unknown_in_which_it_counts() -> None:
    found = event_image_correlation(np.array([np.nan, 0.5]), np.array([0.25, 1]))
    assert np.isnan(found[:3]).all()
    assert found[3:] == pytest.approx([0.5] * 7)
