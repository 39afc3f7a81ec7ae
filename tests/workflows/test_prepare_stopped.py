"""Preparing that is stopped goes on and ends in the same bytes; nothing half is taken for whole."""

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pytest
from array_movie import ArrayMovie
from faulty_prepare import FOUND, MOVIE

from sightline.data.evidence import CandidateEvidence
from sightline.errors import InputError, ProjectError
from sightline.project import Project
from sightline.project.candidates import read_candidates
from sightline.simulate.calcium_movie import simulate_movie
from sightline.sort.evidence.settings import EvidenceSettings
from sightline.workflows import (
    candidate_traces,
    describe_candidates,
    preparation,
    prepare_steps,
    prepared_project,
    scan_movie,
)
from sightline.workflows.prepare_movie import PrepareOptions, prepare_movie
from sightline.workflows.scratch import scratch_of

HERE = Path(__file__).parent
UNTRACED = replace(FOUND, traces=None)
JOBS = ("trace_stretch", "find_events_of", "scan_stretch", "describe_batch")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let little work be many jobs: four stretches, three lots of events, some batches."""
    monkeypatch.setattr(scan_movie, "_LEAST_BYTES", 1)
    monkeypatch.setattr(scan_movie, "_BYTES_A_PIXEL", 1)
    monkeypatch.setattr(scan_movie, "_USUAL_BYTES", 20 * 2 * MOVIE.height * MOVIE.width)
    monkeypatch.setattr(scan_movie, "_MOST_STRETCHES", 4)
    monkeypatch.setattr(preparation, "_MOTION_SAMPLES", 20)
    monkeypatch.setattr(prepare_steps, "_MERGED_AT_ONCE", 2)
    monkeypatch.setattr(prepare_steps, "_EVENTS_JOB", 4)
    monkeypatch.setattr(describe_candidates, "_BATCH_PIXELS", 2**17)


def brightest(evidence: CandidateEvidence) -> float:
    return float("nan") if evidence.snapshots is None else float(evidence.snapshots.max())


def parts(project: Path) -> dict[str, bytes]:
    """Every chunk of every array, by name: what is the same byte for byte."""
    found = {}
    for path in sorted((project / "arrays").iterdir()):
        with zipfile.ZipFile(path) as file:
            found |= {f"{path.name}/{name}": file.read(name) for name in file.namelist()}
    return found


class Stopped(BaseException):
    """As when a user presses Ctrl-C."""


class Watch:
    """Counts the finished parts of all steps, and stops the work after so many."""

    def __init__(self, stop_after: float = float("inf")) -> None:
        self.seen, self.stop_after = 0, stop_after
        self.steps: list[str] = []

    def __call__(self, name: str) -> Callable[[int, int], None]:
        self.steps.append(name)
        return self.progress

    def progress(self, done: int, total: int) -> None:
        assert 0 <= done <= total
        self.seen += 1
        if self.seen >= self.stop_after:
            raise Stopped


def prepare(output: Path, found: Any = UNTRACED, **how: Any) -> dict[str, Any]:
    options = how.pop("options", PrepareOptions(columns={"brightest": brightest}))
    movie = how.pop("movie", partial(simulate_movie, MOVIE))
    return prepare_movie(movie, found, output, options, **{"workers": 1, **how})


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each job was done in this process."""
    counts: Counter[str] = Counter()
    for module in (candidate_traces, prepare_steps):
        for name in JOBS:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, counted(getattr(module, name), counts))
    return counts


def counted(function: Callable[[Any], Any], counts: Counter[str]) -> Callable[[Any], Any]:
    def call(job: Any) -> Any:
        counts[f"{function.__name__} {getattr(job, 'number', getattr(job, 'start', 0))}"] += 1
        return function(job)

    call.__name__ = function.__name__
    return call


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """What undisturbed work in this process gives."""
    with pytest.MonkeyPatch.context() as patch:
        small_parts.__wrapped__(patch)  # type: ignore[attr-defined]
        path = tmp_path_factory.mktemp("expected") / "m.sightline"
        prepare(path)
        yield parts(path)


