"""From a movie and candidates to a project: what is in it, and what bad input gets."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from array_movie import ArrayMovie
from numpy.typing import NDArray
from scipy import sparse
from small_projects import MOVIE, SIZE, extraction

from sightline.data.candidate_set import CandidateSet
from sightline.data.evidence import ABSENT, CandidateEvidence
from sightline.errors import InputError, SettingError
from sightline.formats.table import write_rows
from sightline.project import Project, fold
from sightline.project.candidates import read_candidates
from sightline.project.evidence import open_evidence
from sightline.project.fold import standing
from sightline.simulate.calcium_movie import simulate_movie
from sightline.sort.evidence.events import find_events
from sightline.sort.evidence.layout import lay_out
from sightline.sort.evidence.settings import EvidenceSettings
from sightline.sort.features.compute import (
    candidate_features,
    feature_names,
    feature_version,
    pairwise_features,
)
from sightline.workflows import preparation, scan_movie
from sightline.workflows.prepare_movie import PrepareOptions, prepare_movie

FRAMES = simulate_movie(MOVIE).read(0, MOVIE.frames)
ROWS = 14
OWN = len(feature_names())


def first(count: int, found: CandidateSet) -> CandidateSet:
    """The first candidates of an extraction."""
    assert found.traces is not None
    return replace(
        found,
        footprints=found.footprints[:count],
        traces=found.traces[:count],
        identities=found.identities[:count],
    )


FOUND = first(ROWS, extraction().candidates)


def prepare(
    path: Path,
    frames: NDArray | None = FRAMES,
    found: CandidateSet = FOUND,
    known: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Prepare a movie in memory, in this process."""
    movie = None if frames is None else partial(ArrayMovie, frames, dict(known or {}))
    return prepare_movie(movie, found, path, PrepareOptions(**options), workers=1)


def scaled(found: CandidateSet) -> sparse.csr_array:
    images = found.footprints.toarray()
    return sparse.csr_array(images / np.maximum(images.max(1, keepdims=True), 1e-9))


def features_of(path: Path) -> NDArray[np.float32]:
    return read_candidates(Project.open(path)).tables[0].values


@pytest.fixture(scope="module", autouse=True)
def few_samples() -> Iterator[None]:
    """Let motion be estimated from few frames, for that takes longest in a small movie."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparation, "_MOTION_SAMPLES", 30)
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the simulated movie and its extraction, untouched."""
    path = tmp_path_factory.mktemp("whole") / "mouse.sightline"
    prepare(path)
    return path


def test_the_summary_says_what_there_is(tmp_path: Path) -> None:
    said = prepare(tmp_path / "m.sightline", name="mouse")
    assert said["project"] == str(tmp_path / "m.sightline")
    assert said["recordings"] == {"mouse": len(FOUND)}
    assert said["decisions"] == {}
    assert [path.name for path in tmp_path.iterdir()] == ["m.sightline"]


def test_evidence_is_what_a_direct_computation_gives(whole: Path) -> None:
    footprints = scaled(FOUND)
    layout = lay_out(footprints, (SIZE, SIZE))
    assert FOUND.traces is not None
    with open_evidence(Project.open(whole)) as reader:
        evidence = reader.evidence
        np.testing.assert_array_equal(evidence.layout.crops, layout.crops)
        np.testing.assert_array_equal(evidence.layout.neighbours, layout.neighbours)
        np.testing.assert_allclose(evidence.footprints.toarray(), footprints.toarray(), rtol=1e-6)
        assert evidence.identities == FOUND.identities
        np.testing.assert_array_equal(evidence.images["maximum"], FRAMES.max(0))
        np.testing.assert_allclose(evidence.images["mean"], FRAMES.mean(0), rtol=1e-6)
        for index, trace in enumerate(FOUND.traces):
            one = reader.candidate(index)
            np.testing.assert_array_equal(one.trace, trace)
            expected = find_events(trace)
            assert one.events.tolist() == expected[expected != ABSENT].tolist()


