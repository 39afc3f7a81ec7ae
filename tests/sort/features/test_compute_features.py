"""All features of whole candidates: their order, their invariances, and what is missing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from sightline.data.evidence import CandidateEvidence
from sightline.data.feature_set import (
    ACTSORT_FEATURES,
    FEATURES,
    FOOTPRINT_FEATURES,
    MOVIE_FEATURES,
    SIGHTLINE_FEATURES,
    TRACE_FEATURES,
    FeatureSet,
)
from sightline.errors import SettingError
from sightline.sort.features.compute import (
    OWN_COLUMNS,
    PAIRWISE_COLUMNS,
    candidate_features,
    complete,
    feature_names,
    feature_version,
    pairwise_features,
)

Make = Callable[..., CandidateEvidence]
SETS: tuple[FeatureSet, ...] = ("actsort", "sightline")


def named(values: np.ndarray) -> dict[str, float]:
    return dict(zip(SIGHTLINE_FEATURES, values.tolist(), strict=False))  # actsort's are the first


def shown(evidence: CandidateEvidence) -> np.ndarray:
    assert evidence.snapshots is not None
    return evidence.snapshots


@pytest.mark.parametrize("feature_set", SETS)
def test_there_are_76_in_the_papers_order_with_a_version(feature_set: FeatureSet) -> None:
    assert feature_names(feature_set)[:76] == ACTSORT_FEATURES
    assert feature_version(feature_set) == f"{feature_set}-1"
    assert [feature.number for feature in FEATURES] == list(range(1, 78))


def test_the_default_set_adds_its_own_after_the_76_and_the_reference_none() -> None:
    assert feature_names("sightline")[76:] == ("duplicate_overlap",)
    assert feature_names("actsort")[76:] == ()
    assert OWN_COLUMNS == (76,)


def test_each_row_of_the_table_says_what_it_means() -> None:
    for feature in FEATURES:
        assert feature.meaning
        assert feature.source


def test_a_set_that_does_not_exist_is_refused_with_those_that_do(candidate: Make) -> None:
    unknown: Any = "best"
    with pytest.raises(SettingError, match="actsort, sightline"):
        candidate_features(candidate(), unknown)
    with pytest.raises(SettingError):
        complete(np.zeros((2, 76)), unknown)


@pytest.mark.parametrize("feature_set", SETS)
def test_of_a_cell_all_are_known_but_those_that_need_the_others(
    feature_set: FeatureSet, candidate: Make
) -> None:
    values = candidate_features(candidate(), feature_set)
    assert values.shape == (len(feature_names(feature_set)),)
    own = OWN_COLUMNS if feature_set == "sightline" else ()
    assert np.flatnonzero(np.isnan(values)).tolist() == [*PAIRWISE_COLUMNS, *own]
    assert PAIRWISE_COLUMNS == (34, 45)


@pytest.mark.parametrize("feature_set", SETS)
def test_the_same_evidence_gives_the_same_values(feature_set: FeatureSet, candidate: Make) -> None:
    first, second = (candidate_features(candidate(3), feature_set) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_neither_evidence_nor_order_is_changed(candidate: Make) -> None:
    given, same = candidate(1), candidate(1)
    candidate_features(given)
    for name in ("footprint", "trace", "snapshots", "snapshot_traces"):
        np.testing.assert_array_equal(getattr(given, name), getattr(same, name))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "change",
    [
        {"trace": lambda x: 37 * x, "snapshot_traces": lambda x: 37 * x},
        {"trace": lambda x: x / 1024 + 300, "snapshot_traces": lambda x: x / 1024 + 300},
        {"footprint": lambda x: 0.01 * x},
        {"snapshots": lambda x: 250 * x},
        {"snapshots": lambda x: x + 4000},
        {"snapshots": lambda x: 9 * x + np.random.default_rng(0).uniform(0, 90, x.shape[2:])},
    ],
    ids=["trace scaled", "trace shifted", "footprint", "movie scaled", "movie shifted", "raw"],
)
def test_units_and_offsets_do_not_matter(
    seed: int, change: dict[str, Callable], candidate: Make
) -> None:
    given = candidate(seed, neighbour=0.5)
    moved = replace(given, **{name: how(getattr(given, name)) for name, how in change.items()})
    expected = candidate_features(given)
    np.testing.assert_allclose(candidate_features(moved), expected, rtol=1e-6, atol=1e-7)


def test_in_the_reference_the_units_do_matter(candidate: Make) -> None:
    given = candidate(noise=0.15)
    scaled = replace(given, trace=given.trace / 50, snapshot_traces=given.snapshot_traces / 50)
    before, after = (named(candidate_features(each, "actsort")) for each in (given, scaled))
    assert before["event_power_10"] == 0
    assert after["event_power_10"] > 0.5
    assert after["unexplained_activity_q50"] > 10 > before["unexplained_activity_q50"]


def test_the_place_in_the_image_changes_the_edge_distance_only(candidate: Make) -> None:
    inner, corner = (candidate_features(candidate(place=place)) for place in ((100, 60), (0, 226)))
    different = np.flatnonzero(~np.isclose(inner, corner, equal_nan=True))
    assert different.tolist() == [ACTSORT_FEATURES.index("edge_distance")]


def test_a_cell_looks_better_than_noise(candidate: Make) -> None:
    rng = np.random.default_rng(0)
    cell = candidate()
    noise = replace(
        cell,
        trace=rng.normal(size=2000),
        snapshots=rng.normal(size=shown(cell).shape),
        snapshot_traces=rng.normal(size=(5, 11)),
    )
    good, bad = named(candidate_features(cell)), named(candidate_features(noise))
    for name in ("trace_snr", "top_percentile_sum", "band_power_0_5", "event_power_3",
                 "activity_image_similarity", "roi_over_surround_q50",
                 "event_image_correlation_50"):  # fmt: skip
        assert good[name] > bad[name], name
    for name in ("temporal_corruption", "unexplained_activity_q50"):
        assert good[name] < bad[name], name


@pytest.mark.parametrize("feature_set", SETS)
def test_an_active_neighbour_contaminates(feature_set: FeatureSet, candidate: Make) -> None:
    alone, beside = (
        named(candidate_features(candidate(neighbour=level, movie_noise=0.05), feature_set))
        for level in (0, 1)
    )
    assert beside["roi_over_surround_q50"] < alone["roi_over_surround_q50"]
    assert beside["activity_image_similarity"] < alone["activity_image_similarity"]


def test_events_that_are_absent_do_not_weigh(candidate: Make) -> None:
    """Three events give nearly what five give; in the reference the zeros are seen."""
    five = candidate(movie_noise=0.02)
    three = replace(
        five,
        events=five.events[:3],
        snapshots=shown(five)[:3],
        snapshot_traces=five.snapshot_traces[:3],
    )
    columns = [ACTSORT_FEATURES.index(f"event_image_correlation_{share}0") for share in range(10)]
    few, all_five = candidate_features(three), candidate_features(five)
    np.testing.assert_allclose(few[columns], all_five[columns], atol=0.05)
    assert np.isfinite(few[46:76]).all()
    assert np.isnan(candidate_features(three, "actsort")[columns[0]])


@pytest.mark.parametrize("feature_set", SETS)
def test_without_a_movie_what_needs_frames_is_missing_and_only_that(
    feature_set: FeatureSet, candidate: Make
) -> None:
    with_movie = candidate_features(candidate(), feature_set)
    without = candidate_features(candidate(snapshots=None), feature_set)
    assert np.isnan(without[46:76]).all()
    assert len(MOVIE_FEATURES) == 30
    np.testing.assert_array_equal(without[:46], with_movie[:46])


def hostile(candidate: Make) -> dict[str, CandidateEvidence]:
    """Candidates that nobody would wish for, in single precision as they come."""
    cell = candidate()
    pixel, two = np.zeros((30, 30)), np.zeros((30, 30))
    pixel[4, 7] = two[3:7, 3:7] = two[20:26, 20:26] = 1
    short = {"events": cell.events[:0], "snapshots": shown(cell)[:0],
             "snapshot_traces": cell.snapshot_traces[:0]}  # fmt: skip
    broken = shown(cell).copy()
    broken[:, 2] = np.nan
    gap = cell.trace.copy()
    gap[9] = np.nan
    return {
        "empty footprint": replace(cell, footprint=np.zeros((30, 30))),
        "one pixel": replace(cell, footprint=pixel),
        "flat footprint": replace(cell, footprint=(cell.footprint > 0.2).astype(float)),
        "full crop": replace(cell, footprint=np.ones((30, 30))),
        "two bodies": replace(cell, footprint=two),
        "negative weights": replace(cell, footprint=-cell.footprint),
        "footprint not finite": replace(cell, footprint=cell.footprint + np.nan),
        "border": candidate(place=(0, 100)),
        "corner": candidate(place=(226, 226)),
        "whole image": replace(cell, crop=(0, 0, 30, 30), image_shape=(30, 30)),
        "flat trace": replace(cell, trace=np.full(2000, 0.1)),
        "zero trace": replace(
            cell, trace=np.zeros(2000), snapshot_traces=np.zeros_like(cell.snapshot_traces)
        ),
        "gap in trace": replace(cell, trace=gap),
        "one frame": replace(cell, trace=np.ones(1), **short),
        "two frames": replace(cell, trace=np.arange(2.0), **short),
        "three frames": replace(cell, trace=np.array([0, 1.0, 0]), **short),
        "ten frames": replace(cell, trace=np.arange(10.0) % 3, **short),
        "negative trace": replace(
            cell, trace=-1 - np.abs(cell.trace), snapshot_traces=-1 - np.abs(cell.snapshot_traces)
        ),
        "no events": replace(cell, **short),
        "no movie": replace(cell, snapshots=None),
        "constant movie": replace(cell, snapshots=np.full_like(shown(cell), 0.1)),
        "black movie": replace(cell, snapshots=np.zeros_like(shown(cell))),
        "broken frames": replace(cell, snapshots=broken),
        "one event of one frame": replace(
            cell,
            events=cell.events[:1],
            snapshots=shown(cell)[:1, :1],
            snapshot_traces=cell.snapshot_traces[:1, :1],
        ),
        "huge": replace(
            cell,
            trace=1e30 * cell.trace,
            snapshots=1e30 * shown(cell),
            snapshot_traces=1e30 * cell.snapshot_traces,
        ),
        "tiny": replace(
            cell,
            trace=1e-30 * cell.trace,
            snapshots=1e-30 * shown(cell),
            snapshot_traces=1e-30 * cell.snapshot_traces,
        ),
    }


def single(evidence: CandidateEvidence) -> CandidateEvidence:
    return replace(
        evidence,
        footprint=evidence.footprint.astype(np.float32),
        trace=evidence.trace.astype(np.float32),
        snapshots=None if evidence.snapshots is None else evidence.snapshots.astype(np.float32),
        snapshot_traces=evidence.snapshot_traces.astype(np.float32),
    )


@pytest.mark.parametrize("feature_set", SETS)
def test_hostile_candidates_give_numbers_or_missing_values_and_no_warning(
    feature_set: FeatureSet, candidate: Make
) -> None:
    for name, evidence in hostile(candidate).items():
        values = candidate_features(single(evidence), feature_set)
        assert values.shape == (len(feature_names(feature_set)),), name
        if feature_set == "sightline":
            assert not np.isinf(values).any(), name
        both = np.stack([values, candidate_features(candidate(), feature_set)])
        filled = complete(both, feature_set)
        assert not np.isinf(filled).any(), name


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("gap in trace", TRACE_FEATURES),
        ("no movie", MOVIE_FEATURES),
        ("no events", MOVIE_FEATURES),
        ("constant movie", MOVIE_FEATURES),
        ("black movie", MOVIE_FEATURES),
        ("empty footprint", (*FOOTPRINT_FEATURES[4:7], "spatial_corruption", *MOVIE_FEATURES)),
        ("flat footprint", ("spatial_corruption",)),
        ("broken frames", ()),
        ("corner", ()),
        ("huge", ()),
        ("tiny", ()),
    ],
)
def test_what_is_missing_is_what_cannot_be_known(
    name: str, missing: tuple[str, ...], candidate: Make
) -> None:
    values = named(candidate_features(single(hostile(candidate)[name])))
    found = {key for key, value in values.items() if np.isnan(value)}
    of_others = {"correlated_fraction", "max_footprint_correlation", "duplicate_overlap"}
    assert found - of_others == set(missing) - of_others


def test_a_trace_that_never_rises_has_neither_snr_nor_events(candidate: Make) -> None:
    values = named(candidate_features(hostile(candidate)["flat trace"]))
    assert np.isnan([values["trace_snr"], values["event_power_3"], values["band_power_0_5"]]).all()
    assert values["weak_peak_count"] == 0


def test_pairwise_columns_come_from_all_candidates() -> None:
    rng = np.random.default_rng(0)
    traces = np.repeat(np.cumsum(rng.normal(size=(2, 300)), 1), [3, 1], axis=0)
    traces[3] = 5
    footprints = sparse.csr_array(np.kron(np.eye(2), np.ones((2, 30))))
    values = pairwise_features(traces.astype(np.float32), footprints)
    assert values[:3, 0] == pytest.approx([1, 1, 1])
    assert np.isnan(values[3, 0])
    assert values[:, 1] == pytest.approx([1] * 4)
    assert pairwise_features(traces.astype(np.float32), footprints, "actsort")[3, 0] == 0
    assert np.isnan(pairwise_features(None, footprints)[:, 0]).all()


def test_the_corrected_set_keeps_what_is_missing_missing() -> None:
    matrix = np.arange(152.0).reshape(2, 76)
    matrix[0, 3], matrix[1, 60] = np.nan, np.inf
    filled = complete(matrix)
    assert np.argwhere(np.isnan(filled)).tolist() == [[0, 3], [1, 60]]
    assert np.isinf(matrix[1, 60])


def test_the_reference_fills_what_is_missing() -> None:
    matrix = np.ones((4, 76))
    circularity, snr = ACTSORT_FEATURES.index("footprint_circularity"), 0
    elongation = ACTSORT_FEATURES.index("footprint_elongation")
    matrix[:, circularity] = [1, 3, np.inf, np.nan]
    matrix[:, elongation] = [2, np.inf, 2, np.nan]
    matrix[:, snr] = [6, 2, np.nan, 4]
    filled = complete(matrix, "actsort")
    assert filled[:, circularity].tolist() == [1, 3, 30, 34 / 3]
    assert filled[:, elongation].tolist() == [2, 0, 2, 4 / 4]
    assert filled[:, snr].tolist() == [6, 2, 12 / 4, 4]
