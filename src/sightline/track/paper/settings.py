"""Settings of the published method, under clear names, checked when they are made."""

from dataclasses import dataclass
from typing import Final, Literal

from sightline.errors import SettingError

Weight = float | tuple[tuple[int, float], ...]
"""A loss's weight: one number, or pairs (from this step of a frame on, this weight)."""

SpringLaw = Literal["norm", "displacement", "lennard_jones"]

SPRING_LAWS: Final[tuple[SpringLaw, ...]] = ("norm", "displacement", "lennard_jones")

_WEIGHTS: Final = ("registration_weight", "stiffness", "detection_weight", "smoothness")

# Smallest and largest value of each setting that is a number.
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "patch_size": (1, 999),
    "patch_depth": (1, 999),
    "edge_weight": (0, 1),
    "gamma": (0.01, 100),
    "neighbours": (0, 1000),
    "detection_steps": (0, 10_000),
    "window": (1, 99),
    "step_coefficient": (0, 1e6),
    "step_floor": (0, 2),
    "step_ceiling": (0, 2),
    "steps": (0, 10_000),
    "z_step": (0, 1e6),
}
_ODD: Final = frozenset({"patch_size", "patch_depth", "window"})
_WHOLE: Final = _ODD | {"neighbours", "detection_steps", "steps"}


@dataclass(frozen=True)
class PaperSettings:
    """How the published method follows points; the defaults are the reference program's.

    Parameters
    ----------
    patch_size, patch_depth
        Samples of a patch across and through planes, odd; fewer planes where the frame has fewer.
    edge_weight
        Factor of a patch's outer samples, and the least factor of any.
    patch_sigma
        Of the Gaussian that dims a patch towards its edge, samples; None: none.
    gamma
        Brightness, as share of the frame's brightest pixel, is raised to 1 / gamma.
    channel
        That is looked at; ``"brightest"``: at each pixel the brightest one; None: all.
    rotate_patches
        Whether each point's patch may turn about z.
    registration_weight, stiffness, detection_weight, smoothness
        Weights of the four losses, 0: off. Each may follow a schedule over the steps of a frame.
        A single ``detection_weight`` acts in the last ``detection_steps``, registration before.
    neighbours
        That each point is tied to.
    spring_law
        What a spring resists: a change of distance (``"norm"``), of distance and direction
        (``"displacement"``), or as atoms do, least of all coming close (``"lennard_jones"``).
    links
        (point, neighbour) rows of the positions that are tied; None: the nearest of each reference.
    window
        Frames around a frame, itself included, in which ``smoothness`` asks for like brightness.
    step_coefficient, step_floor, step_ceiling
        The first step size is the coefficient times the distance to the parent frame, kept between
        floor and ceiling; in half views (-1 to 1) for a gradient of 1.
    steps, detection_steps
        Steps of gradient descent a frame, and further ones for detection. Step sizes are halved
        every ten.
    gradient_cap
        Largest gradient along an axis; None: no limit.
    z_step
        Share by which steps along z are longer.
    spread_corrections
        Whether positions that a person gave move the start of those around them.

    Raises
    ------
    SettingError
        If a setting is outside its range.
    """

    patch_size: int = 25
    patch_depth: int = 5
    edge_weight: float = 0.1
    patch_sigma: float | None = 2.5
    gamma: float = 2.0
    channel: int | Literal["brightest"] | None = None
    rotate_patches: bool = False
    registration_weight: Weight = 1.0
    stiffness: Weight = 1.0
    detection_weight: Weight = 0.0
    smoothness: Weight = 0.0
    neighbours: int = 5
    spring_law: SpringLaw = "norm"
    links: tuple[tuple[int, int], ...] | None = None
    window: int = 1
    step_coefficient: float = 2.0
    step_floor: float = 0.02
    step_ceiling: float = 0.2
    steps: int = 40
    detection_steps: int = 10
    gradient_cap: float | None = 1.0
    z_step: float = 0.0
    spread_corrections: bool = True

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            _check_number(name, getattr(self, name), least, most)
        for name in ("patch_sigma", "gradient_cap"):
            if getattr(self, name) is not None:
                _check_number(name, getattr(self, name), 1e-6, 1e6)
        for name in _WEIGHTS:
            _check_weight(name, getattr(self, name))
        if self.step_floor > self.step_ceiling:
            raise SettingError(
                f"step_floor is {self.step_floor} and step_ceiling {self.step_ceiling}; "
                "the floor must not be above the ceiling."
            )
        if self.spring_law not in SPRING_LAWS:
            raise SettingError(
                f"spring_law is {self.spring_law!r}; it must be one of {', '.join(SPRING_LAWS)}."
            )
        _check_channel(self.channel)
        _check_links(self.links)

    @property
    def detects(self) -> bool:
        """Whether the detection loss ever acts."""
        return _ever(self.detection_weight)

    @property
    def smooths(self) -> bool:
        """Whether the smoothness loss ever acts."""
        return _ever(self.smoothness)

    @property
    def total_steps(self) -> int:
        """Steps a frame, those of detection included."""
        return self.steps + self.detection_steps * self.detects

    def weights(self, step: int) -> tuple[float, float, float, float]:
        """Of registration, springs, detection and smoothness at a step, the first being 0."""
        registration = weight_at(self.registration_weight, step)
        detection = weight_at(self.detection_weight, step)
        if isinstance(self.detection_weight, int | float):
            late = step >= self.steps
            registration, detection = (0.0, detection) if late else (registration, 0.0)
        return (
            registration,
            weight_at(self.stiffness, step),
            detection,
            weight_at(self.smoothness, step),
        )

    def first_step(self, distance: float) -> float:
        """Step size that a frame starts with, so far from its parent."""
        if not (self.step_coefficient > 0 and distance > 0):
            return self.step_floor
        return min(max(self.step_coefficient * distance, self.step_floor), self.step_ceiling)


