"""A trained ensemble, with all that is needed to use it and to say how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.segment.settings import SegmentSettings


@dataclass(frozen=True)
class Model:
    """A trained ensemble.

    Parameters
    ----------
    members
        Weights of each network, by name.
    settings
        With which they were trained, and predict.
    class_names
        Of classes 1, 2, ...
    channels
        Of the images.
    pixel_size_um
        (y, x) of the training images; None where nobody said.
    statistics
        Of the training images, each a list with one value an image: what a foreign image is
        known by (`sightline.segment.foreign`).
    history
        How it was trained, as JSON values: names and digests of images, folds, curves, scores out
        of fold, versions.
    """

    members: tuple[Mapping[str, NDArray[Any]], ...] = field(repr=False)
    settings: SegmentSettings
    class_names: tuple[str, ...]
    channels: int
    pixel_size_um: tuple[float, float] | None = None
    statistics: Mapping[str, list[float]] = field(default_factory=dict, repr=False)
    history: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def classes(self) -> int:
        """With the background."""
        return len(self.class_names) + 1

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All weights, by the member's number and their name."""
        return {
            f"{number}.{name}": np.asarray(values)
            for number, member in enumerate(self.members)
            for name, values in member.items()
        }

    def about(self) -> dict[str, Any]:
        """All else, as JSON values."""
        return {
            "members": len(self.members),
            "settings": self.settings.to_dict(),
            "class_names": list(self.class_names),
            "channels": self.channels,
            "pixel_size_um": None if self.pixel_size_um is None else list(self.pixel_size_um),
            "statistics": dict(self.statistics),
            "history": dict(self.history),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> "Model":
        """A model of what `arrays` and `about` gave.

        Raises
        ------
        KeyError, TypeError, ValueError, SettingError
            If they are of something else.
        """
        members: list[dict[str, NDArray[Any]]] = [{} for _ in range(about["members"])]
        for name, values in arrays.items():
            number, _, weight = name.partition(".")
            members[int(number)][weight] = values
        size = about["pixel_size_um"]
        return cls(
            tuple(members),
            SegmentSettings.from_dict(about["settings"]),
            tuple(about["class_names"]),
            int(about["channels"]),
            None if size is None else (float(size[0]), float(size[1])),
            dict(about["statistics"]),
            dict(about["history"]),
        )
