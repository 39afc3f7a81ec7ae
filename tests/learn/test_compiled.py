"""Compiled loops compute what the plain ones do, wherever they may be kept."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.learn.compiled import compiled

LOOP = """
from sightline.learn.compiled import compiled

@compiled
def total(values):
    found = 0.0
    for value in values:
        found += value
    return found
"""


def total(values: NDArray[np.float64]) -> float:
    found = 0.0
    for value in values:
        found += value
    return found


@pytest.mark.parametrize("options", [{}, {"fastmath": {"reassoc"}}], ids=["plain", "options"])
def test_the_result_is_that_of_the_plain_loop(options: dict[str, set[str]]) -> None:
    values = np.arange(10.0)
    assert compiled(total, **options)(values) == total(values)


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(tmp_path: Path) -> None:
    program = "import sys; exec(sys.argv[1]); import numpy; print(total(numpy.arange(4.0)))"
    # a function of no file has no place beside one
    done = subprocess.run(
        [sys.executable, "-c", program, LOOP],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "6.0", done.stderr