def test_snapshots_are_the_movie_within_less_than_half_its_noise(whole: Path) -> None:
    steps = np.diff(FRAMES.astype(float), axis=0)
    noise = float(np.median(np.sqrt((steps**2).mean(0) / 2)))
    shown = 0
    with open_evidence(Project.open(whole)) as reader:
        assert reader.evidence.about.noise == pytest.approx(noise, rel=2e-3)
        for index in range(len(FOUND)):
            one = reader.candidate(index)
            top, left, bottom, right = one.crop
            assert one.snapshots is not None
            for event, snapshot in zip(one.events, one.snapshots, strict=True):
                truth = FRAMES[event - 5 : event + 6, top:bottom, left:right]
                assert np.abs(snapshot - truth).max() <= 0.45 * noise + 1e-3
                shown += 1
            values = np.concatenate(
                [FRAMES[e - 5 : e + 6, top:bottom, left:right].ravel() for e in one.events]
            )
            limits = [values.min(), values.max(), *np.quantile(values, [0.1, 0.999])]
            np.testing.assert_allclose(reader.evidence.contrast[index], limits, rtol=1e-6)
    assert shown > 3 * len(FOUND)


def test_features_are_of_the_movie_itself_and_not_of_what_is_stored(whole: Path) -> None:
    values = features_of(whole)
    footprints, pairs = scaled(FOUND), pairwise_features(FOUND.traces, scaled(FOUND))
    with open_evidence(Project.open(whole)) as reader:
        for index in range(0, len(FOUND), 5):
            one = reader.candidate(index)
            top, left, bottom, right = one.crop
            frames = one.events[:, None] + np.arange(-5, 6)
            exact = FRAMES[frames][..., top:bottom, left:right].astype(np.float32)
            image = footprints[[index]].toarray().reshape(SIZE, SIZE)[top:bottom, left:right]
            expected = candidate_features(replace(one, snapshots=exact, footprint=image))
            expected[[34, 45]] = pairs[index]
            known = np.isfinite(expected)
            np.testing.assert_allclose(values[index][known], expected[known], rtol=2e-3, atol=1e-6)


def test_the_references_formulas_have_their_own_version(tmp_path: Path, whole: Path) -> None:
    prepare(tmp_path / "a.sightline", features="actsort")
    (table,) = read_candidates(Project.open(tmp_path / "a.sightline")).tables
    assert table.version == feature_version("actsort")
    assert table.names == feature_names("actsort")
    assert np.isfinite(table.values).all()


def test_traces_that_are_not_there_are_estimated_from_the_movie(tmp_path: Path) -> None:
    said = prepare(tmp_path / "e.sightline", found=replace(FOUND, traces=None))
    assert any("estimated from the movie" in note for note in said["notes"])
    truth = simulate_movie(MOVIE).truth.traces
    with open_evidence(Project.open(tmp_path / "e.sightline")) as reader:
        assert reader.trace_shape == (len(FOUND), MOVIE.frames)
        assert reader.evidence.about.trace_kind == "model"
        shown = extraction().cells[:ROWS]
        agreement = [
            np.corrcoef(reader.traces(row, row + 1)[0], truth[cell])[0, 1]
            for row, cell in enumerate(shown[:, 0])
            if cell >= 0 and (shown == cell).sum() == 1 and truth[cell].max() > 100
        ]
    assert len(agreement) >= 4
    assert min(agreement) > 0.8
    assert np.median(agreement) > 0.9


def test_estimated_traces_do_not_depend_on_the_division_of_the_movie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = replace(FOUND, traces=None)
    prepare(tmp_path / "one.sightline", found=found)
    in_small_stretches(monkeypatch)
    prepare(tmp_path / "many.sightline", found=found)
    with (
        open_evidence(Project.open(tmp_path / "one.sightline")) as one,
        open_evidence(Project.open(tmp_path / "many.sightline")) as many,
    ):
        np.testing.assert_allclose(many.traces(), one.traces(), rtol=1e-3, atol=1e-2)


