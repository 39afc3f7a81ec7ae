"""Settings of a simulated recording of a crawling, deforming body, checked when they are made."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

import numpy as np

from sightline.errors import SettingError
from sightline.simulate.movie_settings import check_number

# Smallest and largest value of each setting that is a number.
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "frames": (1, 10**9),
    "planes": (1, 1024),
    "height": (16, 16_384),
    "width": (16, 16_384),
    "points": (1, 10_000),
    "others": (0, 10_000),
    "channels": (1, 4),
    "radius_um": (0.1, 100),
    "spacing": (0, 100),
    "texture": (0, 1),
    "breadth": (0.05, 1),
    "bend": (0, 12),
    "frames_per_wave": (2, 1e6),
    "sway": (0, 1),
    "heave": (0, 1),
    "turn_every": (0, 1e9),
    "turn_frames": (4, 1e6),
    "divisions": (0, 10_000),
    "jitter_um": (0, 10),
    "photons": (1, 1e6),
    "background": (0, 1e6),
    "activity": (0, 2),
    "dim_share": (0, 0.9),
    "missed_share": (0, 0.9),
    "bleaching": (0, 0.95),
    "seed": (0, 2**63),
}

_WHOLE: Final = frozenset(
    {"frames", "planes", "height", "width", "points", "others", "channels", "divisions", "seed"}
)


class Stream(IntEnum):
    """What is drawn at random, each apart from the others, from one seed."""

    BODY = 0
    MISSED = 1
    NOISE = 2
    TURN = 3
    DIVISION = 4
    HEAVE = 5
    SUPPLY = 6


@dataclass(frozen=True)
class DeformingSettings:
    """What a simulated body and its recording are like.

    Parameters
    ----------
    frames, planes, height, width
        Size; one plane makes it two-dimensional.
    voxel_size_um
        Size of a voxel along (z, y, x).
    channels
        All show the same nuclei, each in brightnesses of its own.
    points
        Keypoints: the nuclei whose truth is told.
    others
        Nuclei that look like keypoints, but are not.
    radius_um
        Standard deviation of a nucleus's brightness.
    spacing
        Least distance between nuclei at rest, in such radii; below about 2.5 they merge.
    texture
        Brightness of the lobes that make nuclei differ, as share of the nucleus; 0: all alike.
    breadth
        Of the body, as share of the view's height.
    bend
        Largest angle, radians, that the body turns through along its axis in a crawling wave; the
        body's ends meet at about 2 pi.
    frames_per_wave
        Frames in which a wave passes.
    sway
        Largest slow displacement of the whole body, as share of the view.
    heave
        The same along z, as share of the depth: points leave through the top and bottom planes.
    turn_every, turn_frames
        Frames in which one omega turn happens, 0 for none; frames that one lasts.
    divisions
        Keypoints that divide, each once; their daughters are keypoints besides ``points``.
    jitter_um
        Standard deviation of each nucleus's own wandering.
    photons, background
        Mean at the centre of a nucleus, and between nuclei. Noise is Gaussian, with the mean as
        variance.
    activity
        Standard deviation of each nucleus's log brightness over time.
    dim_share, missed_share
        Share of nuclei that are dim (a fifth as bright) in all frames; share that is unseen in a
        frame, drawn anew for each.
    bleaching
        Share of the brightness that is lost by the last frame, exponentially.
    fresh_noise
        Whether the noise of every voxel is drawn anew. If not, each plane takes a stretch of a
        fixed supply from a random place, which is several times as fast.
    seed
        Same settings and seed, same recording.
    name
        The recording's name.

    Raises
    ------
    SettingError
        If a setting is outside its range.
    """

    frames: int = 60
    planes: int = 24
    height: int = 160
    width: int = 224
    voxel_size_um: tuple[float, float, float] = (1.5, 0.6, 0.6)
    channels: int = 1
    points: int = 80
    others: int = 0
    radius_um: float = 1.5
    spacing: float = 3.0
    texture: float = 0.4
    breadth: float = 0.45
    bend: float = 1.6
    frames_per_wave: float = 40.0
    sway: float = 0.05
    heave: float = 0.0
    turn_every: float = 0.0
    turn_frames: float = 14.0
    divisions: int = 0
    jitter_um: float = 0.3
    photons: float = 150.0
    background: float = 20.0
    activity: float = 0.25
    dim_share: float = 0.0
    missed_share: float = 0.0
    bleaching: float = 0.2
    fresh_noise: bool = True
    seed: int = 0
    name: str = "deforming"

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            check_number(name, getattr(self, name), least, most, whole=name in _WHOLE)
        if len(self.voxel_size_um) != 3:
            raise SettingError(
                f"voxel_size_um is {self.voxel_size_um!r}; it must be three numbers (z, y, x)."
            )
        for size in self.voxel_size_um:
            check_number("voxel_size_um", size, 0.01, 1000)
        if 0 < self.turn_every < self.turn_frames:
            raise SettingError(
                f"turn_every is {self.turn_every:g}; it must be 0 or at least turn_frames, "
                f"{self.turn_frames:g}."
            )
        if self.divisions > self.points:
            raise SettingError(
                f"divisions is {self.divisions}; of {self.points} points no more can divide."
            )

    def random(self, stream: Stream, *numbers: int) -> np.random.Generator:
        """Randomness of one kind, and of a frame or whatever ``numbers`` count."""
        return np.random.default_rng([self.seed, stream, *numbers])


MEDIUM: Final = DeformingSettings()
"""Eighty textured nuclei in a body that crawls."""

EASY: Final = replace(
    MEDIUM, points=40, bend=0.6, sway=0.02, jitter_um=0.1, photons=400.0, texture=0.6, activity=0.1
)
"""Few bright nuclei, which move little."""

FAST: Final = replace(MEDIUM, bend=2.4, frames_per_wave=11.0, sway=0.12)
"""As `MEDIUM`, but a wave passes in a few frames."""

ADVERSARIAL: Final = replace(
    MEDIUM,
    others=15,
    spacing=2.3,
    texture=0.0,
    bend=3.2,
    frames_per_wave=17.0,
    sway=0.3,
    jitter_um=0.6,
    photons=60.0,
    activity=0.5,
    dim_share=0.15,
    missed_share=0.08,
    bleaching=0.5,
)
"""Dense look-alikes, some dim, some unseen, some not asked for, in a body that coils and leaves."""

OMEGA: Final = replace(
    MEDIUM, height=192, width=256, breadth=0.2, turn_every=30.0, turn_frames=14.0
)
"""As `MEDIUM` in a slender body, which coils and uncoils in every thirty frames."""

DIVIDING: Final = replace(MEDIUM, points=50, divisions=10)
"""Ten of fifty nuclei divide."""

LEAVING: Final = replace(MEDIUM, sway=0.4, heave=0.4)
"""As `MEDIUM`, but the body drifts in and out of the view, sideways and through the focus."""

LONG: Final = replace(
    MEDIUM, frames=100_000, planes=23, height=512, width=512, channels=2, points=180,
    turn_every=200.0, heave=0.1, fresh_noise=False,
)  # fmt: skip
"""Seven hours of a whole brain at four volumes a second."""

NAMED: Final = {
    "easy": EASY,
    "medium": MEDIUM,
    "fast": FAST,
    "adversarial": ADVERSARIAL,
    "omega": OMEGA,
    "dividing": DIVIDING,
    "leaving": LEAVING,
    "long": LONG,
}
"""Settings by name."""
