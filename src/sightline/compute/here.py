"""Many independent jobs on all cores of this machine, kept as they finish."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from sightline.errors import SightlineError

Progress = Callable[[int, int], None]


def run_jobs(
    function: Callable[[Any], Any],
    jobs: Mapping[str, Any],
    *,
    kept: Path | None = None,
    workers: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> dict[str, Any]:
    """Apply a function to each job, in parallel, and return the results under the jobs' names.

    Parameters
    ----------
    function
        Defined at the top level of a module; its results can be written as JSON. Every process
        computes with one thread, so the results do not depend on the number of workers.
    jobs
        What to do, under names that say what it is: a job whose name stands in ``kept`` is not
        done again.
    kept
        File to which each result is added as it is there (JSON lines), so that stopped work
        resumes. A line cut short by a crash is passed over.
    workers
        Processes; one a core if not given, none besides this one for 1.
    progress
        Called with the number of finished jobs and of all.

    Returns
    -------
    dict
        In the order of ``jobs``.
    """
    results = {} if kept is None else _read_kept(kept, jobs)
    left = {name: job for name, job in jobs.items() if name not in results}
    progress(len(results), len(jobs))
    workers = min(workers or os.cpu_count() or 1, max(len(left), 1))
    with _keep(kept) as keep:
        for name, result in _results(function, left, workers):
            results[name] = result
            keep(name, result)
            progress(len(results), len(jobs))
    return {name: results[name] for name in jobs}


def _results(
    function: Callable[[Any], Any], jobs: Mapping[str, Any], workers: int
) -> Iterator[tuple[str, Any]]:
    if workers == 1:
        with threadpool_limits(1):
            for name, job in jobs.items():
                yield name, function(job)
        return
    # Spawned, as on every platform: a fork would copy locks of running threads.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start_worker) as pool:
        running: dict[Future[Any], str] = {pool.submit(function, j): n for n, j in jobs.items()}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        except BrokenProcessPool:
            raise SightlineError(
                "A worker process ended without a word, probably for want of memory; expected it "
                "to finish. What was finished is kept: run again, with fewer workers."
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _start_worker() -> None:
    """Compute with one thread, and end when the process that gave the work is gone."""
    for library in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM"):
        os.environ[f"{library}_NUM_THREADS"] = "1"  # those that are loaded later
    threadpool_limits(1)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _read_kept(path: Path, jobs: Mapping[str, Any]) -> dict[str, Any]:
    if not path.is_file():
        return {}
    results = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
            name, result = entry["job"], entry["result"]
        except (ValueError, KeyError, TypeError):
            continue
        if name in jobs:
            results[name] = result
    return results


@contextmanager
def _keep(path: Path | None) -> Iterator[Callable[[str, Any], None]]:
    """Give a function that adds a finished job to the file."""
    if path is None:
        yield lambda _name, _result: None
        return
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as failure:
        raise SightlineError(
            f"{path}: finished work cannot be kept there ({failure.strerror}); expected a folder "
            "that can be written. Choose another place for the output."
        ) from None
    with file:
        file.write("\n" if file.tell() else "")

        def keep(name: str, result: Any) -> None:
            file.write(json.dumps({"job": name, "result": result}) + "\n")
            file.flush()

        yield keep