def in_small_stretches(monkeypatch: pytest.MonkeyPatch, frames: int = 40) -> None:
    """Let a small movie be read in many parts, as a long one is."""
    monkeypatch.setattr(scan_movie, "_LEAST_BYTES", 1)
    monkeypatch.setattr(scan_movie, "_BYTES_A_PIXEL", 1)
    monkeypatch.setattr(scan_movie, "_USUAL_BYTES", frames * FRAMES[0].nbytes)
    monkeypatch.setattr(scan_movie, "_MOST_STRETCHES", MOVIE.frames // frames)
    monkeypatch.setattr(scan_movie, "_BLOCK_BYTES", 16 * FRAMES[0].nbytes)


def test_the_division_of_the_movie_changes_nothing_but_rounding(
    tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_stretches(monkeypatch)
    prepare(tmp_path / "many.sightline")
    with (
        open_evidence(Project.open(whole)) as one,
        open_evidence(Project.open(tmp_path / "many.sightline")) as many,
    ):
        for name, image in one.evidence.images.items():
            close = {"noise": 0.1, "correlation": 2e-4}.get(name, 1e-6)  # steps within blocks
            scale = np.abs(image).max()
            np.testing.assert_allclose(many.evidence.images[name], image, atol=close * scale)
        np.testing.assert_array_equal(many.evidence.events, one.evidence.events)
    np.testing.assert_allclose(
        features_of(tmp_path / "many.sightline"), features_of(whole), rtol=1e-5, atol=1e-6
    )


# ---------------------------------------------------------------------- without a movie


def test_without_a_movie_there_is_evidence_without_snapshots(tmp_path: Path) -> None:
    said = prepare(tmp_path / "n.sightline", frames=None)
    assert any("There is no movie" in note for note in said["notes"])
    assert any("values are missing" in note for note in said["notes"])
    with open_evidence(Project.open(tmp_path / "n.sightline")) as reader:
        one = reader.candidate(3)
        assert one.snapshots is None
        assert one.events.size
        assert FOUND.images.keys() == reader.evidence.images.keys()
        assert np.isnan(reader.evidence.contrast).all()
    values = features_of(tmp_path / "n.sightline")
    assert np.ptp(values[:, :34], axis=0).max() > 0
    assert (np.ptp(values[:, 46:76], axis=0) == 0).all()  # a missing column holds one value


def test_with_neither_movie_nor_traces_only_shapes_are_judged(tmp_path: Path) -> None:
    said = prepare(tmp_path / "n.sightline", frames=None, found=replace(FOUND, traces=None))
    assert any("only the footprints' shapes" in note for note in said["notes"])
    values = features_of(tmp_path / "n.sightline")
    assert (np.ptp(values[:, :36], axis=0) == 0).all()
    assert np.ptp(values[:, 36:46], axis=0).max() > 0


# ---------------------------------------------------------------------- a slower movie


def test_a_slower_movie_gives_the_snapshots_that_hold_the_events(tmp_path: Path) -> None:
    slow = FRAMES.reshape(150, 2, SIZE, SIZE).astype(np.float32).mean(1)
    prepare(tmp_path / "s.sightline", slow, known={"frame_rate_hz": 5.0}, movie_downsampled=2)
    shown = 0
    with open_evidence(Project.open(tmp_path / "s.sightline")) as reader:
        about = reader.evidence.about
        assert (about.movie_downsampled, about.frame_rate_hz) == (2, 10.0)
        for index in range(len(FOUND)):
            one = reader.candidate(index)
            top, left, bottom, right = one.crop
            assert one.snapshots is not None
            for event, snapshot, trace in zip(
                one.events, one.snapshots, one.snapshot_traces, strict=True
            ):
                frame = event // 2
                truth = slow[frame - 5 : frame + 6, top:bottom, left:right]
                assert np.abs(snapshot - truth).max() <= 0.45 * about.noise
                means = one.trace[2 * (frame - 5) : 2 * (frame + 6)].reshape(11, 2).mean(1)
                np.testing.assert_allclose(trace, means, rtol=1e-4, atol=1e-4)
                shown += 1
    assert shown > 3 * len(FOUND)


@pytest.mark.parametrize("odd", [0, 1])
def test_estimated_traces_of_a_slower_movie_are_at_the_rate_that_was_said(
    tmp_path: Path, odd: int
) -> None:
    slow = FRAMES[: 100 + odd].astype(np.float32)
    found = replace(FOUND, traces=None)
    prepare(tmp_path / "s.sightline", slow, found, movie_downsampled=3)
    with open_evidence(Project.open(tmp_path / "s.sightline")) as reader:
        assert reader.trace_shape == (len(FOUND), 300 + 3 * odd)
        trace = reader.traces(0, 1)[0]
        np.testing.assert_array_equal(trace[::3], trace[2::3])


def test_a_window_in_seconds_is_of_the_movies_frames(tmp_path: Path) -> None:
    slow = FRAMES[::2].copy()
    prepare(
        tmp_path / "s.sightline",
        slow,
        known={"frame_rate_hz": 5.0},
        movie_downsampled=2,
        evidence=EvidenceSettings(half_window_s=0.6, events=2),
    )
    with open_evidence(Project.open(tmp_path / "s.sightline")) as reader:
        snapshots = reader.candidate(0).snapshots
        assert snapshots is not None
        assert snapshots.shape[:2] == (2, 7)


# ---------------------------------------------------------------------- what bad input gets


def test_a_movie_shorter_than_the_window_is_refused(tmp_path: Path) -> None:
    found = replace(FOUND, traces=np.zeros((len(FOUND), 10), np.float32))
    with pytest.raises(InputError, match=r"10 frames; expected at least 11.*smaller --half-window"):
        prepare(tmp_path / "x.sightline", FRAMES[:10], found)
    assert list(tmp_path.iterdir()) == []


def test_a_movie_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="frames of 60 x 64 pixels; expected 64 x 64"):
        prepare(tmp_path / "x.sightline", FRAMES[:, :60])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("frames", "downsampled", "advice"),
    [
        (150, 1, "Give --movie-downsampled 2."),
        (100, 2, "Give --movie-downsampled 3."),
        (300, 2, "Give --movie-downsampled 1."),
        (299, 1, "Give the movie that the traces were taken from, whole."),
        (220, 1, "Give the movie that the traces were taken from, whole."),
    ],
)
def test_a_movie_of_another_length_is_refused_with_advice(
    tmp_path: Path, frames: int, downsampled: int, advice: str
) -> None:
    with pytest.raises(InputError, match=f"{frames} frames; expected") as caught:
        prepare(tmp_path / "x.sightline", FRAMES[:frames], movie_downsampled=downsampled)
    assert caught.value.remedy == advice
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [0, 700])
def test_a_movie_that_holds_one_value_only_is_refused(tmp_path: Path, value: int) -> None:
    with pytest.raises(InputError, match=r"same value.*shutter"):
        prepare(tmp_path / "x.sightline", np.full_like(FRAMES, value))
    assert not (tmp_path / "x.sightline").exists()


