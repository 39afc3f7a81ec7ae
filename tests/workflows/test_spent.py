"""What work costs: its own processor time and memory, and its workers'."""

import subprocess
import sys
import time

import numpy as np
import pytest

from sightline.workflows.spent import Spent

BUSY = "import time\nwhile time.process_time() < 0.3: pass"

HOLDING = """
import subprocess
import sys
import numpy as np
from sightline.workflows.spent import Spent
spent = Spent()
before = spent.peak_memory_mb()
held = np.ones(40 * 2**17)  # 40 MB
subprocess.run([sys.executable, "-c", "pass"])
print(before, spent.peak_memory_mb(), spent.peak_memory_mb(workers=2), held.sum() * 0)
"""


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
    told = subprocess.run(
        [sys.executable, "-c", HOLDING], check=True, capture_output=True, text=True
    )
    before, after, with_workers, _ = (float(word) for word in told.stdout.split())
    assert 30 < after - before < 60
    assert with_workers >= after


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets")
def test_memory_used_before_does_not_count() -> None:
    np.ones(80 * 2**17).sum()
    after = Spent().peak_memory_mb() or 0
    np.ones(80 * 2**17).sum()
    assert (Spent().peak_memory_mb() or 0) < after + 30
