"""Nothing is lost, half written or acknowledged in vain, whichever write fails or is the last."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The faulty disk, compiled."""
    compiler = which("cc")
    if not sys.platform.startswith("linux") or compiler is None:
        pytest.skip("faults are put below SQLite by a preloaded C library, on Linux only")
    path = tmp_path_factory.mktemp("faults") / "disk_faults.so"
    source = HERE / "disk_faults.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", path, source, "-ldl"], check=True)
    return path


@pytest.mark.parametrize("how", ["fail", "kill"])
@pytest.mark.parametrize(
    ("scenario", "mode", "least"),
    [
        ("answer", "truncate", 60),
        ("answer", "wal", 20),
        ("create", "truncate", 15),
        ("compute", "", 4),
    ],
)
def test_every_write_may_fail_or_be_the_last(
    library: Path, quick_folder: Path, how: str, scenario: str, mode: str, least: int
) -> None:
    done = subprocess.run(
        [sys.executable, HERE / "faulty_disk.py", library, how, mode, scenario, quick_folder],
        env=os.environ | {"LD_PRELOAD": str(library), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= least
