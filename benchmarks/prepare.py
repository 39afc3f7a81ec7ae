"""What preparing costs: time against one decoding pass, memory, and size of the evidence.

    python benchmarks/prepare.py            a simulated movie of 10 GB (and as much disk)
    python benchmarks/prepare.py --gigabytes 1 --json

A ratio compares two figures of the same run. Times of single parts are goals, printed beside.
"""

import argparse
import json
import os
import resource
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from plain_features import plain_features

from sightline.data.evidence import ABSENT
from sightline.data.recording import Recording
from sightline.errors import SettingError
from sightline.formats.recordings.open_recording import as_movie, open_recording
from sightline.formats.recordings.write_recording import write_recording
from sightline.project.evidence import evidence_path, open_evidence
from sightline.project.project import Project
from sightline.simulate.calcium_movie import simulate_movie
from sightline.simulate.extraction import SimulatedExtraction, simulate_extraction
from sightline.simulate.movie_settings import MovieSettings
from sightline.sort.evidence.layout import lay_out
from sightline.sort.evidence.settings import DEFAULT_EVIDENCE
from sightline.sort.evidence.windows import plan_windows
from sightline.sort.features.compute import candidate_features
from sightline.workflows.preparation import Preparation
from sightline.workflows.prepare_movie import prepare_movie
from sightline.workflows.prepare_steps import make_evidence
from sightline.workflows.scan_movie import plan_stretches, save_windows, scan_stretch

_SIDE = 512
_BLOCK = 2**25
_GB = 1e9


def open_movie(path: Path) -> Recording:
    return as_movie(open_recording(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--gigabytes", type=float, default=10)
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--format", default="tif", choices=("tif", "h5", "npy"))
    parser.add_argument("--folder", help="where the movie goes; a temporary folder if not given")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="sightline-prepare-", dir=said.folder))
    try:
        result = measure(home, said.gigabytes, said.cells, said.format)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if said.json:
        print(json.dumps(result, indent=1))
        return
    for name, value in result.items():
        print(f"{name:42} {value:.4g}" if isinstance(value, float) else f"{name:42} {value}")


def measure(home: Path, gigabytes: float, cells: int, ending: str) -> dict[str, Any]:
    """Measure all; the movie is written, decoded once and prepared."""
    frames = max(200, round(gigabytes * _GB / (2 * _SIDE**2)))
    settings = MovieSettings(frames=frames, height=_SIDE, width=_SIDE, cells=cells, seed=1)
    extraction = extracted(settings)
    path = home / f"movie.{ending}"
    write_recording(simulate_movie(settings), path)
    return {
        "movie_gigabytes": frames * 2 * _SIDE**2 / _GB,
        "candidates": len(extraction.candidates),
        **speed(path, extraction, home),
        **memory_of_a_terabyte(home),
        **features_and_size(path, extraction, home),
    }


def extracted(settings: MovieSettings) -> SimulatedExtraction:
    """Candidates whose traces are the truth's: an extraction would read the movie once more."""
    short = replace(settings, frames=min(settings.frames, 400))
    found = simulate_extraction(simulate_movie(short))
    rng = np.random.default_rng(0)
    traces = found.candidates.traces
    if traces is None:
        raise SettingError("The extraction has no traces.")
    order = rng.integers(0, traces.shape[1], (len(traces), 1))
    place = (np.arange(settings.frames) + order) % traces.shape[1]
    long = np.take_along_axis(traces, place, 1)
    return replace(found, candidates=replace(found.candidates, traces=long.astype(np.float32)))


def speed(path: Path, extraction: SimulatedExtraction, home: Path) -> dict[str, float]:
    """Preparing without features, on all cores, against decoding every frame once.

    Twice: from the disk, as a movie larger than memory comes, and from the system's cache.
    """
    result: dict[str, float] = {}
    for state, make_ready in (("disk", _forget), ("cache", _remember)):
        make_ready(path)
        decode_s, _ = _apart(partial(_decode, path))
        make_ready(path)
        folder = home / f"evidence-{state}"
        prepare_s, peak = _apart(partial(_prepare_only, path, extraction, folder))
        shutil.rmtree(folder)
        result |= {
            f"{state}_decode_s": decode_s,
            f"{state}_prepare_s": prepare_s,
            f"{state}_prepare_over_decode": prepare_s / decode_s,
            f"{state}_peak_memory_gigabytes": peak,
        }
    return result


def _forget(path: Path) -> None:
    """Take the file out of the system's cache."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _remember(path: Path) -> None:
    """Read the file into the system's cache."""
    with path.open("rb") as file:
        while file.read(_BLOCK):
            pass


def memory_of_a_terabyte(home: Path) -> dict[str, float]:
    """First and last stretch of a generated terabyte, with the evidence of 1,000 candidates."""
    seconds, peak = _apart(partial(_terabyte, home / "terabyte"))
    return {"terabyte_two_stretches_s": seconds, "terabyte_peak_memory_gigabytes": peak}


