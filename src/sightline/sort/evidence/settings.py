"""What of a movie is kept as evidence."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

from sightline.errors import SettingError

_WHOLE: Final = ("events", "half_window", "margin_px", "reach_px")


@dataclass(frozen=True)
class EvidenceSettings:
    """How events are found and how much of the movie around them is kept (ActSort, A.1.1).

    Parameters
    ----------
    events
        Largest events kept of each trace.
    half_window
        Movie frames kept before and after each event; a snapshot has twice as many and one.
    half_window_s
        The same in seconds, which then decides; None to use frames.
    event_distance
        Least distance of two events, as a share of the trace's frames.
    margin_px
        Border around a candidate's outline in its crop.
    reach_px
        How far beyond a candidate's outline its crop follows the outlines of neighbours.
    outline_level
        Outlines run where a footprint falls to this share of its maximum.
    coding_error
        Largest error of a stored snapshot value, as a share of the recording's noise.

    Raises
    ------
    SettingError
        If a value is outside its range.
    """

    events: int = 5
    half_window: int = 5
    half_window_s: float | None = None
    event_distance: float = 0.01
    margin_px: int = 7
    reach_px: int = 20
    outline_level: float = 0.05
    coding_error: float = 0.45

    def __post_init__(self) -> None:
        limits = {
            "events": (1, 100),
            "half_window": (0, 1000),
            "event_distance": (0, 1),
            "margin_px": (0, 1000),
            "reach_px": (0, 1000),
            "outline_level": (1e-6, 0.99),
            "coding_error": (1e-6, 0.5),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise SettingError(f"{name} is {value}; it must lie from {least} to {most}.")
            if name in _WHOLE and value != int(value):
                raise SettingError(f"{name} is {value}; it must be a whole number.")
        window = self.half_window_s
        if window is not None and not (math.isfinite(window) and window >= 0):
            raise SettingError(f"half_window_s is {window}; it must be zero seconds or more.")

    def in_frames(self, frame_rate_hz: float | None) -> "EvidenceSettings":
        """Return the settings with the window in movie frames.

        Raises
        ------
        SettingError
            If the window is in seconds and nobody said how many frames a second has.
        """
        if self.half_window_s is None:
            return self
        if frame_rate_hz is None:
            raise SettingError(
                "The window is given in seconds, but the movie's frame rate is not known; "
                "give it with --frame-rate."
            )
        frames = round(self.half_window_s * frame_rate_hz)
        return EvidenceSettings(**{**asdict(self), "half_window": frames, "half_window_s": None})

    @property
    def window(self) -> int:
        """Movie frames of one snapshot."""
        return 2 * self.half_window + 1

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return asdict(self)


DEFAULT_EVIDENCE: Final = EvidenceSettings()
