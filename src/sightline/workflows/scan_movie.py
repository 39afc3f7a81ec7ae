"""One pass over a movie, in stretches that any process can do: sums and snapshots."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.recording import RecordingInfo
from sightline.project.durable import written_aside
from sightline.project.faults import reported
from sightline.sort.evidence.statistics import (
    FrameSums,
    add_sums,
    fill_gaps,
    no_sums,
    sum_frames,
)
from sightline.sort.evidence.windows import Windows, cut_pieces
from sightline.workflows.held_movie import OpenMovie, hold_movie
from sightline.workflows.scratch import save_array, save_arrays

_LEAST_BYTES: Final = 32 * 2**20  # of a stretch
_USUAL_BYTES: Final = 256 * 2**20
_BYTES_A_PIXEL: Final = 256  # of a stretch, so that its sums take an eighth of what is read
_MOST_STRETCHES: Final = 400
_BLOCK_BYTES: Final = 24 * 2**20
_MOST_BLOCK_BYTES: Final = 128 * 2**20  # where frames are stored together
_BLOCK_FRAMES: Final = 256
_RUN: Final = 3  # consecutive frames that are averaged before motion is estimated
_ORIGIN_FRAMES: Final = 16
_SIDE: Final = 256  # pixels of the middle of the image that motion is estimated from
_ORIGIN: Final = "origin.npy"
_SUMMED: Final = ("total", "squares", "products", "steps")


@dataclass(frozen=True)
class Stretch:
    """Consecutive frames that one process reads in file order.

    Parameters
    ----------
    movie
        Opens the movie; each process opens its own.
    folder
        Where the plan lies and results are put; all processes see it under this path.
    number
        Of the stretch, from 0.
    start, stop
        Movie frames, the last exclusive.
    samples
        Frames at which a short run begins that motion is estimated from.
    """

    movie: OpenMovie
    folder: Path
    number: int
    start: int
    stop: int
    samples: tuple[int, ...] = ()

    def file(self, what: str) -> Path:
        """Return the name of a result's file."""
        return self.folder / f"{what}-{self.number:04d}"


