"""Evidence on disk: what was written is read back, candidate by candidate, or it is damage."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from sightline.data.evidence import ABSENT, Evidence, Layout, MovieNotes
from sightline.errors import ProjectError
from sightline.project import Project
from sightline.project import evidence as evidence_module
from sightline.project.evidence import (
    evidence_name,
    evidence_path,
    has_evidence,
    new_evidence,
    open_evidence,
)

RNG = np.random.default_rng(0)
SHAPE = (20, 30)
FRAMES = 700
HALF = 2
CROPS = np.array(
    [[0, 0, 4, 5], [3, 2, 12, 30], [7, 7, 8, 8], [0, 0, 20, 30], [1, 1, 6, 9]], np.int32
)
EVENTS = np.array(
    [[100, 30, 650], [400, ABSENT, ABSENT], [5, 690, ABSENT], [ABSENT] * 3, [77, 78, 400]], np.int32
)
TRACES = RNG.normal(size=(5, FRAMES)).astype(np.float32)
LEAST, STEP = RNG.normal(300, 10, 5), RNG.uniform(0.1, 2, 5)


def made(**change: Any) -> Evidence:
    """Five candidates with crops of all sizes and three, one, two, no and three events."""
    footprints = sparse.random_array((5, 600), density=0.2, rng=RNG, dtype=np.float32, format="csr")
    layout = Layout(
        centres=np.array([[2, 2], [np.nan, np.nan], [7, 7], [10, 15], [3, 4]], np.float32),
        boxes=CROPS,
        crops=CROPS,
        outline_points=RNG.normal(size=(9, 2)).astype(np.float32),
        outline_parts=np.array([0, 4, 9]),
        outline_starts=np.array([0, 1, 1, 2, 2, 2]),
        neighbours=np.array([1, 0], np.int32),
        neighbour_starts=np.array([0, 1, 2, 2, 2, 2]),
    )
    about = MovieNotes(
        "movie",
        frame_rate_hz=9.5,
        pixel_size_um=(2.0, 2.5),
        units="raw",
        noise=3.5,
        half_window=HALF,
        candidates_format="suite2p",
        candidates_source="plane0",
        warnings=("Bleaching: ...",),
        notes=("µ",),
    )
    whole = Evidence(
        "mouse/1",
        ("0", "cell 1", "ü", "3", "4"),
        SHAPE,
        footprints,
        EVENTS,
        RNG.normal(size=(5, 4)).astype(np.float32),
        layout,
        about,
        {"maximum": RNG.normal(size=SHAPE).astype(np.float32)},
        {"red/probability": RNG.random(5).astype(np.float32)},
        np.array([1, 0, -1, 1, 0], np.int8),
    )
    return replace(whole, **change)


def areas() -> np.ndarray:
    return (CROPS[:, 2] - CROPS[:, 0]) * (CROPS[:, 3] - CROPS[:, 1])


PIXELS = (EVENTS != ABSENT).sum(1) * (2 * HALF + 1) * areas()
CODES = [RNG.integers(0, 65_536, count).astype(np.uint16) for count in PIXELS]


def store(project: Project, evidence: Evidence, rows: int = 2, number: int = 0) -> None:
    shape = (len(TRACES), FRAMES)
    with new_evidence(project, evidence, shape, (LEAST, STEP), PIXELS, number) as (traces, codes):
        for begin in range(0, len(TRACES), rows):
            traces(TRACES[begin : begin + rows])
            if CODES[begin : begin + rows]:
                codes(np.concatenate(CODES[begin : begin + rows]))


def assert_same(found: Any, expected: Any) -> None:
    """Dataclasses, arrays, matrices, mappings and plain values alike."""
    if isinstance(expected, sparse.csr_array):
        assert found.shape == expected.shape
        for part in ("data", "indices", "indptr"):
            np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    elif isinstance(expected, Evidence | Layout):
        for part in fields(expected):
            assert_same(getattr(found, part.name), getattr(expected, part.name))
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for name, value in expected.items():
            assert_same(found[name], value)
    else:
        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize("chunk", [7, 100, 5000, 2**19])
@pytest.mark.parametrize("rows", [1, 2, 5])
def test_what_is_written_in_parts_is_read_back(
    project: Project, monkeypatch: pytest.MonkeyPatch, chunk: int, rows: int
) -> None:
    monkeypatch.setattr(evidence_module, "_CHUNK", chunk)
    evidence = made()
    store(project, evidence, rows)
    with open_evidence(project) as reader:
        assert_same(reader.evidence, evidence)
        assert reader.trace_shape == TRACES.shape
        assert_same(reader.traces(), TRACES)
        assert_same(reader.traces(1, 3), TRACES[1:3])
        for index in range(5):
            snapshots = reader.snapshots(index)
            if PIXELS[index] == 0:
                assert snapshots is None
                continue
            values = LEAST[index] + STEP[index] * CODES[index].astype(float)
            assert snapshots is not None
            assert snapshots.dtype == np.float32
            np.testing.assert_array_equal(snapshots.ravel(), values.astype(np.float32))
            top, left, bottom, right = CROPS[index]
            events = (EVENTS[index] != ABSENT).sum()
            assert snapshots.shape == (events, 2 * HALF + 1, bottom - top, right - left)


def test_a_candidate_is_what_its_parts_say(project: Project) -> None:
    evidence = made()
    store(project, evidence)
    images = evidence.footprints.toarray().reshape(5, *SHAPE)
    with open_evidence(project) as reader:
        for index in range(5):
            one = reader.candidate(index)
            top, left, bottom, right = one.crop
            assert one.crop == tuple(CROPS[index].tolist())
            np.testing.assert_array_equal(one.footprint, images[index, top:bottom, left:right])
            np.testing.assert_array_equal(one.trace, TRACES[index])
            assert one.events.tolist() == [e for e in EVENTS[index] if e != ABSENT]
            frames = one.events[:, None] + np.arange(-HALF, HALF + 1)
            np.testing.assert_array_equal(one.snapshot_traces, TRACES[index][frames])


def test_traces_of_a_slower_movies_snapshots_are_means(project: Project) -> None:
    evidence = made()
    store(project, replace(evidence, about=replace(evidence.about, movie_downsampled=5)))
    with open_evidence(project) as reader:
        one = reader.candidate(4)
    means = TRACES[4].reshape(-1, 5).mean(1)  # events at 77, 78, 400 lie in frames 15, 15, 80
    frames = np.array([15, 15, 80])[:, None] + np.arange(-HALF, HALF + 1)
    np.testing.assert_allclose(one.snapshot_traces, means[frames], rtol=1e-5)


def test_without_a_movie_there_are_no_snapshots(project: Project) -> None:
    evidence = made(images={}, columns={}, proposal=None)
    nothing = np.zeros(5, np.int64)
    with new_evidence(project, evidence, TRACES.shape, (LEAST, STEP), nothing) as (traces, _):
        traces(TRACES)
    with open_evidence(project) as reader:
        assert_same(reader.evidence, evidence)
        assert all(reader.candidate(index).snapshots is None for index in range(5))


def test_without_traces_there_are_none(project: Project) -> None:
    evidence = made(events=np.full((5, 3), ABSENT, np.int32))
    nothing = np.zeros(5, np.int64)
    with new_evidence(project, evidence, (5, 0), (LEAST, STEP), nothing) as (traces, _):
        traces(TRACES[:, :0])
    with open_evidence(project) as reader:
        assert reader.trace_shape == (5, 0)
        assert reader.candidate(2).trace.shape == (0,)


def test_several_recordings_lie_side_by_side(project: Project) -> None:
    store(project, made())
    store(project, made(recording="mouse/2"), number=1)
    assert has_evidence(project, 1)
    assert not has_evidence(project, 2)
    with open_evidence(project, 1) as reader:
        assert reader.evidence.recording == "mouse/2"


def test_a_project_of_features_only_says_how_to_get_evidence(project: Project) -> None:
    with (
        pytest.raises(ProjectError, match="sightline sort prepare MOVIE --candidates"),
        open_evidence(project),
    ):
        pass


def write_half(project: Project, stop: type[BaseException] | None) -> None:
    with new_evidence(project, made(), TRACES.shape, (LEAST, STEP), PIXELS) as (traces, codes):
        codes(np.concatenate(CODES))
        traces(TRACES[:2])
        if stop is not None:
            raise stop


def test_rows_that_were_not_handed_over_leave_nothing(project: Project) -> None:
    with pytest.raises(ValueError, match="2 of 5 rows of /traces"):
        write_half(project, None)
    assert list(project.arrays.iterdir()) == []


def test_writing_that_stops_leaves_the_evidence_that_was_there(project: Project) -> None:
    store(project, made())
    before = evidence_path(project).read_bytes()
    with pytest.raises(KeyboardInterrupt):
        write_half(project, KeyboardInterrupt)
    assert [path.read_bytes() for path in project.arrays.iterdir()] == [before]


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the parts of a zip file."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)


@pytest.mark.parametrize("array", ["traces", "snapshot_codes", "events", "footprint_data"])
def test_a_chunk_that_is_lost_is_damage_and_not_zeros(project: Project, array: str) -> None:
    store(project, made())
    chunk = f"{array}/c/0/0" if array in ("traces", "events") else f"{array}/c/0"
    rewritten(evidence_path(project), lambda parts: parts.pop(chunk))
    with pytest.raises(ProjectError, match="damaged"), open_evidence(project):
        pass


@pytest.mark.parametrize("array", ["traces", "proposal", "image_maximum", "column_0"])
def test_an_array_that_is_lost_is_damage_and_not_absent(project: Project, array: str) -> None:
    store(project, made())

    def lose(parts: dict[str, bytes]) -> None:
        for name in [name for name in parts if name.startswith(f"{array}/")]:
            del parts[name]

    rewritten(evidence_path(project), lose)
    with pytest.raises(ProjectError, match="damaged"), open_evidence(project):
        pass


@pytest.mark.parametrize("note", ["about", "identities", "image_shape", "columns", "recording"])
def test_a_note_that_is_lost_is_damage(project: Project, note: str) -> None:
    store(project, made())

    def lose(parts: dict[str, bytes]) -> None:
        group = json.loads(parts["zarr.json"])
        del group["attributes"][note]
        parts["zarr.json"] = json.dumps(group).encode()

    rewritten(evidence_path(project), lose)
    with pytest.raises(ProjectError, match="damaged"), open_evidence(project):
        pass


def everything(project: Project) -> list[Any]:
    with open_evidence(project) as reader:
        snapshots = [reader.snapshots(index) for index in range(5)]
        return [reader.evidence, reader.traces(), *(s for s in snapshots if s is not None)]


@pytest.mark.filterwarnings("ignore")
def test_a_flipped_bit_is_damage_and_never_other_numbers(project: Project) -> None:
    store(project, made())
    path = evidence_path(project)
    sound, expected = path.read_bytes(), everything(project)
    for place in range(11, len(sound), len(sound) // 50):
        damaged = bytearray(sound)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            found = everything(project)
        except ProjectError:
            continue
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)


def test_half_a_file_is_damage(project: Project) -> None:
    store(project, made())
    path = evidence_path(project)
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(ProjectError, match="damaged"), open_evidence(project):
        pass


def test_the_name_is_one_that_arrays_may_have() -> None:
    assert evidence_name(12) == "evidence-12"
