"""Omega turns: a crawling body coils for some frames, until its ends nearly meet, and uncoils."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sightline.simulate.deforming_settings import DeformingSettings, Stream

_ANGLE: Final = 7.0  # radians between head and tail at the height, if the body were endless
_WIDTH: Final = 0.4  # of the bend, as share of the body's length
_FROM, _TO = 0.3, 0.7  # where along the body the bend begins and ends


@dataclass(frozen=True)
class OmegaTurn:
    """The bend of a moment; it adds to that of crawling.

    Parameters
    ----------
    strength
        Radians, signed: to which side.
    place
        Of the bend's middle, as share of the body's length; it runs from head to tail.
    """

    strength: float
    place: float

    def angle(self, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """By which the axis turns (radians) at shares ``along`` of its length."""
        return self.strength / 2 * np.tanh((along - self.place) / _WIDTH)

    def curvature(self, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """Change of the angle there, radians a length of the body."""
        return self.strength / (2 * _WIDTH) / np.cosh((along - self.place) / _WIDTH) ** 2


def omega_turn_at(settings: DeformingSettings, frame: int) -> OmegaTurn | None:
    """Say how far an omega turn is at a frame; None while there is none.

    One begins at a random moment of every stretch of ``turn_every`` frames, to a random side.
    """
    if settings.turn_every == 0:
        return None
    stretch, moment = divmod(frame, settings.turn_every)
    random = settings.random(Stream.TURN, int(stretch))
    begin = random.random() * (settings.turn_every - settings.turn_frames)
    side = 1.0 if random.random() < 0.5 else -1.0
    share = (moment - begin) / settings.turn_frames
    if not 0 < share < 1:
        return None
    return OmegaTurn(
        strength=side * _ANGLE * float(np.sin(np.pi * share)) ** 2,
        place=_FROM + (_TO - _FROM) * share,
    )