def test_a_movie_without_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="most pixels of each frame hold no number"):
        prepare(tmp_path / "x.sightline", np.full(FRAMES.shape, np.nan, np.float32))
    assert not (tmp_path / "x.sightline").exists()


def test_fewer_candidates_than_can_be_learned_from_are_refused_before_the_work(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError, match="5 candidates; expected at least 6"):
        prepare(tmp_path / "x.sightline", found=first(5, FOUND))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["mouse", "mouse.zip"])
def test_an_output_of_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"expected \.sightline"):
        prepare(tmp_path / name)


def test_an_output_that_is_there_is_never_overwritten(whole: Path) -> None:
    with pytest.raises(InputError, match="something there"):
        prepare(whole)


def test_a_window_in_seconds_needs_a_frame_rate(tmp_path: Path) -> None:
    found = replace(FOUND, frame_rate_hz=None)
    with pytest.raises(SettingError, match="--frame-rate"):
        prepare(
            tmp_path / "x.sightline",
            found=found,
            known={"frame_rate_hz": None},
            evidence=EvidenceSettings(half_window_s=1.0),
        )


def test_an_unknown_set_of_features_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="features is 'mine'"):
        prepare(tmp_path / "x.sightline", features="mine")


# ---------------------------------------------------------------------- faults that are told


