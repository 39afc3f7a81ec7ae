"""All that the tracking of a video depends on besides the video and what people say of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from sightline.track.follow_settings import FollowSettings
from sightline.track.order import Order


@dataclass(frozen=True)
class TrackSettings:
    """How a video is tracked.

    Parameters
    ----------
    follow
        How points are followed into a frame.
    order
        From which frame each is tracked, see `sightline.track.order.order_frames`.
    skip
        Frames that are not tracked.
    """

    follow: FollowSettings
    order: Order = "similarity"
    skip: tuple[int, ...] = ()

    @property
    def spoken(self) -> str:
        """All of it in words, the same for the same settings."""
        return json.dumps(self.to_dict(), sort_keys=True)

    @property
    def together(self) -> bool:
        """Whether each frame depends on all references at once."""
        return self.follow.method != "points"

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """Read what `to_dict` gave.

        Raises
        ------
        TypeError, KeyError, SettingError
            If it is something else.
        """
        parts = {name: _frozen(value) for name, value in said.items()}
        return cls(**{**parts, "follow": FollowSettings(**_parts(said["follow"]))})


def _parts(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _frozen(value) for name, value in said.items()}


def _frozen(value: Any) -> Any:
    """JSON knows no tuples."""
    return tuple(_frozen(part) for part in value) if isinstance(value, list | tuple) else value
