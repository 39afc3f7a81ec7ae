"""A small recording as a lab has it on disk: a movie, and what an extractor made of it."""

from functools import cache
from pathlib import Path

import numpy as np
import tifffile

from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.extraction import (
    ExtractionSettings,
    SimulatedExtraction,
    simulate_extraction,
)
from sightline.simulate.movie_settings import MovieSettings

SIDE_PX = 96
FRAME_RATE_HZ = 10.0

_MOVIE = MovieSettings(frames=300, height=SIDE_PX, width=SIDE_PX, cells=30, seed=0)
_FEW = ("duplicates", "fragments", "merged_pairs", "vessels", "motion_edges", "noise", "neuropil")


@cache
def extraction() -> SimulatedExtraction:
    """Thirty cells, four of them found twice, and twenty-four things that are none."""
    return simulate_extraction(simulate_movie(_MOVIE), ExtractionSettings(**dict.fromkeys(_FEW, 4)))


def is_cell(name: str) -> bool:
    """What is true of a candidate, by the extractor's name."""
    return bool(extraction().truth[int(name)])


def write_recording(folder: Path) -> tuple[Path, Path]:
    """Write ``mouse.tif`` and a folder as suite2p leaves it; give both."""
    folder.mkdir(parents=True)
    movie, found = folder / "mouse.tif", folder / "suite2p"
    tifffile.imwrite(movie, simulate_movie(_MOVIE).read(0, _MOVIE.frames))
    _write_suite2p(found)
    return movie, found


def _write_suite2p(folder: Path) -> None:
    found = extraction().candidates
    footprints, regions = found.footprints, []
    for begin, end in zip(footprints.indptr, footprints.indptr[1:], strict=False):
        y, x = np.divmod(footprints.indices[begin:end], SIDE_PX)
        regions.append({"ypix": y, "xpix": x, "lam": footprints.data[begin:end]})
    about = {"Ly": SIDE_PX, "Lx": SIDE_PX, "fs": FRAME_RATE_HZ}
    folder.mkdir()
    np.save(folder / "stat.npy", np.array(regions, object), allow_pickle=True)
    np.save(folder / "ops.npy", np.array(about, object), allow_pickle=True)
    np.save(folder / "F.npy", found.traces)
    np.save(folder / "Fneu.npy", np.zeros_like(found.traces))
    np.save(folder / "iscell.npy", np.tile([1, 0.9], (len(found), 1)))