def test_frames_that_are_not_numbers_are_left_out_and_told(tmp_path: Path, whole: Path) -> None:
    with open_evidence(Project.open(whole)) as reader:
        event = int(reader.evidence.events[0, 0])
    frames = FRAMES.astype(np.float32)
    frames[event + 2] = np.nan
    said = prepare(tmp_path / "x.sightline", frames)
    assert any("1 frames hold values that are not numbers" in one for one in said["warnings"])
    with open_evidence(Project.open(tmp_path / "x.sightline")) as reader:
        kept = np.delete(FRAMES, event + 2, 0)
        np.testing.assert_allclose(reader.evidence.images["mean"], kept.mean(0), rtol=1e-5)
        for index in range(len(FOUND)):
            one = reader.candidate(index)
            assert not (np.abs(one.events - (event + 2)) <= 5).any()
            assert one.snapshots is None or np.isfinite(one.snapshots).all()
    assert np.isfinite(features_of(tmp_path / "x.sightline")).all()


def test_a_border_without_values_is_filled_and_told(tmp_path: Path, whole: Path) -> None:
    frames = FRAMES.astype(np.float32)
    frames[:, :3] = np.nan
    frames[50:90, :, -4:] = np.nan
    said = prepare(tmp_path / "x.sightline", frames)
    assert any("300 frames hold pixels without a value" in note for note in said["notes"])
    assert not any("not numbers" in one for one in said["warnings"])
    with (
        open_evidence(Project.open(tmp_path / "x.sightline")) as reader,
        open_evidence(Project.open(whole)) as other,
    ):
        np.testing.assert_array_equal(reader.evidence.events, other.evidence.events)
        for name, image in reader.evidence.images.items():
            assert np.isfinite(image).all()
            inner, expected = image[6:, :56], other.evidence.images[name][6:, :56]
            np.testing.assert_allclose(inner, expected, rtol=1e-2, atol=1e-2)


def test_estimated_traces_hold_over_frames_without_numbers(tmp_path: Path) -> None:
    frames = FRAMES.astype(np.float32)
    frames[100:103] = np.nan
    frames[:, 0] = np.nan
    prepare(tmp_path / "x.sightline", frames, replace(FOUND, traces=None))
    with open_evidence(Project.open(tmp_path / "x.sightline")) as reader:
        traces = reader.traces()
    assert np.isfinite(traces).all()
    np.testing.assert_array_equal(traces[:, 100:103], np.repeat(traces[:, [99]], 3, 1))


def test_dropped_frames_are_told(tmp_path: Path) -> None:
    frames = FRAMES.copy()
    frames[[40, 41, 200]] = frames[[39, 39, 199]]
    said = prepare(tmp_path / "x.sightline", frames)
    assert any(one.startswith("3 frames repeat the one before") for one in said["warnings"])


