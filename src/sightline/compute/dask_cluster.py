"""Jobs on the workers of a Dask cluster; imported only when one is asked for."""

import asyncio
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from time import monotonic
from typing import Any

from distributed import Client, KilledWorker, Security, rpc

from sightline.compute.as_finished import as_finished
from sightline.compute.here import compute_with_one_thread
from sightline.errors import SettingError, SightlineError

_AHEAD = 1000  # jobs given out at a time, whatever the cluster's size: it can grow meanwhile
_SECONDS_TO_CONNECT = 10.0
_SECONDS_WITHOUT_WORKERS = 60.0  # a queueing system may take that long to bring new ones


def finished_on_cluster(
    function: Callable[[Any], Any], jobs: Mapping[str, Any], address: str
) -> Generator[tuple[str, Any], None, None]:
    """Do jobs on a cluster and yield each one's name and result as it is there.

    Parameters are those of `sightline.compute.jobs.each_finished`. A job whose worker is lost is
    done again by another, as often as the scheduler's ``allowed-failures`` says. Jobs that are not
    being computed yet when the iterator is closed are dropped.

    Raises
    ------
    SettingError
        If there is no scheduler at the address within ten seconds, or the cluster runs another
        release of Sightline.
    SightlineError
        If the scheduler is lost, there are no workers for a minute, or several workers are lost
        with one job.
    """
    with _connected(address) as client:
        pool = client.get_executor(pure=False)
        places = iter(range(len(jobs)))

        def submit(job: Any) -> Any:
            # Within a function, or Dask would look for tasks of its own in the job.
            call = partial(_with_one_thread, function, job)
            return pool.submit(call, priority=-next(places))

        try:
            yield from as_finished(submit, jobs, _AHEAD, _watch_for_workers(client, address))
        except KilledWorker:
            raise SightlineError(
                f"{address}: several workers were lost with the same job, probably for want of "
                "memory; expected them to finish it. What was finished is kept: run again, with "
                "more memory a worker."
            ) from None
        except CancelledError:
            raise _lost(address) from None


def _lost(address: str) -> SightlineError:
    return SightlineError(
        f"{address}: the scheduler was lost; expected it to stay until the work is done. "
        "What was finished is kept: start the cluster and run again."
    )


def _with_one_thread(function: Callable[[Any], Any], job: Any) -> Any:
    compute_with_one_thread()  # and leave it so, as other jobs may share this process
    return function(job)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        # In a thread of its own, as the caller's may run an event loop, as in a notebook.
        with ThreadPoolExecutor(1) as thread:
            found = thread.submit(asyncio.run, _identify(address)).result()
        if "workers" not in found:
            raise ValueError(f"it is a {found['type']}")
        client = Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    # Whatever may listen there: what it says is not always text, a size or a certificate.
    except (OSError, ValueError, TypeError, MemoryError) as failure:
        raise SettingError(
            f"{address}: no Dask scheduler is reached there ({str(failure) or 'no answer'}); "
            "expected an address such as tcp://host:8786. Check it, and that the scheduler runs."
        ) from None
    try:
        _check_release(client, address)
        yield client
    finally:
        client.close()


async def _identify(address: str) -> Any:
    """Ask who is there; within a time limit, which Dask has for connecting but not for answers."""
    security = Security().get_connection_args("client")

    async def ask() -> Any:
        async with rpc(address, timeout=_SECONDS_TO_CONNECT, connection_args=security) as place:
            return await place.identity()

    return await asyncio.wait_for(ask(), _SECONDS_TO_CONNECT)


def _check_release(client: Client, address: str) -> None:
    """Refuse a cluster of another release, whose results could differ."""
    ours = version("sightline")
    try:
        found: Any = client.get_versions(packages=["sightline"])
    except OSError:
        raise _lost(address) from None
    theirs = {"the scheduler": found["scheduler"], **found["workers"]}
    for name, node in theirs.items():
        release = node["packages"]["sightline"]
        if release != ours:
            said = f"Sightline {release}" if release else "no Sightline"
            raise SettingError(
                f"{address}: {name} has {said}; expected {ours}, as here. Install it there."
            )


def _watch_for_workers(client: Client, address: str) -> Callable[[], None]:
    """Give a function that raises once there have been no workers for a while."""
    seen = monotonic()

    def watch() -> None:
        nonlocal seen
        try:
            if client.nthreads():
                seen = monotonic()
        except (OSError, ValueError):
            return  # the scheduler is lost, which cancels the jobs
        if monotonic() - seen > _SECONDS_WITHOUT_WORKERS:
            raise SettingError(
                f"{address}: the cluster has no workers; expected at least one. What was finished "
                "is kept: start workers and run again."
            )

    return watch
