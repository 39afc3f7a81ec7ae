"""How an ensemble is trained and how it predicts: every setting, by name, and three presets."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import inf
from typing import Any, Final, get_args, get_origin, get_type_hints

from sightline.errors import SettingError


@dataclass(frozen=True)
class SegmentSettings:
    """All that a training depends on, beside images, masks and the seed.

    Parameters
    ----------
    network
        ``"lite-unet"``: a U-Net on an EfficientNet-Lite0 encoder; ``"unet"``: a small one of its
        own; ``"filters"``: a pixel classifier on filter responses, for a first answer within a
        minute; ``"resnet34-unet"``: the paper's; ``"smp:Unet/resnet34"``: an architecture and an
        encoder of segmentation-models-pytorch, where that is installed.
    weights
        Of the encoder at the start: ``"imagenet"`` from an installed package, ``""`` for none, or a
        file on disk. Never fetched.
    members, folds
        Networks of the ensemble; each is trained without one of so many folds of the images.
    iterations, frozen_iterations
        Steps of a member, and how many of these leave the encoder as it was, before the others.
    batch, tile
        Patches a step, and their height and width in pixels.
    downscale
        Every so many pixels are averaged into one before anything else.
    learning_rate, weight_decay, optimizer
        Peak of the one-cycle schedule; the optimizer is one of ``sightline.segment.optimisers``.
    input
        ``"contrast"``: brightness above the surroundings in units of the image's own noise,
        compressed; ``"intensity"``: the paper's, mean and standard deviation of all images.
    loss, loss_alpha, loss_beta, loss_gamma, loss_smoothing
        By name (``sightline.segment.losses``), and the parameters of those that have some.
    soft_labels
        0 to 1: how much of the target is the experts' share of votes instead of the consensus.
    votes_weight
        Weight of a second output that learns the share of votes.
    middle_weight
        Weight of an output that learns how far inside its object each pixel is, so that touching
        objects can be told apart (``separate="middles"``).
    centres
        Where patches are centred: ``"share"``: by ``foreground_share``; ``"classes"``: every class
        and the background alike, as the paper states; ``"program"``: as the program that came with
        the paper, the same for two classes only.
    foreground_share
        Patches that are centred on a pixel of a class, the classes alike; the others anywhere.
    flip, rotate
        Mirrored patches; rotated by quarter turns for 90, else every second one by any angle up to
        so many degrees.
    gain_range, gamma_range, zoom_range, noise_range, blur_range_px
        Lower and upper end of what brightness is multiplied by, its exponent, magnification,
        standard deviation of added noise in units of the input, and width of blur; equal: off.
    quiet_members, smoothed_px
        So many of the members, the last ones, learn half of the time from images smoothed by one of
        these Gaussians, given a little noise and normalised anew: as a quieter camera has them.
    clahe, brightness, contrast, warp
        Of the paper's augmentations: limits; 0: off.
    balance
        Whether, after training, the background's score is shifted to the largest Dice on held-out
        images (``sightline.segment.balance``).
    flips_at_prediction
        Orientations that are averaged: 1, 4 or 8.
    match_noise
        Whether an image that is less noisy than any that a network has learnt from is given noise
        to match.
    tile_step, tile_weight
        The paper's overlapping tiles at prediction: step between them at most, and width of their
        Gaussian weight, in tiles. A weight of 0: large parts seen with their surroundings, in a
        quarter of the time or less.
    separate
        How objects are told apart: ``"watershed"``, ``"components"``, ``"middles"``, which needs
        ``middle_weight``, or ``"as-annotated"``: the first where annotators numbered objects, else
        the second.
    min_area
        Smallest object in pixels; -1: learnt from the annotations.
    precision
        ``"float32"``, or ``"mixed"`` on a GPU.
    """

    network: str = "lite-unet"
    weights: str = "imagenet"
    members: int = 4
    folds: int = 4
    iterations: int = 1500
    frozen_iterations: int = 0
    batch: int = 8
    tile: int = 128
    downscale: int = 1
    learning_rate: float = 3e-3
    weight_decay: float = 1e-3
    optimizer: str = "AdamW"
    input: str = "contrast"
    loss: str = "CrossEntropyDice"
    loss_alpha: float = 0.5
    loss_beta: float = 0.5
    loss_gamma: float = 2.0
    loss_smoothing: float = 0.0
    soft_labels: float = 0.0
    votes_weight: float = 0.0
    middle_weight: float = 0.0
    centres: str = "share"
    foreground_share: float = 0.5
    flip: bool = True
    rotate: float = 90.0
    gain_range: tuple[float, float] = (0.75, 1.33)
    gamma_range: tuple[float, float] = (1.0, 1.0)
    zoom_range: tuple[float, float] = (1.0, 1.0)
    noise_range: tuple[float, float] = (0.0, 0.0)
    blur_range_px: tuple[float, float] = (0.0, 0.0)
    quiet_members: int = 2
    smoothed_px: tuple[float, float] = (0.8, 1.6)
    clahe: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    warp: float = 0.0
    balance: bool = True
    flips_at_prediction: int = 4
    match_noise: bool = True
    tile_step: float = 0.5
    tile_weight: float = 0.0
    separate: str = "as-annotated"
    min_area: int = -1
    precision: str = "float32"

    def of_member(self, number: int, members: int) -> "SegmentSettings":
        """Settings of one of so many members alone, which learns from smoothed images or not."""
        quiet = number >= members - min(self.quiet_members, members)
        return replace(self, members=1, quiet_members=int(quiet))

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "SegmentSettings":
        """Settings as `to_dict` gave them.

        Raises
        ------
        SettingError
            If a name is unknown or a value is of the wrong type.
        """
        kinds = get_type_hints(cls)
        odd = sorted(set(values) - set(kinds))
        if odd:
            raise SettingError(
                f"Unknown settings {', '.join(odd)}; known are {', '.join(kinds)}. Check the names."
            )
        return checked(
            cls(**{name: _of_kind(name, value, kinds[name]) for name, value in values.items()})
        )


CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "input": ("contrast", "intensity"),
    "centres": ("share", "classes", "program"),
    "optimizer": ("AdamW", "Adam", "RAdam", "SGD", "RMSprop"),
    "loss": (
        "CrossEntropyDice", "MeanCrossEntropyDice", "CrossEntropy", "SoftCrossEntropy", "Dice",
        "Jaccard", "Focal", "Lovasz", "Tversky", "Poly1",
    ),
    "separate": ("as-annotated", "watershed", "components", "middles"),
    "precision": ("float32", "mixed"),
}  # fmt: skip
_NOT_BELOW_0: Final = (
    "frozen_iterations", "quiet_members", "weight_decay", "loss_alpha", "loss_beta", "loss_gamma",
    "loss_smoothing", "votes_weight", "middle_weight", "rotate", "clahe", "brightness", "contrast",
    "warp", "tile_weight",
)  # fmt: skip
_RANGES_ABOVE_0: Final = ("gain_range", "gamma_range", "zoom_range")
_RANGES_FROM_0: Final = ("noise_range", "blur_range_px")

PRESETS: Final[Mapping[str, SegmentSettings]] = {
    "default": SegmentSettings(),
    "first": SegmentSettings(
        network="filters", weights="", members=1, quiet_members=0, iterations=150,
        learning_rate=1e-2, flips_at_prediction=1,
    ),
    "paper": SegmentSettings(
        network="resnet34-unet", members=5, folds=5, iterations=2500, frozen_iterations=100,
        batch=4, tile=512, learning_rate=1e-3, input="intensity", rotate=360.0,
        loss="MeanCrossEntropyDice", centres="classes",
        gain_range=(1.0, 1.0), gamma_range=(0.8, 1.2), quiet_members=0,
        balance=False, match_noise=False, tile_step=0.5, tile_weight=0.125,
    ),
}  # fmt: skip


def preset(name: str) -> SegmentSettings:
    """Settings of a preset by name; SettingError for an unknown one."""
    if name not in PRESETS:
        raise SettingError(f"Unknown preset {name!r}; expected {', '.join(PRESETS)}. Choose one.")
    return PRESETS[name]


def changed(settings: SegmentSettings, changes: Mapping[str, str]) -> SegmentSettings:
    """Settings with some given as text, such as ``{"iterations": "500", "zoom_range": "0.8,1.2"}``.

    Raises
    ------
    SettingError
        If a name is unknown or a text is no such value.
    """
    kinds = get_type_hints(SegmentSettings)
    read = {
        name: _read(name, text, kinds[name]) if name in kinds else text
        for name, text in changes.items()
    }
    return SegmentSettings.from_dict(settings.to_dict() | read)


def checked(settings: SegmentSettings) -> SegmentSettings:
    """Give settings back that make sense; SettingError else."""
    whole = ("members", "folds", "iterations", "batch", "tile", "downscale")
    for name in whole:
        if getattr(settings, name) < 1:
            raise SettingError(f"{name} is {getattr(settings, name)}; it must be at least 1.")
    if settings.tile % 32:
        raise SettingError(f"tile is {settings.tile}; it must be a multiple of 32.")
    if settings.batch == 1 and settings.tile == 32:
        raise SettingError("batch is 1 and tile 32, too little to normalise; choose more of one.")
    if settings.flips_at_prediction not in (1, 4, 8):
        raise SettingError(
            f"flips_at_prediction is {settings.flips_at_prediction}; it must be 1, 4 or 8."
        )
    _check_choices(settings)
    _check_ranges(settings)
    for name in ("soft_labels", "foreground_share"):
        if not 0 <= getattr(settings, name) <= 1:
            raise SettingError(f"{name} is {getattr(settings, name)}; it must be from 0 to 1.")
    if not 0 < settings.tile_step <= 1:
        raise SettingError(f"tile_step is {settings.tile_step}; it must be above 0, at most 1.")
    if not settings.learning_rate > 0:
        raise SettingError(f"learning_rate is {settings.learning_rate}; it must be above 0.")
    members = min(settings.members, settings.folds)
    return replace(settings, members=members, quiet_members=min(settings.quiet_members, members))


def _check_choices(settings: SegmentSettings) -> None:
    for name, known in CHOICES.items():
        if getattr(settings, name) not in known:
            raise SettingError(
                f"Unknown {name} {getattr(settings, name)!r}; expected {', '.join(known)}. "
                "Choose one."
            )
    for name in _NOT_BELOW_0:
        if getattr(settings, name) < 0:
            raise SettingError(f"{name} is {getattr(settings, name)}; it must not be below 0.")
    if settings.warp >= 1:
        raise SettingError(f"warp is {settings.warp}; it must be below 1.")
    if settings.separate == "middles" and not settings.middle_weight > 0:
        raise SettingError(
            f"separate is 'middles', but middle_weight is {settings.middle_weight:g}, so that none "
            "are learnt; expected it above 0. Set middle_weight=1 too, or separate by watershed."
        )


def _check_ranges(settings: SegmentSettings) -> None:
    for name in (*_RANGES_ABOVE_0, *_RANGES_FROM_0):
        low, high = getattr(settings, name)
        above = name in _RANGES_ABOVE_0
        if not 0 <= low <= high < inf or (above and low == 0):
            least = "above 0" if above else "0 or more"
            raise SettingError(
                f"{name} is {low:g},{high:g}; both must be {least}, the lower one first."
            )
    if not all(0 <= width < inf for width in settings.smoothed_px):
        widths = ",".join(f"{width:g}" for width in settings.smoothed_px)
        raise SettingError(f"smoothed_px is {widths}; both must be 0 or more.")


def _of_kind(name: str, value: Any, kind: Any) -> Any:
    if get_origin(kind) is tuple:
        found = tuple(value) if isinstance(value, list | tuple) else ()
        if len(found) == len(get_args(kind)) and all(isinstance(x, int | float) for x in found):
            return tuple(float(x) for x in found)
    elif kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    raise SettingError(f"{name} is {value!r}; expected {_words(kind)}.")


def _read(name: str, text: str, kind: Any) -> Any:
    try:
        if get_origin(kind) is tuple:
            return [float(part) for part in text.split(",")]
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        return kind(text)
    except (KeyError, ValueError):
        raise SettingError(f"{name} is {text!r}; expected {_words(kind)}.") from None


def _words(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return "two numbers, such as 0.8,1.2"
    names = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}
    return names[kind]


NAMES: Final = tuple(field.name for field in fields(SegmentSettings))