def test_sixteen_bits_of_which_twelve_are_used_are_nothing_special(tmp_path: Path) -> None:
    assert FRAMES.dtype == np.uint16
    assert FRAMES.max() < 4095
    said = prepare(tmp_path / "sound.sightline")
    assert not any("largest value" in one for one in said["warnings"])
    bright = np.minimum(FRAMES.astype(np.uint32) * 8, 4095).astype(np.uint16)
    said = prepare(tmp_path / "cut.sightline", bright)
    assert any("pixels reach the largest value" in one for one in said["warnings"])


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float16, np.float64])
def test_movies_of_any_type_of_number_give_the_same_evidence(
    tmp_path: Path, whole: Path, dtype: type
) -> None:
    frames = np.minimum(FRAMES, 255).astype(dtype) if dtype == np.uint8 else FRAMES.astype(dtype)
    prepare(tmp_path / "x.sightline", frames)
    with (
        open_evidence(Project.open(tmp_path / "x.sightline")) as reader,
        open_evidence(Project.open(whole)) as other,
    ):
        assert len(reader.evidence.images) == 4
        if dtype == np.uint8:
            return
        atol = 2.0 if dtype == np.float16 else 1e-2
        for name in ("maximum", "mean"):
            image = reader.evidence.images[name]
            np.testing.assert_allclose(image, other.evidence.images[name], atol=atol)
        snapshots, expected = reader.candidate(0).snapshots, other.candidate(0).snapshots
        assert snapshots is not None
        assert expected is not None
        np.testing.assert_allclose(snapshots, expected, atol=2 * other.evidence.about.noise)


def test_traces_with_gaps_get_their_median_and_model_traces_keep_their_scale(
    tmp_path: Path,
) -> None:
    assert FOUND.traces is not None
    traces = FOUND.traces.copy()
    traces[2, 7] = np.nan
    traces[3] = np.inf
    found = replace(FOUND, traces=traces, footprints=FOUND.footprints * 4, trace_kind="model")
    said = prepare(tmp_path / "x.sightline", frames=None, found=found)
    assert any(note.startswith("301 values of the traces") for note in said["notes"])
    with open_evidence(Project.open(tmp_path / "x.sightline")) as reader:
        largest = found.footprints.max(axis=1).toarray().ravel()
        stored = reader.traces()
        np.testing.assert_allclose(stored[0], traces[0] * largest[0], rtol=1e-5)
        median = np.median(np.delete(traces[2], 7)) * largest[2]
        assert stored[2, 7] == pytest.approx(median, rel=1e-4)
        assert (stored[3] == 0).all()
        assert reader.evidence.footprints.max() == 1


def test_hostile_candidates_are_described_too(tmp_path: Path) -> None:
    images = FOUND.footprints.toarray().reshape(len(FOUND), SIZE, SIZE)
    images[0] = 0
    images[1] = 0
    images[1, 0, 0] = 1e-38
    images[2] = 1
    images[3] = 0
    images[3, 0, 5], images[3, 63, 60] = 3e38, 1e30
    assert FOUND.traces is not None
    traces = FOUND.traces.copy()
    traces[4] = 5
    traces[5] = np.linspace(0, 1e30, MOVIE.frames)
    found = replace(
        FOUND, footprints=sparse.csr_array(images.reshape(len(FOUND), -1)), traces=traces
    )
    prepare(tmp_path / "x.sightline", found=found)
    assert np.isfinite(features_of(tmp_path / "x.sightline")).all()
    with open_evidence(Project.open(tmp_path / "x.sightline")) as reader:
        shapes = [reader.candidate(index).footprint.shape for index in range(6)]
        assert shapes[2] == (64, 64)
        assert (reader.evidence.events[4] == ABSENT).all()
        assert reader.candidate(4).snapshots is None
        assert reader.candidate(1).footprint[0, 0] == 1


# ---------------------------------------------------------------------- what joins the 76


def brightest(evidence: CandidateEvidence) -> float:
    return float("nan") if evidence.snapshots is None else float(evidence.snapshots.max())


def trace_mean(evidence: CandidateEvidence) -> float:
    return float(evidence.trace.mean())


