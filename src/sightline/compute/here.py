"""Jobs on all cores of this machine."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from contextvars import ContextVar
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Any

from threadpoolctl import threadpool_limits

from sightline.compute.as_finished import as_finished
from sightline.errors import SightlineError

_held: ContextVar[dict[int, ProcessPoolExecutor] | None] = ContextVar("held", default=None)
_AHEAD = 8  # jobs a worker, so that none is idle while the caller is at work on a result


def finished_here(
    function: Callable[[Any], Any], jobs: Mapping[str, Any], workers: int | None
) -> Iterator[tuple[str, Any]]:
    """Do jobs in processes of this machine and yield each one's name and result as it is there.

    Parameters are those of `sightline.compute.jobs.each_finished`. The processes end at once when
    the iterator is closed, when a job fails, and with this process, however it ends.

    Raises
    ------
    SightlineError
        If a process ends in the middle of a job.
    """
    workers = min(workers or os.cpu_count() or 1, len(jobs))
    if workers <= 1:
        for name, job in jobs.items():
            with threadpool_limits(1):
                result = function(job)
            yield name, result
        return
    with _pool(workers) as pool:
        try:
            yield from as_finished(
                lambda job: pool.submit(function, job), jobs, ahead=_AHEAD * workers
            )
        except BrokenProcessPool:
            raise SightlineError(
                "A worker process ended without a word, probably for want of memory; expected it "
                "to finish. What was finished is kept: run again, with fewer workers."
            ) from None
        except BaseException:
            _end_workers(pool)
            raise


@contextmanager
def held_workers() -> Iterator[None]:
    """Let all that is done within share its processes, which take a second to start."""
    pools: dict[int, ProcessPoolExecutor] = {}
    before = _held.set(pools)
    try:
        yield
    finally:
        _held.reset(before)
        for pool in pools.values():
            pool.shutdown()


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that wait for jobs: held ones, or new ones that end with the work."""
    held = _held.get()
    # spawned, as on every platform: a fork would copy locks of running threads
    pool = (held or {}).pop(workers, None) or ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_start_worker
    )
    try:
        yield pool
    except BaseException:
        pool.shutdown()
        raise
    if held is None or workers in held:
        pool.shutdown()
    else:
        held[workers] = pool


def compute_with_one_thread() -> None:
    """Let the linear algebra of this process use one thread from now on."""
    for library in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM"):
        os.environ[f"{library}_NUM_THREADS"] = "1"  # those that are loaded later
    threadpool_limits(1)


def _start_worker() -> None:
    """Compute with one thread, leave Ctrl-C to the parent, and end when the parent is gone."""
    compute_with_one_thread()
    end_with_parent()


def end_with_parent() -> None:
    """Leave Ctrl-C to the process that started this one, and end when that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _end_workers(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool in the middle of their jobs."""
    for process in list((pool._processes or {}).values()):  # pool.kill_workers() from Python 3.14
        process.kill()