def test_the_steps_are_named_and_all_parts_are_counted(tmp_path: Path, done: Counter[str]) -> None:
    watch = Watch()
    prepare(tmp_path / "m.sightline", phase=watch)
    assert watch.steps == [
        "estimating traces",
        "finding events",
        "reading the movie",
        "computing features",
    ]
    assert watch.seen == len(done) + 4  # each step begins with none done
    assert [sum(name.startswith(job) for name in done) for job in JOBS][:3] == [4, 3, 4]
    assert sum(name.startswith("describe_batch") for name in done) > 2


@pytest.mark.parametrize("stops", [(1,), (4, 9), (7, 3, 6, 2), (12,), (15, 4), (17,)])
def test_stopped_work_goes_on_without_doing_anything_twice(
    tmp_path: Path, expected: dict[str, bytes], done: Counter[str], stops: tuple[int, ...]
) -> None:
    output = tmp_path / "m.sightline"
    finished = 0
    for after in stops:
        with pytest.raises(Stopped):
            prepare(output, phase=Watch(after))
        assert not output.exists()
        assert sum(done.values()) >= finished
        finished = sum(done.values())
    prepare(output)
    assert set(done.values()) == {1}
    assert parts(output) == expected
    assert [path.name for path in tmp_path.iterdir()] == ["m.sightline"]


def test_work_that_stops_within_a_job_does_that_job_again(
    tmp_path: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, done: Counter[str]
) -> None:
    left, add = 3, scan_movie.add_sums  # the third stretch is read in one block

    def interrupted(*args: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise Stopped
        return add(*args)

    monkeypatch.setattr(scan_movie, "add_sums", interrupted)
    output = tmp_path / "m.sightline"
    with pytest.raises(Stopped):
        prepare(output)
    prepare(output)
    assert [name for name, times in done.items() if times > 1] == ["scan_stretch 2"]
    assert parts(output) == expected


def test_a_project_that_is_made_by_half_is_not_there(
    tmp_path: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, done: Counter[str]
) -> None:
    def half(*_args: Any) -> None:
        raise Stopped

    output = tmp_path / "m.sightline"
    with monkeypatch.context() as patch:
        patch.setattr(prepared_project, "store_evidence", half)
        with pytest.raises(Stopped):
            prepare(output)
    assert not output.exists()
    finished = sum(done.values())
    prepare(output)
    assert sum(done.values()) == finished
    assert parts(output) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"evidence": EvidenceSettings(events=3)},
        {"evidence": EvidenceSettings(half_window_s=0.3)},
        {"features": "actsort"},
        {"columns": {}},
    ],
)
def test_work_with_other_settings_begins_anew(tmp_path: Path, change: dict[str, Any]) -> None:
    output, fresh = tmp_path / "m.sightline", tmp_path / "fresh.sightline"
    options = replace(PrepareOptions(columns={"brightest": brightest}), **change)
    with pytest.raises(Stopped):
        prepare(output, phase=Watch(17))
    prepare(output, options=options)
    prepare(fresh, options=options)
    assert parts(output) == parts(fresh)


def test_work_on_another_movie_or_other_candidates_begins_anew(tmp_path: Path) -> None:
    output, fresh = tmp_path / "m.sightline", tmp_path / "fresh.sightline"
    frames = simulate_movie(MOVIE).read(0, MOVIE.frames)
    assert FOUND.traces is not None
    wrong = replace(FOUND, trace_kind="model", footprints=FOUND.footprints * 2)
    inputs = [
        (partial(ArrayMovie, frames), FOUND),
        (partial(ArrayMovie, frames.astype(np.float32)), FOUND),
        (partial(ArrayMovie, frames.astype(np.float32)), replace(FOUND, traces=FOUND.traces + 1)),
        (partial(ArrayMovie, frames), wrong),
        (partial(ArrayMovie, frames), replace(wrong, trace_kind="mean")),
    ]
    for movie, found in inputs:
        with pytest.raises(Stopped):
            prepare(output, found, movie=movie, phase=Watch(12))
    movie, found = inputs[-1]
    prepare(output, found, movie=movie)
    prepare(fresh, found, movie=movie)
    assert parts(output) == parts(fresh)


def test_unfinished_work_that_was_removed_by_half_is_one_clear_error(tmp_path: Path) -> None:
    output = tmp_path / "m.sightline"
    with pytest.raises(Stopped):
        prepare(output, phase=Watch(13))
    for path in scratch_of(output).glob("sums-*"):
        path.unlink()
    with pytest.raises(ProjectError, match=r"sums-0002: missing.*prepare again"):
        prepare(output)
    assert not output.exists()


