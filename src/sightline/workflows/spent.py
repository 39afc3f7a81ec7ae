"""What a piece of work costs: time of processor and clock, memory, worker processes included."""

import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


def _cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@dataclass(frozen=True)
class Spent:
    """Begins to count when it is made.

    Worker processes count once they have ended; on Windows, which does not tell, never.
    """

    _cpu: float = field(default_factory=_cpu_seconds)
    _wall: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        """Where the system allows it, forget the most memory that was used before."""
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")

    def cpu_seconds(self) -> float:
        """Of all processors together."""
        return _cpu_seconds() - self._cpu

    def wall_seconds(self) -> float:
        """By the clock."""
        return time.perf_counter() - self._wall

    def peak_memory_mb(self, workers: int = 1) -> float | None:
        """Most memory of this process, and as often as there are workers, of the largest of these.

        Elsewhere than on Linux, what was used before counts too; None on Windows.
        """
        if sys.platform == "win32":
            return None
        import resource  # noqa: PLC0415  absent on Windows

        unit = 2**20 if sys.platform == "darwin" else 2**10
        own = _most_on_linux() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if workers > 1 else 0
        return (own + workers * child) / unit


def _most_on_linux() -> int | None:
    """In kB; unlike what the system counts for a process, without that which started it."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return None