def plan_stretches(
    movie: OpenMovie,
    folder: Path,
    info: RecordingInfo,
    samples: NDArray[np.int64] | tuple[()] = (),
) -> list[Stretch]:
    """Divide a movie into stretches; the division does not depend on the number of processes."""
    total = info.frames * info.frame_bytes
    least = max(_LEAST_BYTES, _BYTES_A_PIXEL * int(np.prod(info.shape[1:])))
    wanted = max(least, min(total // 16, _USUAL_BYTES), -(-total // _MOST_STRETCHES))
    frames = max(1, wanted // max(info.frame_bytes, 1))
    length = -(-frames // info.frames_at_once) * info.frames_at_once
    return [
        Stretch(
            movie,
            folder,
            number,
            start,
            min(start + length, info.frames),
            tuple(int(s) for s in samples if start <= s < start + length),
        )
        for number, start in enumerate(range(0, info.frames, length))
    ]


def scan_stretch(stretch: Stretch) -> dict[str, int]:
    """Add up the frames of a stretch and cut out the snapshots' pieces that lie in it.

    Leaves ``pieces`` (pixels in the order of the plan), ``samples`` and ``sums`` in the folder,
    each whole or not at all. Returns the number of frames, and of those with filled gaps.
    """
    windows = load_windows(stretch.folder)
    origin = load_origin(stretch.folder)
    sums, samples, gaps = no_sums(origin.shape), [], 0
    path = stretch.file("pieces")
    with reported(path), written_aside(path) as aside, aside.open("wb") as pieces:
        for first, frames, filled in read_blocks(stretch):
            gaps += filled
            sums = add_sums(sums, sum_frames(frames, origin))
            pieces.write(cut_pieces(frames, first, windows).data)
            samples += _runs(frames, first, stretch.samples)
    shape = (len(samples), *_middle(origin).shape)
    save_array(stretch.file("samples"), np.array(samples, np.float32).reshape(shape))
    save_sums(stretch.file("sums"), sums, np.float32)
    return {"frames": stretch.stop - stretch.start, "gaps": gaps}


def save_sums(path: Path, sums: FrameSums, precision: type[np.floating], merged: int = 1) -> None:
    """Keep the sums of a stretch, or of the first ``merged`` ones."""
    parts = {field.name: getattr(sums, field.name) for field in fields(FrameSums)}
    images = {name: parts[name].astype(precision) for name in _SUMMED}
    save_arrays(path, **{**parts, **images, "merged": merged})


def read_sums(path: Path) -> tuple[FrameSums, int]:
    """Read what `save_sums` left: the sums, and of how many stretches they are."""
    with np.load(path) as stored:
        parts: dict[str, Any] = {field.name: stored[field.name] for field in fields(FrameSums)}
        parts |= {name: int(parts[name]) for name in ("frames", "pairs")}
        return FrameSums(**parts), int(stored["merged"])


def save_windows(folder: Path, windows: Windows) -> None:
    """Put the plan of the snapshots where all processes find it."""
    for part in fields(Windows):
        save_array(folder / f"windows-{part.name}.npy", getattr(windows, part.name))


def load_windows(folder: Path) -> Windows:
    """Map the plan of the snapshots into memory."""
    return Windows(
        **{
            part.name: np.load(folder / f"windows-{part.name}.npy", mmap_mode="r")
            for part in fields(Windows)
        }
    )


def save_origin(folder: Path, movie: OpenMovie) -> NDArray[np.float32]:
    """Find a typical frame and put it where all processes find it.

    Sums of squares lose no digits near it, and pixels without a value get its.

    Returns
    -------
    (height, width) float32
        Mean of the first frames; of the others where a pixel has no value in any of them.
    """
    with movie() as recording:
        first = recording.read(0, min(_ORIGIN_FRAMES, recording.info.frames))
    with np.errstate(over="ignore"):
        frames = first.astype(np.float32)
    finite = np.isfinite(frames)
    count = finite.sum(0)
    mean = np.where(finite, frames, 0).sum(0, dtype=np.float64) / np.maximum(count, 1)
    level = np.median(mean[count > 0]) if count.any() else 0
    origin = np.where(count > 0, mean, level).astype(np.float32)
    save_array(folder / _ORIGIN, origin)
    return origin


def load_origin(folder: Path) -> NDArray[np.float32]:
    """Read the typical frame."""
    return np.load(folder / _ORIGIN)


def value_type(info: RecordingInfo) -> np.dtype[Any]:
    """Return the type in which frames are worked on: the movie's, but none of 16-bit floats."""
    return np.dtype(np.float32) if info.dtype == np.float16 else info.dtype


def read_blocks(stretch: Stretch) -> Iterator[tuple[int, NDArray[Any], int]]:
    """Read a stretch, some frames at a time into the same memory, one block ahead.

    Yields
    ------
    tuple
        Number of the first frame, the frames, and in how many of them gaps were filled. The frames
        are overwritten once the block after the next is asked for.
    """
    origin = load_origin(stretch.folder)
    begun = (stretch.folder / _ORIGIN).stat().st_mtime_ns  # the file may be another by now
    movie = hold_movie(f"{stretch.folder} {begun}", stretch.movie)
    info = movie.info
    length = min(_block_length(info), stretch.stop - stretch.start)
    buffers = np.empty((2, length, *info.shape[1:]), info.dtype)

    def read(first: int) -> NDArray[Any]:
        last = min(first + length, stretch.stop)
        side = (first - stretch.start) // length % 2
        return movie.read(first, last, out=buffers[side, : last - first])

    # the disk is read while sums are taken; leaving waits for the read that is under way
    with ThreadPoolExecutor(1, "read-ahead") as ahead:
        coming = ahead.submit(read, stretch.start)
        for first in range(stretch.start, stretch.stop, length):
            frames = coming.result()
            if first + length < stretch.stop:
                coming = ahead.submit(read, first + length)
            frames = frames.astype(value_type(info), copy=False)
            yield first, frames, fill_gaps(frames, origin) if frames.dtype.kind == "f" else 0


def _block_length(info: RecordingInfo) -> int:
    """Frames that are read at once: those that are stored together, if memory allows."""
    fit = max(1, min(_BLOCK_BYTES // max(info.frame_bytes, 1), _BLOCK_FRAMES))
    if fit >= info.frames_at_once:
        return fit // info.frames_at_once * info.frames_at_once
    most = max(1, min(_MOST_BLOCK_BYTES // max(info.frame_bytes, 1), _BLOCK_FRAMES))
    return min(info.frames_at_once, most)


def _runs(frames: NDArray[Any], first: int, samples: tuple[int, ...]) -> list[NDArray[np.float32]]:
    """Means of the short runs that begin in these frames."""
    begins = [sample - first for sample in samples if first <= sample < first + len(frames)]
    with np.errstate(invalid="ignore", over="ignore"):
        runs = [_middle(frames[at : at + _RUN]).mean(0, dtype=np.float64) for at in begins]
        runs = [run.astype(np.float32) for run in runs]
    return [run for run in runs if np.isfinite(run).all()]


def _middle(frames: NDArray[Any]) -> NDArray[Any]:
    height, width = frames.shape[-2:]
    top, left = max(0, (height - _SIDE) // 2), max(0, (width - _SIDE) // 2)
    return frames[..., top : top + _SIDE, left : left + _SIDE]