def weight_at(weight: Weight, step: int) -> float:
    """A weight at a step; 0 before its schedule begins."""
    if isinstance(weight, int | float):
        return float(weight)
    return next((value for start, value in reversed(weight) if step >= start), 0.0)


def _ever(weight: Weight) -> bool:
    if isinstance(weight, int | float):
        return weight > 0
    return any(value > 0 for _, value in weight)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_number(name: str, value: float, least: float, most: float) -> None:
    whole = name in _WHOLE
    fits = _is_number(value) and least <= value <= most and (not whole or value == int(value))
    if not fits:
        kind = "a whole number" if whole else "a number"
        raise SettingError(f"{name} is {value!r}; it must be {kind} from {least:g} to {most:g}.")
    if name in _ODD and int(value) % 2 == 0:
        raise SettingError(f"{name} is {value}; it must be odd, such as {int(value) + 1}.")


def _check_weight(name: str, weight: Weight) -> None:
    told = f"{name} is {weight!r}; it must be a number from 0 up, or"
    expected = f"{told} pairs (from step, weight) of rising steps, such as ((0, 1.0), (20, 0.1))."
    if _is_number(weight):
        if not 0 <= weight < float("inf"):  # pyright: ignore[reportOperatorIssue]
            raise SettingError(expected)
        return
    try:
        pairs = [(start, value) for start, value in weight]  # pyright: ignore[reportGeneralTypeIssues]
    except (TypeError, ValueError):
        raise SettingError(expected) from None
    starts = [start for start, _ in pairs]
    rising = all(_is_number(one) and one >= 0 and one == int(one) for one in starts)
    rising = rising and starts == sorted(set(starts))
    if not (pairs and rising and all(_is_number(v) and 0 <= v < float("inf") for _, v in pairs)):
        raise SettingError(expected)


def _check_channel(channel: int | str | None) -> None:
    if channel is None or channel == "brightest":
        return
    if isinstance(channel, bool) or not isinstance(channel, int) or channel < 0:
        raise SettingError(
            f'channel is {channel!r}; it must be a number from 0 up, "brightest" or None for all.'
        )


def _check_links(links: tuple[tuple[int, int], ...] | None) -> None:
    for pair in links or ():
        if len(pair) != 2 or min(pair) < 0 or pair[0] == pair[1]:
            raise SettingError(
                f"links has {pair!r}; each must be the rows of two different points, from 0 up."
            )
