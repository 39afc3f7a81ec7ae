"""Jobs on several processes of this machine, which end when they should."""

import math
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info

from sightline.compute.here import finished_here, held_workers
from sightline.compute.jobs import run_jobs
from sightline.errors import InputError, SightlineError

JOBS = {f"root of {n}": n for n in range(8)}
FOREVER = 600


def test_two_processes_give_what_one_gives() -> None:
    found = run_jobs(math.sqrt, JOBS, workers=2)
    assert list(found.items()) == list(run_jobs(math.sqrt, JOBS, workers=1).items())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_jobs_error_reaches_the_caller(workers: int) -> None:
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        run_jobs(math.sqrt, {"good": 4, "bad": -1}, workers=workers)


def refuse(job: str) -> None:
    raise InputError(f"{job}.tif", "2 frames", "at least 11", "Choose a longer movie.")


def test_an_error_about_a_file_reaches_the_caller_whole() -> None:
    with pytest.raises(InputError) as caught:
        run_jobs(refuse, {"a": "movie", "b": "movie"}, workers=2)
    error = caught.value
    assert (error.where, error.found, error.expected) == ("movie.tif", "2 frames", "at least 11")
    assert str(error) == "movie.tif: 2 frames; expected at least 11. Choose a longer movie."


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


def test_results_come_while_other_jobs_run_and_closing_ends_these_at_once() -> None:
    jobs = {"long": FOREVER, "short": 0.0, "another": FOREVER, "never": FOREVER}
    results = finished_here(time.sleep, jobs, workers=2)
    assert next(results) == ("short", None)
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 10
    assert multiprocessing.active_children() == []


def test_an_error_in_a_job_does_not_wait_for_the_others() -> None:
    jobs = {"long": FOREVER, "bad": -1, "another": FOREVER}
    with pytest.raises(ValueError, match="non-negative"):
        list(finished_here(time.sleep, jobs, workers=2))
    assert multiprocessing.active_children() == []


SCRIPT = f"""
import signal
import time
from pathlib import Path
from sightline.compute.jobs import each_finished

MET = Path(__file__).parent / "met"


def meet(job):
    name, seconds = job
    (MET / name).touch()
    while len(list(MET.iterdir())) < 2:  # until both workers are at work
        time.sleep(0.01)
    time.sleep(seconds)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run behind
    MET.mkdir()
    jobs = {{name: (name, {FOREVER} * (name > "b")) for name in "abcd"}}
    for name, _ in each_finished(meet, jobs, workers=2):
        print(name, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("how", ["Ctrl-C", "killed"])
def test_workers_end_with_the_program(tmp_path: Path, how: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as program:
        assert program.stdout is not None
        assert {program.stdout.readline(), program.stdout.readline()} == {"a\n", "b\n"}
        time.sleep(0.5)  # until it waits for the others
        if how == "Ctrl-C":
            os.killpg(program.pid, signal.SIGINT)
        else:
            program.kill()
        # The workers hold the ends of these pipes too: all is read once every one of them is gone.
        rest, said = program.communicate(timeout=60)
    assert rest == ""
    assert said.count("Traceback") == (1 if how == "Ctrl-C" else 0)


def process(_job: int) -> int:
    return os.getpid()


def processes(jobs: int = 8) -> set[int]:
    return set(run_jobs(process, {str(n): n for n in range(jobs)}, workers=2).values())


def test_held_workers_do_what_comes_next_and_end_with_what_holds_them() -> None:
    with held_workers():
        first = processes()
        again = processes()
        assert first & again
        assert {child.pid for child in multiprocessing.active_children()} >= first | again
    assert not multiprocessing.active_children()
    assert not first & processes()


def test_after_a_failure_held_workers_are_others() -> None:
    with held_workers():
        first = processes()
        with pytest.raises(SightlineError, match="without a word"):
            run_jobs(die, {"a": 1, "b": 2}, workers=2)
        assert not first & processes()
