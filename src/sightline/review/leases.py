"""Which questions lie before whom, so that two annotators are not asked the same."""

import time
from collections.abc import Callable, Iterable
from threading import RLock
from typing import Final

LEASE_SECONDS: Final = 120.0


class Leases:
    """Rows held by annotators for a while; any thread may ask.

    Whoever chooses rows keeps ``lock`` from `of_others` to `hold`, so that nobody else takes them.

    Parameters
    ----------
    seconds
        After so long without being held anew a row is free again, as when a page was closed.
    clock
        Gives seconds that only grow.
    """

    def __init__(
        self, seconds: float = LEASE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._held: dict[str, dict[int, float]] = {}
        self.lock: Final = RLock()

    def hold(self, holder: str, rows: Iterable[int]) -> None:
        """Give the holder these rows and no others, from now on."""
        until = self._clock() + self._seconds
        with self.lock:
            self._held[holder] = dict.fromkeys(rows, until)

    def release(self, holder: str, rows: Iterable[int]) -> None:
        """Give rows back."""
        with self.lock:
            held = self._held.get(holder, {})
            for row in rows:
                held.pop(row, None)

    def of_others(self, holder: str) -> list[int]:
        """Rows that somebody else holds now."""
        now = self._clock()
        with self.lock:
            return sorted(
                {
                    row
                    for name, held in self._held.items()
                    for row, until in held.items()
                    if name != holder and until > now
                }
            )
