"""Points that were detected in volumes, some of them with an identity; the images are not there."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sightline.errors import InputError


@dataclass(frozen=True)
class PointClouds:
    """Detections of one recording, checked and sorted by `check_point_clouds`.

    Parameters
    ----------
    source
        File that they came from, named in errors.
    names
        Of the identities, all different.
    frame : (row,) int64
        Number of the volume, rising; there may be gaps.
    position : (row, 3) float64
        z, y, x in the file's own unit, which is the same along all axes.
    identity : (row,) int64
        Index into ``names``, at most once a volume; -1 where nobody said.
    """

    source: str
    names: tuple[str, ...]
    frame: NDArray[np.int64]
    position: NDArray[np.float64]
    identity: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of points in all volumes."""
        return len(self.frame)

    @property
    def frames(self) -> NDArray[np.int64]:
        """Numbers of the volumes, rising."""
        return np.unique(self.frame)

    def of(self, frame: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """(detection, 3) positions and (detection,) identities of one volume, in the file's order.

        None where there is no such volume.
        """
        rows = slice(*np.searchsorted(self.frame, [frame, frame + 1]))
        return self.position[rows], self.identity[rows]

    def known(self, frame: int) -> NDArray[np.float64]:
        """(identity, 3) positions in one volume; NaN where an identity is not there."""
        found = np.full((len(self.names), 3), np.nan)
        positions, identities = self.of(frame)
        found[identities[identities >= 0]] = positions[identities >= 0]
        return found


def check_point_clouds(clouds: PointClouds) -> PointClouds:
    """Return the points, sorted by volume, if they can be meant; readers end here.

    Raises
    ------
    InputError
        If there are none, a position is not a number, or an identity comes twice in a volume.
    """
    frame = np.asarray(clouds.frame, np.int64)
    position = np.asarray(clouds.position, np.float64)
    identity = np.asarray(clouds.identity, np.int64)
    if not len(frame) or not len(clouds.names):
        raise InputError(
            clouds.source,
            f"it holds {len(frame)} points and {len(clouds.names)} identities",
            "some of both",
            "Give a file of detections, some of which are labelled.",
        )
    bad = np.flatnonzero(~np.isfinite(position).all(axis=1))
    if len(bad):
        raise InputError(
            clouds.source,
            f"the position of point {bad[0]}, in volume {frame[bad[0]]}, is no number",
            "z, y and x of every point",
            f"Correct it, or take the {len(bad)} such points away.",
        )
    order = np.argsort(frame, kind="stable")
    frame, position, identity = frame[order], position[order], identity[order]
    said = identity >= 0
    pairs, counts = np.unique(
        np.stack([frame[said], identity[said]], axis=1), axis=0, return_counts=True
    )
    twice = np.flatnonzero(counts > 1)
    if len(twice):
        volume, which = pairs[twice[0]].tolist()
        raise InputError(
            clouds.source,
            f"{clouds.names[which]!r} comes {counts[twice[0]]} times in volume {volume}",
            "each identity once a volume",
            "Take the wrong labels away.",
        )
    return replace(clouds, frame=frame, position=position, identity=identity)