def test_after_an_error_of_the_input_nothing_is_left(tmp_path: Path) -> None:
    still = np.full((60, MOVIE.height, MOVIE.width), 7, np.uint16)
    with pytest.raises(InputError, match="same value"):
        prepare(tmp_path / "m.sightline", movie=partial(ArrayMovie, still))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    scratch_of(tmp_path / "m.sightline").write_text("a file in the way")
    with pytest.raises(ProjectError, match=r"\.m\.sightline\.preparing"):
        prepare(tmp_path / "m.sightline")


# ---------------------------------------------------------------------- faults of the disk


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The faulty disk, compiled."""
    compiler = which("cc")
    if not sys.platform.startswith("linux") or compiler is None:
        pytest.skip("faults are put below Python by a preloaded C library, on Linux only")
    path = tmp_path_factory.mktemp("faults") / "disk_faults.so"
    source = HERE.parent / "project" / "disk_faults.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", path, source, "-ldl"], check=True)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("how", ["full", "broken", "kill"])
def test_any_write_may_fail_or_be_the_last(library: Path, tmp_path: Path, how: str) -> None:
    done = subprocess.run(
        [sys.executable, HERE / "faulty_prepare.py", library, how, "97", tmp_path],
        env=os.environ | {"LD_PRELOAD": str(library), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 4


# ---------------------------------------------------------------------- other processes


@pytest.fixture
def every_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the smallest work pay for another process."""
    monkeypatch.setattr(candidate_traces, "_WORKER_BYTES", 1)
    for name in ("_WORKER_TRACE_BYTES", "_WORKER_MOVIE_BYTES", "_WORKER_CANDIDATES"):
        monkeypatch.setattr(prepare_steps, name, 1)


@pytest.mark.slow
def test_two_processes_give_the_same_bytes_as_one_also_when_stopped(
    tmp_path: Path, expected: dict[str, bytes], every_core: None, done: Counter[str]
) -> None:
    output = tmp_path / "m.sightline"
    with pytest.raises(Stopped):
        prepare(output, phase=Watch(11), workers=1)
    done.clear()
    with pytest.MonkeyPatch.context() as patch:
        for name in JOBS:  # the jobs themselves, which other processes can find
            module = candidate_traces if name == "trace_stretch" else prepare_steps
            patch.setattr(module, name, getattr(HOMES[name], name))
        prepare(output, workers=2)
    assert not done
    assert parts(output) == expected


HOMES = {
    "trace_stretch": candidate_traces,
    "find_events_of": describe_candidates,
    "scan_stretch": scan_movie,
    "describe_batch": describe_candidates,
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed_half_way(
    tmp_path: Path, expected: dict[str, bytes]
) -> None:
    distributed = pytest.importorskip("distributed")
    output = tmp_path / "m.sightline"
    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as cluster:
        killed = threading.Event()

        def kill_one() -> None:
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and not killed.is_set():
                if list(scratch_of(output).glob("pieces-000[1-4]")):  # half-way through the movie
                    process = next(iter(cluster.workers.values())).process.process
                    os.kill(process.pid, signal.SIGKILL)
                    killed.set()
                time.sleep(0.002)

        killer = threading.Thread(target=kill_one)
        killer.start()
        prepare(output, on=cluster.scheduler_address, workers=None)
        killer.join()
    assert killed.is_set()
    assert parts(output) == expected


def test_features_of_the_users_own_are_among_what_is_compared(expected: dict[str, bytes]) -> None:
    assert any(name.startswith("features") and "values-0/c/" in name for name in expected)
    assert any(name.startswith("evidence-0") and "snapshot_codes/c/" in name for name in expected)


def test_a_stopped_and_continued_project_opens(tmp_path: Path) -> None:
    output = tmp_path / "m.sightline"
    with pytest.raises(Stopped):
        prepare(output, phase=Watch(14))
    said = prepare(output)
    (table,) = read_candidates(Project.open(output)).tables
    assert table.names[-1] == "brightest"
    assert said["recordings"] == {"simulated": len(FOUND)}
