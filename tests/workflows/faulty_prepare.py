"""Run by test_prepare_stopped.py with disk_faults.c loaded: prepare, with a fault at some write.

    python faulty_prepare.py LIBRARY full|broken|kill STEP FOLDER

Every STEP-th write, sync, rename or removal fails for want of space from then on, fails once, or is
the last that the process does. Afterwards the same call must give what an undisturbed one gives.
Prints how many faults came.
"""

import ctypes
import errno
import itertools
import os
import sys
import tempfile
import zipfile
from functools import partial
from pathlib import Path

from sightline.errors import SightlineError
from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.extraction import ExtractionSettings, simulate_extraction
from sightline.simulate.movie_settings import MovieSettings
from sightline.workflows import describe_candidates, preparation, prepare_steps, scan_movie
from sightline.workflows.prepare_movie import prepare_movie

MOVIE = MovieSettings(frames=80, height=32, width=32, cells=5, vessels=1, seed=1)
NONE = dict.fromkeys(("merged_pairs", "vessels", "motion_edges", "neuropil"), 0)
FOUND = simulate_extraction(
    simulate_movie(MOVIE), ExtractionSettings(duplicates=2, fragments=2, noise=2, **NONE)
).candidates
ACTIONS = {"full": -errno.ENOSPC, "broken": errno.EIO, "kill": 0}


def divide_small_work() -> None:
    """Let little work be many jobs, and sums be merged, as in a long movie."""
    scan_movie._LEAST_BYTES = scan_movie._BYTES_A_PIXEL = 1
    scan_movie._USUAL_BYTES = 20 * 2 * MOVIE.height * MOVIE.width
    scan_movie._MOST_STRETCHES = 4
    preparation._MOTION_SAMPLES = 20
    prepare_steps._MERGED_AT_ONCE = 2
    prepare_steps._EVENTS_JOB = 4
    describe_candidates._BATCH_PIXELS = 4 * 1024 * 55


def prepare(output: Path) -> None:
    prepare_movie(partial(simulate_movie, MOVIE), FOUND, output, workers=1)


def parts(project: Path) -> dict[str, bytes]:
    """Every chunk of every array, by name."""
    found = {}
    for path in sorted((project / "arrays").iterdir()):
        with zipfile.ZipFile(path) as file:
            found |= {f"{path.name}/{name}": file.read(name) for name in file.namelist()}
    return found


def in_child(k: int, disk: ctypes.CDLL, output: Path) -> bool:
    """Prepare in a process that is killed at its k-th write; give whether it was."""
    if (child := os.fork()) == 0:
        disk.arm(k, 0)
        prepare(output)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        assert status == 0
    return os.WIFSIGNALED(status)


def with_fault(k: int, disk: ctypes.CDLL, action: int, output: Path) -> bool:
    """Prepare with a fault at the k-th write; give whether it came."""
    disk.arm(k, action)
    said = ""
    try:
        prepare(output)
    except SightlineError as error:
        said = str(error)
    came = bool(disk.disarm())
    assert came or not said, said
    if came and action < 0 and not output.exists():
        assert "the disk is full" in said or "disk I/O error" in said, said  # SQLite's own words
    return came


def main(library: str, how: str, step: str, folder: str) -> None:
    tempfile.tempdir = folder
    divide_small_work()
    disk = ctypes.CDLL(library)
    home = Path(folder)
    if (child := os.fork()) == 0:  # or its threads would be missing in children
        prepare(home / "sound.sightline")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    expected = parts(home / "sound.sightline")
    for count, k in enumerate(itertools.count(int(step) // 2, int(step))):
        place = home / str(k)
        place.mkdir()
        output = place / "m.sightline"
        if how == "kill":
            came = in_child(k, disk, output)
        else:
            came = with_fault(k, disk, ACTIONS[how], output)
        if output.exists():
            assert parts(output) == expected, f"something else than the whole at {k}"
        elif how == "kill":
            assert not in_child(10**9, disk, output)
        else:
            prepare(output)
        assert parts(output) == expected, f"another result after a fault at {k}"
        if not came:
            sys.stdout.write(str(count))
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
