"""How many threads torch computes with."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def with_threads(number: int) -> Iterator[None]:
    """Compute with so many threads, and with as many as before afterwards.

    Sums are split among them, so that results differ between numbers of threads in the last digits.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
