"""A crawling body of nuclei with known positions: any frame is painted when it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.closing import Closing
from sightline.data.keypoints import Pair
from sightline.data.recording import RecordingInfo
from sightline.errors import InputError
from sightline.simulate.body import Body, lay_out_body, nuclei_at
from sightline.simulate.deforming_settings import DeformingSettings, Stream
from sightline.simulate.room_for_frames import room_for_frames
from sightline.simulate.truth import FrameTruth
from sightline.simulate.waves import waves_at

_REACH: Final = 3.5  # standard deviations to which a nucleus is painted
_DIM: Final = 0.2
_SUPPLY: Final = 2**20  # draws of noise at least, where they are not fresh


@dataclass(frozen=True)
class DeformingVolume(Closing):
    """A `Recording` of axes (time, channel, z, y, x), float32, that holds no frame in memory.

    Parameters
    ----------
    settings
        What it was made with.
    body
        Its nuclei at rest, keypoints first.
    supply : (draw,) float32
        Of noise; empty where each voxel's is drawn anew.
    """

    settings: DeformingSettings
    body: Body
    supply: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))

    @property
    def info(self) -> RecordingInfo:
        """Size and units."""
        made = self.settings
        return RecordingInfo(
            name=made.name,
            source=f"simulated deforming volume {made.name!r} (seed {made.seed})",
            axes=("time", "channel", "z", "y", "x"),
            shape=(made.frames, made.channels, made.planes, made.height, made.width),
            dtype=np.dtype(np.float32),
            pixel_size_um=made.voxel_size_um,
            units="raw",
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Of the keypoints; daughters are called after their mothers."""
        given = [f"nucleus {number}" for number in range(self.settings.points)]
        mothers = self.body.lineage.mothers.tolist()
        return (*given, *(f"nucleus {mother}{which}" for mother in mothers for which in "ab"))

    @property
    def parents(self) -> tuple[Pair, ...]:
        """(daughter, mother) of each division."""
        mothers = self.body.lineage.mothers
        return tuple(
            (f"nucleus {mother}{which}", f"nucleus {mother}")
            for mother in mothers
            for which in "ab"
        )

    @property
    def edges(self) -> tuple[Pair, ...]:
        """Nuclei have no skeleton."""
        return ()

    @property
    def symmetries(self) -> tuple[Pair, ...]:
        """Nor do they mirror each other."""
        return ()

    def truth(self, frame: int) -> FrameTruth:
        """Where the keypoints of a frame really are."""
        made = self.settings
        count = made.points + 2 * made.divisions
        positions = nuclei_at(self.body, made, frame)[0][:count]
        positions[~self.body.lineage.present(frame)[:count]] = np.nan
        size = np.array([made.planes, made.height, made.width])
        in_view = np.all((positions >= -0.5) & (positions < size - 0.5), axis=1)
        return FrameTruth(positions, in_view, in_view & ~self._missed(frame)[:count])

    def frame(self, frame: int) -> NDArray[np.float32]:
        """Paint one frame: (channel, z, y, x) float32, photons.

        Raises
        ------
        InputError
            If there is no such frame.
        """
        if not 0 <= frame < self.settings.frames:
            raise InputError(
                self.info.source,
                f"frame {frame} was asked for",
                f"a frame between 0 and {self.settings.frames - 1}",
                "Ask for a frame that is there.",
            )
        painted = np.empty(self.info.shape[1:], np.float32)
        self._paint(frame, painted)
        return painted

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Paint frames ``start`` to ``stop``, exclusive; see `Recording.read`.

        Raises
        ------
        InputError
            If there are no such frames, or ``out`` does not fit them.
        """
        out = room_for_frames(self.info, start, stop, out)
        for row, frame in enumerate(range(start, stop)):
            self._paint(frame, out[row])
        return out

    def _paint(self, frame: int, painted: NDArray[np.float32]) -> None:
        made = self.settings
        positions, angle = nuclei_at(self.body, made, frame)
        light = self._light(frame)
        painted[:] = 0
        for lobe in self.body.lobes:
            centres = positions + lobe.turned(angle) / made.voxel_size_um
            sigma = lobe.sigma_um[:, None] / np.array(made.voxel_size_um)
            _add_blobs(painted, centres, sigma, (light * lobe.share).astype(np.float32).T)
        places = np.ndindex(painted.shape[:2])
        for place, noise in zip(places, self._noise(frame), strict=True):
            plane = painted[place]  # one at a time, so that it stays in the processor's cache
            plane += made.background
            plane += np.sqrt(plane) * noise

    def _noise(self, frame: int) -> Iterator[NDArray[np.float32]]:
        """(y, x) noise of deviation 1 for each plane of each channel."""
        made = self.settings
        random = made.random(Stream.NOISE, frame)
        count, shape = made.channels * made.planes, (made.height, made.width)
        if made.fresh_noise:
            for _ in range(count):
                yield random.standard_normal(shape, np.float32)
            return
        pixels = made.height * made.width
        for start in random.integers(0, len(self.supply) - pixels, count):
            yield self.supply[start : start + pixels].reshape(shape)

    def _missed(self, frame: int) -> NDArray[np.bool_]:
        """(nucleus,) which are left out of a frame."""
        made = self.settings
        drawn = made.random(Stream.MISSED, frame).random(len(self.body.rest))
        return drawn < made.missed_share

    def _light(self, frame: int) -> NDArray[np.float64]:
        """(channel, nucleus) photons at the centres."""
        made, body = self.settings, self.body
        active = np.exp(made.activity * waves_at(body.activity, frame))
        left = (1 - made.bleaching) ** (frame / max(made.frames - 1, 1))
        dim = np.where(body.dim, _DIM, 1.0)
        light = made.photons * left * body.brightness * active * dim
        dark = self._missed(frame) | ~body.lineage.present(frame)
        return np.where(dark, 0.0, light)


def simulate_deforming_volume(settings: DeformingSettings) -> DeformingVolume:
    """Draw a body and its nuclei; no frame is painted before it is asked for.

    Raises
    ------
    SettingError
        If the nuclei do not fit into the body.
    """
    supply = np.empty(0, np.float32)
    if not settings.fresh_noise:
        draws = max(4 * settings.height * settings.width, _SUPPLY)
        supply = settings.random(Stream.SUPPLY).standard_normal(draws, np.float32)
    return DeformingVolume(settings, lay_out_body(settings, settings.random(Stream.BODY)), supply)


def _add_blobs(
    image: NDArray[np.float32],
    centres: NDArray[np.float64],
    sigmas: NDArray[np.float64],
    bright: NDArray[np.float32],
) -> None:
    """Add Gaussian blobs, (blob, 3) and bright in (blob, channel), to (channel, z, y, x)."""
    size = np.array(image.shape[1:])
    first = np.clip(np.ceil(centres - _REACH * sigmas), 0, size).astype(int)
    last = np.clip(np.floor(centres + _REACH * sigmas) + 1, 0, size).astype(int)
    shown = np.flatnonzero((first < last).all(axis=1) & bright.any(axis=1))
    profiles = [_profiles(centres[:, k], sigmas[:, k], first[:, k], last[:, k]) for k in range(3)]
    for blob in shown:
        (a, b, c), (d, e, f) = first[blob], last[blob]
        z, y, x = (profiles[k][blob, : last[blob, k] - first[blob, k]] for k in range(3))
        image[:, a:d, b:e, c:f] += bright[blob][:, None, None, None] * (
            z[:, None, None] * y[:, None] * x
        )


def _profiles(
    centre: NDArray[np.float64],
    sigma: NDArray[np.float64],
    first: NDArray[np.int_],
    last: NDArray[np.int_],
) -> NDArray[np.float32]:
    """(blob, pixel) of each blob along an axis, from its first pixel on."""
    pixels = first[:, None] + np.arange(max((last - first).max(initial=0), 0))
    away = (pixels - centre[:, None]) / sigma[:, None]
    return np.exp(-(away**2) / 2).astype(np.float32)
