"""All that the tracking of a video depends on besides the video and what people say of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from sightline.track.follow_settings import FollowSettings
from sightline.track.order import Order
from sightline.track.paper.settings import PaperSettings


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
        follow = _parts(said["follow"])
        follow["paper"] = PaperSettings(**_parts(follow["paper"]))
        return cls(**{**_parts(said), "follow": FollowSettings(**follow)})


def _parts(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: as_tuples(value) for name, value in said.items()}


def as_tuples(value: Any) -> Any:
    """The same with tuples for lists, as settings have them and JSON does not."""
    return tuple(as_tuples(part) for part in value) if isinstance(value, list | tuple) else value
