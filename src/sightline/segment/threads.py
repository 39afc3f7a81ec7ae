"""How torch computes in this process: with how many threads, and in what memory."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

import torch

_TRIM_THRESHOLD: Final = -1  # of the C library's mallopt
_MMAP_THRESHOLD: Final = -3
_KEPT_BYTES: Final = 2**31 - 1  # the most that it takes


@contextmanager
def with_threads(number: int) -> Iterator[None]:
    """Compute with so many threads, and with as many as before afterwards.

    Sums are split among them, so that results differ between numbers of threads in the last digits.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    _reuse_memory()
    try:
        yield
    finally:
        torch.set_num_threads(before)


@cache
def _reuse_memory() -> None:
    """Have the C library keep what a layer has freed for the next one.

    By default it gives every large array back, and the system has to clear it for the next one
    (`benchmarks/segment_predict_speed.py`).
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not every Linux has it
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
