"""Many jobs, kept as they finish, so that stopped work resumes."""

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from sightline.compute.jobs import each_finished, run_jobs
from sightline.errors import SettingError, SightlineError

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


def test_each_result_is_kept_before_the_caller_has_it(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    for done, found in enumerate(each_finished(math.sqrt, JOBS, kept=kept, workers=1), start=1):
        lines = [json.loads(line) for line in kept.read_text().splitlines()]
        assert len(lines) == done
        assert lines[-1] == {"job": found[0], "result": found[1]}


def test_what_was_kept_comes_first_in_the_order_of_the_jobs(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    run_jobs(math.sqrt, {name: JOBS[name] for name in ("root of 5", "root of 2")}, kept=kept)
    found = [name for name, _ in each_finished(math.sqrt, JOBS, kept=kept, workers=1)]
    assert found == [f"root of {n}" for n in (2, 5, 0, 1, 3, 4, 6, 7)]


def test_what_was_done_when_the_caller_stops_is_not_done_again(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    results = each_finished(math.sqrt, JOBS, kept=kept, workers=1)
    assert [next(results), next(results)] == list(ROOTS.items())[:2]
    results.close()
    after = Calls()
    assert run_jobs(after, JOBS, kept=kept, workers=1) == ROOTS
    assert after.seen == [2, 3, 4, 5, 6, 7]


def test_without_dask_installed_a_cluster_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "sightline.compute.dask_cluster", raising=False)
    with pytest.raises(SettingError, match=r"distributed is not installed.*sightline\[dask\]"):
        run_jobs(math.sqrt, JOBS, on="tcp://127.0.0.1:8786")
