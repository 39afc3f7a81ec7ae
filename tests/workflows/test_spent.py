"""What work costs: its own processor time and memory, and its workers'."""

import subprocess
import sys
import time

import numpy as np
import pytest

from sightline.workflows.spent import Spent

BUSY = "import time\nwhile time.process_time() < 0.3: pass"


def busy(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_time_of_the_processor_and_of_the_clock_are_told_apart() -> None:
    spent = Spent()
    busy(0.1)
    time.sleep(0.1)
    assert 0.08 <= spent.cpu_seconds() <= 0.19
    assert spent.wall_seconds() >= 0.2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell of children")
def test_time_of_other_processes_counts() -> None:
    spent = Spent()
    subprocess.run([sys.executable, "-c", BUSY], check=True)
    assert spent.cpu_seconds() >= 0.28


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_memory_in_use_counts_and_workers_add_theirs() -> None:
    spent = Spent()
    before = spent.peak_memory_mb() or 0
    held = np.ones(40 * 2**17)  # 40 MB
    grown = (spent.peak_memory_mb() or 0) - before
    assert held.sum() > 0
    assert 30 < grown < 60
    assert (spent.peak_memory_mb(workers=2) or 0) >= before + grown


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets")
def test_memory_used_before_does_not_count() -> None:
    np.ones(80 * 2**17).sum()
    after = Spent().peak_memory_mb() or 0
    np.ones(80 * 2**17).sum()
    assert (Spent().peak_memory_mb() or 0) < after + 30
