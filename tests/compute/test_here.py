"""Many jobs, on one process or several, kept as they finish."""

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_info

from sightline.compute.here import run_jobs
from sightline.errors import SightlineError

JOBS = {f"root of {n}": n for n in range(8)}
ROOTS = {name: math.sqrt(n) for name, n in JOBS.items()}


class Calls:
    """A job that remembers what it was asked, and fails where it is told to."""

    def __init__(self, fails_at: object = None) -> None:
        self.seen: list[Any] = []
        self.fails_at = fails_at

    def __call__(self, n: int) -> float:
        self.seen.append(n)
        if n == self.fails_at:
            raise ZeroDivisionError(n)
        return math.sqrt(n)


def test_results_stand_under_their_jobs_names_in_the_order_of_the_jobs() -> None:
    found = run_jobs(math.sqrt, JOBS, workers=1)
    assert list(found.items()) == list(ROOTS.items())
    assert run_jobs(math.sqrt, {}) == {}


def test_two_processes_give_what_one_gives() -> None:
    found = run_jobs(math.sqrt, JOBS, workers=2)
    assert list(found.items()) == list(run_jobs(math.sqrt, JOBS, workers=1).items())


def test_finished_jobs_are_kept_and_not_done_again(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    first, second = Calls(), Calls()
    run_jobs(first, dict(list(JOBS.items())[:5]), kept=kept, workers=1)
    assert run_jobs(second, JOBS, kept=kept, workers=1) == ROOTS
    assert (first.seen, second.seen) == ([0, 1, 2, 3, 4], [5, 6, 7])
    third = Calls()
    assert run_jobs(third, JOBS, kept=kept, workers=1) == ROOTS
    assert third.seen == []


def test_what_was_done_before_a_failure_is_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    with pytest.raises(ZeroDivisionError):
        run_jobs(Calls(fails_at=3), JOBS, kept=kept, workers=1)
    after = Calls()
    assert run_jobs(after, JOBS, kept=kept, workers=1) == ROOTS
    assert after.seen == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("cut", range(1, 25))
def test_a_line_cut_short_by_a_crash_is_done_again_and_spoils_no_other(
    tmp_path: Path, cut: int
) -> None:
    kept = tmp_path / "kept.jsonl"
    run_jobs(Calls(), dict(list(JOBS.items())[:3]), kept=kept, workers=1)
    kept.write_bytes(kept.read_bytes()[:-cut])
    after, last = Calls(), Calls()
    assert run_jobs(after, JOBS, kept=kept, workers=1) == ROOTS
    assert set(after.seen) >= {3, 4, 5, 6, 7}
    assert after.seen[0] == (2 if cut > 1 else 3)  # without its line end a result is still whole
    assert run_jobs(last, JOBS, kept=kept, workers=1) == ROOTS
    assert last.seen == []


@pytest.mark.parametrize(
    "line", [b"rubbish", b"[1]", b'"text"', b'{"job": 1}', b"\xff\xfe\x00", b"{}", b"null"]
)
def test_a_line_that_is_no_result_is_passed_over(tmp_path: Path, line: bytes) -> None:
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(line + b"\n")
    assert run_jobs(math.sqrt, JOBS, kept=kept, workers=1) == ROOTS


def test_kept_results_of_other_jobs_are_left_out_and_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    kept.write_text(json.dumps({"job": "another", "result": 1}) + "\n")
    assert run_jobs(math.sqrt, JOBS, kept=kept, workers=1) == ROOTS
    assert '"another"' in kept.read_text()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_jobs_error_reaches_the_caller(workers: int) -> None:
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        run_jobs(math.sqrt, {"good": 4, "bad": -1}, workers=workers)


def test_progress_counts_what_was_kept_before_and_ends_with_all(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    run_jobs(math.sqrt, dict(list(JOBS.items())[:6]), kept=kept, workers=1)
    seen: list[tuple[int, int]] = []
    run_jobs(math.sqrt, JOBS, kept=kept, workers=1, progress=lambda done, n: seen.append((done, n)))
    assert seen == [(6, 8), (7, 8), (8, 8)]


def test_a_place_that_cannot_be_written_is_named_before_any_work(tmp_path: Path) -> None:
    for kept in (tmp_path, tmp_path / "absent" / "kept.jsonl"):
        calls = Calls()
        with pytest.raises(SightlineError, match="Choose another place"):
            run_jobs(calls, JOBS, kept=kept, workers=1)
        assert calls.seen == []


def die(_job: int) -> int:
    os._exit(1)


def test_a_worker_that_dies_gives_one_clear_error() -> None:
    with pytest.raises(SightlineError, match="fewer workers"):
        run_jobs(die, {"a": 1, "b": 2}, workers=2)


def count_threads(_job: int) -> list[int]:
    import numpy as np  # noqa: F401, PLC0415 - its BLAS is loaded in the worker

    return [library["num_threads"] for library in threadpool_info()]


def test_each_worker_computes_with_one_thread() -> None:
    results = run_jobs(count_threads, {"a": 1, "b": 2}, workers=2)
    assert all(threads == 1 for found in results.values() for threads in found)
    assert any(results.values())