def test_functions_of_the_evidence_join_the_76_and_are_part_of_their_version(
    tmp_path: Path, whole: Path
) -> None:
    own = {"brightest": brightest, "trace_mean": trace_mean}
    prepare(tmp_path / "f.sightline", columns=own)
    (table,) = read_candidates(Project.open(tmp_path / "f.sightline")).tables
    assert table.names == (*feature_names(), "brightest", "trace_mean")
    assert table.version.startswith(f"{feature_version()}+columns-")
    np.testing.assert_array_equal(table.values[:, :OWN], features_of(whole))
    assert FOUND.traces is not None
    np.testing.assert_allclose(table.values[:, OWN + 1], FOUND.traces.mean(1), rtol=1e-5)
    with open_evidence(Project.open(whole)) as reader:
        assert table.values[0, OWN] == pytest.approx(reader.evidence.contrast[0, 1])
    prepare(tmp_path / "g.sightline", columns={"trace_mean": trace_mean})
    (other,) = read_candidates(Project.open(tmp_path / "g.sightline")).tables
    assert other.version.startswith(f"{feature_version()}+columns-")
    assert other.version != table.version


def test_a_table_joins_the_76_by_identity(tmp_path: Path, whole: Path) -> None:
    order = np.random.default_rng(0).permutation(len(FOUND))
    rows = [[FOUND.identities[row], f"{row / 2}"] for row in order]
    write_rows(tmp_path / "mine.csv", ["candidate", "mine"], rows)
    prepare(tmp_path / "t.sightline", columns=tmp_path / "mine.csv")
    (table,) = read_candidates(Project.open(tmp_path / "t.sightline")).tables
    assert table.names[-1] == "mine"
    np.testing.assert_array_equal(table.values[:, -1], np.arange(len(FOUND)) / 2)
    np.testing.assert_array_equal(table.values[:, :OWN], features_of(whole))


def test_a_table_of_other_candidates_is_refused(tmp_path: Path) -> None:
    rows = [[f"other {row}", "1"] for row in range(len(FOUND))]
    write_rows(tmp_path / "mine.csv", ["candidate", "mine"], rows)
    with pytest.raises(InputError, match="Name each row's candidate"):
        prepare(tmp_path / "t.sightline", columns=tmp_path / "mine.csv")


def test_a_column_that_is_called_as_one_of_the_76_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it names 'trace_snr'"):
        prepare(tmp_path / "t.sightline", columns={"trace_snr": trace_mean, "mine": trace_mean})


# ---------------------------------------------------------------------- decisions that came along


def test_labels_of_the_extraction_become_decisions_of_who_gave_them(tmp_path: Path) -> None:
    labels = np.full(len(FOUND), -1, np.int8)
    labels[[2, 5]], labels[7] = 1, 0
    found = replace(FOUND, labels={"anna": labels, "bob": np.full(len(FOUND), -1, np.int8)})
    said = prepare(tmp_path / "l.sightline", found=found, name="m")
    assert said["decisions"] == {"anna": 3}
    with Project.open(tmp_path / "l.sightline").journal() as journal:
        said_by_anna = standing(fold(journal.entries()), "anna").values()
    values = {decision.item: decision.value for decision in said_by_anna}
    assert values == {"m/2": "cell", "m/5": "cell", "m/7": "not cell"}


def test_the_extractions_own_verdict_is_a_proposal_and_no_decision(tmp_path: Path) -> None:
    proposal = np.zeros(len(FOUND), np.int8)
    said = prepare(tmp_path / "p.sightline", found=replace(FOUND, proposal=proposal))
    assert said["decisions"] == {}
    with open_evidence(Project.open(tmp_path / "p.sightline")) as reader:
        np.testing.assert_array_equal(reader.evidence.proposal, proposal)


def test_small_work_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | None] = []
    each = preparation.each_finished

    def watched(*args: Any, **kwargs: Any) -> Any:
        asked.append(kwargs["workers"])
        return each(*args, **kwargs)

    monkeypatch.setattr(preparation, "each_finished", watched)
    prepare_movie(partial(simulate_movie, MOVIE), FOUND, tmp_path / "s.sightline")
    assert asked == [1, 1, 1]
