"""Tracks that several write at once: each frame whole, and nothing that is no longer wanted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sightline.data.tracks import Tracks
from sightline.project.track_store import TrackStore
from sightline.track.plan import Plan


@dataclass(frozen=True)
class OneWriter(TrackStore):
    """A `TrackStore` that takes from any thread, one at a time, what fits the plan as it is now.

    What was tracked by an earlier plan is kept only where this one would give the same; results
    without a recipe are for the moment, and taken as they come.

    Parameters
    ----------
    plan
        Gives the plan as it is now.
    """

    plan: Callable[[], Plan] = field(repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(cls, store: TrackStore, plan: Callable[[], Plan]) -> Self:
        """Write to a store."""
        return cls(store.positions, store.score, store.visibility, store.recipe, plan)

    def put(self, frames: NDArray[np.int64], tracks: Tracks, recipe: NDArray[np.uint8]) -> None:
        """Keep those frames that are still wanted like this."""
        with self._lock:
            wanted = (recipe == self.plan().recipe[frames]).all(axis=1) | ~recipe.any(axis=1)
            kept = Tracks(tracks.positions[wanted], tracks.score[wanted], tracks.visibility[wanted])
            super().put(frames[wanted], kept, recipe[wanted])
