"""How points are followed: what the recording is like, and by which method."""

from dataclasses import dataclass, field
from typing import Final, Literal

from sightline.errors import SettingError
from sightline.track.paper.settings import PaperSettings

Method = Literal["points", "templates", "paper"]

METHODS: Final[tuple[Method, ...]] = ("points", "templates", "paper")


@dataclass(frozen=True)
class FollowSettings:
    """How points are followed; lengths in the unit of the voxel size.

    Parameters
    ----------
    voxel_size
        Along (z, y, x).
    radius
        Standard deviation of a nucleus's brightness, or of the Gaussian patch around a part of an
        animal.
    method
        ``"points"``: blobs are detected and matched as a set of points. ``"templates"``: the whole
        frame is searched for what references look like (one plane only). ``"paper"``: by gradient
        descent from a parent, as published.
    angles
        Turns about z that are tried; None: all round.
    farthest
        Farthest that registration may move a point from where it was found, in radii.
    least_score
        Correlation below which a point without a detection counts as hidden.
    groups
        Keypoints of each animal, for ``"templates"``; empty: all are one animal's.
    paper
        How ``"paper"`` does it.
    trained
        Whether a detector trained on the references finds what ``"points"`` are matched with,
        rather than plain blobs: more is found where there are dim or dense ones, for more time.

    Raises
    ------
    SettingError
        If a length is not above 0, or there is no such method.
    """

    voxel_size: tuple[float, float, float]
    radius: float
    method: Method
    angles: tuple[float, ...] | None = None
    farthest: float = 1.5
    least_score: float = 0.3
    groups: tuple[tuple[int, ...], ...] = ()
    paper: PaperSettings = field(default_factory=PaperSettings)
    trained: bool = False

    def __post_init__(self) -> None:
        if not (self.radius > 0 and min(self.voxel_size) > 0):
            raise SettingError(
                f"radius is {self.radius} and voxel_size {self.voxel_size}; all must be above 0."
            )
        if self.method not in METHODS:
            raise SettingError(f"method is {self.method!r}; it must be one of {METHODS}.")

    @property
    def frames_around(self) -> int:
        """Frames, itself included, that a frame is followed with."""
        return self.paper.window if self.method == "paper" and self.paper.smooths else 1

    @property
    def detects(self) -> bool:
        """Whether a detector is trained on the references."""
        return self.trained if self.method == "points" else self.paper.detects
