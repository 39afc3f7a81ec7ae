"""Preparing in a process of its own, which can be ended at any moment; its progress is told."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any, Final

from sightline.compute.here import end_with_parent
from sightline.compute.jobs import Progress
from sightline.errors import SightlineError
from sightline.workflows.preparing import prepare

_SECONDS_BETWEEN_TELLINGS: Final = 0.1
_POLITENESS: Final = 10
_GONE: Final = (
    "The preparation ended without a word, probably for want of memory; expected it to finish. "
    "What was finished is kept: go on with it, with less running beside it."
)
_FAULT: Final = "Sightline made a mistake in preparing; the terminal says more."

Tell = Callable[[str, int, int], None]


class PreparationApart:
    """One call of `prepare`, in a process that starts now and is polite to others.

    Parameters
    ----------
    movie
        File or folder; empty for none.
    candidates, output
        As in `prepare`.
    said
        Further arguments by their names.
    """

    def __init__(self, movie: str, candidates: str, output: str, said: Mapping[str, Any]) -> None:
        context = get_context("spawn")
        self._heard, speaks = context.Pipe(duplex=False)
        wish = (movie, candidates, output, dict(said))
        self._process = context.Process(target=_prepare, args=(speaks, wish), name="prepare")
        self._process.start()
        self._stopped = False
        speaks.close()  # so that the end of the process is the end of the pipe

    def follow(self, tell: Tell) -> dict[str, Any] | None:
        """Wait for the end, and give what `prepare` gave; None if it was stopped.

        Parameters
        ----------
        tell
            Called with the name of each step, and the number of its finished parts and of all.

        Raises
        ------
        SightlineError
            What `prepare` raised, or that the process ended by itself.
        """
        try:
            while True:
                kind, content = self._heard.recv()
                if kind == "progress":
                    tell(*content)
                elif kind == "done":
                    return content
                else:
                    raise content
        except (EOFError, OSError):
            self._process.join()
            if self._stopped:
                return None
            raise SightlineError(_GONE) from None
        finally:
            self._process.join()
            self._heard.close()

    def stop(self) -> None:
        """End the process at once, with those that work for it; what is finished is kept."""
        self._stopped = True
        self._process.kill()


def _prepare(speaks: Connection, wish: tuple[str, str, str, dict[str, Any]]) -> None:
    """What the process does."""
    end_with_parent()
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(_POLITENESS)  # so that who judges meanwhile does not wait
    movie, candidates, output, said = wish
    try:
        done = prepare([movie] if movie else [], output, candidates=candidates,
                       phase=_phases(speaks), **said)  # fmt: skip
    except SightlineError as error:
        speaks.send(("failed", error))
    except Exception as fault:
        speaks.send(("failed", SightlineError(f"{_FAULT} ({type(fault).__name__}: {fault})")))
        raise
    else:
        speaks.send(("done", done))


def _phases(speaks: Connection) -> Callable[[str], Progress]:
    """Tell the progress through the pipe, but not too often."""

    def phase(name: str) -> Progress:
        last = 0.0

        def progress(done: int, total: int) -> None:
            nonlocal last
            if done == total or monotonic() - last > _SECONDS_BETWEEN_TELLINGS:
                last = monotonic()
                speaks.send(("progress", (name, done, total)))

        progress(0, 0)
        return progress

    return phase
