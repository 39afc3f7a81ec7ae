"""Tracks on disk: plain arrays with a row a frame, written as frames are done.

::

    tracks/
        positions.npy    (frame, keypoint, 3) float32, z y x in pixels, NaN where missing
        score.npy        (frame, keypoint) float32
        visibility.npy   (frame, keypoint) int8
        recipe.npy       (frame, 16) uint8: digest of all that a frame was tracked from

A frame is done if its recipe is the wanted one. Recipes are written after what they vouch for, so
that after a crash a half-written frame is tracked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from sightline.data.tracks import Tracks, Visibility
from sightline.project.faults import reported

RECIPE_BYTES: Final = 16
_KINDS: Final[Mapping[str, tuple[type, Any]]] = {
    "positions": (np.float32, np.nan),
    "score": (np.float32, np.nan),
    "visibility": (np.int8, Visibility.NOT_TRACKED),
    "recipe": (np.uint8, 0),
}


@dataclass(frozen=True)
class TrackStore:
    """Tracks of all frames, and from what each was tracked.

    Parameters
    ----------
    positions : (frame, keypoint, 3) float32
    score : (frame, keypoint) float32
    visibility : (frame, keypoint) int8
        See `sightline.data.tracks.Tracks`.
    recipe : (frame, 16) uint8
        Zero where a frame was not tracked yet.
    """

    positions: NDArray[np.float32]
    score: NDArray[np.float32]
    visibility: NDArray[np.int8]
    recipe: NDArray[np.uint8]

    @classmethod
    def in_memory(cls, frames: int, keypoints: int) -> Self:
        """Nothing tracked yet, and nothing kept."""
        return cls(**{name: np.full(shape, _KINDS[name][1], _KINDS[name][0])
                      for name, shape in _shapes(frames, keypoints).items()})  # fmt: skip

    @classmethod
    def on_disk(cls, folder: Path, frames: int, keypoints: int) -> Self:
        """Open what is kept in a folder; where it is of another size or lost, begin anew.

        Raises
        ------
        ProjectError
            If the folder cannot be read or written.
        """
        with reported(folder):
            folder.mkdir(exist_ok=True)
            wanted = _shapes(frames, keypoints)
            if not all(_fits(folder / f"{name}.npy", name, wanted[name]) for name in wanted):
                _make(folder, wanted)
            return cls(**{name: np.lib.format.open_memmap(folder / f"{name}.npy", mode="r+")
                          for name in wanted})  # fmt: skip

    @property
    def tracks(self) -> Tracks:
        """As they stand; not copied."""
        return Tracks(self.positions, self.score, self.visibility)

    def put(self, frames: NDArray[np.int64], tracks: Tracks, recipe: NDArray[np.uint8]) -> None:
        """Keep some frames, then what they were tracked from."""
        self.recipe[frames] = 0
        self.positions[frames] = tracks.positions
        self.score[frames] = tracks.score
        self.visibility[frames] = tracks.visibility
        self.flush()
        self.recipe[frames] = recipe

    def flush(self) -> None:
        """Hand what was written to the disk."""
        for array in (self.positions, self.score, self.visibility, self.recipe):
            if isinstance(array, np.memmap):
                array.flush()


def _shapes(frames: int, keypoints: int) -> dict[str, tuple[int, ...]]:
    every = (frames, keypoints)
    return {"positions": (*every, 3), "score": every, "visibility": every,
            "recipe": (frames, RECIPE_BYTES)}  # fmt: skip


def _fits(path: Path, name: str, shape: tuple[int, ...]) -> bool:
    try:
        array = np.lib.format.open_memmap(path, mode="r")
    except (OSError, ValueError):
        return False
    return array.shape == shape and array.dtype == _KINDS[name][0]


def _make(folder: Path, wanted: Mapping[str, tuple[int, ...]]) -> None:
    """The recipes last, so that arrays of two sizes are never taken for done."""
    (folder / "recipe.npy").unlink(missing_ok=True)
    for name, shape in wanted.items():
        kind, nothing = _KINDS[name]
        array = np.lib.format.open_memmap(folder / f"{name}.npy", "w+", kind, shape)
        array[:] = nothing
        array.flush()
