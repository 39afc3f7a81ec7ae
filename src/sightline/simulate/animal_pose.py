"""An articulated animal seen from above: how it goes about, and where its parts are at any time."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.simulate.animal_settings import AnimalSettings
from sightline.simulate.waves import Waves, draw_waves, waves_at, waves_rate_at

PARTS: Final = (
    "nose", "left_ear", "right_ear", "neck", "left_flank", "right_flank", "back", "tail_base",
    "tail_tip",
)  # fmt: skip
EDGES: Final = (
    ("nose", "left_ear"),
    ("nose", "right_ear"),
    ("nose", "neck"),
    ("neck", "back"),
    ("back", "left_flank"),
    ("back", "right_flank"),
    ("back", "tail_base"),
    ("tail_base", "tail_tip"),
)
SYMMETRIES: Final = (("left_ear", "right_ear"), ("left_flank", "right_flank"))

# Where the spine's points are, shares of the length from nose to tail base, and how thick it is.
_SPINE: Final = np.linspace(0, 1, 14)
_THICK: Final = np.interp(
    _SPINE, [0, 0.1, 0.22, 0.35, 0.6, 0.85, 1], [0.035, 0.085, 0.115, 0.12, 0.18, 0.15, 0.04]
)
_TAIL: Final = np.linspace(0, 1, 10)
_TAIL_LENGTH: Final = 0.75
_TAIL_THICK: Final = np.interp(_TAIL, [0, 1], [0.03, 0.012])
_NECK, _BACK, _EAR = 0.3, 0.55, 0.2  # of the length
_EAR_ASIDE, _FLANK_ASIDE = 0.105, 0.15
_SUPPLE: Final = 0.9  # radians that half a body bends at most
_LAG: Final = 0.04  # of a turn, by which the rear follows


@dataclass(frozen=True)
class Gait:
    """How one animal goes about.

    Parameters
    ----------
    way : Waves
        Of its back along y and x.
    swing : Waves
        Of its head and of the tail's base and tip.
    """

    way: Waves
    swing: Waves


@dataclass(frozen=True)
class Pose:
    """Where an animal is in a frame; all (y, x) in pixels.

    Parameters
    ----------
    parts : (part, 2) float64
        In the order of `PARTS`.
    spine, tail : (point, 2) float64
        From the nose to the tail's base, and on to its tip.
    thick, tail_thick : (point,) float64
        Half the breadth there, pixels.
    """

    parts: NDArray[np.float64]
    spine: NDArray[np.float64]
    tail: NDArray[np.float64]
    thick: NDArray[np.float64]
    tail_thick: NDArray[np.float64]


def draw_gait(settings: AnimalSettings, random: np.random.Generator) -> Gait:
    """Draw how an animal goes about."""
    period = settings.frames_per_turn
    return Gait(draw_waves(2, period, random), draw_waves(3, period / 3, random))


def pose_at(gait: Gait, settings: AnimalSettings, frame: int) -> Pose:
    """Where an animal is in a frame."""
    length = settings.length_px
    view = np.array([settings.height, settings.width])
    place = (view - 1) / 2 + settings.roam * view / 2 * np.tanh(waves_at(gait.way, frame) / 1.2)
    head, tail_base, tail_tip = waves_at(gait.swing, frame)
    angle = _angles(gait, settings, frame) + 0.35 * head * np.clip(1 - _SPINE / _NECK, 0, 1)
    step = length * (_SPINE[1] - _SPINE[0])
    middle = (angle[1:] + angle[:-1]) / 2
    spine = np.concatenate([np.zeros((1, 2)), np.cumsum(-step * _towards(middle), axis=0)])
    spine += place - _along(spine, _BACK)
    bend = 0.5 * tail_base * _TAIL + 0.9 * tail_tip * _TAIL**2
    step = length * _TAIL_LENGTH * (_TAIL[1] - _TAIL[0])
    tail = spine[-1] + np.cumsum(-step * _towards(angle[-1] + bend), axis=0)
    tail = np.concatenate([spine[-1:], tail[:-1]])
    return Pose(
        _parts(spine, tail, angle, length), spine, tail, _THICK * length, _TAIL_THICK * length
    )


def _angles(gait: Gait, settings: AnimalSettings, frame: int) -> NDArray[np.float64]:
    """(point,) direction in which the spine looks; the rear still as the front was before."""
    now = _heading(gait, settings, frame)
    lag = _LAG * settings.frames_per_turn
    turned = [_heading(gait, settings, frame + when) - now for when in (lag, -lag)]
    front, rear = _SUPPLE * np.sin(turned)  # continuous, however fast it turns round
    return now + np.interp(_SPINE, [0, _BACK, 1], [front, 0, rear])


def _heading(gait: Gait, settings: AnimalSettings, frame: float) -> float:
    """Direction in which the back moves: radians from x towards y."""
    slope = 1 / np.cosh(waves_at(gait.way, frame) / 1.2) ** 2
    y, x = slope * waves_rate_at(gait.way, frame) * (settings.height, settings.width)
    return float(np.arctan2(y, x))


def _towards(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """(item, 2) unit vectors (y, x)."""
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1)


def _along(spine: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """(2,) point at a share of the spine."""
    return np.array([np.interp(share, _SPINE, spine[:, k]) for k in range(2)])


def _parts(
    spine: NDArray[np.float64],
    tail: NDArray[np.float64],
    angle: NDArray[np.float64],
    length: float,
) -> NDArray[np.float64]:
    """(part, 2) in the order of `PARTS`; an animal's left is on its left as seen from above."""

    def aside(share: float, by: float) -> NDArray[np.float64]:
        towards = float(np.interp(share, _SPINE, angle))
        left = np.array([-np.cos(towards), np.sin(towards)])
        return _along(spine, share) + by * length * left

    return np.array(
        [
            spine[0],
            aside(_EAR, _EAR_ASIDE),
            aside(_EAR, -_EAR_ASIDE),
            _along(spine, _NECK),
            aside(_BACK, _FLANK_ASIDE),
            aside(_BACK, -_FLANK_ASIDE),
            _along(spine, _BACK),
            spine[-1],
            tail[-1],
        ]
    )
