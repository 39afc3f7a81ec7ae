"""Simulated extractions: every kind in the number asked for, with traces that the movie holds."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.errors import SettingError
from sightline.simulate.calcium_movie import SimulatedMovie, simulate_movie
from sightline.simulate.extraction import (
    ExtractionSettings,
    SimulatedExtraction,
    simulate_extraction,
)
from sightline.simulate.movie_settings import ONE_PHOTON, MovieSettings

MOVIE = MovieSettings(frames=500, height=128, width=128, cells=30, event_rate_hz=0.2, seed=1)
ASKED = ExtractionSettings(
    duplicates=8, fragments=7, merged_pairs=6, vessels=5, motion_edges=4, noise=3, neuropil=2
)
NONE_WRONG = ExtractionSettings(
    duplicates=0, fragments=0, merged_pairs=0, vessels=0, motion_edges=0, noise=0, neuropil=0
)


@pytest.fixture(scope="module")
def movie() -> SimulatedMovie:
    return simulate_movie(MOVIE)


@pytest.fixture(scope="module")
def extraction(movie: SimulatedMovie) -> SimulatedExtraction:
    return simulate_extraction(movie, ASKED)


def _of_kind(extraction: SimulatedExtraction, kind: str) -> list[int]:
    return [row for row, found in enumerate(extraction.kinds) if found == kind]


def _footprints(extraction: SimulatedExtraction, kind: str) -> NDArray[np.float32]:
    return extraction.candidates.footprints[_of_kind(extraction, kind)].toarray()


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    return (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


def _of_true_cells(
    extraction: SimulatedExtraction, movie: SimulatedMovie, kind: str
) -> NDArray[np.float32]:
    cells = extraction.cells[_of_kind(extraction, kind), 0]
    return movie.truth.footprints[cells].toarray()


def test_every_kind_comes_in_the_number_asked_for(extraction: SimulatedExtraction) -> None:
    assert Counter(extraction.kinds) == {
        "cell": 27, "silent cell": 3, "duplicate": 8, "fragment": 7, "merged pair": 6, "vessel": 5,
        "motion edge": 4, "noise": 3, "neuropil": 2,
    }  # fmt: skip


def test_cells_are_true_also_silent_ones_and_nothing_else_is(
    extraction: SimulatedExtraction,
) -> None:
    expected = [kind in {"cell", "silent cell"} for kind in extraction.kinds]
    np.testing.assert_array_equal(extraction.truth, expected)
    assert extraction.truth.dtype == np.int8


def test_candidates_are_a_whole_set_in_no_order(
    extraction: SimulatedExtraction, movie: SimulatedMovie
) -> None:
    candidates = extraction.candidates
    assert len(candidates) == 65
    assert candidates.identities == tuple(map(str, range(65)))
    assert not candidates.notes
    assert not candidates.labels
    assert candidates.traces is not None
    assert candidates.traces.shape == (65, 500)
    assert candidates.traces.dtype == candidates.footprints.dtype == np.float32
    assert candidates.footprints.max(axis=1).toarray() == pytest.approx(1)
    assert candidates.footprints.has_sorted_indices
    assert (candidates.recording, candidates.frame_rate_hz) == ("simulated", 10.0)
    assert "cell" in extraction.kinds[:10]
    assert set(extraction.kinds[:20]) - {"cell"}
    frames = movie.read(0, 500)
    np.testing.assert_allclose(candidates.images["mean"], frames.mean(0), rtol=1e-6)
    np.testing.assert_array_equal(candidates.images["maximum"], frames.max(0))


def test_the_same_seed_gives_the_same_candidates(movie: SimulatedMovie) -> None:
    settings = replace(NONE_WRONG, noise=4)
    one, two, other = (
        simulate_extraction(movie, replace(settings, seed=seed)) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one.candidates.traces, two.candidates.traces)
    assert one.kinds == two.kinds
    assert not np.array_equal(one.candidates.traces, other.candidates.traces)


def test_cells_look_like_themselves_but_noisy(
    extraction: SimulatedExtraction, movie: SimulatedMovie
) -> None:
    alike = _cosine(_footprints(extraction, "cell"), _of_true_cells(extraction, movie, "cell"))
    assert alike.min() > 0.9
    assert alike.max() < 0.999


def test_a_duplicate_is_a_shifted_copy_of_its_cell(
    extraction: SimulatedExtraction, movie: SimulatedMovie
) -> None:
    alike = _cosine(
        _footprints(extraction, "duplicate"), _of_true_cells(extraction, movie, "duplicate")
    )
    assert ((alike > 0.6) & (alike < 0.97)).all()


def test_a_fragment_is_about_half_of_its_cell(
    extraction: SimulatedExtraction, movie: SimulatedMovie
) -> None:
    parts, whole = (
        _footprints(extraction, "fragment") > 0,
        _of_true_cells(extraction, movie, "fragment") > 0.1,
    )
    share = parts.sum(1) / whole.sum(1)
    assert ((share > 0.25) & (share < 0.75)).all()
    assert (parts & whole).sum() > 0.8 * parts.sum()


def test_a_merged_pair_covers_two_neighbours(
    extraction: SimulatedExtraction, movie: SimulatedMovie
) -> None:
    rows = _of_kind(extraction, "merged pair")
    assert (extraction.cells[rows, 0] != extraction.cells[rows, 1]).all()
    assert (extraction.cells[rows] >= 0).all()
    pairs = extraction.candidates.footprints[rows].toarray()
    for side in (0, 1):
        cells = movie.truth.footprints[extraction.cells[rows, side]].toarray() > 0.5
        assert ((pairs > 0) & cells).sum() > 0.95 * cells.sum()


def test_what_is_no_cell_names_none_and_lies_where_it_belongs(
    extraction: SimulatedExtraction, movie: SimulatedMovie
) -> None:
    vessels = movie.truth.vessels.ravel()
    assert (_footprints(extraction, "vessel")[:, ~vessels] == 0).all()
    covered = movie.truth.footprints.toarray().any(0)
    for kind in ("motion edge", "noise", "neuropil"):
        assert (_footprints(extraction, kind)[:, covered] == 0).all()
        assert (extraction.cells[_of_kind(extraction, kind)] == -1).all()
    steepness = np.hypot(*np.gradient(movie.truth.background))
    edges = _footprints(extraction, "motion edge") > 0.5
    assert steepness.ravel()[edges.any(0)].mean() > 2 * np.median(steepness)


@pytest.mark.parametrize("look", [MOVIE, replace(ONE_PHOTON, frames=500, height=128, width=128)])
@pytest.mark.parametrize("kind", ["mean", "model"])
def test_traces_of_bright_cells_follow_their_true_activity(look: MovieSettings, kind: str) -> None:
    movie = simulate_movie(replace(look, cells=30, event_rate_hz=0.3, seed=2))
    settings = replace(NONE_WRONG, trace_kind="model" if kind == "model" else "mean")
    found = simulate_extraction(movie, settings)
    assert found.candidates.trace_kind == kind
    assert found.candidates.traces is not None
    true = movie.truth.traces[found.cells[:, 0]]
    brightest = np.argsort(true.std(1))[-10:]
    alike = [np.corrcoef(found.candidates.traces[k], true[k])[0, 1] for k in brightest]
    assert min(alike) > 0.9


def test_least_squares_gives_the_trace_that_rebuilds_the_movie(movie: SimulatedMovie) -> None:
    settings = replace(NONE_WRONG, trace_kind="model", surround_share=0.0, footprint_noise=0.0)
    found = simulate_extraction(movie, settings)
    A = found.candidates.footprints.toarray().astype(float)
    Y = movie.read(0, 500).reshape(500, -1).T.astype(float)
    ridge = np.sqrt(0.01) * np.diag(np.linalg.norm(A, axis=1))
    padded = np.vstack([A.T, ridge]), np.vstack([Y, np.zeros((len(A), 500))])
    expected = np.linalg.lstsq(*padded, rcond=None)[0]
    expected -= np.median(expected, axis=1, keepdims=True)
    assert found.candidates.traces is not None
    np.testing.assert_allclose(found.candidates.traces, expected, atol=0.02)


def test_a_mean_trace_is_the_weighted_mean_less_the_surround(movie: SimulatedMovie) -> None:
    settings = replace(NONE_WRONG, surround_share=0.0)
    whole = simulate_extraction(movie, settings).candidates
    A = whole.footprints.toarray().astype(float)
    expected = (A / A.sum(1, keepdims=True)) @ movie.read(0, 500).reshape(500, -1).T
    expected -= np.median(expected, axis=1, keepdims=True)
    assert whole.traces is not None
    np.testing.assert_allclose(whole.traces, expected, atol=0.02)
    less = simulate_extraction(movie, replace(settings, surround_share=1.0))
    silent = _of_kind(less, "silent cell")
    assert less.candidates.traces is not None
    assert less.candidates.traces[silent].std() < 0.7 * whole.traces[silent].std()


def test_wrong_kinds_have_the_traces_of_their_kind(
    extraction: SimulatedExtraction, movie: SimulatedMovie
) -> None:
    traces = extraction.candidates.traces
    assert traces is not None
    for kind in ("duplicate", "fragment"):
        for row in _of_kind(extraction, kind):
            true = movie.truth.traces[extraction.cells[row, 0]]
            if true.std() > 40:
                assert np.corrcoef(traces[row], true)[0, 1] > 0.6
    bright = np.median(np.quantile(traces[_of_kind(extraction, "cell")], 0.99, axis=1))
    faint = np.median(np.quantile(traces[_of_kind(extraction, "noise")], 0.99, axis=1))
    assert bright > 3 * faint


def test_a_share_of_the_cells_is_missed(movie: SimulatedMovie) -> None:
    found = simulate_extraction(movie, replace(NONE_WRONG, missed_share=0.4))
    assert len(found.candidates) == 18
    assert len(set(found.cells[:, 0])) == 18


def test_more_duplicates_than_cells_may_be_asked_for(movie: SimulatedMovie) -> None:
    found = simulate_extraction(movie, replace(NONE_WRONG, duplicates=70))
    assert Counter(found.kinds)["duplicate"] == 70


def test_where_cells_cover_everything_the_rest_is_found_all_the_same() -> None:
    crowd = MovieSettings(frames=5, height=32, width=32, cells=40, look="one-photon", vessels=0)
    movie = simulate_movie(replace(crowd, pixel_size_um=4.0))
    found = simulate_extraction(movie, replace(ASKED, vessels=0))
    assert (np.diff(found.candidates.footprints.indptr) > 0).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("missed_share", 1.5), ("duplicates", -1), ("noise", 2.5), ("footprint_noise", "much"),
        ("trace_kind", "median"), ("surround_share", float("nan")), ("seed", None),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused_by_name(name: str, value: object) -> None:
    changes: dict[str, object] = {name: value}
    with pytest.raises(SettingError, match=name):
        replace(ASKED, **changes)


@pytest.mark.parametrize("name", ["duplicates", "fragments", "merged_pairs", "vessels"])
def test_what_the_movie_does_not_have_cannot_be_found_in_it(name: str) -> None:
    empty = simulate_movie(replace(MOVIE, cells=0, vessels=0, frames=3))
    changes: dict[str, object] = {name: 1}
    with pytest.raises(SettingError, match=name):
        simulate_extraction(empty, replace(NONE_WRONG, **changes))


def test_an_extraction_that_finds_nothing_is_refused(movie: SimulatedMovie) -> None:
    with pytest.raises(SettingError, match="ask for a candidate"):
        simulate_extraction(movie, replace(NONE_WRONG, missed_share=1.0))