def features_and_size(path: Path, extraction: SimulatedExtraction, home: Path) -> dict[str, float]:
    """Features against plain NumPy, and evidence against float32, on the movie's first frames."""
    output = home / "sized.sightline"
    prepare_movie(partial(open_movie, path), extraction.candidates, output)
    project = Project.open(output)
    with open_evidence(project) as reader:
        evidence = reader.evidence
        count = min(100, len(evidence.identities))
        some = [reader.candidate(index) for index in range(count)]
        shown = sum(one.snapshots.size for one in some if one.snapshots is not None)
        error = _largest_error(path, reader, count)
    candidate_features(some[0])
    ours = _time(lambda: [candidate_features(one) for one in some])
    plain = _time(lambda: [plain_features(one) for one in some])
    crops = evidence.layout.crops.astype(np.int64)
    area = (crops[:, 2] - crops[:, 0]) * (crops[:, 3] - crops[:, 1])
    windows = (evidence.events != ABSENT).sum(1) * DEFAULT_EVIDENCE.window
    float32 = 4 * int((area * (windows + 1)).sum())
    stored = evidence_path(project).stat().st_size
    traces = extraction.candidates.traces
    thousand = 1000 / len(evidence.identities)
    return {
        "features_s_per_1000": ours / count * 1000,
        "features_over_plain_numpy": ours / plain,
        "snapshot_values_of_100": float(shown),
        "evidence_over_float32": _images_size(project) / float32,
        "evidence_megabytes_per_1000": stored * thousand / 1e6,
        "traces_megabytes_per_1000": (0 if traces is None else traces.nbytes) * thousand / 1e6,
        "largest_error_over_noise": error / evidence.about.noise,
    }


def _images_size(project: Project) -> int:
    """Bytes of snapshots and footprints in the file."""
    with zipfile.ZipFile(evidence_path(project)) as file:
        return sum(
            part.compress_size
            for part in file.infolist()
            if part.filename.startswith(("snapshot_", "footprint_"))
        )


def _largest_error(path: Path, reader: Any, count: int) -> float:
    largest = 0.0
    half = reader.evidence.about.half_window
    with open_movie(path) as movie:
        for index in range(0, count, 5):
            one = reader.candidate(index)
            top, left, bottom, right = one.crop
            for event, snapshot in zip(one.events, one.snapshots, strict=True):
                frames = movie.read(int(event) - half, int(event) + half + 1)
                truth = frames[:, top:bottom, left:right].astype(np.float64)
                largest = max(largest, float(np.abs(snapshot - truth).max()))
    return largest


def _decode(path: Path) -> None:
    with open_movie(path) as movie:
        info = movie.info
        length = max(1, _BLOCK // info.frame_bytes)
        buffer = np.empty((length, *info.shape[1:]), info.dtype)
        for start in range(0, info.frames, length):
            stop = min(start + length, info.frames)
            movie.read(start, stop, out=buffer[: stop - start])


def _prepare_only(path: Path, extraction: SimulatedExtraction, folder: Path) -> None:
    folder.mkdir()
    with open_movie(path) as movie:
        info = movie.info
    work = Preparation(
        folder, extraction.candidates, partial(open_movie, path), info, DEFAULT_EVIDENCE, 1, None
    )
    make_evidence(work, lambda _name: lambda _done, _total: None)


def _terabyte(folder: Path) -> None:
    folder.mkdir()
    frames = round(1e12 / (2 * _SIDE**2))
    settings = MovieSettings(frames=frames, height=_SIDE, width=_SIDE, cells=200, seed=1)
    movie = simulate_movie(settings)
    footprints = movie.truth.footprints
    largest = np.maximum(footprints.max(axis=1).toarray().ravel(), 1e-9)
    layout = lay_out(footprints.multiply(1 / largest[:, None]).tocsr(), (_SIDE, _SIDE))
    rng = np.random.default_rng(0)
    stretches = plan_stretches(partial(simulate_movie, settings), folder, movie.info)
    ends = [stretches[0].stop, stretches[-1].start]
    events = np.where(
        rng.random((footprints.shape[0], 5)) < 0.5,
        rng.integers(10, ends[0] - 10, (footprints.shape[0], 5)),
        rng.integers(ends[1] + 10, frames - 10, (footprints.shape[0], 5)),
    ).astype(np.int32)
    save_windows(folder, plan_windows(events, layout.crops, DEFAULT_EVIDENCE.half_window))
    np.save(folder / "origin.npy", movie.read(0, 1)[0].astype(np.float32))
    for stretch in (stretches[0], stretches[-1]):
        scan_stretch(stretch)


def _apart(function: Callable[[], None]) -> tuple[float, float]:
    """Seconds, and peak memory in gigabytes, of work in a process of its own and its children."""
    receiver, sender = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_report, args=(function, sender))
    process.start()
    sender.close()
    seconds, peak = receiver.recv()
    process.join()
    return seconds, peak


def _report(function: Callable[[], None], sender: Any) -> None:
    seconds = _time(function)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    workers = 2 if child else 0  # the system tells the largest child only
    sender.send((seconds, (own + workers * child) * 1024 / _GB))


def _time(function: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
