"""Loops over every pixel, compiled to machine code."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop, **options: Any) -> Loop:
    """Compile a loop; the code is kept for the next run, where there is a place for it.

    Parameters
    ----------
    loop
        A function of arrays that numba knows; it runs beside other threads.
    **options
        Further ones of `numba.njit`.
    """
    njit: Any = numba.njit
    try:
        return njit(nogil=True, cache=True, **options)(loop)
    except RuntimeError:  # neither beside the file nor in the account may anything be written
        return njit(nogil=True, **options)(loop)
