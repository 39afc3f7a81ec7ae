"""Settings of a simulated video of animals seen from above, checked when they are made."""

from dataclasses import dataclass, replace
from typing import Final

from sightline.simulate.movie_settings import check_number

# Smallest and largest value of each setting that is a number.
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "frames": (1, 10**9),
    "height": (32, 8192),
    "width": (32, 8192),
    "animals": (1, 20),
    "length_px": (12, 2000),
    "roam": (0, 2),
    "frames_per_turn": (4, 1e6),
    "shelters": (0, 20),
    "contrast": (0, 1),
    "clutter": (0, 1),
    "flicker": (0, 0.5),
    "noise": (0, 50),
    "seed": (0, 2**63),
}

_WHOLE: Final = frozenset({"frames", "height", "width", "animals", "shelters", "seed"})


@dataclass(frozen=True)
class AnimalSettings:
    """What a simulated video of animals is like.

    Parameters
    ----------
    frames, height, width
        Size.
    animals
        All of one kind, which differ by the pattern of their fur alone.
    length_px
        From nose to tail base.
    roam
        Share of the view in which an animal walks about; above 1 it leaves and comes back.
    frames_per_turn
        Frames in which it goes to and fro, about.
    shelters
        Opaque boxes that an animal is hidden under.
    contrast
        How much darker than the bedding an animal is; 0: only by its fur.
    clutter
        Contrast of the bedding, whose grains are as large as ears; 0: smooth.
    flicker
        Standard deviation of the light over time, as share.
    noise
        Standard deviation of the camera's noise, grey levels of 255.
    seed
        Same settings and seed, same video.
    name
        The recording's name.

    Raises
    ------
    SettingError
        If a setting is outside its range.
    """

    frames: int = 200
    height: int = 240
    width: int = 320
    animals: int = 1
    length_px: float = 64.0
    roam: float = 0.7
    frames_per_turn: float = 90.0
    shelters: int = 0
    contrast: float = 0.7
    clutter: float = 0.3
    flicker: float = 0.02
    noise: float = 3.0
    seed: int = 0
    name: str = "animals"

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            check_number(name, getattr(self, name), least, most, whole=name in _WHOLE)


ONE_MOUSE: Final = AnimalSettings()
"""One animal, in view throughout."""

TWO_MICE: Final = replace(ONE_MOUSE, animals=2)
"""Two of a kind that cross each other's way."""

HIDING: Final = replace(
    TWO_MICE, roam=1.1, frames_per_turn=50.0, shelters=2, contrast=0.4, clutter=0.5, flicker=0.08,
    noise=8.0,
)  # fmt: skip
"""Two faster ones that hide, leave the view and stand out less."""

NAMED_ANIMALS: Final = {"one": ONE_MOUSE, "two": TWO_MICE, "hiding": HIDING}
"""Settings by name."""
