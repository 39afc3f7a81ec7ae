"""Jobs as they finish, with no more of them given out than are wanted ahead."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from typing import Any

_SECONDS_BETWEEN_LOOKS = 1.0  # because Windows keeps Ctrl-C from a thread that only waits


def as_finished(
    submit: Callable[[Any], "Future[Any]"],
    jobs: Mapping[str, Any],
    ahead: int,
    watch: Callable[[], None] = lambda: None,
) -> Iterator[tuple[str, Any]]:
    """Submit jobs in their order and yield each one's name and result as it is there.

    Parameters
    ----------
    submit
        Gives out one job.
    jobs
        What to do, under its names.
    ahead
        Jobs that are given out at a time, so that a long list is not all in the queue and results
        that nobody takes do not pile up.
    watch
        Called about once a second while nothing finishes; may raise to give up.

    Raises
    ------
    BaseException
        What a job raised, after the results that were there by then.
    """
    left = iter(jobs.items())
    given_out: dict[Future[Any], str] = {}
    while True:
        for name, job in islice(left, ahead - len(given_out)):
            given_out[submit(job)] = name
        if not given_out:
            return
        done = wait(given_out, _SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED).done
        if not done:
            watch()
        for future in sorted((each for each in given_out if each in done), key=_failed):
            yield given_out.pop(future), future.result()


def _failed(future: "Future[Any]") -> bool:
    return future.cancelled() or future.exception() is not None
