"""A calcium movie with known truth: seeded, of any size, painted when it is read."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import ndtri

from sightline.data.closing import Closing
from sightline.data.recording import RecordingInfo
from sightline.simulate.activity import Activity, simulate_activity
from sightline.simulate.field import Field, lay_out_field
from sightline.simulate.movie_settings import MovieSettings
from sightline.simulate.room_for_frames import room_for_frames

# Streams of randomness that come from one seed.
_ACTIVITY, _FIELD, _DROPS, _NOISE = range(4)


@dataclass(frozen=True)
class MovieTruth:
    """What is really there.

    Parameters
    ----------
    footprints : (cell, pixel) float32 CSR
        Weights of pixel ``y * width + x`` where nothing has moved; largest 1 (less if cut by the
        border).
    traces : (cell, frame) float32
        Counts above rest at the cell's brightest pixel, without bleaching.
    onsets
        For each cell (event,) int32: the first frame that each event brightens, ascending.
    centres : (cell, 2) float64
        (y, x), pixels.
    motion : (frame, 2) float32
        Displacement of the image, (y, x) pixels: what is at (0, 0) is seen there.
    vessels : (height, width) bool
        Where blood vessels are.
    background : (height, width) float32
        Counts at rest above the offset, cells included.
    dropped : (frame,) int64
        Frames that hold the frame before once more, ascending.
    repeats_after
        Length of ``traces``, ``onsets`` and ``motion``: frame ``t`` has those of frame
        ``t % repeats_after``. The number of frames, unless the movie is very long.
    """

    footprints: sparse.csr_array
    traces: NDArray[np.float32]
    onsets: tuple[NDArray[np.int32], ...]
    centres: NDArray[np.float64]
    motion: NDArray[np.float32]
    vessels: NDArray[np.bool_]
    background: NDArray[np.float32]
    dropped: NDArray[np.int64]
    repeats_after: int


@dataclass(frozen=True)
class SimulatedMovie(Closing):
    """A `Recording` whose frames are painted when they are read, the same in any order or chunks.

    A frame is (bleaching x (background + footprints x traces), moved) + offset + noise. Processes
    can be sent it, and many threads can read it at once.

    Parameters
    ----------
    settings
        What it was made with.
    truth
        What is really there.
    scene
        Light at rest and footprints, with a margin around the image.
    activity
        What changes over time.
    """

    settings: MovieSettings
    truth: MovieTruth
    scene: Field
    activity: Activity

    @property
    def info(self) -> RecordingInfo:
        """Size, rate and units."""
        settings = self.settings
        return RecordingInfo(
            name=settings.name,
            source=f"simulated movie {settings.name!r} (seed {settings.seed})",
            axes=("time", "y", "x"),
            shape=(settings.frames, settings.height, settings.width),
            dtype=np.dtype(np.uint8 if settings.bits == 8 else np.uint16),
            frame_rate_hz=settings.frame_rate_hz,
            pixel_size_um=(settings.pixel_size_um, settings.pixel_size_um),
            units="raw",
        )

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Paint frames ``start`` to ``stop``, exclusive; see `Recording.read`.

        Raises
        ------
        InputError
            If there are no such frames, or ``out`` does not fit them.
        """
        out = room_for_frames(self.info, start, stop, out)
        painter = _Painter(self)
        shown = _frames_shown(start, stop, self.truth.dropped)
        for row, frame in enumerate(shown):
            if row and frame == shown[row - 1]:
                out[row] = out[row - 1]
            else:
                painter.paint(int(frame), out[row])
        return out


def simulate_movie(settings: MovieSettings) -> SimulatedMovie:
    """Draw a field of view and its activity; no frame is painted before it is read.

    Movies longer than 10,000 frames repeat their activity and motion, so that memory does not grow
    with length; noise and bleaching do not repeat.

    Raises
    ------
    SettingError
        If the cells do not fit into the image.
    """
    activity = simulate_activity(settings, np.random.default_rng([settings.seed, _ACTIVITY]))
    margin = int(np.ceil(np.abs(activity.motion).max())) + 1
    scene = lay_out_field(settings, margin, np.random.default_rng([settings.seed, _FIELD]))
    drops = np.random.default_rng([settings.seed, _DROPS])
    lost = drops.choice(
        max(settings.frames - 1, 1), settings.dropped_frames, replace=False, shuffle=False
    )
    truth = MovieTruth(
        footprints=_without_margin(scene, settings),
        traces=activity.traces,
        onsets=activity.onsets,
        centres=scene.centres,
        motion=activity.motion,
        vessels=scene.vessels[margin:-margin, margin:-margin],
        background=scene.background[0, margin:-margin, margin:-margin],
        dropped=np.sort(lost) + 1,
        repeats_after=activity.traces.shape[1],
    )
    return SimulatedMovie(settings, truth, scene, activity)


