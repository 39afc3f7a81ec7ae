"""Many independent jobs, on this machine or on a cluster, kept as they finish."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sightline.compute.here import finished_here
from sightline.errors import SettingError, SightlineError

Progress = Callable[[int, int], None]


def run_jobs(
    function: Callable[[Any], Any],
    jobs: Mapping[str, Any],
    *,
    kept: Path | None = None,
    workers: int | None = None,
    on: str = "",
    progress: Progress = lambda _done, _total: None,
) -> dict[str, Any]:
    """Apply a function to each job, in parallel, and return the results under the jobs' names.

    Parameters and errors are those of `each_finished`.

    Returns
    -------
    dict
        In the order of ``jobs``.
    """
    results = dict(
        each_finished(function, jobs, kept=kept, workers=workers, on=on, progress=progress)
    )
    return {name: results[name] for name in jobs}


def each_finished(
    function: Callable[[Any], Any],
    jobs: Mapping[str, Any],
    *,
    kept: Path | None = None,
    workers: int | None = None,
    on: str = "",
    progress: Progress = lambda _done, _total: None,
) -> Generator[tuple[str, Any], None, None]:
    """Apply a function to each job, in parallel, and yield each result once it is there and kept.

    The next jobs go on while the caller is at work on a result. Closing the generator, an error in
    a job and Ctrl-C end the work: at once on this machine; on a cluster, after the jobs that are
    being computed there.

    Parameters
    ----------
    function
        Defined at the top level of a module; its results can be written as JSON. It computes with
        one thread, so the results do not depend on the number of workers. Files that it writes,
        it writes aside and renames: on a cluster a job can run twice.
    jobs
        What to do, under names that say what it is: a job whose name stands in ``kept`` is not
        done again. They are started in their order.
    kept
        File to which each result is added as it is there (JSON lines), so that stopped work
        resumes. A line cut short by a crash is passed over.
    workers
        Processes; one a core if not given, none besides this one for 1.
    on
        Where the work is done: this machine if empty, else a Dask cluster whose scheduler has this
        address, such as ``tcp://host:8786``. Its scheduler and all its workers need the same
        release of Sightline, and must find every file of the work, such as the recording and the
        project folder, under the same path as this machine. What a lost worker was at is done
        again by another.
    progress
        Called with the number of finished jobs and of all.

    Yields
    ------
    tuple
        A job's name and its result: what was kept first, in the order of ``jobs``, then the others
        as they finish.

    Raises
    ------
    SettingError
        If the cluster cannot be used, or has no workers.
    SightlineError
        If results cannot be kept, a process of this machine ends in the middle of a job, or the
        cluster is lost. What was finished is kept.
    """
    done = {} if kept is None else _read_kept(kept, jobs)
    left = {name: job for name, job in jobs.items() if name not in done}
    finished = len(done)
    with _keep(kept) as keep:
        progress(finished, len(jobs))
        for name in jobs:
            if name in done:
                yield name, done.pop(name)
        with closing(_finished(function, left, workers, on)) as results:
            for name, result in results:
                keep(name, result)
                finished += 1
                progress(finished, len(jobs))
                yield name, result


def _finished(
    function: Callable[[Any], Any], jobs: Mapping[str, Any], workers: int | None, on: str
) -> Generator[tuple[str, Any], None, None]:
    if not on:
        yield from finished_here(function, jobs, workers)
        return
    if workers is not None:
        raise SettingError(
            f"{workers} workers are wanted on {on}; expected no number there, because a cluster "
            "has its own workers. Leave out the workers or the address."
        )
    try:
        from sightline.compute.dask_cluster import (  # noqa: PLC0415 - an extra
            finished_on_cluster,
        )
    except ModuleNotFoundError as missing:
        raise SettingError(
            f"The work is wanted on {on}, but {missing.name} is not installed; expected the "
            "packages for clusters. Install them: pip install 'sightline[dask]'."
        ) from None
    if jobs:
        yield from finished_on_cluster(function, jobs, on)


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
