"""Settings of a simulated calcium movie, checked when they are made."""

from dataclasses import dataclass
from math import isfinite
from typing import Final, Literal

from sightline.errors import SettingError

Look = Literal["two-photon", "one-photon"]

_LOOKS: Final = ("two-photon", "one-photon")

# Smallest and largest value of each setting that is a number.
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "frames": (1, 10**9),
    "height": (16, 16_384),
    "width": (16, 16_384),
    "cells": (0, 100_000),
    "frame_rate_hz": (0.1, 10_000),
    "pixel_size_um": (0.1, 10),
    "photons": (0.1, 1e6),
    "counts_per_photon": (0.01, 1e4),
    "read_noise": (0, 1e4),
    "offset": (0, 1e4),
    "bits": (8, 16),
    "contrast": (0, 100),
    "event_rate_hz": (0, 100),
    "rise_s": (0.001, 10),
    "decay_s": (0.002, 100),
    "silent_share": (0, 1),
    "neuropil": (0, 0.5),
    "vessels": (0, 100),
    "drift_px": (0, 100),
    "jitter_px": (0, 10),
    "bleaching": (0, 0.95),
    "dropped_frames": (0, 100_000),
    "seed": (0, 2**63),
}

_WHOLE: Final = frozenset(
    {"frames", "height", "width", "cells", "bits", "vessels", "dropped_frames", "seed"}
)


def check_number(
    name: str, value: object, least: float, most: float, *, whole: bool = False
) -> None:
    """Check that a setting is a number in its range.

    Raises
    ------
    SettingError
        If it is not, naming the setting.
    """
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not isfinite(value):
        kind = "a whole number" if whole else "a number"
        raise SettingError(f"{name} is {value!r}; it must be {kind}.")
    if not least <= value <= most:
        raise SettingError(f"{name} is {value}; it must lie between {least:g} and {most:g}.")


@dataclass(frozen=True)
class MovieSettings:
    """What a simulated movie is like. The defaults look like two-photon; see also `ONE_PHOTON`.

    Parameters
    ----------
    frames, height, width
        Size, pixels.
    cells
        Number of cells, all with their centres in the image.
    look
        ``"two-photon"``: rings with a dark nucleus, dark vessels, fine texture. ``"one-photon"``:
        blurred blobs over a bright background that fades to the border. Brightness and contrast are
        settings of their own.
    frame_rate_hz, pixel_size_um
        Frames a second; size of a pixel.
    photons
        Mean of the background, a pixel and frame.
    counts_per_photon, read_noise, offset
        The camera: a pixel that expects ``m`` photons reads ``offset + counts_per_photon * m``
        counts, with variance ``counts_per_photon**2 * m + read_noise**2`` (photon transfer). The
        noise is Gaussian, which shot noise is not where photons are fewer than about ten.
    bits
        Counts are cut at ``2**bits - 1``; stored as uint8 if 8, else as uint16.
    contrast
        Mean peak of an event at a cell's brightest pixel, as share of the mean background.
    event_rate_hz
        Median over the cells that are not silent.
    rise_s, decay_s
        Of the calcium after an event: exp(-t / decay) - exp(-t / rise); decays vary by a fifth.
    silent_share
        Share of the cells that never fire in this movie.
    neuropil
        Standard deviation of the background's brightness over time, as share of it.
    vessels
        Blood vessels through the field.
    drift_px, jitter_px
        Largest slow displacement; standard deviation, along each axis, of the fast one, which comes
        in bouts. Both as left over after motion correction, or more.
    bleaching
        Share of the brightness that is lost by the last frame, exponentially.
    dropped_frames
        Frames that were lost and hold the frame before once more.
    seed
        Same settings and seed, same movie.
    name
        The recording's name.

    Raises
    ------
    SettingError
        If a setting is outside its range or does not fit the others.
    """

    frames: int = 2000
    height: int = 256
    width: int = 256
    cells: int = 150
    look: Look = "two-photon"
    frame_rate_hz: float = 10.0
    pixel_size_um: float = 2.0
    photons: float = 20.0
    counts_per_photon: float = 8.0
    read_noise: float = 8.0
    offset: float = 100.0
    bits: int = 12
    contrast: float = 1.2
    event_rate_hz: float = 0.1
    rise_s: float = 0.1
    decay_s: float = 0.8
    silent_share: float = 0.1
    neuropil: float = 0.08
    vessels: int = 3
    drift_px: float = 0.5
    jitter_px: float = 0.2
    bleaching: float = 0.1
    dropped_frames: int = 0
    seed: int = 0
    name: str = "simulated"

    def __post_init__(self) -> None:
        if self.look not in _LOOKS:
            raise SettingError(f"look is {self.look!r}; it must be one of {', '.join(_LOOKS)}.")
        for name, (least, most) in _RANGES.items():
            check_number(name, getattr(self, name), least, most, whole=name in _WHOLE)
        if self.rise_s >= self.decay_s:
            raise SettingError(
                f"rise_s is {self.rise_s} and decay_s {self.decay_s}; calcium must rise faster "
                "than it decays."
            )
        if self.dropped_frames >= self.frames:
            raise SettingError(
                f"dropped_frames is {self.dropped_frames} of {self.frames} frames; at least one "
                "frame must be left."
            )
        largest = max(self.drift_px, 5 * self.jitter_px)
        if largest >= min(self.height, self.width) / 2:
            raise SettingError(
                f"drift_px is {self.drift_px} and jitter_px {self.jitter_px} in an image of "
                f"{self.height} x {self.width}; the image must not move out of itself."
            )


ONE_PHOTON: Final = MovieSettings(
    look="one-photon",
    photons=300.0,
    counts_per_photon=5.0,
    read_noise=6.0,
    contrast=0.15,
    neuropil=0.02,
    frame_rate_hz=20.0,
    bleaching=0.04,
)
"""What a miniature microscope sees: blurred cells, a few per cent above a bright background."""