def _without_margin(scene: Field, settings: MovieSettings) -> sparse.csr_array:
    width = settings.width + 2 * scene.margin
    pixels = np.arange(settings.height * settings.width)
    y, x = np.divmod(pixels, settings.width)
    return sparse.csr_array(scene.footprints[:, (y + scene.margin) * width + x + scene.margin])


def _frames_shown(start: int, stop: int, dropped: NDArray[np.int64]) -> NDArray[np.int64]:
    """Frame that is really seen at each frame: one before, where it was dropped."""
    shown = np.arange(start, stop)
    lost = np.isin(shown, dropped)
    while lost.any():
        shown[lost] -= 1
        lost = np.isin(shown, dropped)
    return shown


class _Painter:
    """Buffers to paint frames with, one after the other."""

    def __init__(self, movie: SimulatedMovie) -> None:
        self.movie = movie
        scene = movie.scene
        self.light = np.empty(scene.background.shape[1:], np.float32)
        self.part = np.empty_like(self.light)
        size = (movie.settings.height, movie.settings.width)
        self.mean, self.noise = np.empty(size, np.float32), np.empty(size, np.float32)

    def paint(self, frame: int, out: NDArray[Any]) -> None:
        """Fill ``out`` with one frame."""
        settings = self.movie.settings
        self._light_scene(frame)
        self._move(frame)
        mean, noise = self.mean, self.noise
        _standard_normal((settings.seed, _NOISE, frame), noise)
        deviation = self.part.ravel()[: mean.size].reshape(mean.shape)
        np.multiply(mean, np.float32(settings.counts_per_photon), out=deviation)
        deviation += np.float32(settings.read_noise**2)
        np.sqrt(deviation, out=deviation)
        noise *= deviation
        mean += noise
        mean += np.float32(settings.offset + 0.5)
        np.clip(mean, 0, 2**settings.bits - 1, out=mean)
        np.copyto(out, mean, casting="unsafe")

    def _light_scene(self, frame: int) -> None:
        """Expected counts of the scene where nothing has moved, into ``light``."""
        scene, activity, settings = self.movie.scene, self.movie.activity, self.movie.settings
        moment = frame % len(activity.background)
        left = (1 - settings.bleaching) ** (frame / max(settings.frames - 1, 1))
        seen = activity.background[moment] * np.float32(left)
        np.multiply(scene.background[0], seen[0], out=self.light)
        for component, share in zip(scene.background[1:], seen[1:], strict=True):
            np.multiply(component, share, out=self.part)
            self.light += self.part
        calcium = activity.traces[:, moment] * np.float32(left)
        pixels, weights = scene.lit
        self.light.reshape(-1)[pixels] += weights @ calcium

    def _move(self, frame: int) -> None:
        """The scene displaced, by linear interpolation between pixels, into ``mean``."""
        margin, (height, width) = self.movie.scene.margin, self.mean.shape
        moment = frame % len(self.movie.activity.motion)
        dy, dx = margin - self.movie.activity.motion[moment]
        top, left = int(dy), int(dx)
        window = self.light[top : top + height + 1, left : left + width + 1]
        rows = self.part.ravel()[: height * (width + 1)].reshape(height, width + 1)
        np.subtract(window[1:], window[:-1], out=rows)
        rows *= dy - top
        rows += window[:-1]
        np.subtract(rows[:, 1:], rows[:, :-1], out=self.mean)
        self.mean *= dx - left
        self.mean += rows[:, :-1]


@cache
def _normal_quantiles() -> NDArray[np.float32]:
    """2**16 equally likely values of a standard normal, scaled to variance 1."""
    levels: Final = 2**16
    values = ndtri((np.arange(levels) + 0.5) / levels)
    return (values / values.std()).astype(np.float32)


def _standard_normal(seed: tuple[int, ...], out: NDArray[np.float32]) -> None:
    """Fill ``out``, contiguous, with normal deviates of 16 bits, far faster than exact ones."""
    words = np.random.SFC64(np.random.SeedSequence(seed)).random_raw((out.size + 3) // 4)
    picks = words.view(np.uint16)[: out.size].reshape(out.shape)
    np.take(_normal_quantiles(), picks, out=out, mode="wrap")
