"""A movie of what tracking found beside the truth."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sightline.compute.jobs import Progress
from sightline.data.recording import Recording
from sightline.data.volumes import read_volumes
from sightline.formats.recordings.write_video import write_video
from sightline.workflows.figure_files import MARK, refuse_foreign
from sightline.workflows.track_benchmark_rows import Task, size_px

_NAME: Final = "tracks.mp4"
_MOST_FRAMES: Final = 300
_RATE_HZ: Final = 8
_SIDE: Final = 900  # longest side of a picture, pixels; small ones are enlarged to about that
_TRUTH: Final = (86, 180, 233)  # blue rings
_RIGHT: Final = (0, 158, 115)  # green crosses
_WRONG: Final = (230, 159, 0)  # orange crosses, with a line from where they should be
_RING: Final = 7
_CROSS: Final = 4


def write_overlay(
    task: Task,
    references: Collection[int],
    positions: NDArray[np.floating],
    folder: Path,
    progress: Progress,
) -> Path:
    """Draw the first frames of a video: rings are the truth, crosses what was found.

    Of volumes, brightest values along z and, below, along y. A cross that is farther than the
    tolerance from its ring is joined to it by a line; a ring without one was not found.

    Returns
    -------
    Path
        ``tracks.mp4`` in the folder; an earlier one of ours is replaced.

    Raises
    ------
    InputError
        If a file of that name is there that we did not draw, or frames are damaged.
    """
    path = folder / _NAME
    folder.mkdir(parents=True, exist_ok=True)
    refuse_foreign(path)
    path.unlink(missing_ok=True)
    pictures = _pictures(task, references, positions, progress)
    write_video(path, pictures, _RATE_HZ, MARK)
    return path


def _pictures(
    task: Task,
    references: Collection[int],
    positions: NDArray[np.floating],
    progress: Progress,
) -> Iterator[NDArray[np.uint8]]:
    frames = min(task.recording.info.frames, _MOST_FRAMES)
    size = size_px(task.recording.info)
    truth = task.truth.dense(np.arange(frames))
    low, high = _contrast(task.recording)
    for frame in range(frames):
        volume = read_volumes(task.recording, frame, frame + 1)[0].max(axis=0)
        grey = np.clip((volume - low) / (high - low), 0, 1) * 255
        views = [_view(grey, truth[frame], positions[frame], size, axis, task.tolerance_px)
                 for axis in ((0, 1) if len(grey) > 1 else (0,))]  # fmt: skip
        said = ", reference" if frame in references else ""
        yield _captioned(np.concatenate(views), f"frame {frame}{said}")
        progress(frame + 1, frames)


def _contrast(recording: Recording) -> tuple[float, float]:
    """Values that are black and white, by three frames."""
    frames = recording.info.frames
    some = [read_volumes(recording, n, n + 1)[0].max(axis=0) for n in {0, frames // 2, frames - 1}]
    low, high = np.nanpercentile(some, [1, 99.8])
    return float(low), float(max(high, low + 1e-6))


def _view(
    grey: NDArray[np.floating],
    truth: NDArray[np.float64],
    found: NDArray[np.floating],
    size: NDArray[np.float64],
    along: int,
    tolerance_px: float,
) -> NDArray[np.uint8]:
    """(y, x, 3) picture of the brightest values along z or y, with the points on it."""
    flat = np.nan_to_num(grey.max(axis=along)).astype(np.uint8)
    axes = [axis for axis in range(3) if axis != along]
    scale = _SIDE / max(grey.shape[1:])
    zoom = size[axes] * (max(round(scale), 1) if scale > 1 else scale)
    height, width = (max(round(n * by), 1) for n, by in zip(flat.shape, zoom, strict=True))
    picture = Image.fromarray(flat).resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    places = [(points[:, axes] + 0.5) * zoom for points in (truth, found)]
    away = np.linalg.norm((found - truth) * size, axis=1)
    for ring, cross, error in zip(*places, away.tolist(), strict=True):
        _draw_point(draw, ring, cross, error > tolerance_px)
    return np.asarray(picture)


def _draw_point(
    draw: ImageDraw.ImageDraw, ring: NDArray[np.float64], cross: NDArray[np.floating], wrong: bool
) -> None:
    y, x = ring
    if np.isfinite(ring).all():
        draw.ellipse((x - _RING, y - _RING, x + _RING, y + _RING), outline=_TRUTH, width=2)
    if not np.isfinite(cross).all():
        return
    v, u = cross
    colour = _WRONG if wrong else _RIGHT
    for sign in (1, -1):
        draw.line((u - _CROSS, v - sign * _CROSS, u + _CROSS, v + sign * _CROSS), colour, 2)
    if wrong:
        draw.line((x, y, u, v), colour, 1)


def _captioned(picture: NDArray[np.uint8], text: str) -> NDArray[np.uint8]:
    """With a line above it that says what is what, by shape as well as colour."""
    band = Image.new("RGB", (picture.shape[1], 26))
    draw = ImageDraw.Draw(band)
    draw.text((6, 6), f"{text}    O truth   X found   X--O wrong", (255, 255, 255), _font())
    return np.concatenate([np.asarray(band), picture])


def _font() -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size=13)
