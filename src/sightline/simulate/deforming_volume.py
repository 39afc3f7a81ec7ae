"""A crawling body of nuclei with known positions: any frame is painted when it is asked for."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sightline.data.closing import Closing
from sightline.data.recording import RecordingInfo
from sightline.errors import InputError
from sightline.simulate.body import Body, lay_out_body, nuclei_at, waves_at
from sightline.simulate.deforming_settings import DeformingSettings

# Streams of randomness that come from one seed.
_BODY, _MISSED, _NOISE = range(3)

_REACH: Final = 3.5  # standard deviations to which a nucleus is painted
_DIM: Final = 0.2


@dataclass(frozen=True)
class FrameTruth:
    """Where the keypoints of a frame really are.

    Parameters
    ----------
    positions : (keypoint, 3) float64
        (z, y, x) pixels, pixel centres at whole numbers; also where nothing is seen.
    in_view : (keypoint,) bool
        Whether the centre lies inside the recording.
    seen : (keypoint,) bool
        Whether it is in view and was not left out of the frame.
    """

    positions: NDArray[np.float64]
    in_view: NDArray[np.bool_]
    seen: NDArray[np.bool_]


@dataclass(frozen=True)
class DeformingVolume(Closing):
    """A `Recording` of axes (time, channel, z, y, x), float32, that holds no frame in memory.

    Parameters
    ----------
    settings
        What it was made with.
    body
        Its nuclei at rest, keypoints first.
    """

    settings: DeformingSettings
    body: Body

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

    def truth(self, frame: int) -> FrameTruth:
        """Where the keypoints of a frame really are."""
        made = self.settings
        positions = nuclei_at(self.body, made, frame)[0][: made.points]
        size = np.array([made.planes, made.height, made.width])
        in_view = np.all((positions >= -0.5) & (positions < size - 0.5), axis=1)
        return FrameTruth(positions, in_view, in_view & ~self._missed(frame)[: made.points])

    def frame(self, frame: int) -> NDArray[np.float32]:
        """Paint one frame: (channel, z, y, x) float32, photons.

        Raises
        ------
        InputError
            If there is no such frame.
        """
        made = self.settings
        if not 0 <= frame < made.frames:
            raise InputError(
                self.info.source,
                f"frame {frame} was asked for",
                f"a frame between 0 and {made.frames - 1}",
                "Ask for a frame that is there.",
            )
        painted = np.zeros(self.info.shape[1:], np.float32)
        positions, angle = nuclei_at(self.body, made, frame)
        light = self._light(frame)
        for lobe in self.body.lobes:
            centres = positions + lobe.turned(angle) / made.voxel_size_um
            sigma = lobe.sigma_um[:, None] / np.array(made.voxel_size_um)
            for centre, width, bright in zip(centres, sigma, (light * lobe.share).T, strict=True):
                if bright.any():
                    _add_blob(painted, centre, width, bright)
        painted += made.background
        noise = np.random.default_rng([made.seed, _NOISE, frame])
        painted += np.sqrt(painted) * noise.standard_normal(painted.shape, np.float32)
        return painted

    def read(self, start: int, stop: int, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Paint frames ``start`` to ``stop``, exclusive; see `Recording.read`.

        Raises
        ------
        InputError
            If there are no such frames.
        """
        if not 0 <= start < stop <= self.settings.frames:
            raise InputError(
                self.info.source,
                f"frames {start} to {stop} were asked for",
                f"frames between 0 and {self.settings.frames}, at least one",
                "Ask for frames that are there.",
            )
        if out is None:
            out = np.empty((stop - start, *self.info.shape[1:]), np.float32)
        for row, frame in enumerate(range(start, stop)):
            out[row] = self.frame(frame)
        return out

    def _missed(self, frame: int) -> NDArray[np.bool_]:
        """(nucleus,) which are left out of a frame."""
        made = self.settings
        drawn = np.random.default_rng([made.seed, _MISSED, frame]).random(len(self.body.rest))
        return drawn < made.missed_share

    def _light(self, frame: int) -> NDArray[np.float64]:
        """(channel, nucleus) photons at the centres."""
        made, body = self.settings, self.body
        active = np.exp(made.activity * waves_at(body.activity, frame))
        left = (1 - made.bleaching) ** (frame / max(made.frames - 1, 1))
        dim = np.where(body.dim, _DIM, 1.0)
        light = made.photons * left * body.brightness * active * dim
        return np.where(self._missed(frame), 0.0, light)


def simulate_deforming_volume(settings: DeformingSettings) -> DeformingVolume:
    """Draw a body and its nuclei; no frame is painted before it is asked for.

    Raises
    ------
    SettingError
        If the nuclei do not fit into the body.
    """
    return DeformingVolume(
        settings, lay_out_body(settings, np.random.default_rng([settings.seed, _BODY]))
    )


def _add_blob(
    image: NDArray[np.float32],
    centre: NDArray[np.float64],
    sigma: NDArray[np.float64],
    bright: NDArray[np.float64],
) -> None:
    """Add a Gaussian blob to (channel, z, y, x)."""
    size = np.array(image.shape[1:])
    first = np.clip(np.ceil(centre - _REACH * sigma), 0, size).astype(int)
    last = np.clip(np.floor(centre + _REACH * sigma) + 1, 0, size).astype(int)
    if (first >= last).any():
        return
    z, y, x = (
        np.exp(-(((np.arange(first[k], last[k]) - centre[k]) / sigma[k]) ** 2) / 2).astype("f4")
        for k in range(3)
    )
    blob = z[:, None, None] * y[:, None] * x
    window = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
    image[(slice(None), *window)] += bright.astype(np.float32)[:, None, None, None] * blob
