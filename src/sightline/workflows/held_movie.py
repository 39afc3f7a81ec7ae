"""A movie that stays open from one stretch to the next, for opening one can take a second."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from sightline.data.recording import Recording

OpenMovie = Callable[[], AbstractContextManager[Recording]]


class _Held(threading.local):
    """What this thread of this process has open."""

    key: str = ""
    movie: Recording | None = None


_HELD = _Held()


def hold_movie(work: str, open_movie: OpenMovie) -> Recording:
    """Return the open movie of some work; another work's is closed.

    Parameters
    ----------
    work
        Names what the movie is opened for.
    open_movie
        Opens it, where it is not open yet.
    """
    key = f"{work} {open_movie!r}"
    if _HELD.movie is None or key != _HELD.key:
        let_go()
        _HELD.movie, _HELD.key = open_movie().__enter__(), key
    return _HELD.movie


def let_go() -> None:
    """Close what this thread has open."""
    movie, _HELD.movie = _HELD.movie, None
    if movie is not None:
        movie.close()
